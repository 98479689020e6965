"""Why not: for every target that is missed, by unit, what binds, by how much, and what would remove it."""

import csv
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from seawall.terms.counting import one

from .blocks import STOPPED, Solution
from .case import Aim, Case, last_useful
from .model import MISSING, Model, usable_by_day
from .remedy import Remedy
from .scenario import Scenario, whole_parts
from .shortfall import counting_steps, missing_by_unit, target_row
from .whole import Whole

EVEN = 0.5  # persons: fewer missing from the optimum are none
OBSTACLES = {
    "code": pl.String,
    "unit": pl.String,
    "group": pl.String,
    "product": pl.String,
    "date": pl.Date,
    "short_by": pl.Int64,
    "measure": pl.String,
    "remedy": pl.String,
    "zh": pl.String,
    "en": pl.String,
}


@cache
def sentences() -> dict[str, dict[str, str]]:
    """The sentences of each obstacle in both languages, by code."""
    with (Path(__file__).parent / "obstacles.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def obstacles_of(
    scenario: Scenario, case: Case, model: Model, solution: Solution, whole: Whole, cures: list[Remedy]
) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """The table, and each row's code and facts: what must be added, who is short where, the last useful first-dose days."""
    smooth = solution.columns["m"].sum(axis=1) * model.size
    missed = [n for n in range(len(case.aims)) if target_row(case, whole.doses, n, smooth[n])["short_by"]]
    rows = [_addition(scenario, remedy) for remedy in cures]
    short: list[dict[str, Any]] = []
    for number in missed if solution.status != STOPPED else []:
        missing = missing_by_unit(case, whole.doses, number)
        parts = _parts(cures, missing)
        short.extend(
            _obstacle(scenario, case, model, solution, number, int(unit), int(missing[unit]), parts)
            for unit in np.flatnonzero(missing >= 1)
        )
    rows += sorted(short, key=lambda row: -row["short_by"])
    if any(aim.measure == "complete" for aim in case.aims):
        rows.extend(_last_first_dose(scenario, product, day) for product, day in last_useful(scenario).items())
    facts = [{key: value for key, value in row.items() if key not in {"zh", "en"}} for row in rows]
    return pl.DataFrame([{key: row[key] for key in OBSTACLES} for row in rows], schema=OBSTACLES), facts


def shortfall_by_group(case: Case, whole: Whole, number: int) -> list[dict[str, Any]]:
    """Who is missing from a target by unit and group: a unit's missing persons in proportion to those of each group not reached."""
    aim, counts = case.aims[number], counting_steps(case, number)
    reached = case.given[:, :, counts].sum(axis=2) + whole.doses[:, :, counts, : max(0, aim.by + 1)].sum(axis=(2, 3))
    people = (
        case.room + case.unwilling + case.given[:, :, [n for n, s in enumerate(case.steps) if s.rank == 1]].sum(axis=2)
    )
    rows = []
    for unit, persons in enumerate(missing_by_unit(case, whole.doses, number)):
        left = np.maximum(people[unit, aim.groups] - reached[unit, aim.groups], 0)
        for group, short in zip(aim.groups, whole_parts(left, int(persons)), strict=True):
            if short:
                row = {
                    "target": aim.code,
                    "unit": case.units[unit],
                    "group": case.groups[group],
                    "short_by": int(short),
                }
                rows.append(row)
    return rows


def _parts(cures: list[Remedy], missing: np.ndarray) -> np.ndarray:
    """Each unit's part of the doses that must be added, by persons missing."""
    doses = [cure.amount for cure in cures if cure.code == "ADD_DOSES"]
    return np.ceil(missing * (sum(doses) / max(1.0, missing.sum()) if doses else 1.0))


def binding(case: Case, model: Model, solution: Solution, number: int, unit: int) -> str:
    """What binds a target in a unit: more asked than there are, else the largest price among its rules.

    Where none has one: whole packs and doses, if the optimum itself reaches the target; groups that open after its day;
    a pause; else the intervals between doses.
    """
    aim = case.aims[number]
    groups = aim.groups
    can_start = float((case.room + case.unwilling)[unit, groups].sum())
    series = case.due[unit][groups].sum() + float(aim.measure == "complete") * case.given[unit][groups].sum()
    if aim.need[unit] > can_start + series:
        return "TARGET_TOO_HIGH"
    weight = max(a.weight for a in case.aims)
    worth = {code: float(prices.max(initial=0.0)) for code, prices in _prices(case, solution, aim, unit).items()}
    code = max(worth, key=lambda key: worth[key])
    if worth[code] >= 0.05 * MISSING * aim.weight / weight:
        return code
    if solution.columns["m"][number, unit] * model.size < EVEN:
        return "WHOLE_SHORT"
    if case.opens[case.class_of[groups]].min() > aim.by:
        return "OPENS_LATE"
    paused = not case.first_allowed[: max(0, aim.by + 1)].all()
    return "POLICY_PAUSE" if paused and aim.measure == "started" else "TIME_SHORT"


def _prices(case: Case, solution: Solution, aim: Aim, unit: int) -> dict[str, np.ndarray]:
    """What one more of each scarce thing would be worth to a unit, by period where it has one."""
    prices, limits = solution.prices, case.limits
    classes = sorted({int(case.class_of[g]) for g in aim.groups})
    found = {
        "CAPACITY_SHORT": np.abs(prices["capacity"][unit]),
        "SUPPLY_SHORT": _supply_prices(case, solution).max(axis=0),
        "UPTAKE_SHORT": np.abs(prices["people"][unit, classes]),
    }
    for code, rule, limit in (
        ("STAFF_SHORT", "staff", limits.staff_day),
        ("TRANSPORT_SHORT", "transport", limits.trip),
        ("STORAGE_SHORT", "cold_storage", limits.cold),
    ):
        if rule in prices and np.isfinite(limit[unit]):
            found[code] = np.abs(prices[rule][int(np.isfinite(limit[:unit]).sum())])
    if "fleet" in prices:
        found["TRANSPORT_SHORT"] = np.maximum(found.get("TRANSPORT_SHORT", 0.0), np.abs(prices["fleet"]))
    return found


def _supply_prices(case: Case, solution: Solution) -> np.ndarray:
    """What one more dose would be worth, by product and period, for the products that this campaign has at all."""
    known = usable_by_day(case).sum(axis=1) > 0
    return np.abs(solution.prices["supply"]) * (known | ~known.any())[:, None]


def _obstacle(
    scenario: Scenario,
    case: Case,
    model: Model,
    solution: Solution,
    number: int,
    unit: int,
    short: int,
    parts: np.ndarray,
) -> dict[str, Any]:
    aim, code = case.aims[number], binding(case, model, solution, number, unit)
    day, product = case.periods.day(min(aim.by, case.periods.day_count - 1)), ""
    rank = 2 if aim.measure == "complete" else 1
    if code == "SUPPLY_SHORT":
        prices = _supply_prices(case, solution)
        best = int(prices.max(axis=1).argmax())
        product = case.products[best]
        day = case.periods.day(case.periods.last[np.flatnonzero(prices[best] >= 0.5 * prices[best].max())[-1]])
    elif code in {"CAPACITY_SHORT", "STAFF_SHORT", "TRANSPORT_SHORT", "STORAGE_SHORT"}:
        prices = _prices(case, solution, aim, unit)[code]
        day = case.periods.day(case.periods.last[np.flatnonzero(prices >= 0.5 * prices.max())[-1]])
    per_day = (
        scenario.capacity.filter(pl.col("unit") == case.units[unit])
        .select(((pl.col("rate_per_hour") * pl.col("hours_workday")).mean()).fill_null(0.0))
        .item()
        or 1.0
    )
    paused = np.flatnonzero(case.first_allowed == 0)
    facts = {
        "unit": case.units[unit],
        "target": aim.code,
        "short": short,
        "product": product,
        "date": day,
        "doses": int(parts[unit]),
        "stations": int(np.ceil(short * rank / (per_day * scenario.settings.capacity_share))),
        "from": case.periods.day(paused[0]) if len(paused) else "",
        "to": case.periods.day(paused[-1]) if len(paused) else "",
    }
    if code == "TARGET_TOO_HIGH":
        facts["share"] = _possible_share(case, aim, unit)
    names = scenario.units.filter(pl.col("unit") == case.units[unit])
    chinese, english = {**facts, "unit": names["zh"][0]}, {**facts, "unit": names["en"][0]}
    text = sentences()[code]
    return {
        "code": code,
        "unit": case.units[unit],
        "group": ";".join(case.groups[g] for g in aim.groups) if len(aim.groups) < len(case.groups) else "ALL",
        "product": product,
        "date": day,
        "short_by": short,
        "measure": text["measure"],
        "params": {key: value if isinstance(value, int) else str(value) for key, value in facts.items()},
        "remedy": one(text["remedy_en"].format(**english)),
        "remedy_zh": text["remedy_zh"].format(**chinese),
        "remedy_en": one(text["remedy_en"].format(**english)),
        "zh": f"{text['zh'].format(**chinese)}办法：{text['remedy_zh'].format(**chinese)}。",
        "en": one(text["en"].format(**english)),
    }


def _possible_share(case: Case, aim: Aim, unit: int) -> str:
    """The share of a target, in percent rounded down to a tenth, that all eligible persons of a unit can reach."""
    most = aim.done[unit] + float(
        (case.room + case.unwilling)[unit, aim.groups].sum() + case.due[unit][aim.groups].sum()
    )
    return f"{np.floor(1000 * min(1.0, most / max(1.0, aim.denominator[unit]))) / 10:.1f}"


def _addition(scenario: Scenario, remedy: Remedy) -> dict[str, Any]:
    """A line for the whole city: what must be added, exactly, for the targets to be met."""
    text = sentences()[remedy.code]
    facts: dict[str, Any] = {
        "amount": remedy.amount,
        "date": str(remedy.day),
        "unit": remedy.unit,
        "product": remedy.product,
    }
    zh, en = facts | {"unit": "各单元"}, facts | {"unit": "the units"}
    for frame, key in ((scenario.units, "unit"), (scenario.products, "product")):
        for names in frame.filter(pl.col(key) == facts[key]).iter_rows(named=True):
            zh[key], en[key] = names["zh"], names["en"]
    return {
        "code": remedy.code,
        "unit": remedy.unit,
        "group": "ALL",
        "product": remedy.product,
        "date": remedy.day,
        "short_by": remedy.amount,
        "measure": text["measure"],
        "params": facts,
        "remedy": one(text["remedy_en"].format(**en)),
        "remedy_zh": text["remedy_zh"].format(**zh),
        "remedy_en": one(text["remedy_en"].format(**en)),
        "zh": f"{text['zh'].format(**zh)}办法：{text['remedy_zh'].format(**zh)}。",
        "en": one(text["en"].format(**en)),
    }


def _last_first_dose(scenario: Scenario, product: str, day: date) -> dict[str, Any]:
    text = sentences()["LAST_FIRST_DOSE"]
    name = scenario.products.filter(pl.col("product") == product)
    facts = {"date": day, "deadline": scenario.campaign.deadline}
    return {
        "code": "LAST_FIRST_DOSE",
        "unit": "",
        "group": "ALL",
        "product": product,
        "date": day,
        "short_by": 0,
        "measure": text["measure"],
        "params": {"product": product, **{key: str(value) for key, value in facts.items()}},
        "remedy": text["remedy_en"],
        "remedy_zh": text["remedy_zh"],
        "remedy_en": text["remedy_en"],
        "zh": text["zh"].format(product=name["zh"][0], **facts),
        "en": text["en"].format(product=name["en"][0], **facts),
    }
