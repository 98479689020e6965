"""Limits that a campaign may have or not: transport, cold storage, staff, tagged areas, peers, clearance, one product, yesterday.

Every optional table that is missing means: no such limit.
"""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from .grids import numbers_of, of_units
from .periods import Periods
from .scenario import Scenario
from .steps import Step

ALL = "ALL"


@dataclass(frozen=True)
class Peers:
    """Comparable units, and how far apart their coverage may be (inf: as near as it can be, without a bound)."""

    code: str
    units: np.ndarray
    max_spread: float


@dataclass(frozen=True)
class Limits:
    """[unit] unless said otherwise; inf where there is no limit."""

    trip: np.ndarray  # doses a day from the city store
    fleet: float  # doses a day from the city store to all units
    extra: np.ndarray  # days on the road beyond the campaign's own lead
    hours: np.ndarray  # hours of work per dose brought
    cold: np.ndarray  # doses that the cold store holds
    ceiling: np.ndarray  # days of use that may lie in the unit
    staff_day: np.ndarray  # doses a day
    staff_week: np.ndarray  # doses a week
    weight: np.ndarray  # [unit, day] what a person counts for there
    peers: list[Peers]
    clear: list[tuple[int, int]]  # product, last day number
    one: list[tuple[int, np.ndarray]]  # unit, products to choose one of
    offered: np.ndarray  # [unit, product] 1 or 0
    before: np.ndarray | None  # [unit, step, day] doses of the plan in force
    change: float  # days of delay that moving a dose is worth

    @property
    def delivered(self) -> bool:
        """Whether what lies in each unit must be followed, not only in the city as a whole."""
        unit = np.concatenate([self.trip, self.cold, self.ceiling])
        return bool(np.isfinite(unit).any() or np.isfinite(self.fleet) or self.extra.any() or self.hours.any())


def through_stores(scenario: Scenario, ways: pl.DataFrame) -> Scenario:
    """The folder's transport with days on the way [unit, lead_days] where those are more than it says."""
    store = scenario.settings.city_store
    added = ways.select(pl.lit(store).alias("from"), to="unit", through=pl.col("lead_days").cast(pl.Int64))
    routes = scenario.transport.join(added, on=["from", "to"], how="full", coalesce=True)
    slower = routes.with_columns(lead_days=pl.max_horizontal("lead_days", "through")).drop("through")
    return replace(scenario, transport=slower)


def limits_of(scenario: Scenario, periods: Periods, steps: list[Step], before: pl.DataFrame | None) -> Limits:
    """The limits of a folder, and of the plan in force where one is given."""
    units, products = scenario.units["unit"].to_list(), scenario.products["product"].to_list()
    store, routes = scenario.settings.city_store, scenario.transport
    out = routes.filter((pl.col("from") == store) & (pl.col("to") != ALL)).with_columns(unit=pl.col("to"))
    fleet = routes.filter((pl.col("from") == store) & (pl.col("to") == ALL))["doses_per_day"].drop_nulls()
    staff = scenario.staff.with_columns(
        day=pl.col("vaccinators") * pl.col("doses_per_hour") * pl.col("hours_day"),
        week=pl.col("vaccinators") * pl.col("doses_per_hour") * pl.col("hours_week"),
    )
    return Limits(
        trip=of_units(out, units, "doses_per_day", np.inf),
        fleet=float(fleet[0]) if len(fleet) else np.inf,
        extra=np.maximum(of_units(out, units, "lead_days", 0) - scenario.settings.lead_days, 0).astype(int),
        hours=of_units(out, units, "hours_per_1000", 0.0) / 1000,
        cold=of_units(scenario.storage, units, "doses", np.inf),
        ceiling=of_units(scenario.storage, units, "max_cover_days", np.inf),
        staff_day=np.floor(of_units(staff, units, "day", np.inf) + 1e-9),
        staff_week=np.floor(of_units(staff, units, "week", np.inf) + 1e-9),
        weight=_weights(scenario, units, periods),
        peers=[
            Peers(code, numbers(codes, units), np.inf if spread is None else spread)
            for code, codes, spread in scenario.peers.select("peers", "units", "max_spread").iter_rows()
        ],
        clear=[
            (products.index(product), min(periods.number(by), periods.day_count - 1))
            for product, by in scenario.clearance.select("product", "by").iter_rows()
            if periods.number(by) >= 0
        ],
        one=[
            (units.index(unit), numbers(codes or [ALL], products))
            for unit, codes in scenario.one_product.select("unit", "products").iter_rows()
        ],
        offered=np.ones((len(units), len(products)), dtype=bool),
        before=None if before is None else _before(before, units, products, steps, periods),
        change=scenario.settings.change_days,
    )


def numbers(codes: list[str], known: list[str]) -> np.ndarray:
    """Numbers of codes in a list; ALL means every one."""
    return np.array([n for n, code in enumerate(known) if code in codes or ALL in codes], dtype=int)


def _weights(scenario: Scenario, units: list[str], periods: Periods) -> np.ndarray:
    """Of the tags in force on a day the heaviest counts."""
    weight = np.ones((len(units), periods.day_count))
    for unit, tag, since, until in scenario.areas.select("unit", "weight", "from", "to").iter_rows():
        span = slice(max(0, periods.number(since)), max(0, periods.number(until) + 1))
        row = weight[units.index(unit)]
        row[span] = np.maximum(row[span], tag)
    return weight


def _before(
    quotas: pl.DataFrame, units: list[str], products: list[str], steps: list[Step], periods: Periods
) -> np.ndarray:
    own = {(s.product, s.rank): n for n, s in enumerate(steps) if s.host == n}
    result = np.zeros((len(units), len(steps), periods.day_count))
    u, p = numbers_of(quotas["unit"], units), numbers_of(quotas["product"], products)
    for unit, product, rank, day, doses in zip(
        u.tolist(), p.tolist(), quotas["dose_rank"], quotas["date"], quotas["doses"], strict=True
    ):
        number = periods.number(day)
        if unit >= 0 and (product, rank) in own and 0 <= number < periods.day_count:
            result[unit, own[product, rank], number] += doses
    return result


def site_doses(scenario: Scenario, kind: str, column: str) -> pl.DataFrame:
    """[unit, doses] of a day of this kind, over the unit's sites: stations x rate x hours x share of the plan x profile,

    and no more at a site than can be brought to it in a day (transport.csv from the unit to unit:kind of site).
    """
    profile = scenario.profiles.filter(pl.col("kind") == kind)
    part = min(profile["staffing"][0], profile["demand"][0]) if profile.height else 1.0
    doses = pl.col("stations") * pl.col("rate_per_hour") * pl.col(column) * scenario.settings.capacity_share * part
    brought = scenario.transport.select(site=pl.col("to"), most="doses_per_day")
    return (
        scenario.capacity.with_columns(doses=doses, site=pl.format("{}:{}", "unit", "kind"))
        .join(brought, on="site", how="left")
        .select("unit", doses=pl.min_horizontal("doses", "most"))
    )
