"""The evening: close the day, prove the books, look, plan again, ship, and make the dispatch. Each step may be repeated."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

import polars as pl

from seawall.campaigns import selectors as campaigns
from seawall.campaigns import services as campaign_services
from seawall.people import selectors as people
from seawall.people import services as people_services
from seawall.platform import clock
from seawall.platform import services as platform
from seawall.reference import selectors as reference
from seawall.reports import services as reports
from seawall.sites import selectors as sites
from seawall.supply import selectors as supply
from seawall.supply import services as supply_services
from seawall.terms.actor import Actor
from seawall.terms.closings import CityDayClose, UnitDayClose
from seawall.terms.codes import PlaceKind, StockState
from seawall.terms.stock import ShipmentSend

from .. import gather, shipping
from ..boards.dispatch import dispatch_rows
from ..watch import watch
from .alerts import alerts_raise
from .tomorrow import orders_of_the_evening
from .worth import worth_keep

SPACE = UUID("0e5d6b1e-5a5e-4c5e-9b0e-5ea3a11e0e0e")


def evening(actor: Actor, day: date) -> None:
    """From the last count to tomorrow's orders, for the current campaign. Safe to run again after any interruption."""
    campaign = campaigns.current()
    close_day(actor, day, campaign.code)
    wrong = supply.difference()
    alerts_raise(actor, day, watch(day, wrong))
    tomorrow = day + timedelta(days=1)
    people_services.dues_turn(actor, campaign.programme, tomorrow)
    run_id = plan_again(actor, campaign.code, day, people_changed=people.turns_on(campaign.programme, tomorrow))
    ship_tonight(actor, run_id, day)
    orders_of_the_evening(actor, campaign.code, day)
    worth_keep(day)
    reports.dispatch_make(day, dispatch_rows(day, wrong))
    platform.background_round()


def act_id(*parts: object) -> UUID:
    """The same step of the same evening has the same id."""
    return uuid5(SPACE, "/".join(map(str, parts)))


def close_day(actor: Actor, day: date, campaign: str) -> None:
    """Units, then the city."""
    now = clock.now()
    reports.unit_days_close(
        actor,
        [
            UnitDayClose(act=act_id("unit", u.unit_id, day), occurred_at=_steady(now, day), unit_id=u.unit_id, day=day)
            for u in reference.units(day)
        ],
    )
    item = CityDayClose(act=act_id("city", day), occurred_at=_steady(now, day), day=day, campaign=campaign)
    reports.city_day_close(actor, item)


def _steady(now: datetime, day: date) -> datetime:
    """A closing is dated at the cut-off of its day, so that a repeat is the same act."""
    return now.astimezone(clock.zone()).replace(
        year=day.year, month=day.month, day=day.day, hour=20, minute=0, second=0, microsecond=0
    )


def plan_again(actor: Actor, campaign: str, day: date, *, people_changed: bool) -> UUID:
    """A plan from tonight's facts, published as quotas; where the solver fails, yesterday's plan stays in force.

    On an evening before rules change, who is eligible is counted anew instead of read from the closing.
    """
    run_id, inputs = act_id("plan", campaign, day), gather.plan_inputs(day)
    if people_changed:
        inputs["eligible"] = campaigns.eligible_frame(campaign, day + timedelta(days=1))
    campaign_services.plan_run(actor, campaign, day, act=run_id, **inputs)
    campaign_services.plan_publish(actor, run_id, act=act_id("publish", campaign, day), at=_steady(clock.now(), day))
    return run_id


def ship_tonight(actor: Actor, run_id: UUID, day: date) -> int:
    """Send what the plan wants to leave the store tonight, in whole packs, to the sites that need it; doses sent.

    All legs go in one act of supply; a night whose legs have gone is not shipped twice.
    """
    tomorrow, order = day + timedelta(days=1), f"{day:%Y%m%d}"
    store = next(p.place_id for p in reference.places([PlaceKind.STORE]))
    gone = [row.doses for row in supply.shipments([store], tomorrow, tomorrow) if row.order == order]
    if gone:
        return sum(gone)
    planned = campaigns.plan_frame(run_id, "shipments")
    if planned is None:
        return 0
    leaving = planned.filter((pl.col("date") == day) & (pl.col("from") == gather.CITY))
    tonight = list(leaving.select("to", "product", "lot", "doses").iter_rows())
    if not tonight:
        return 0
    unit_of = gather.unit_of_place(day)
    stations: dict[str, dict[int, int]] = {}
    for site in sites.sites(tomorrow):
        stations.setdefault(unit_of[site.site_id], {})[site.site_id] = max(1, site.stations)
    here: dict[tuple[int, str], int] = {}
    for row in supply.stock():
        if row.state in {StockState.ON_HAND, StockState.IN_TRANSIT}:
            here[row.place_id, row.product] = here.get((row.place_id, row.product), 0) + row.doses
    pack = {lot.lot: lot.doses_per_pack for lot in supply.lots()}
    leaves = _steady(clock.now(), day)
    legs = shipping.split(tonight, stations, here, pack)
    items = [
        ShipmentSend(
            act=act_id("ship", day, leg.site_id, leg.lot),
            occurred_at=leaves,
            from_place_id=store,
            to_place_id=leg.site_id,
            lot=leg.lot,
            packs=leg.packs,
            expected_on=tomorrow,
            order=order,
        )
        for leg in legs
    ]
    outcomes = supply_services.shipment_send(actor, items)
    return sum(pack[leg.lot] * leg.packs for leg, o in zip(legs, outcomes, strict=True) if o.done)
