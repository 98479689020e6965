"""Safety's rule tables, read once: kinds with their windows, clocks, classes, steps."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from seawall.engines import schedule
from seawall.reference import selectors as reference

FOLDER = Path(__file__).parent / "tables"
REACTIONS = "reactions.csv"
EVERY_PRODUCT = "*"


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event; `max_days` is its window after the dose, None for any time."""

    code: str
    zh: str
    en: str
    max_days: int | None
    serious: bool
    told: bool  # whether who had the dose may report it in these words


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


@dataclass(frozen=True, slots=True)
class ReactionRate:
    """Reports to be expected per 100,000 doses of a product, or of every one (`*`), given from one day to another."""

    product: str
    per_100k: float
    valid_from: date
    valid_to: date
    source: str

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on <= self.valid_to


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def kinds() -> dict[str, EventKind]:
    return {
        r["code"]: EventKind(
            r["code"],
            r["zh"],
            r["en"],
            int(r["max_days"]) if r["max_days"] else None,
            r["serious"] == "yes",
            r["told"] == "yes",
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


@dataclass(frozen=True, slots=True)
class Advice:
    """A sentence for the days after a dose."""

    zh: str
    en: str
    source: str


@cache
def aftercare(on: date) -> tuple[Advice, ...]:
    """The sentences in force on a day, in their order."""
    return tuple(
        Advice(r["zh"], r["en"], r["source"])
        for r in _rows("aftercare.csv")
        if r["valid_from"] <= on.isoformat() <= (r["valid_to"] or "9999")
    )


@cache
def treatments() -> dict[str, tuple[str, str]]:
    """What may be given at a site, with its words in Chinese and English."""
    return {r["code"]: (r["zh"], r["en"]) for r in _rows("treatments.csv")}


@cache
def called() -> dict[str, tuple[str, str]]:
    """Who may be called to a site, with the words in Chinese and English."""
    return {r["code"]: (r["zh"], r["en"]) for r in _rows("called.csv")}


def reaction_rates(programme: str, on: date) -> tuple[ReactionRate, ...]:
    """The programme's own published rates, those of one product first; none where nothing is published.

    A release keeps the content that its hash names, so that one stored before this table existed has none: for it
    speaks the table that came with the program under the same name, and never that of another programme.
    """
    return _reaction_rates(reference.rule_table(programme, on, REACTIONS) or _shipped_reactions(programme))


@cache
def _shipped_reactions(programme: str) -> str:
    table = schedule.SCHEDULES / programme / REACTIONS
    return table.read_text(encoding="utf-8") if table.is_file() else ""


@cache
def _reaction_rates(text: str) -> tuple[ReactionRate, ...]:
    rates = [
        ReactionRate(
            r["product"], float(r["per_100k"]), date.fromisoformat(r["valid_from"]),
            date.fromisoformat(r["valid_to"]) if r["valid_to"] else date.max, r["source"],
        )
        for r in csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    ]  # fmt: skip
    return tuple(sorted(rates, key=lambda row: row.product == EVERY_PRODUCT))
