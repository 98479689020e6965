"""The campaigns of a city's folder beside its own tables: their schedule, products, units and division are known."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from seawall.engines import schedule
from seawall.engines.planning import Scenario, ScenarioMistakes, load_scenario
from seawall.engines.tables import Findings, Mistake

from .. import folders
from .programme_check import programme_judge
from .releases import HEAD, SCHEDULES

Row = Mapping[str, Any]
TOML = "campaign.toml"


def judge(
    folder: Path, read: Mapping[str, pl.DataFrame], planned: Mapping[str, Sequence[Row]], zone: str, findings: Findings
) -> None:
    """Notes every mistake of every campaign; files by their path in the city's folder."""
    shipped = {head.parent.name: head.parent for head in SCHEDULES.glob(f"*/{HEAD}")}
    schedules = shipped | dict(_own(folder, shipped, findings))
    for row in read["programmes"].to_dicts():
        if row["code"] not in schedules:
            findings.add("programmes.csv", row["row"], "code", row["code"], "programme", ", ".join(sorted(schedules)))
    for campaign in folders.campaigns(folder):
        at = f"{campaign.relative_to(folder).as_posix()}/"
        try:
            scenario = load_scenario(campaign)
        except ScenarioMistakes as wrong:
            findings.found += [replace(mistake, file=at + mistake.file) for mistake in wrong.mistakes]
        else:
            _against(scenario, folder, at, schedules, read, planned, zone, findings)


def _own(folder: Path, shipped: Mapping[str, Path], findings: Findings) -> Iterator[tuple[str, Path]]:
    """The schedules of the folder by the programme that each names, checked."""
    for head in sorted(folder.glob(f"programmes/*/{HEAD}")):
        at = head.parent.relative_to(folder).as_posix()
        programme_judge(head.parent, f"{at}/", findings)
        try:
            programme = schedule.load(head.parent).programme
        except schedule.ScheduleMistakes as wrong:
            for m in wrong.mistakes:
                findings.found.append(Mistake(f"{at}/{m.file}", m.row, m.column, m.value, m.code, m.zh, m.message))
            yield head.parent.name, head.parent
            continue
        if programme in shipped:
            findings.add(f"{at}/{HEAD}", 0, "programme", programme, "programme_shipped")
        yield programme, head.parent


def _against(
    scenario: Scenario,
    folder: Path,
    at: str,
    schedules: Mapping[str, Path],
    read: Mapping[str, pl.DataFrame],
    planned: Mapping[str, Sequence[Row]],
    zone: str,
    findings: Findings,
) -> None:
    head = scenario.campaign
    if head.time_zone != zone:
        findings.add(at + TOML, 0, "time_zone", head.time_zone, "campaign_zone", zone)
    if head.division not in set(read["areas"]["code"].to_list()):
        findings.add(at + TOML, 0, "division", head.division, "division")
    for number, unit in _numbered(folder / at / "units.csv", "unit"):
        if not any(_holds(row, head.opens) for row in planned.get(unit, ())):
            findings.add(f"{at}units.csv", number, "unit", unit, "campaign_unit")
    rules = schedules.get(head.programme)
    if rules is None:
        findings.add(at + TOML, 0, "programme", head.programme, "programme", ", ".join(sorted(schedules)))
    known, listed = _products(rules) if rules else None, set(read["products"]["code"].to_list())
    for number, product in _numbered(folder / at / "products.csv", "product"):
        if known is not None and product not in known:
            findings.add(f"{at}products.csv", number, "product", product, "product_unknown", head.programme)
        elif product not in listed:
            findings.add(f"{at}products.csv", number, "product", product, "product_unlisted")


def _holds(row: Row, on: date) -> bool:
    return bool(row["valid_from"]) and row["valid_from"] <= on <= (row["valid_to"] or date.max)


def _numbered(path: Path, column: str) -> Iterator[tuple[int, str]]:
    """The cells of a column with the rows where they stand; the file was read before."""
    numbers = [
        n for n, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1) if not line.startswith("#")
    ]
    lines = csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()[numbers[0] - 1 :])
    return ((number, row[column]) for number, row in zip(numbers[1:], lines, strict=False))


def _products(rules: Path) -> set[str]:
    path = rules / "products.csv"
    if not path.exists():
        return set()
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["product"] for row in csv.DictReader(file)}
