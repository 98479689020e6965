"""The command line: the server and its records, and the engines on files alone."""

import os
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from . import flow, signals, site
from .city import plan_city
from .due import due
from .epidemic import epidemic
from .plan import plan
from .rules import rules

app = typer.Typer(
    name="seawall",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Runs a mass vaccination campaign from its target date to the immune barrier.",
)

FIRST_EVENING = datetime(2021, 6, 9)  # noqa: DTZ001 - a civil day
Out = Annotated[Path, typer.Option("--out", help="folder for the answers; made when missing")]
OnDay = Annotated[
    datetime | None, typer.Option("--day", formats=["%Y-%m-%d"], help="a closed day; the last by default")
]


class Language(StrEnum):
    """Languages of every sentence that is printed."""

    EN = "en"
    ZH = "zh-hans"


class Kind(StrEnum):
    """What a file to import holds."""

    ROSTER = "roster"
    DOSES = "doses"


Speak = Annotated[Language, typer.Option("--language", help="language of sentences")]


def _django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seawall.config.settings")
    import django

    django.setup()


def _database() -> None:
    from .database import make_ready

    make_ready()


@app.command()
def demo(
    scale: Annotated[float, typer.Option(help="share of the city's 32 million people to make")] = 0.005,
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="last evening to live")] = FIRST_EVENING,
    seed: Annotated[int, typer.Option(help="the same seed makes the same city")] = 2021,
    port: Annotated[int, typer.Option(help="port on 127.0.0.1")] = 8000,
    serve: Annotated[bool, typer.Option(help="serve the console and the portal afterwards")] = True,
) -> None:
    """Make a synthetic Chongqing, live its campaign day by day, and serve it on 127.0.0.1."""
    os.environ["SEAWALL_DEMO"] = "1"
    _django()
    _database()
    from .demo import live

    live(scale, seed, until.date())
    if serve:
        # A process that has computed must not be forked by the server: threads of its engines do not survive in the child.
        os.execv(sys.executable, [sys.executable, "-m", __spec__.name, "serve", "--port", str(port)])


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="address to bind")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port")] = 8000,
) -> None:
    """Serve the console and the portal on what the database holds."""
    _django()
    _database()
    from .serving import serve as run_server

    run_server(host, port)


app.command()(due)
app.command()(rules)
app.command()(plan)
app.command("plan-city")(plan_city)
app.command()(epidemic)
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
    programme: Annotated[str, typer.Option(help="programme of the doses")] = "covid19-cn",
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
    _django()
    _database()
    from .intake import actor, take_in
    from .saying import or_refusal

    who, out = actor(post, language), rejects or file.with_name(f"{file.stem}.rejected.csv")
    refused = or_refusal(lambda: take_in(who, file, kind, organisation, programme, out, commit=commit), language)
    raise typer.Exit(3 if refused else 0)


@app.command()
def report(out: Out, day: OnDay = None) -> None:
    """Write the daily dispatch of a closed day: HTML (A4) and Markdown in Chinese and English, and JSON."""
    _django()
    _database()
    from .paper import written
    from .saying import or_refusal

    for path in or_refusal(lambda: written(day.date() if day else None, out)):
        typer.echo(path)


@app.command()
def export(out: Out, day: OnDay = None) -> None:
    """Write de-identified Parquet as of a closed day: people, doses, stock, closings, and a dictionary with units."""
    _django()
    _database()
    from seawall.reports import services as reports

    from .saying import or_refusal

    rows = or_refusal(lambda: reports.export(day.date() if day else None, out))
    typer.echo(", ".join(f"{name} {count:,}" for name, count in rows.items()) + f" rows -> {out}")


@app.command()
def check(language: Speak = Language.EN) -> None:
    """Run the nightly proofs: stock, doses, seats, closings, seals, facts. Exit code 1 when one does not hold."""
    _django()
    _database()
    from seawall.reports import selectors as reports

    from .checking import show

    found = reports.proofs()
    show(found, language)
    raise typer.Exit(0 if all(proof.holds for proof in found) else 1)


def run() -> None:
    """Entry point of the `seawall` script."""
    app()


if __name__ == "__main__":
    run()
