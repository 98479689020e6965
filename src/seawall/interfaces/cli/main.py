"""The command line: the server and its records, and the engines on files alone."""

import gc
import os
import sys
from datetime import datetime
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from seawall.platform.part import Part

from . import cities, database, flow, keeping, keys, signals, site
from .city import plan_city
from .due import due
from .epidemic import epidemic
from .plan import plan
from .rules import rules
from .saying import Language, in_words, or_refusal

app = typer.Typer(
    name="seawall",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Runs a mass vaccination campaign from its target date to the immune barrier.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"seawall {version('seawall')}")
        raise typer.Exit


@app.callback()
def whole(
    told: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version, and stop")
    ] = False,
) -> None:
    """Runs a mass vaccination campaign from its target date to the immune barrier."""


Out = Annotated[Path, typer.Option("--out", help="folder for the answers; made when missing")]
OnDay = Annotated[
    datetime | None, typer.Option("--day", formats=["%Y-%m-%d"], help="a closed day; the last by default")
]

OfCampaign = Annotated[str, typer.Option("--campaign", help="code of the campaign; the one that runs by default")]


class Kind(StrEnum):
    """What a file to import holds."""

    ROSTER = "roster"
    DOSES = "doses"


Speak = Annotated[Language, typer.Option("--language", help="language of sentences")]


@app.command()
def demo(
    scale: Annotated[float, typer.Option(help="share of the city's people to make")] = 0.005,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="last evening to live; by default the city's own")
    ] = None,
    seed: Annotated[int, typer.Option(help="the same seed makes the same city")] = 2021,
    port: Annotated[int, typer.Option(help="port on 127.0.0.1")] = 8000,
    city: Annotated[
        str, typer.Option(help="folder of a city with a folder rehearsal/, or the name of one that comes along")
    ] = "chongqing",
    serve: Annotated[bool, typer.Option(help="serve the console and the portal meanwhile and afterwards")] = True,
) -> None:
    """Make a synthetic city, serve it on 127.0.0.1, and live its campaign day by day while people watch."""
    os.environ["SEAWALL_DEMO"] = "1"
    from .demo import demonstrate

    if serve:
        database.settings_read()
        from .serving import bindable

        or_refusal(lambda: bindable("127.0.0.1", port))
    database.to_make()
    or_refusal(lambda: demonstrate(city, scale, seed, until.date() if until else None, port if serve else None))


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="address to bind")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port")] = 8000,
    worker: Annotated[
        bool, typer.Option(help="run the background worker beside it; --no-worker leaves it to another")
    ] = True,
    parent: Annotated[int, typer.Option(help="end with this process", hidden=True)] = 0,
) -> None:
    """Serve the console and the portal on what the database holds, with the background worker beside them."""
    database.to_write()
    from .serving import SMALL, TOGETHER, web_processes
    from .serving import serve as run_server

    processes, parts = (web_processes(SMALL), TOGETHER) if worker else (web_processes(), ())
    or_refusal(lambda: run_server(host, port, processes=processes, parts=parts, parent=parent))


@app.command("run")
def run_all(
    host: Annotated[str, typer.Option(help="address to bind")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port")] = 8000,
) -> None:
    """Run everything under one supervisor: web processes by cores, and each part behind the pages in a process of its own."""
    os.environ.setdefault("SEAWALL_LOG_LEVEL", "INFO")
    database.to_write()
    from .serving import apart, web_processes
    from .serving import serve as run_server

    or_refusal(lambda: run_server(host, port, processes=web_processes(), parts=apart()))


@app.command()
def worker(
    parts: Annotated[
        list[Part] | None, typer.Argument(help="parts to be; all by default, mqtt only where a broker is set")
    ] = None,
    parent: Annotated[int, typer.Option(help="end with this process", hidden=True)] = 0,
) -> None:
    """Work behind the pages until stopped: queue of jobs, relay of facts, sealer of acts, loggers. `serve` and `run` start it."""
    database.to_write()
    from .working import here, work

    or_refusal(lambda: work(parts or here(), parent))


app.command()(database.migrate)
app.command()(keeping.upgrade)
app.command()(keeping.doctor)
app.command()(keeping.backup)
app.command()(keeping.verify)
app.command()(keeping.restore)
app.add_typer(keys.app, name="key")


@app.command()
def init(
    username: Annotated[str, typer.Option(help="user name of the first account")] = "admin",
    name: Annotated[str, typer.Option(help="name of its holder; left out, what the post is called")] = "",
    site: Annotated[
        str, typer.Option(help="address at which browsers will reach this server")
    ] = "http://127.0.0.1:8000",
    city: Annotated[str, typer.Option(help="folder of the city, or the name of one that comes with the program")] = "",
    migrate: Annotated[bool, typer.Option(help="create and migrate a database of yours as well")] = False,
    language: Speak = Language.EN,
) -> None:
    """Make an empty database ready: its city, and the first administrator's account with a link that works once."""
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seawall.config.settings")
    database.to_make(language) if migrate or settings.EMBEDDED else database.to_write(language)
    from .first import GRANTS, first_account
    from .intake import actor
    from .saying import or_mistakes

    who = actor(None, language, GRANTS)
    link = or_mistakes(lambda: or_refusal(lambda: first_account(who, username, name, site, city), language), language)
    database.engines_compiled()
    typer.echo(link)


app.command()(due)
app.command()(rules)
app.command()(plan)
app.command("plan-city")(plan_city)
app.command()(epidemic)
app.add_typer(cities.app, name="city")
app.add_typer(flow.app, name="flow")
app.add_typer(signals.app, name="signals")
app.add_typer(site.app, name="site")


@app.command("import")
def import_command(
    file: Annotated[
        Path, typer.Argument(help="CSV or XLSX, one person or one dose in a row", exists=True, dir_okay=False)
    ],
    kind: Annotated[
        Kind, typer.Option(help="what the file holds: persons of a roster, or doses given before or elsewhere")
    ],
    organisation: Annotated[int | None, typer.Option(help="id of the organisation whose roster it is")] = None,
    programme: Annotated[
        str, typer.Option(help="programme of the doses; that of the campaign that runs by default")
    ] = "",
    post: Annotated[
        int | None, typer.Option(help="id of the post you act in; the operator of this machine by default")
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option(help="file for rows not taken, with reasons; beside the input by default")
    ] = None,
    commit: Annotated[bool, typer.Option(help="register what is taken; --no-commit only shows it")] = True,
    language: Speak = Language.EN,
) -> None:
    """Take a roster or a dose history in: staged, shown, committed; each row not taken comes back with its reason."""
    database.to_write(language)
    from .intake import actor, take_in

    who, out = actor(post, language), rejects or file.with_name(f"{file.stem}.rejected.csv")
    refused = or_refusal(lambda: take_in(who, file, kind, organisation, programme, out, commit=commit), language)
    raise typer.Exit(3 if refused else 0)


@app.command()
def evening(
    day: Annotated[
        datetime | None, typer.Option("--day", formats=["%Y-%m-%d"], help="the day to end; today by default")
    ] = None,
    post: Annotated[
        int | None, typer.Option(help="id of the post you act in; the operator of this machine by default")
    ] = None,
    campaign: OfCampaign = "",
    language: Speak = Language.EN,
) -> None:
    """Run a campaign's evening of a day: close, look, plan, ship, order. Exit code 3 where a step stops it; run again, it goes on."""
    database.to_write(language)
    from seawall.interfaces.campaign import campaign_named

    from .evening import GRANTS, run_evening
    from .intake import actor

    who = actor(post, language, GRANTS)
    raise typer.Exit(
        0
        if or_refusal(lambda: run_evening(who, campaign_named(campaign), day.date() if day else None), language)
        else 3
    )


@app.command()
def act(
    verb: Annotated[str, typer.Argument(help="name of the verb, as in docs/verbs.md")],
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV, XLSX or Parquet, one item in a row; columns by name or label", exists=True, dir_okay=False
        ),
    ],
    post: Annotated[int, typer.Option(help="id of the post you act in")],
    rejects: Annotated[
        Path | None, typer.Option(help="file for lines not done, with reasons; beside the input by default")
    ] = None,
    commit: Annotated[bool, typer.Option(help="do what can be read; --no-commit only shows it")] = True,
    language: Speak = Language.EN,
) -> None:
    """Do one verb for every line of a file: shown, done, each line not done back with its reason; twice is once."""
    database.to_write(language)
    from .acting import act as act_on
    from .acting import verb_of
    from .intake import actor

    who, out = actor(post, language), rejects or file.with_name(f"{file.stem}.rejected.csv")
    refused = or_refusal(lambda: act_on(who, verb_of(verb), file, out, commit=commit), language)
    raise typer.Exit(3 if refused else 0)


@app.command()
def report(out: Out, day: OnDay = None, campaign: OfCampaign = "") -> None:
    """Write the daily dispatch of a closed day: HTML (A4) and Markdown in English, and in Chinese where the city reads it, and JSON."""
    database.to_read()
    from seawall.interfaces.paper import written

    for path in or_refusal(lambda: written(campaign, day.date() if day else None, out)):
        typer.echo(path)


@app.command()
def export(out: Out, day: OnDay = None, campaign: OfCampaign = "") -> None:
    """Write de-identified Parquet as of a closed day: people, doses, stock, closings, and a dictionary with units."""
    database.to_read()
    from seawall.interfaces.campaign import campaign_named
    from seawall.reports import services as reports

    rows = or_refusal(lambda: reports.export(campaign_named(campaign), day.date() if day else None, out))
    typer.echo(", ".join(f"{name} {count:,}" for name, count in rows.items()) + f" rows -> {out}")


@app.command()
def check(language: Speak = Language.EN) -> None:
    """Run the nightly proofs: stock, doses, seats, closings, seals, facts. Exit code 1 when one does not hold."""
    database.to_read(language)
    from seawall.reports import selectors as reports

    from .checking import show

    found = reports.proofs()
    show(found, language)
    raise typer.Exit(0 if all(proof.holds for proof in found) else 1)


def run() -> None:
    """Entry point of the `seawall` script."""
    try:
        app()
    except Exception as error:
        if told := in_words(error):
            sys.exit(told)
        raise
    finally:
        gc.freeze()  # the process ends: what it holds is not searched for garbage first, which takes seconds


if __name__ == "__main__":
    run()
