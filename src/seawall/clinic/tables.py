"""The clinic's rule tables, read once: checks, consent versions, minutes of observation, limits."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from seawall.terms.visits import CHECKS

FOLDER = Path(__file__).parent / "tables"
NORMAL = "NORMAL"


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One of the eleven checks, and whether the system or the nurse's eyes answer it."""

    number: int
    code: str
    group: str
    zh: str
    en: str
    filled_by: str


@dataclass(frozen=True, slots=True)
class ConsentVersion:
    version: str
    programme: str
    language: str
    valid_from: date
    valid_to: date | None
    guardian_below: int
    zh: str
    en: str

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Leaving:
    code: str
    outcome: str
    zh: str
    en: str


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _in_force(row: dict[str, str], on: date) -> bool:
    until = _day(row["valid_to"])
    return date.fromisoformat(row["valid_from"]) <= on and (until is None or on <= until)


@cache
def checks() -> tuple[CheckRow, ...]:
    """In the order of the rule; the codes are those of `terms.visits.CHECKS`."""
    rows = tuple(
        CheckRow(int(r["number"]), r["code"], r["group"], r["zh"], r["en"], r["filled_by"]) for r in _rows("checks.csv")
    )
    if tuple(r.code for r in rows) != CHECKS:
        raise ValueError("checks.csv and terms.visits.CHECKS name different checks")
    return rows


@cache
def consents(programme: str, on: date) -> tuple[ConsentVersion, ...]:
    """Texts in force, newest last."""
    found = [
        ConsentVersion(
            r["version"], r["programme"], r["language"], date.fromisoformat(r["valid_from"]), _day(r["valid_to"]),
            int(r["guardian_below"]), r["zh"], r["en"],
        )
        for r in _rows("consents.csv")
        if r["programme"] == programme
    ]  # fmt: skip
    return tuple(sorted((c for c in found if c.in_force(on)), key=lambda c: c.valid_from))


@cache
def observation_minutes(product: str, risk: str, on: date) -> int:
    """The product's own row before the row of all products; an unknown risk counts as normal."""
    rows = [r for r in _rows("observation.csv") if _in_force(r, on)]
    for wanted in ((product, risk), ("*", risk), (product, NORMAL), ("*", NORMAL)):
        for row in rows:
            if (row["product"], row["risk"]) == wanted:
                return int(row["minutes"])
    raise LookupError(f"observation.csv has no row in force on {on}")


@cache
def risks() -> frozenset[str]:
    return frozenset(r["risk"] for r in _rows("observation.csv"))


@cache
def limit(code: str, on: date) -> float:
    return next(float(r["value"]) for r in _rows("limits.csv") if r["code"] == code and _in_force(r, on))


@cache
def leavings() -> dict[str, Leaving]:
    return {r["code"]: Leaving(r["code"], r["outcome"], r["zh"], r["en"]) for r in _rows("leaving.csv")}


@cache
def route(platform: str) -> tuple[str, tuple[str, ...]]:
    """Route and permitted arms of a platform."""
    rows = {r["platform"]: r for r in _rows("routes.csv")}
    row = rows.get(platform, rows["*"])
    return row["route"], tuple(row["arms"].split("|"))


EFFECTS = ("forbid", "defer", "limit", "finish", "immune", "note")


@cache
def conditions(text: str, on: date) -> dict[str, str]:
    """The strongest effect of every condition in a release's conditions.csv on a day; one that forbids only some products limits."""
    effects: dict[str, str] = {}
    for row in csv.DictReader(text.splitlines()):
        since, until = _day(row["valid_from"]), _day(row["valid_to"])
        if (since and on < since) or (until and on > until):
            continue
        effect = "limit" if row["product"] and row["effect"] in ("forbid", "defer") else row["effect"]
        effects[row["condition"]] = min(effects.get(row["condition"], EFFECTS[-1]), effect, key=EFFECTS.index)
    return effects
