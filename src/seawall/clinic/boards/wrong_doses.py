"""Wrong doses to try: each a card whose facts the interlocks judge, here or on the device. Nobody is vaccinated by it."""

import csv
from dataclasses import dataclass
from functools import cache

from seawall.terms import interlocks
from seawall.terms.acts import Refusal
from seawall.terms.interlocks import Interlock, Values

from .. import selectors, tables

GOOD = {
    "screening": "recommended", "consent": "yes", "checks": "all", "hands": "other", "duty": "yes", "certified": "yes", "arm": "known",
    "product": "fits", "due": "due", "switch": "none", "day": "same", "session": "open", "history": "known",
    "place": "here", "transit": "no", "left": "some", "custody": "whole", "state": "usable", "lot": "released", "expiry": "good",
    "diluent": "fine", "monitor": "fine", "opened": "fine",
}  # fmt: skip
"""The facts of a dose with everything in order."""


@dataclass(frozen=True, slots=True)
class WrongDose:
    """A card: what is wrong with it, in words and as facts, and what its sentence names."""

    card: str
    step: str
    facts: dict[str, str]
    values: Values
    zh: str
    en: str

    def stopped(self) -> Refusal | None:
        """What the interlocks say of it."""
        return interlocks.first(rules(self.step), self.facts, self.values)


def rules(step: str) -> list[Interlock]:
    return [row for row in selectors.every_interlock() if row.step == step]


@cache
def wrong_doses() -> dict[str, WrongDose]:
    """The drawer, in its order."""
    with (tables.FOLDER / "wrong_doses.csv").open(encoding="utf-8", newline="") as file:
        return {row["card"]: _card(row) for row in csv.DictReader(file)}


def _card(row: dict[str, str]) -> WrongDose:
    values = {name: value or None for name, value in _pairs(row["values"])}
    return WrongDose(row["card"], row["step"], GOOD | dict(_pairs(row["facts"])), values, row["zh"], row["en"])


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (part.partition("=") for part in text.split())]
