"""What booking does by itself: holds run out every minute; a closed site takes its seats back."""

from datetime import date
from uuid import uuid4

from procrastinate.contrib.django import app

from seawall.platform import clock
from seawall.platform.relay import FactRow
from seawall.terms.acts import Item
from seawall.terms.bookings import SiteDay

from . import services
from .services.sweep import SYSTEM, holds_ran_out


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="booking.holds", name="booking.holds")
def holds_task(timestamp: int) -> None:
    """Give back the seats of holds that ran out."""
    if holds_ran_out():
        services.holds_expire.one(SYSTEM, Item(act=uuid4(), occurred_at=clock.now()))


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
