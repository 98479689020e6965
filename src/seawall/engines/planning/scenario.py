"""The typed inputs and outputs of a plan: one scenario in, one plan out, all tables as frames."""

from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from math import floor
from typing import Any

import numpy as np
import polars as pl

from ..tables import Mistake as Mistake


@dataclass(frozen=True, slots=True)
class Campaign:
    """The head of a campaign folder (campaign.toml)."""

    code: str
    name_zh: str
    name_en: str
    programme: str
    division: str
    time_zone: str
    opens: date
    deadline: date
    cut_off: time  # the day is counted and closed
    opening: time = time(8)  # the day begins to be asked of, and what is due in the morning is due
    closing: time = time(18)  # the day's quota is due, and answers to orders
    authority_zh: str = ""
    authority_en: str = ""
    source: str = ""
    counting: str = "named"  # named: each dose is somebody's; tally: counted by team, street and age band


@dataclass(frozen=True, slots=True)
class Settings:
    """How to plan ([plan] of campaign.toml); days and shares as the file says."""

    near_days: int = 14
    lead_days: int = 1
    cover_days: int = 3
    reserve_days: int = 14
    capacity_share: float = 0.85
    city_store: str = "CITY"
    probable_share: float = 0.0  # of an arrival that is not confirmed, what a plan counts on
    change_days: float = 0.5  # days of delay that moving a dose of the plan in force is worth


@dataclass(frozen=True)
class Scenario:
    """A campaign folder, read and checked. `population` is [unit, group, eligible]; the other frames are the files."""

    campaign: Campaign
    settings: Settings
    units: pl.DataFrame
    groups: pl.DataFrame
    population: pl.DataFrame
    targets: pl.DataFrame
    phases: pl.DataFrame
    policies: pl.DataFrame
    products: pl.DataFrame
    calendar: pl.DataFrame
    supply: pl.DataFrame
    capacity: pl.DataFrame
    history: pl.DataFrame
    transport: pl.DataFrame
    storage: pl.DataFrame
    staff: pl.DataFrame
    profiles: pl.DataFrame
    areas: pl.DataFrame
    peers: pl.DataFrame
    clearance: pl.DataFrame
    mixing: pl.DataFrame
    one_product: pl.DataFrame
    scale: float = 1.0

    @property
    def chinese(self) -> bool:
        """Whether the folder calls anything by a Chinese name: else nothing is written in Chinese."""
        named = [self.campaign.name_zh, *self.units["zh"], *self.groups["zh"]]
        return any("\u3400" <= letter <= "\u9fff" for name in named for letter in name or "")

    def day_kind(self, day: date) -> str:
        """workday, weekend, holiday or makeup_workday."""
        special = self.calendar.filter(pl.col("date") == day)
        if special.height:
            return str(special["kind"][0])
        return "weekend" if day.weekday() >= 5 else "workday"


@dataclass(frozen=True)
class Plan:
    """What to do, and what stands in the way. Every quantity is whole doses."""

    as_of: date
    quotas: pl.DataFrame  # date, unit, group, product, dose_rank, doses
    shipments: pl.DataFrame  # date, from, to, product, lot, doses
    stock: pl.DataFrame  # date, place, product, lot, doses (end of day)
    openings: pl.DataFrame  # date, site, stations
    obstacles: pl.DataFrame  # code, unit, group, product, date, short_by, measure, remedy, zh, en
    waste: pl.DataFrame  # date, place, product, lot, doses (expected)
    summary: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """The verdict first: what cannot be met and what would remove it, then every target."""
        verdict = "every target can be met" if self.summary["feasible"] else "NOT every target can be met"
        lines = [f"{verdict}: {self.summary['doses']} doses planned after {self.as_of}"]
        lines += [row["remedy"] for row in self.obstacles.iter_rows(named=True) if row["code"].startswith("ADD_")]
        if self.summary.get("earliest_date"):
            lines.append(f"with what is known to arrive, by {self.summary['earliest_date']} at the earliest")
        for row in self.summary["targets"]:
            short = f", {row['short_by']} short" if row["short_by"] else ""
            lines.append(f"{row['target']} by {row['by']}: {row['planned']} of {row['needed']} still needed{short}")
        return "\n".join(lines)


def whole_parts(values: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers that add up to `total`, in proportion to `values`, by largest remainder (ties: earlier first)."""
    weight = values.sum()
    if total <= 0 or weight <= 0:
        return np.zeros(len(values), dtype=np.int64)
    exact = values * (total / weight)
    parts = np.floor(exact + 1e-9).astype(np.int64)
    order = np.argsort(-(exact - parts), kind="stable")
    parts[order[: total - int(parts.sum())]] += 1
    return parts


def scaled(scenario: Scenario, scale: float) -> Scenario:
    """The same campaign for a smaller or larger city: persons, doses and stations scale alike, totals kept by carry."""
    if scale == 1.0:
        return scenario
    capacity = _scale_capacity(scenario.capacity, scale)
    return replace(
        scenario,
        scale=scenario.scale * scale,
        population=_scale_column(scenario.population, "eligible", scale, "group"),
        units=_scale_column(scenario.units, "population", scale, None),
        supply=_scale_supply(scenario.supply, scale),
        capacity=capacity,
        history=_scale_column(scenario.history, "doses", scale, None),
        transport=_scale_limit(scenario.transport, "doses_per_day", scale),
        storage=_scale_limit(scenario.storage, "doses", scale),
        staff=scenario.staff.with_columns(doses_per_hour=pl.col("doses_per_hour") * scale),
    )


def _scale_capacity(capacity: pl.DataFrame, scale: float) -> pl.DataFrame:
    """Whole stations, at least one fixed one per unit; the rate makes up what rounding took, so that unit totals scale."""
    stations = _carry(capacity["stations"], [1] * capacity.height, scale)
    stations = np.where((capacity["kind"] == "fixed").to_numpy(), np.maximum(stations, 1), stations)
    sites = np.clip(np.rint(capacity["sites"].to_numpy() * scale), 1, np.maximum(stations, 1)) * (stations > 0)
    hour = pl.col("rate_per_hour") * pl.col("hours_workday")
    wanted = (pl.col("stations") * hour).sum().over("unit") * scale
    kept = (pl.col("kept") * hour).sum().over("unit")
    return (
        capacity.with_columns(kept=pl.Series(stations), sites=pl.Series(sites.astype(np.int64)))
        .with_columns(rate_per_hour=pl.col("rate_per_hour") * wanted / kept, stations=pl.col("kept"))
        .drop("kept")
    )


def _scale_limit(frame: pl.DataFrame, column: str, scale: float) -> pl.DataFrame:
    """A limit of each row for itself, rounded up so that a small city can still send a dose."""
    return frame.with_columns((pl.col(column) * scale - 1e-9).ceil().cast(pl.Int64).alias(column))


def _scale_supply(supply: pl.DataFrame, scale: float) -> pl.DataFrame:
    parts = []
    for (_, pack), lots in supply.sort("date").group_by("product", "doses_per_pack", maintain_order=True):
        size = int(pack)
        doses = _carry(lots["doses"], [size] * lots.height, scale)
        parts.append(lots.with_columns(doses=pl.Series(doses)))
    return pl.concat(parts).filter(pl.col("doses") > 0).sort("date", "product", "lot") if parts else supply


def _scale_column(frame: pl.DataFrame, column: str, scale: float, by: str | None) -> pl.DataFrame:
    if by is None:
        return frame.with_columns(pl.Series(column, _carry(frame[column], [1] * frame.height, scale)))
    parts = [_scale_column(part, column, scale, None) for _, part in frame.group_by(by, maintain_order=True)]
    return pl.concat(parts) if parts else frame


def _carry(values: pl.Series, sizes: list[int], scale: float) -> np.ndarray:
    """Whole multiples of each size whose running total follows the scaled running total."""
    result, wanted, given = [], 0.0, 0
    for value, size in zip(values.to_list(), sizes, strict=True):
        wanted += value * scale
        part = max(0, floor((wanted - given) / size + 0.5)) * size
        given += part
        result.append(part)
    return np.array(result, dtype=np.int64)


def days(first: date, last: date) -> list[date]:
    """Every civil day from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
