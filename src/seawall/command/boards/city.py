"""The command board: shall we reach the target on time, and if not, what stands in the way and whose move is it?"""

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow, PolicyRow
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.reports.boards import Balance, city_balance
from seawall.reports.boards.units import UnitFigures, unit_figures
from seawall.safety.boards import SafetyStrip, safety_strip
from seawall.supply import selectors as supply
from seawall.terms.actor import Actor
from seawall.terms.closings import Denominator, Stamp
from seawall.terms.dispatch import DispatchState
from seawall.terms.names import Name

from .. import situation
from . import curve
from .later import LaterDoses, later_doses
from .orders import ObstacleLine, OrderList, obstacle_list, order_list
from .verdict import TargetVerdict, verdict_of
from .worth import Panel, worth_of

PEOPLE = Name("应种人群", "people due")
CENSUS = Name("人口普查推算的合成人口", "synthetic people after the census")


@dataclass(frozen=True, slots=True)
class Measure:
    """What the map can show, with class breaks fixed for the campaign."""

    code: str
    name: Name
    unit: str
    scale: str
    breaks: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class CityFigures:
    """The numbers beside the verdict."""

    done: int
    due_by_now: int
    gap_days: float
    complete: int
    due_people: int
    population: int
    need_per_day: float
    last7_per_day: float
    today: int
    today_quota: int
    days_left: int

    @property
    def gap_doses(self) -> int:
        return self.done - self.due_by_now


@dataclass(frozen=True, slots=True)
class CommandBoard:
    """Everything on the board, as of a closing; safety, orders and later doses without a dose as they stand now."""

    stamp: Stamp
    verdict: TargetVerdict
    figures: CityFigures
    sources: Mapping[str, int]
    opens: date
    burnup: curve.BurnUp
    daily: tuple[curve.DayRanks, ...]
    measures: tuple[Measure, ...]
    measure: Measure
    gap: Measure
    units: tuple[UnitFigures, ...]
    obstacles: tuple[ObstacleLine, ...]
    orders: OrderList
    safety: SafetyStrip
    reconciliation: Balance | None
    policy_waiting: PolicyRow | None
    worth: Panel | None
    dispatch: DispatchState
    later: LaterDoses


@cache
def measures() -> tuple[Measure, ...]:
    with (Path(__file__).parent / "measures.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Measure(r["code"], Name(r["zh"], r["en"]), r["unit"], r["scale"], tuple(map(float, r["breaks"].split(";"))))
            for r in csv.DictReader(file)
        )


def command_board(actor: Actor, campaign: CampaignRow, asked: date, measure: str = "gap") -> CommandBoard:
    """Of the closing of the day asked for, or the last one before it."""
    day = reports.closed_day(campaign.code, asked)
    standing = reports.standing_by_unit(campaign.code, day)
    plan = campaigns.plan_of(campaign.code, day)
    ahead = situation.ahead_of(plan, day)
    stands = situation.standing(campaign, day, ahead, plan.short_by if plan else 0)
    known = {m.code: m for m in measures()}
    chosen = known.get(measure, known["gap"])
    due = sum(row["eligible"] for row in standing.values())
    return CommandBoard(
        stamp=reports.stamp(campaign.code, day, Denominator(PEOPLE, due, CENSUS)),
        verdict=verdict_of(campaign, day, stands, plan, actor.language),
        figures=_figures(campaign, day, stands, standing.values()),
        sources=reports.done_by_source(campaign.code, day, campaign.opens),
        opens=campaign.opens,
        burnup=curve.burnup(campaign, day, stands, ahead),
        daily=curve.daily_ranks(campaign, day),
        measures=measures(),
        measure=chosen,
        gap=known["gap"],
        units=unit_figures(campaign, day, standing, chosen.code),
        obstacles=obstacle_list(campaign, day, plan, actor.language),
        orders=order_list(campaign.code, day),
        safety=safety_strip(day),
        reconciliation=city_balance(day),
        policy_waiting=next((p for p in campaigns.policies(campaign.code) if not p.applied), None),
        worth=worth_of(campaign.code, day),
        dispatch=reports.dispatch_state(campaign.code, day),
        later=later_doses(supply.reserves(day), reference.product_names(day)),
    )


def _figures(
    campaign: CampaignRow, day: date, stands: situation.Standing, rows: Collection[Mapping[str, int]]
) -> CityFigures:
    done, pace = stands.done, stands.pace
    return CityFigures(
        done=done,
        due_by_now=next((doses for on, doses in stands.planned if on == day), done),
        gap_days=-stands.behind,
        complete=sum(row["complete"] for row in rows),
        due_people=sum(row["eligible"] for row in rows),
        population=sum(row["population"] for row in rows),
        need_per_day=pace.need_per_day,
        last7_per_day=pace.last7,
        today=stands.daily.get(day, 0),
        today_quota=sum(campaigns.unit_quotas(campaign.code, day).values()),
        days_left=max(0, (campaign.deadline - day).days),
    )
