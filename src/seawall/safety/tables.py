"""Safety's rule tables, read once: kinds with their windows, clocks, classes, steps."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "tables"


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event; `max_days` is its window after the dose, None for any time."""

    code: str
    zh: str
    en: str
    max_days: int | None
    serious: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """How long after discovery a case must be reported, and to whom."""

    code: str
    limit: timedelta
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Step:
    code: str
    kind: str
    order: int
    zh: str
    en: str


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def kinds() -> dict[str, EventKind]:
    return {
        r["code"]: EventKind(
            r["code"], r["zh"], r["en"], int(r["max_days"]) if r["max_days"] else None, r["serious"] == "yes"
        )
        for r in _rows("events.csv")
    }


@cache
def clock_for(serious: bool, on: date) -> Clock:
    """The clock in force on the day of discovery."""
    for r in _rows("clocks.csv"):
        until = date.fromisoformat(r["valid_to"]) if r["valid_to"] else date.max
        if (
            r["applies"] == ("serious" if serious else "ordinary")
            and date.fromisoformat(r["valid_from"]) <= on <= until
        ):
            return Clock(r["code"], timedelta(hours=int(r["hours"])), r["to_whom_zh"], r["to_whom_en"])
    raise LookupError(f"clocks.csv has no row in force on {on}")


@cache
def classes() -> dict[str, tuple[str, str]]:
    return {r["code"]: (r["zh"], r["en"]) for r in _rows("classes.csv")}


@cache
def steps() -> dict[str, Step]:
    return {r["code"]: Step(r["code"], r["kind"], int(r["order"]), r["zh"], r["en"]) for r in _rows("steps.csv")}


@cache
def treatments() -> dict[str, tuple[str, str]]:
    """What may be given at a site, with its words in Chinese and English."""
    return {r["code"]: (r["zh"], r["en"]) for r in _rows("treatments.csv")}


@cache
def called() -> dict[str, tuple[str, str]]:
    """Who may be called to a site, with the words in Chinese and English."""
    return {r["code"]: (r["zh"], r["en"]) for r in _rows("called.csv")}
