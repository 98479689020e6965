"""Interlocks: rules that stop an act, as rows of a table that every judge runs, on the server and on a tablet without a network."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .acts import Refusal

Facts = Mapping[str, str]
Values = Mapping[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True)
class Interlock:
    """A rule: broken where every fact of `when` has one of its values; a fact that is not known breaks nothing.

    `params` pairs each parameter of the sentence with the value it takes. A `soft` rule is passed with a reason on record;
    one that holds `always` stops also the record of what happened already.
    """

    step: str
    code: str
    when: Mapping[str, frozenset[str]]
    params: Mapping[str, str]
    soft: bool
    always: bool

    def plain(self) -> dict[str, Any]:
        """As a device reads it."""
        when = {fact: sorted(stops) for fact, stops in self.when.items()}
        return {"step": self.step, "code": self.code, "when": when, "params": dict(self.params), "soft": self.soft}

    def holds(self, facts: Facts) -> bool:
        """Whether nothing here stops the act."""
        return any(facts.get(fact) not in stops for fact, stops in self.when.items())


def read(file: Path) -> tuple[Interlock, ...]:
    """The rows of a table, in the order in which they are asked.

    Columns: step, code, when (`fact=value|value`, all of them), params (`name` or `name=value`), soft and always (yes or no).
    """
    with file.open(encoding="utf-8", newline="") as rows:
        return tuple(_interlock(row) for row in csv.DictReader(rows))


def _interlock(row: Mapping[str, str]) -> Interlock:
    when = {fact: frozenset(values.split("|")) for fact, _, values in _parts(row["when"])}
    params = {name: value or name for name, _, value in _parts(row["params"])}
    return Interlock(row["step"], row["code"], when, params, row["soft"] == "yes", row["always"] == "yes")


def _parts(text: str) -> list[tuple[str, str, str]]:
    return [part.partition("=") for part in text.split()]


def broken(rows: Iterable[Interlock], facts: Facts, values: Values) -> Iterator[Refusal]:
    """Every rule that does not hold, in the order of the rows."""
    for row in rows:
        if not row.holds(facts):
            yield Refusal(row.code, {name: values[value] for name, value in row.params.items()})


def first(rows: Iterable[Interlock], facts: Facts, values: Values) -> Refusal | None:
    """What is said to whoever tries."""
    return next(broken(rows, facts, values), None)
