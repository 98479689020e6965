"""What a coverage reached is worth: the effective reproduction number behind it, and the outbreak it would hold back."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .barrier import Assumed, averted_outbreak, barrier
from .load import load_document
from .reading import HERE, Reader
from .scenario import LEAKY, Scenario, Vaccine

F = NDArray[np.float64]
TABLE = HERE / "tables" / "assumptions.csv"
BANDS = (10, 20, 30, 40, 50, 60, 70, 80)  # youngest age of each band but the first
SEED = 2021


@dataclass(frozen=True, slots=True)
class Assumption:
    """One value taken for granted on a day, with its interval where it has one, its sentences and where it comes from."""

    parameter: str
    value: float
    low: float | None
    high: float | None
    unit: str
    zh: str
    en: str
    source: str
    mark: str


@dataclass(frozen=True, slots=True)
class Worth:
    """R with the coverage and without any, each (middle, low, high); and infections of an imported outbreak, both ways."""

    groups: tuple[str, ...]
    now: tuple[float, float, float]
    none: tuple[float, float, float]
    verdict: str
    below_one: float
    infections_now: float
    infections_none: float
    assumptions: tuple[Assumption, ...]


@cache
def _rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def weighs(programme: str) -> bool:
    """Whether there are assumptions about the disease that a programme is against."""
    return any(row["programme"] == programme for row in _rows())


def assumptions(on: date) -> tuple[Assumption, ...]:
    """The rows in force on a day."""
    day = on.isoformat()
    rows = [r for r in _rows() if r["valid_from"] <= day and (not r["valid_to"] or day <= r["valid_to"])]
    return tuple(
        Assumption(
            r["parameter"], float(r["value"]), float(r["low"]) if r["low"] else None, float(r["high"]) if r["high"] else None,
            r["unit"], r["zh"], r["en"], r["source"], r["mark"],
        )
        for r in rows
    )  # fmt: skip


def worth(people: Sequence[int], covered: Sequence[int], on: date) -> Worth:
    """`people` and `covered` (complete series) by band of BANDS, as of a day.

    No measure is in force, nobody is immune by infection, and a series not completed does not count: the number is what
    the vaccine alone does. The outbreak is the one imagined in the assumptions, in these very people.
    """
    taken = assumptions(on)
    value = {a.parameter: a for a in taken}
    residents = np.asarray(people, np.float64)
    coverage = np.divide(np.asarray(covered, np.float64), residents, out=np.zeros(len(residents)), where=residents > 0)
    scenario = _scenario(residents, value)
    effect, spread = value["infection"], value["transmission"].value
    vaccine = Vaccine("any", 1, LEAKY, np.full(len(residents), effect.value), spread)
    found = barrier(scenario, vaccine, coverage.clip(0, 1), _interval(value), {"none": ()}, SEED)
    now, none = found.to_dicts()
    without, with_it = averted_outbreak(scenario, vaccine, coverage.clip(0, 1))
    return Worth(
        scenario.groups, (now["r"], now["low"], now["high"]), (none["r"], none["low"], none["high"]), now["verdict"],
        now["below_one"], with_it, without, taken,
    )  # fmt: skip


def _interval(value: dict[str, Assumption]) -> Assumed:
    def ends(row: Assumption) -> tuple[float, float]:
        return (row.value if row.low is None else row.low, row.value if row.high is None else row.high)

    return Assumed(ends(value["r0"]), ends(value["infection"]))


def _scenario(residents: F, value: dict[str, Assumption]) -> Scenario:
    """An outbreak imported into these people over the published contacts by ten-year bands."""
    document = {
        "scenario": {"name": "worth", "days": int(value["days"].value)},
        "population": {"groups": "published:china-groups", "total": max(1.0, float(residents.sum()))},
        "layer": [{"name": "all", "file": "published:china-contacts"}],
        "disease": {
            "r0": value["r0"].value,
            "incubation_days": value["incubation_days"].value,
            "infectious_days": value["infectious_days"].value,
        },
        "import": [{"from": 0, "to": 9, "per_day": value["imported"].value / 10}],
    }
    made = load_document(document, Reader(Path("worth.toml"))).scenario
    return made if not residents.sum() else _with(made, residents)


def _with(scenario: Scenario, residents: F) -> Scenario:
    shares = residents / residents.sum()
    arrivals = scenario.arrivals
    assert arrivals is not None
    return replace(
        scenario, people=residents[:, None], arrivals=arrivals.sum(axis=1, keepdims=True) * shares[None, :, None]
    )
