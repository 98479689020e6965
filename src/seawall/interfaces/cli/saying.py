"""A refusal or a mistake at the command line: its sentences on the error stream, and exit code 2."""

from collections.abc import Callable
from typing import TypeVar

import typer

from seawall.engines.tables import Mistakes
from seawall.terms.actor import EN
from seawall.terms.acts import Refused

T = TypeVar("T")


def or_refusal(work: Callable[[], T], language: str = EN) -> T:
    """What `work` makes; or why not."""
    from seawall.reference import selectors as reference

    try:
        return work()
    except Refused as refused:
        typer.secho(reference.say(refused.refusal.code, refused.refusal.params, language), err=True)
        raise typer.Exit(2) from refused


def or_mistakes(work: Callable[[], T]) -> T:
    """What `work` makes of files; or every mistake found in them."""
    from seawall.engines.planning import ScenarioMistakes
    from seawall.engines.schedule import ScheduleMistakes
    from seawall.engines.schedule.files import FileNotRead

    try:
        return work()
    except (Mistakes, FileNotRead, ScenarioMistakes, ScheduleMistakes, OSError) as mistakes:
        typer.secho(str(mistakes), err=True)
        raise typer.Exit(2) from mistakes
