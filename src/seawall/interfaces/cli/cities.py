"""`seawall city`: a city's folder is made from a template, checked, and loaded with its campaigns."""

from pathlib import Path
from typing import Annotated

import typer

from . import database
from .keeping import Speak
from .saying import Language, or_mistakes, or_refusal

SHOWN = 60
GRANTS = frozenset({"reference_refresh", "due_refresh"})
app = typer.Typer(no_args_is_help=True, help="A city is a folder: make one, check it, load it.")
Folder = Annotated[str, typer.Argument(help="folder of the city, or the name of one that comes with the program")]


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="folder to write; its name becomes the city's code")],
) -> None:
    """Write the folder of a small example city, every column explained: edit it, then `seawall city check` it."""
    database.settings_read()
    from seawall.reference.services import city_template

    written = or_refusal(lambda: city_template(folder))
    typer.echo(f"{folder}: {', '.join(written)}")


@app.command()
def check(folder: Folder, language: Speak = Language.EN) -> None:
    """Name every mistake of a city's folder and its campaigns at once, by file, row and column. Reads files alone."""
    database.settings_read()
    from seawall.command import services as command

    city = or_mistakes(lambda: or_refusal(lambda: command.city_read(folder), language), language)
    areas = len(city.table("areas"))
    typer.echo(f"{city.name.en}: {areas:,} rows of areas on {len(city.levels)} levels. No mistake.")


@app.command()
def load(
    folder: Folder,
    commit: Annotated[bool, typer.Option(help="load it; --no-commit only shows what would change")] = True,
    language: Speak = Language.EN,
) -> None:
    """Check a city's folder, show what it changes by date, and load it with its campaigns: all of it, or nothing.

    Whoever is not yet judged by the rules in force is judged by them then; broken off, the next load goes on.
    """
    (database.to_write if commit else database.to_read)(language)
    from seawall.command import services as command
    from seawall.people import services as people
    from seawall.platform import clock
    from seawall.reference import selectors as reference
    from seawall.reference.services import city_changes
    from seawall.terms.actor import EN

    from .demo import Steps
    from .intake import actor

    before = reference.city()
    after = or_mistakes(lambda: or_refusal(lambda: command.city_read(folder), language), language)
    changes = city_changes(before, after)
    for change in changes[:SHOWN] if before else ():
        cells = ", ".join(f"{name}: {was or '-'} -> {now or '-'}" for name, (was, now) in change.cells.items())
        typer.echo(f"{change.on or 'at once'} {change.file} {change.row} {cells}".rstrip())
    if before and len(changes) > SHOWN:
        typer.echo(f"... and {len(changes) - SHOWN:,} more")
    typer.echo(f"{after.name.en}: {len(changes):,} rows of its own tables differ from what is loaded")
    if commit:
        who = actor(None, EN, GRANTS)
        or_mistakes(lambda: or_refusal(lambda: command.city_load(who, folder), language), language)
        typer.echo("loaded, with its campaigns")
        if behind := people.programmes_behind(clock.today()):
            with Steps() as steps:
                for programme in behind:
                    judged = people.dues_catch_up(who, programme, clock.today(), steps)
                    typer.echo(f"{programme}: {judged:,} judged anew")
