"""The clinic's rule tables, read once: its own, and those that a programme's folder brings (consents, questions, routes, observation)."""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from seawall.terms import interlocks as locks
from seawall.terms.interlocks import Interlock
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


def _lines(text: str) -> list[dict[str, str]]:
    """Rows of a table in a programme's folder; none where the folder has no such table. What follows # at its head explains it."""
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def _names(row: dict[str, str], prefix: str = "") -> tuple[str, str]:
    """Chinese and English of a row; where a folder gives one of them, it stands for both."""
    zh, en = row.get(f"{prefix}zh") or "", row.get(f"{prefix}en") or ""
    return zh or en, en or zh


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _in_force(row: dict[str, str], on: date) -> bool:
    until = _day(row["valid_to"])
    return date.fromisoformat(row["valid_from"]) <= on and (until is None or on <= until)


@cache
def interlocks() -> tuple[Interlock, ...]:
    """What stops a step, in the order in which it is asked."""
    return locks.read(FOLDER / "interlocks.csv")


@cache
def checks() -> tuple[CheckRow, ...]:
    """In the order of the rule; the codes are those of `terms.visits.CHECKS`."""
    rows = tuple(
        CheckRow(int(r["number"]), r["code"], r["group"], r["zh"], r["en"], r["filled_by"]) for r in _rows("checks.csv")
    )
    if tuple(r.code for r in rows) != CHECKS:
        raise ValueError("checks.csv and terms.visits.CHECKS name different checks")
    return rows


def check_bits(stated: Collection[str]) -> int:
    """Checks as one number: bit n - 1 is row n of checks.csv."""
    return sum(1 << row.number - 1 for row in checks() if row.code in stated)


@cache
def consents(text: str, programme: str, on: date) -> tuple[ConsentVersion, ...]:
    """Texts in force by a programme's consents.csv, newest last."""
    found = [
        ConsentVersion(
            r["version"], programme, r["language"], date.fromisoformat(r["valid_from"]), _day(r["valid_to"]),
            int(r["guardian_below"]), *_names(r),
        )
        for r in _lines(text)
    ]  # fmt: skip
    return tuple(sorted((c for c in found if c.in_force(on)), key=lambda c: c.valid_from))


@cache
def observation_minutes(text: str, product: str, risk: str, on: date) -> int:
    """By the programme's observation.csv before our own, the product's row before that of all; an unknown risk counts as normal."""
    rows = [r for r in (*_lines(text), *_rows("observation.csv")) if _in_force(r, on)]
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


@dataclass(frozen=True, slots=True)
class Why:
    """A reason to choose."""

    code: str
    zh: str
    en: str


def _whys(name: str) -> dict[str, Why]:
    return {r["code"]: Why(r["code"], r["zh"], r["en"]) for r in _rows(name)}


@cache
def without_dose() -> dict[str, Why]:
    """Why somebody went away before the dose."""
    return _whys("without_dose.csv")


@cache
def not_given() -> dict[str, Why]:
    """Why a recorded dose was not given after all."""
    return _whys("not_given.csv")


@dataclass(frozen=True, slots=True)
class CallBack:
    """What came of calling back somebody who left unseen; until it is settled they are called again."""

    code: str
    settled: bool
    zh: str
    en: str


@cache
def call_backs() -> dict[str, CallBack]:
    return {r["code"]: CallBack(r["code"], r["settled"] == "true", r["zh"], r["en"]) for r in _rows("call_backs.csv")}


@dataclass(frozen=True, slots=True)
class Irregular:
    """What makes a dose one to look into, and the number from which it does."""

    code: str
    value: float
    zh: str
    en: str


@cache
def irregulars(on: date) -> dict[str, Irregular]:
    rows = (r for r in _rows("irregular.csv") if _in_force(r, on))
    return {r["code"]: Irregular(r["code"], float(r["value"]), *_names(r)) for r in rows}


def irregular(code: str, on: date) -> float:
    return irregulars(on)[code].value


@dataclass(frozen=True, slots=True)
class Way:
    """A way of settling an act of a tablet that could not be taken."""

    code: str
    asks_note: bool
    zh: str
    en: str


@cache
def ways() -> dict[str, Way]:
    return {r["way"]: Way(r["way"], r["asks_note"] == "yes", *_names(r)) for r in _rows("settling.csv")}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for such an act."""

    way: str
    zh: str
    en: str


@cache
def proposal(verb: str, code: str) -> Proposal:
    """The first row that fits the verb and the reason; the last fits all."""
    rows = (r for r in _rows("proposals.csv") if r["verb"] in (verb, "*") and r["code"] in (code, "*"))
    row = next(rows)
    return Proposal(row["way"], *_names(row))


@cache
def leavings() -> dict[str, Leaving]:
    return {r["code"]: Leaving(r["code"], r["outcome"], r["zh"], r["en"]) for r in _rows("leaving.csv")}


@dataclass(frozen=True, slots=True)
class Route:
    """How a product is given: code, permitted arms, and the words for the nurse."""

    code: str
    arms: tuple[str, ...]
    zh: str
    en: str


@cache
def routes(*texts: str) -> dict[str, Route]:
    """Route by product, of the routes.csv of programmes."""
    return {r["product"]: _route(r) for text in texts for r in _lines(text)}


@cache
def usual_route() -> Route:
    """For a product of which no programme says how it is given."""
    (row,) = _rows("routes.csv")
    return _route(row)


def _route(r: dict[str, str]) -> Route:
    return Route(r["route"], tuple(r["arms"].split("|")), *_names(r))


EFFECTS = ("forbid", "defer", "limit", "finish", "immune", "note")


@cache
def conditions(text: str, on: date) -> dict[str, str]:
    """The strongest effect of every condition in a release's conditions.csv on a day; one that forbids only some products limits."""
    effects: dict[str, str] = {}
    for row in _lines(text):
        if _dated(row, on):
            effect = "limit" if row.get("product") and row["effect"] in ("forbid", "defer") else row["effect"]
            effects[row["condition"]] = min(effects.get(row["condition"], EFFECTS[-1]), effect, key=EFFECTS.index)
    return effects


def _dated(row: dict[str, str], on: date) -> bool:
    """Whether a row is in force; a programme whose table has no dates means always."""
    since, until = _day(row.get("valid_from", "")), _day(row.get("valid_to", ""))
    return not (since and on < since) and not (until and on > until)


@dataclass(frozen=True, slots=True)
class Condition:
    """A finding as a programme's table names it, and the products that it concerns (empty: all)."""

    code: str
    products: tuple[str, ...]
    zh: str
    en: str


@cache
def condition_rows(text: str, on: date) -> tuple[Condition, ...]:
    """The rows of a release's conditions.csv in force on a day, in its order."""
    return tuple(
        Condition(r["condition"], tuple(filter(None, (r.get("product") or "").split("|"))), *_names(r, "name_"))
        for r in _lines(text)
        if _dated(r, on)
    )


@dataclass(frozen=True, slots=True)
class Question:
    """A question to read aloud, and whom it is for."""

    code: str
    sex: int | None
    ages: tuple[int, int]
    doses_from: int
    asked: bool
    zh: str
    en: str

    def is_for(self, sex: int, age: int, doses: int) -> bool:
        """A sex that is not known is asked everything."""
        right_sex = self.sex is None or sex in (self.sex, *UNKNOWN_SEX)
        return self.asked and right_sex and self.ages[0] <= age <= self.ages[1] and doses >= self.doses_from


UNKNOWN_SEX = (0, 9)
ANY_AGE = (0, 200)


@cache
def questions(text: str, on: date) -> dict[str, Question]:
    """Question of each condition in force on a day: by the programme's questions.csv before our own."""
    return {r["condition"]: _question(r) for r in (*_rows("questions.csv"), *_lines(text)) if _in_force(r, on)}


def _question(r: dict[str, str]) -> Question:
    ages = int(r["age_from"] or ANY_AGE[0]), int(r["age_to"] or ANY_AGE[1])
    sex = int(r["sex"]) if r["sex"] else None
    return Question(r["condition"], sex, ages, int(r["doses_from"] or 0), r["asked"] == "yes", *_names(r))


def tally_bands(on: date) -> dict[str, tuple[str, str]]:
    """Age bands of tallies in force on a day: Chinese and English by code, youngest first."""
    return {r["code"]: _names(r) for r in _rows("tally_bands.csv") if _in_force(r, on)}
