"""How a door reads what a request brings: a number, a day, a moment, an id. What cannot be one is refused, not guessed."""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from seawall.platform import clock
from seawall.terms.acts import Refused

GREATEST = 2**63 - 1  # what a column of the database can hold
YEARS = range(1900, 2200)  # days on which people lived or campaigns run; sums of days beyond them overflow
UNREADABLE = "FORM_UNREADABLE"


def number(text: str) -> int:
    """A whole number as pages write it: ASCII digits, and no more than a column can hold."""
    if text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= GREATEST:
        return int(text)
    raise Refused(UNREADABLE)


def day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise Refused(UNREADABLE) from error
    if found.year not in YEARS:
        raise Refused(UNREADABLE)
    return found


BIRTH = ("year", "month", "day")


def birth_parts(told: Mapping[str, str]) -> dict[str, str]:
    """A birth date as it was typed into three plain fields."""
    return {part: told.get(f"birth_{part}", "").strip()[:4] for part in BIRTH}


def birth_or_none(told: Mapping[str, str]) -> date | None:
    """The day that three plain fields say, in any script's digits; None where there is no such day."""
    parts = [unicodedata.normalize("NFKC", part) for part in birth_parts(told).values()]
    return day_or_none("-".join(part.zfill(2) for part in parts)) if all(part.isdecimal() for part in parts) else None


def moment(text: str) -> datetime:
    """A moment with its offset; one without says no hour that everybody agrees on."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(UNREADABLE) from error
    if found.tzinfo is None or found.year not in YEARS:
        raise Refused(UNREADABLE)
    return found


def local_moment(text: str) -> datetime:
    """A moment as a form gives it, without an offset: the campaign's own time."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(UNREADABLE) from error
    if found.year not in YEARS:
        raise Refused(UNREADABLE)
    return found if found.tzinfo else found.replace(tzinfo=clock.zone())


def act(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Refused(UNREADABLE) from error


def number_or_none(text: str) -> int | None:
    """Where a page falls back on its own choice."""
    try:
        return number(text)
    except Refused:
        return None


def day_or_none(text: str) -> date | None:
    try:
        return day(text)
    except Refused:
        return None
