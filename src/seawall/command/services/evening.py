"""The evening: close the day, prove the books, look, plan again, ship, and make the dispatch.

A step that is refused or fails stops the evening and is an alert; run again, the evening goes on where it stopped.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count
from uuid import UUID, uuid4, uuid5

from django.db import Error

from seawall.campaigns import selectors as campaigns
from seawall.campaigns import services as campaign_services
from seawall.campaigns.selectors import CampaignRow
from seawall.people import selectors as people
from seawall.people import services as people_services
from seawall.platform import services as platform
from seawall.reference import selectors as reference
from seawall.reports import selectors as report_selectors
from seawall.reports import services as reports
from seawall.supply import selectors as supply
from seawall.terms.actor import Actor, Reach
from seawall.terms.acts import Outcome, Refusal, Refused
from seawall.terms.campaigns import PlanPublish
from seawall.terms.closings import CityDayClose, UnitDayClose
from seawall.terms.command import AlertRaise
from seawall.terms.stock import Difference

from .. import gather
from ..boards.dispatch import dispatch_of
from ..watch import watch
from .alerts import alert_raise, alerts_raise
from .reserve import doses_reserved
from .tomorrow import orders_lapse, orders_of_the_evening
from .tonight import shipments_of_the_night
from .worth import worth_keep

LOG = logging.getLogger(__name__)
SPACE = UUID("0e5d6b1e-5a5e-4c5e-9b0e-5ea3a11e0e0e")
LENT = frozenset(  # whoever may run the evening runs its steps
    ("evening", "unit_day_close", "city_day_close", "alert_raise", "alert_close", "due_refresh", "plan_run")
    + ("plan_publish", "shipment_send", "order_issue", "order_lapse")
)


class EveningStopped(Refused):
    """A step was refused or failed; what was done before it stays, and the evening may be run again."""

    def __init__(self, day: date, step: str, why: Refusal) -> None:
        super().__init__("EVENING_STOPPED", **{**why.params, "day": day.isoformat(), "step": step, "why": why.code})
        self.step, self.why = step, why


@dataclass
class Night:
    """What the steps of one evening share."""

    actor: Actor
    campaign: CampaignRow
    day: date
    wrong: Sequence[Difference] = field(default_factory=list)

    @property
    def tomorrow(self) -> date:
        return self.day + timedelta(days=1)

    @property
    def at(self) -> datetime:
        """Acts of an evening are dated at its cut-off, so that a repeat is the same act."""
        return self.campaign.cut_off_at(self.day)

    def act(self, *parts: object) -> UUID:
        """The same step of the same evening has the same id."""
        return uuid5(SPACE, "/".join(map(str, (self.campaign.code, *parts, self.day))))


def live(night: Night, keep: Callable[[str, Refusal | None, float], None]) -> None:
    """From the last count to tomorrow's orders; `keep` is told what came of each step and how long it took.

    Raises EveningStopped at the step that stopped it.
    """
    for step, run in STEPS:
        started = time.perf_counter()
        try:
            why = run(night)
        except Refused as refused:
            why = refused.refusal
        except Exception as error:
            LOG.exception("the evening of %s failed at %s", night.day, step)
            why = Refusal("STEP_FAILED", {"error": type(error).__name__})
            with suppress(Error):  # the database itself may be what failed
                keep(step, why, time.perf_counter() - started)
                raise _stopped(night, step, why) from error
            raise
        keep(step, why, time.perf_counter() - started)
        if why:
            raise _stopped(night, step, why)


def _stopped(night: Night, step: str, why: Refusal) -> EveningStopped:
    """The alert stands from the last closed day on, which is the day that the boards show; the next evening closes it."""
    stopped = EveningStopped(night.day, step, why)
    since = report_selectors.last_closing(night.campaign.code) or night.day
    item = AlertRaise(act=uuid4(), occurred_at=night.at, code="EVENING_STOPPED", params=stopped.refusal.params, on=since,
                      watched=True, campaign=night.campaign.code)  # fmt: skip
    alert_raise(
        replace(night.actor, reach=Reach(everywhere=True)), [item]
    )  # whatever the post reaches, the city is told
    return stopped


def _first(outcomes: Iterable[Outcome]) -> Refusal | None:
    """The first refusal of a batch, if any."""
    return next((o.refusal for o in outcomes if o.refusal), None)


def _tried(make: Callable[[int], list[Outcome]]) -> list[Outcome]:
    """A refusal is the answer to its act for good: a later try of the same evening is an act of its own."""
    return next(found for found in map(make, count()) if not any(o.refusal and o.replayed for o in found))


def _close_units(night: Night) -> Refusal | None:
    """Units that have not closed by themselves."""
    closed = report_selectors.units_closed(night.day)
    waiting = [u.unit_id for u in reference.units(night.day) if u.unit_id not in closed]

    def close(attempt: int) -> list[Outcome]:
        items = [
            UnitDayClose(act=night.act("unit", u, attempt), occurred_at=night.at, unit_id=u, day=night.day)
            for u in waiting
        ]
        return reports.unit_day_close(night.actor, items)

    return _first(_tried(close))


def _close_city(night: Night) -> Refusal | None:
    last = report_selectors.last_closing(night.campaign.code)
    if last and last >= night.day:
        told = {"day": night.day.isoformat(), "last": last.isoformat()}
        return Refusal("CITY_DAY_CLOSED", told) if last > night.day else None

    def close(attempt: int) -> list[Outcome]:
        act = night.act("city", attempt)
        item = CityDayClose(act=act, occurred_at=night.at, day=night.day, campaign=night.campaign.code)
        return reports.city_day_close(night.actor, [item])

    return _first(_tried(close))


def _look(night: Night) -> None:
    night.wrong = supply.difference()
    found = watch(night.campaign, night.day, night.wrong)
    alerts_raise(night.actor, night.campaign.code, night.day, night.at, found)


def _turn_dues(night: Night) -> None:
    people_services.dues_turn(night.actor, night.campaign.programme, night.tomorrow)


def _plan(night: Night) -> Refusal | None:
    """A plan from tonight's facts, published as quotas; where the solver fails that is an alert, and yesterday's plan stays in force.

    On an evening before rules change, who is eligible is counted anew instead of read from the closing.
    """
    code, day = night.campaign.code, night.day
    inputs = gather.plan_inputs(night.campaign, day)
    if people.turns_on(night.campaign.programme, night.tomorrow):
        inputs["eligible"] = campaigns.eligible_frame(code, night.tomorrow)
    ids = (night.act("plan", attempt) for attempt in count())
    run_id = next(i for i in ids if (kept := campaigns.plan(i)) is None or kept.state != "failed")
    campaign_services.plan_compute(night.actor, code, day, act=run_id, **inputs)
    run = campaigns.plan(run_id)
    if run and run.state == "failed":
        failed = AlertRaise(act=night.act("failed", run_id), occurred_at=night.at, code="PLAN_RUN_FAILED",
                            params={"as_of": day.isoformat()}, on=day, watched=True, campaign=code)  # fmt: skip
        return _first(alert_raise(night.actor, [failed]))

    def publish(attempt: int) -> list[Outcome]:
        act = night.act("publish", run_id, attempt)
        return campaign_services.plan_publish(
            night.actor, [PlanPublish(act=act, occurred_at=night.at, campaign=code, run_id=run_id)]
        )

    return _first(_tried(publish))


def _ship(night: Night) -> Refusal | None:
    return _first(shipments_of_the_night(night.actor, night.campaign, night.day))


def _reserve(night: Night) -> Refusal | None:
    return _first(doses_reserved(night.actor, night.campaign, night.day))


def _order(night: Night) -> Refusal | None:
    ended = orders_lapse(night.actor, night.campaign, night.day)
    return _first([*ended, *orders_of_the_evening(night.actor, night.campaign, night.day)])


def _weigh(night: Night) -> None:
    worth_keep(night.campaign, night.day)


def _dispatch(night: Night) -> None:
    reports.dispatch_make(dispatch_of(night.campaign, night.day, night.wrong))


def _tell(night: Night) -> None:
    platform.background_round()


STEPS: tuple[tuple[str, Callable[[Night], Refusal | None]], ...] = (
    ("EVENING_CLOSE_UNITS", _close_units),
    ("EVENING_CLOSE_CITY", _close_city),
    ("EVENING_LOOK", _look),
    ("EVENING_DUES", _turn_dues),
    ("EVENING_PLAN", _plan),
    ("EVENING_SHIP", _ship),
    ("EVENING_RESERVE", _reserve),
    ("EVENING_ORDERS", _order),
    ("EVENING_WORTH", _weigh),
    ("EVENING_DISPATCH", _dispatch),
    ("EVENING_ROUND", _tell),
)
