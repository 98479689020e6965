"""The further questions of a scenario file: who first, the barrier, calibration, agents; checked with the scenario."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ..tables import read_table
from .barrier import DRAWS, LEVEL, Assumed
from .calibrate import Reported
from .contacts import basic_reproduction
from .prioritise import Tiers
from .reading import Reader, columns, tiers_of
from .scenario import Scenario, Vaccine

F = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WhoFirst:
    """Orders, supplies (shares of the people) and reproduction numbers to compare."""

    orders: dict[str, Tiers]
    supply_shares: list[float]
    r0: list[float]


@dataclass(frozen=True, slots=True)
class Barrier:
    """Coverage by group with one dose, what is not known, and the packages of measures."""

    vaccine: Vaccine
    coverage: F
    assumed: Assumed
    packages: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Fit:
    """A reported curve and the bounds of the fit."""

    reported: Reported
    r0: tuple[float, float]
    reported_share: float | None
    draws: int
    level: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What a scenario file asks beside its course."""

    who_first: WhoFirst | None = None
    barrier: Barrier | None = None
    fit: Fit | None = None
    agents: tuple[int, int] | None = None


def questions(document: Mapping[str, Any], reader: Reader, scenario: Scenario) -> Asked:
    """Reads the sections; what is wrong is noted in the reader's findings."""
    agents = reader.section("agents", document["agents"], "agents.") if "agents" in document else None
    return Asked(
        _who_first(document["prioritise"], reader, scenario) if "prioritise" in document else None,
        _barrier(document, reader, scenario) if "barrier" in document else None,
        _fit(document["calibrate"], reader) if "calibrate" in document else None,
        (agents.get("people", 1), agents.get("members", 5)) if agents is not None else None,
    )


def _who_first(given: Any, reader: Reader, scenario: Scenario) -> WhoFirst | None:
    part = reader.section("prioritise", given, "prioritise.")
    if scenario.order is None:
        reader.bad("rollout.product", "", "key_missing")
    orders = part.get("orders", {})
    if not isinstance(orders, dict):
        reader.bad("prioritise.orders", orders, "table")
        return None
    tiers = {
        name: tiers_of(reader, f"prioritise.orders.{name}", value, scenario.groups) for name, value in orders.items()
    }
    supplies = _numbers(reader, "prioritise.supply_shares", part.get("supply_shares", []), 1.0)
    return WhoFirst(tiers, supplies, _numbers(reader, "prioritise.r0", part.get("r0", []), None))


def _numbers(reader: Reader, key: str, values: list[Any], most: float | None) -> list[float]:
    for place, value in enumerate(values):
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not 0 <= value < float("inf") or (most is not None and value > most):
            reader.bad(f"{key}[{place}]", value, "share" if most == 1.0 else "not_negative" if number else "float")
    return [float(v) for v in values if isinstance(v, (int, float))]


def _barrier(document: Mapping[str, Any], reader: Reader, scenario: Scenario) -> Barrier | None:
    part = reader.section("barrier", document["barrier"], "barrier.")
    key = (part.get("product", ""), part.get("dose_rank", 1))
    found = [v for v in scenario.vaccines if v.key == key]
    if not found:
        known = ", ".join(f"{v.product}:{v.dose_rank}" for v in scenario.vaccines)
        reader.bad("barrier.product", f"{key[0]}:{key[1]}", "unknown_dose", known)
    coverage = reader.by_group("barrier.coverage", part.get("coverage"), len(scenario.groups))
    packages = _packages(document.get("package", []), reader, scenario)
    if not found or coverage is None:
        return None
    r0 = 0.0 if reader.findings.found else basic_reproduction(scenario)
    effect = float(found[0].infection.mean())
    interval = (part.get("r0_low", r0), part.get("r0_high", r0))
    effects = (part.get("infection_low", effect), part.get("infection_high", effect))
    for name, (low, high) in (("r0", interval), ("infection", effects)):
        if low > high:
            reader.bad(f"barrier.{name}_low", low, "bounds", f"{low:g} > {high:g}")
    assumed = Assumed(interval, effects, part.get("draws", DRAWS), part.get("level", LEVEL))
    return Barrier(found[0], coverage, assumed, packages)


def _packages(given: Any, reader: Reader, scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Packages by name, strictest as the file has them; without any, none and all measures."""
    known = [m.name for m in scenario.measures]
    if not given:
        return {"all": tuple(known), "none": ()} if known else {"none": ()}
    made: dict[str, tuple[str, ...]] = {}
    for place, values in enumerate(given if isinstance(given, list) else [given], 1):
        part = reader.section("package", values, f"package.{place}.")
        for name in part.get("measures", []):
            if name not in known:
                reader.bad(f"package.{place}.measures", name, "unknown_measure", ", ".join(known))
        made[part.get("name", "")] = tuple(map(str, part.get("measures", [])))
    return made


def _fit(given: Any, reader: Reader) -> Fit | None:
    part = reader.section("calibrate", given, "calibrate.")
    if not {"file", "r0_low", "r0_high"} <= part.keys():
        return None
    bounds = (part["r0_low"], part["r0_high"])
    if bounds[0] >= bounds[1]:
        reader.bad("calibrate.r0_low", bounds[0], "bounds", f"{bounds[0]:g} ≥ {bounds[1]:g}")
    table = read_table(reader.file(part["file"]), columns("reports"), reader.findings)
    days: list[int] = []
    for row in table.drop_nulls().iter_rows(named=True):
        day = reader.day(f"{part['file']} row {row['row']} day", row["day"], 0)
        if day < 0:
            reader.findings.add(part["file"], row["row"], "day", row["day"], "day")
        days.append(max(day, 0))
    cases = table.drop_nulls()["cases"].cast(pl.Float64).to_numpy()
    if not days:
        return None
    return Fit(
        Reported(np.array(days, np.int64), cases), bounds, part.get("reported_share"), part.get("draws", 1000),
        part.get("level", LEVEL),
    )  # fmt: skip
