"""What outreach does by itself: it combs the day of every campaign that runs, from half past seven on, and tells who is offered a dose."""

from datetime import time
from uuid import NAMESPACE_URL, uuid5

from procrastinate.contrib.django import app

from seawall.campaigns import selectors as campaigns
from seawall.platform import clock
from seawall.platform.relay import FactRow
from seawall.terms.actor import Actor, Reach
from seawall.terms.outreach import RemindersComb

from . import services

BEGINS = time(7, 30)
SYSTEM = Actor(0, 0, "SYSTEM", grants=frozenset({"reminders_comb"}), reach=Reach(everywhere=True))


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="outreach.comb", name="outreach.comb")
def comb_task(timestamp: int) -> None:
    """The same act every time: it is done at the first round of the day, and answered from the record at the others."""
    now, today = clock.now(), clock.today()
    if now.astimezone(clock.zone()).time() < BEGINS:
        return
    for campaign in campaigns.running(today):
        act = uuid5(NAMESPACE_URL, f"comb/{campaign.code}/{today}")
        services.reminders_comb.one(
            SYSTEM, RemindersComb(act=act, occurred_at=now, dated_here=True, campaign=campaign.code, day=today)
        )


def standby_offered(fact: FactRow) -> None:
    """Whoever stands by hears at once that a dose is kept; heard twice, the fact sends one message."""
    services.offer_queue(fact.owner_id, fact.act, fact.payload)
