"""A refusal or a mistake at the command line: its sentences on the error stream, and exit code 2."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

import typer

from seawall.engines.tables import Mistakes
from seawall.platform import unwritten
from seawall.platform.keyring import KeysUnreadable
from seawall.terms.actor import EN
from seawall.terms.acts import Refused

T = TypeVar("T")


class Language(StrEnum):
    """Languages of every sentence that is printed."""

    EN = "en"
    ZH = "zh-hans"


def or_refusal(work: Callable[[], T], language: str = EN) -> T:
    """What `work` makes; or why not."""
    try:
        return work()
    except Refused as refused:
        raise _said(refused, language) from refused
    except Exception as error:
        if told := unwritten.why(error):
            raise _said(told, language) from error
        raise


def _said(refused: Refused, language: str) -> typer.Exit:
    from seawall.reference import selectors as reference

    typer.secho(reference.say(refused.refusal.code, refused.refusal.params, language), err=True)
    return typer.Exit(2)


def in_words(error: Exception) -> int:
    """The exit code of an error that an operator can mend, its sentence said; 0 for a fault of ours."""
    if isinstance(error, KeysUnreadable):
        typer.secho(str(error), err=True)
        return 2
    if told := unwritten.why(error):
        return _said(told, EN).exit_code
    return 0


def or_mistakes(work: Callable[[], T], language: str = EN) -> T:
    """What `work` makes of files; or every mistake found in them."""
    from seawall.engines.planning import ScenarioMistakes
    from seawall.engines.schedule import ScheduleMistakes
    from seawall.engines.schedule.files import FileNotRead

    try:
        return work()
    except Mistakes as wrong:
        for mistake in wrong.found:
            typer.secho(f"{mistake.where}: {mistake.zh if language == Language.ZH else mistake.en}", err=True)
        raise typer.Exit(2) from wrong
    except (FileNotRead, ScenarioMistakes, ScheduleMistakes, OSError) as mistakes:
        typer.secho(str(mistakes), err=True)
        raise typer.Exit(2) from mistakes
