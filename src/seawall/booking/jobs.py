"""What booking does by itself: holds run out every minute; a closed site takes its seats back."""

from datetime import date

from procrastinate.contrib.django import app

from seawall.platform.relay import FactRow
from seawall.terms.bookings import SiteDay

from . import services
from .services.sweep import SYSTEM


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="booking.holds", name="booking.holds")
def holds_task(timestamp: int) -> None:
    """Give back the seats of holds that ran out."""
    services.holds_expire()


def site_closed(fact: FactRow) -> None:
    """The same fact heard twice withdraws once: the act is the closing's."""
    item = SiteDay(
        act=fact.act,
        occurred_at=fact.occurred_at,
        site_id=int(fact.payload["site_id"]),
        day=date.fromisoformat(fact.payload["day"]),
    )
    services.site_withdraw(SYSTEM, [item])
