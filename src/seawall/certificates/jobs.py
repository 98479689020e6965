"""What certificates do by themselves: batches go on, and a record that was put right takes its certificates with it."""

from uuid import UUID

from procrastinate.contrib.django import app

from seawall.people import events as people
from seawall.platform.relay import FactRow
from seawall.terms.codes import RevocationReason

from . import services


@app.task(name="certificates.batch")
def batch_task(batch: str) -> None:
    """Go on with a batch."""
    services.batch_go(UUID(batch))


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="certificates.waiting", name="certificates.waiting")
def waiting_task(timestamp: int) -> None:
    """Take up batches that stand still."""
    services.batches_waiting()


def record_changed(fact: FactRow) -> None:
    """A correction, a merge or its undoing; the acts are named by the fact's own."""
    reason = RevocationReason.CORRECTED if fact.fact == people.RECORD_CORRECTED else RevocationReason.MERGED
    persons = {fact.owner_id} | ({int(fact.payload["into"])} if "into" in fact.payload else set())
    services.record_changed(fact.act, fact.occurred_at, persons, reason)
