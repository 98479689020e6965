"""What booking does by itself: holds run out every minute, batches give back what has no name; a closed site takes its seats back."""

from datetime import date
from uuid import uuid4, uuid5

from procrastinate.contrib.django import app

from seawall.platform import clock
from seawall.platform.relay import FactRow
from seawall.sites import selectors as sites
from seawall.supply import selectors as supply
from seawall.terms.acts import Item
from seawall.terms.bookings import BatchReturn, SiteDay, StandbyCall
from seawall.terms.codes import LotState, StockState

from . import selectors, services, tables
from .services.batches import left_over
from .services.standby import waiting_on
from .services.sweep import SYSTEM, holds_ran_out


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="booking.holds", name="booking.holds")
def holds_task(timestamp: int) -> None:
    """Give back the seats of holds that ran out."""
    if holds_ran_out():
        services.holds_expire.one(SYSTEM, Item(act=uuid4(), occurred_at=clock.now()))


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="booking.capacity", name="booking.capacity")
def capacity_task(timestamp: int) -> None:
    """Seats follow by themselves. Where the clock is simulated they follow on the page only: a rehearsed day is lived in a moment."""
    if not clock.simulated():
        seats_follow()


def seats_follow() -> None:
    """Seats of the next days follow what their quarter-hours bear; sites that offer it already are left alone."""
    today = clock.today()
    last = clock.civil_day(clock.now() + tables.limits()["follow"])
    found = selectors.bearing(None, today, last)
    other = sorted({q.site_id for q in found if q.offered != max(q.bears, q.taken)})
    items = [SiteDay(act=uuid4(), occurred_at=clock.now(), site_id=site, day=today, last=last) for site in other]
    services.capacity_follow(SYSTEM, items)


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="booking.batches", name="booking.batches")
def batches_task(timestamp: int) -> None:
    """On the eve of a batch its seats without a name go back to the public."""
    at = clock.now()
    items = [
        BatchReturn(act=uuid4(), occurred_at=at, organisation_id=organisation, batch=batch)
        for batch, organisation in left_over()
    ]
    services.batch_return(SYSTEM, items)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="booking.standby", name="booking.standby")
def standby_task(timestamp: int) -> None:
    """Doses whose offer was declined or ran out are offered to the next."""
    at = clock.now()
    items = [
        StandbyCall(act=uuid4(), occurred_at=at, site_id=site, campaign=campaign, doses=doses)
        for site, campaign, doses in waiting_on(clock.civil_day(at))
        if doses > 0
    ]
    services.standby_call(SYSTEM, items)


def session_closed(fact: FactRow) -> None:
    """A day that was called off before it opened: who is booked on it moves like those of a closed site."""
    if not fact.payload.get("called_off"):
        return
    day = date.fromisoformat(fact.payload["day"])
    item = SiteDay(act=fact.act, occurred_at=fact.occurred_at, site_id=int(fact.payload["site_id"]), day=day, last=day)
    services.site_withdraw(SYSTEM, [item])


def site_closed(fact: FactRow) -> None:
    """The same fact heard twice withdraws once: the act is the closing's."""
    item = SiteDay(
        act=fact.act,
        occurred_at=fact.occurred_at,
        site_id=int(fact.payload["site_id"]),
        day=date.fromisoformat(fact.payload["day"]),
    )
    services.site_withdraw(SYSTEM, [item])


def lot_recalled(fact: FactRow) -> None:
    """Where doses of the lot were taken from use, bookings that nothing is left for move to sessions that have a dose."""
    where = fact.payload.get("place_id")
    held = {row.place_id for row in supply.lot_places(fact.payload["lot"]) if row.state == StockState.QUARANTINED}
    _short(fact, held & {int(where)} if where else held)


def product_stopped(fact: FactRow) -> None:
    """As when a lot is recalled, for every lot of the product."""
    if fact.payload["state"] == LotState.RECALLED:
        product = fact.payload["product"]
        _short(fact, {r.place_id for r in supply.stock() if r.product == product and r.state == StockState.QUARANTINED})


def _short(fact: FactRow, places: set[int]) -> None:
    """The act of each site is made from that of the stop: the same fact heard twice moves once."""
    day = clock.civil_day(fact.occurred_at)
    open_sites = sorted(places & {row.site_id for row in sites.sites(day)})
    at = fact.occurred_at
    items = [SiteDay(act=uuid5(fact.act, str(s)), occurred_at=at, site_id=s, day=day) for s in open_sites]
    services.short_withdraw(SYSTEM, items)
