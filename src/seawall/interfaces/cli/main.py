"""The command line: seawall demo | serve | import | due | plan | report | export | check."""

import os
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="seawall",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Runs a mass vaccination campaign from its target date to the immune barrier.",
)

FIRST_EVENING = datetime(2021, 6, 9)  # noqa: DTZ001 - a civil day
Day = Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="the day to judge by")]
Out = Annotated[Path, typer.Option("--out", help="folder for the answers; made when missing")]


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
        from .serving import serve as run_server

        run_server("127.0.0.1", port)


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


@app.command("due")
def due_command(
    persons: Annotated[Path, typer.Argument(help="CSV or Parquet: person,birth[,birth_precision][,sex]")],
    doses: Annotated[Path, typer.Argument(help="CSV or Parquet: person,given_on,product")],
    out: Out,
    schedule: Annotated[str, typer.Option(help="a shipped schedule's name, or a folder of tables")] = "covid19-cn",
    as_of: Day = None,
) -> None:
    """Judge dose histories on files: which doses count, what is due next, and why. Needs no database."""
    from seawall.engines.schedule.files import due_on_files

    on = as_of.date() if as_of else date.today()  # noqa: DTZ011
    summary = due_on_files(persons, doses, out, schedule, on)
    typer.echo(f"{summary} -> {out}")


@app.command("plan")
def plan_command(
    scenario: Annotated[Path, typer.Argument(help="folder laid out as cities/chongqing")],
    out: Out,
    as_of: Day = None,
    scale: Annotated[float, typer.Option(help="share of the city's people, doses and stations")] = 1.0,
) -> None:
    """Plan a campaign backwards from its deadline, on files: quotas, shipments, obstacles. Needs no database."""
    from seawall.engines.planning.files import plan_on_files

    summary = plan_on_files(scenario, out, as_of=as_of.date() if as_of else None, scale=scale)
    typer.echo(f"{summary} -> {out}")


def run() -> None:
    """Entry point of the `seawall` script."""
    app()


if __name__ == "__main__":
    run()
