"""The numbers of one plan: scenario, stock and history turned into arrays over units, groups, dose steps and days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from .grids import grid_of, numbers_of
from .limits import Limits, limits_of, site_doses, through_stores
from .past import lately, past_of, spread_history
from .periods import Periods, make_periods
from .scenario import Scenario
from .steps import Step, steps_of

PAUSE_FIRST = "later_doses_only"
RESERVE = "second_dose_reserve"
HOURS = {
    "workday": "hours_workday",
    "makeup_workday": "hours_workday",
    "weekend": "hours_weekend",
    "holiday": "hours_holiday",
}
FEW = 8  # far arrivals that may each cut a week in two


@dataclass(frozen=True)
class Aim:
    """One target: which groups, what counts, how many persons each unit still needs, until when."""

    code: str
    groups: np.ndarray  # group numbers
    measure: str
    by: int  # last day number that counts
    need: np.ndarray  # [unit] persons still to reach (0 or more)
    denominator: np.ndarray  # [unit]
    weight: float
    done: np.ndarray  # [unit] persons reached before


@dataclass(frozen=True)
class Case:
    """Everything a plan computes with. Groups of one class are one in the optimisation."""

    units: list[str]
    groups: list[str]
    rank: np.ndarray  # [group]
    products: list[str]
    steps: list[Step]
    wastage: np.ndarray  # [product]
    periods: Periods
    class_of: np.ndarray  # [group] class number
    opens: np.ndarray  # [class] first day number
    room: np.ndarray  # [unit, group] persons who may still start
    unwilling: np.ndarray  # [unit, group] eligible persons who are not expected to come
    due: np.ndarray  # [unit, group, step, day] persons given before whose step opens that day
    late: np.ndarray  # [unit, group, step, day] of them those whose step turns late that day
    given: np.ndarray  # [unit, group, step] doses given before
    capacity: np.ndarray  # [unit, day] whole doses
    lately: np.ndarray  # [unit] mean doses a day over the week before
    first_allowed: np.ndarray  # [day] 1 or 0
    within: np.ndarray  # [day] days a later dose may wait under the policy
    reserve: np.ndarray  # [day] 1 where later doses falling due are reserved
    aims: list[Aim]
    lead: int  # days from the city store to use
    cover: int  # days of use sent ahead
    city: str  # name of the city store
    reserve_days: int  # later doses opening so soon are reserved where the policy says so
    stock: pl.DataFrame  # place, product, lot, expires, doses, doses_per_pack
    arrivals: pl.DataFrame  # date, product, lot, expires, doses, doses_per_pack
    limits: Limits

    @property
    def day_room(self) -> np.ndarray:
        """[unit, day] doses that stations and staff allow."""
        return np.minimum(self.capacity, self.limits.staff_day[:, None])

    @property
    def classes(self) -> int:
        return int(self.class_of.max()) + 1

    def by_class(self, values: np.ndarray, axis: int = 1) -> np.ndarray:
        """Sum a group axis into classes."""
        moved = np.moveaxis(values, axis, 0)
        total = np.zeros((self.classes, *moved.shape[1:]))
        np.add.at(total, self.class_of, moved)
        return np.moveaxis(total, 0, axis)


def make_case(
    scenario: Scenario,
    as_of: date,
    *,
    given: pl.DataFrame | None = None,
    eligible: pl.DataFrame | None = None,
    stock: pl.DataFrame | None = None,
    arrivals: pl.DataFrame | None = None,
    capacity: pl.DataFrame | None = None,
    policies: pl.DataFrame | None = None,
    ways: pl.DataFrame | None = None,
    before: pl.DataFrame | None = None,
) -> Case:
    """Build the arrays for a plan from the day after `as_of`; frames given replace those of the folder.

    `ways` [unit, lead_days] are days from the city store to use through the stores between, which may be more than the
    folder's. `before` holds the quotas in force, which the new plan moves only where it gains by it.
    """
    scenario = scenario if ways is None else through_stores(scenario, ways)
    start = as_of + timedelta(days=1)
    units, groups = scenario.units["unit"].to_list(), scenario.groups["group"].to_list()
    products, steps = scenario.products["product"].to_list(), steps_of(scenario.products, scenario.mixing)
    policies = scenario.policies if policies is None else policies
    policies = policies.filter(pl.col("state") == "applied")
    coming = _arrivals(scenario, arrivals, as_of)
    cuts = _cuts(scenario, policies, steps) | _arrival_cuts(scenario, coming, start)
    periods = make_periods(start, scenario.campaign.deadline, scenario.settings.near_days, cuts)
    people = grid_of(scenario.population if eligible is None else eligible, units, groups, "eligible")
    past = given if given is not None else spread_history(scenario)
    had = past_of(past, units, groups, products, steps, periods)
    first = [i for i, s in enumerate(steps) if s.rank == 1]
    willing = np.floor(people * _uptake(scenario, units, groups) + 1e-9)
    room = np.maximum(willing - had.given[:, :, first].sum(axis=2), 0)
    allowed, within, reserve = _policy_days(policies, periods)
    opens = np.array([max(0, periods.number(d)) for d in scenario.groups["opens"]])
    return Case(
        units=units,
        groups=groups,
        rank=scenario.groups["rank"].to_numpy(),
        products=products,
        steps=steps,
        wastage=scenario.products["wastage"].to_numpy(),
        periods=periods,
        class_of=(classes := _classes(scenario, opens, people, willing)),
        opens=np.array([opens[classes == k].min() for k in range(classes.max() + 1)]),
        room=room,
        unwilling=people - willing,
        due=had.due,
        late=had.late,
        given=had.given,
        capacity=_capacity(scenario, capacity, units, periods),
        lately=lately(past, units, as_of),
        first_allowed=allowed,
        within=within,
        reserve=reserve,
        aims=_aims(scenario, people, had.given, steps, groups, periods),
        lead=scenario.settings.lead_days,
        cover=scenario.settings.cover_days,
        city=scenario.settings.city_store,
        reserve_days=scenario.settings.reserve_days,
        stock=_stock(scenario, stock, as_of),
        arrivals=coming,
        limits=limits_of(scenario, periods, steps, before),
    )


def last_useful(scenario: Scenario) -> dict[str, date]:
    """The last day on which a first dose of each product can still be completed by the deadline: deadline - sum of intervals."""
    return {
        row["product"]: scenario.campaign.deadline
        - timedelta(days=sum(row[f"min_days_{n}"] for n in range(2, row["doses"] + 1)))
        for row in scenario.products.iter_rows(named=True)
    }


def _uptake(scenario: Scenario, units: list[str], groups: list[str]) -> np.ndarray:
    """[unit, group] share expected to come: of the unit's group where population.csv says so, else of the group."""
    usual = np.broadcast_to(scenario.groups["uptake"].to_numpy(), (len(units), len(groups)))
    own = scenario.population.drop_nulls("uptake") if "uptake" in scenario.population.columns else None
    if own is None or not own.height:
        return usual
    known = grid_of(own.with_columns(one=pl.lit(1.0)), units, groups, "one") > 0
    return np.where(known, grid_of(own, units, groups, "uptake"), usual)


def _cuts(scenario: Scenario, policies: pl.DataFrame, steps: list[Step]) -> set[date]:
    """Days on which a rule changes: policies, openings, the day after each target and after each last useful day."""
    one = timedelta(days=1)
    cuts = set(policies["from"]) | {d + one for d in policies["to"]} | set(scenario.groups["opens"])
    for by, measure in scenario.targets.select("by", "measure").iter_rows():
        cuts.add(by + one)
        if measure != "complete":
            continue
        lag = dict.fromkeys(range(scenario.products.height), 0)
        for step in steps:
            lag[step.product] += step.lag
            cuts.add(by - timedelta(days=lag[step.product]) + one)
    return cuts


def _arrival_cuts(scenario: Scenario, coming: pl.DataFrame, start: date) -> set[date]:
    """The day from which each far arrival can be used, where they are few; a steady flow is fine in whole weeks."""
    ready = coming["date"].dt.offset_by(f"{scenario.settings.lead_days}d")
    far = {day for day in ready if (day - start).days >= scenario.settings.near_days}
    return far if len(far) <= FEW else set()


def _classes(scenario: Scenario, opens: np.ndarray, people: np.ndarray, willing: np.ndarray) -> np.ndarray:
    """Groups that open together are one class, unless a target names some of them and their doses must be told apart.

    They need not be where doses of the class reach the named groups first, as far as the target asks: all of these open
    together, outrank the others, and have as many willing persons in each unit. Else doses of the others would count.
    """
    ranks, groups = scenario.groups["rank"].to_numpy(), scenario.groups["group"].to_list()
    marks: list[tuple[object, ...]] = [(int(day),) for day in opens]
    for row in scenario.targets.iter_rows(named=True):
        named = _named(row, groups)
        asked = _asked(scenario, row, people[:, named])
        rounded = named.sum() + 1  # persons that whole numbers of each group and of the target may cost
        served = len(set(opens[named])) == 1 and (willing[:, named].sum(axis=1) + rounded > asked).all()
        for day in set(opens.tolist()):
            inside, outside = ranks[named & (opens == day)], ranks[~named & (opens == day)]
            if len(inside) and len(outside) and not (served and inside.max() < outside.min()):
                marks = [(*m, bool(n)) if o == day else m for m, n, o in zip(marks, named, opens, strict=True)]
    order = list(dict.fromkeys(marks))
    return np.array([order.index(mark) for mark in marks])


def _named(row: Mapping[str, Any], groups: list[str]) -> np.ndarray:
    """[group] whether a target counts it."""
    return np.array([g in row["group"] or "ALL" in row["group"] for g in groups])


def _base(scenario: Scenario, row: Mapping[str, Any], people: np.ndarray) -> np.ndarray:
    """[unit] the denominator of a target; `people` are those of its groups."""
    eligible = row["denominator"] == "eligible"
    return people.sum(axis=1) if eligible else scenario.units["population"].to_numpy().astype(float)


def _asked(scenario: Scenario, row: Mapping[str, Any], people: np.ndarray) -> np.ndarray:
    """[unit] persons that a target asks for, those reached before included."""
    asked: np.ndarray = np.ceil(_base(scenario, row, people) * row["share"] - 1e-9)
    return asked


def _policy_days(policies: pl.DataFrame, periods: Periods) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each day: may first doses be given, how long may later ones wait, are later ones reserved. Later rows win."""
    count = periods.day_count
    allowed, within, reserve = np.ones(count), np.zeros(count), np.zeros(count)
    for row in policies.iter_rows(named=True):
        span = slice(max(0, periods.number(row["from"])), max(0, periods.number(row["to"]) + 1))
        allowed[span] = row["value"] != PAUSE_FIRST
        within[span] = row["later_within_days"]
        reserve[span] = row["value"] == RESERVE
    return allowed, within, reserve


def _capacity(scenario: Scenario, frame: pl.DataFrame | None, units: list[str], periods: Periods) -> np.ndarray:
    """Whole doses per unit and day: of the frame, else what the folder's sites can give on a day of that kind."""
    if frame is not None:
        grid = np.zeros((len(units), periods.day_count))
        u, d = numbers_of(frame["unit"], units), np.array([periods.number(day) for day in frame["date"]])
        keep = (u >= 0) & (d >= 0) & (d < periods.day_count)
        np.add.at(grid, (u[keep], d[keep]), frame["doses"].to_numpy()[keep])
        return np.floor(grid)
    by_kind = {
        kind: grid_of(site_doses(scenario, kind, column).with_columns(group=pl.lit("x")), units, ["x"], "doses")[:, 0]
        for kind, column in HOURS.items()
    }
    return np.floor(
        np.stack([by_kind[scenario.day_kind(periods.day(d))] for d in range(periods.day_count)], axis=1) + 1e-9
    )


def _aims(
    scenario: Scenario, people: np.ndarray, doses: np.ndarray, steps: list[Step], groups: list[str], periods: Periods
) -> list[Aim]:
    aims = []
    for row in scenario.targets.iter_rows(named=True):
        named = np.flatnonzero(_named(row, groups))
        counts = [n for n, s in enumerate(steps) if (s.rank == 1 if row["measure"] == "started" else s.closes)]
        done = doses[:, named][:, :, counts].sum(axis=(1, 2))
        asked = _asked(scenario, row, people[:, named])
        aims.append(
            Aim(
                row["target"],
                named,
                row["measure"],
                periods.number(row["by"]),
                np.maximum(asked - done, 0),
                _base(scenario, row, people[:, named]),
                row["weight"],
                done,
            )
        )
    return aims


STOCK = {"product": pl.String, "lot": pl.String, "expires": pl.Date, "doses": pl.Int64, "doses_per_pack": pl.Int64}


def _stock(scenario: Scenario, stock: pl.DataFrame | None, as_of: date) -> pl.DataFrame:
    if stock is None:
        here = scenario.supply.filter((pl.col("date") <= as_of) & (pl.col("confirmed") == "yes"))
        stock = here.with_columns(place=pl.lit(scenario.settings.city_store))
    if "doses_per_pack" not in stock.columns:
        stock = stock.with_columns(doses_per_pack=pl.lit(1))
    return stock.select("place", *[pl.col(n).cast(t) for n, t in STOCK.items()]).filter(pl.col("doses") > 0)


def _arrivals(scenario: Scenario, arrivals: pl.DataFrame | None, as_of: date) -> pl.DataFrame:
    """Confirmed arrivals whole, probable ones at the share of them that the plan counts on, in whole packs."""
    frame = scenario.supply if arrivals is None else arrivals
    if "doses_per_pack" not in frame.columns:
        frame = frame.with_columns(doses_per_pack=pl.lit(1))
    if "confirmed" in frame.columns:
        pack, share = pl.col("doses_per_pack"), scenario.settings.probable_share
        counted = (pl.col("doses") * share / pack + 1e-9).floor().cast(pl.Int64) * pack
        frame = frame.with_columns(doses=pl.when(pl.col("confirmed") == "yes").then("doses").otherwise(counted))
    frame = frame.filter((pl.col("date") > as_of) & (pl.col("doses") > 0))
    return frame.select("date", *[pl.col(n).cast(t) for n, t in STOCK.items()])
