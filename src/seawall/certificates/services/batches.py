"""A batch: certificates of a programme for everybody who had a dose, in the background, in parts, going on where it stood."""

from datetime import timedelta
from uuid import UUID, uuid5

from procrastinate.contrib.django import app

from seawall.people import selectors as people
from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.terms.actor import ZH, Actor
from seawall.terms.acts import Refusal
from seawall.terms.certificates import CertificateBatch, CertificateIssue
from seawall.terms.codes import BatchState, Owner

from ..models import Batch
from .issue import certificate_issue

JOB = "certificates.batch"
AT_ONCE = 500  # certificates of one transaction
SILENT = timedelta(minutes=5)  # a batch that has not moved for so long is taken up again
OPEN = "SELECT 1 FROM certificates_batch WHERE programme = %s AND state <> 'done'"
STANDS = "SELECT programme, post_id, after, asked_at FROM certificates_batch WHERE batch = %s AND state <> 'done'"
MOVED = """
UPDATE certificates_batch SET state = %s, done = done + %s, refused = refused + %s, after = %s, moved_at = %s
WHERE batch = %s AND after = %s
"""


@verb(Owner.CITY, zh="批量签发接种凭证", en="Issue certificates in a batch")
def certificate_batch(w: Work, items: list[CertificateBatch], here: bool = False) -> Answers:
    """Make out certificates of a programme for everybody who had a dose; in the background, unless the caller does it `here`."""
    known = set(reference.programmes_in_use())
    answers: Answers = {}
    for item in items:
        if item.programme not in known:
            answers[item.act] = Refusal("PROGRAMME_UNKNOWN", {"programme": item.programme})
        elif sql.fetch(OPEN, [item.programme]):
            answers[item.act] = Refusal("BATCH_RUNS", {"programme": item.programme})
        else:
            total = people.vaccinated_count(item.programme)
            row = (item.act, item.programme, w.actor.post_id, total, w.recorded_at, clock.system_now())
            sql.insert(Batch, ("batch", "programme", "post_id", "total", "asked_at", "moved_at"), [row])
            if not here:
                _defer(item.act)
            answers[item.act] = {"batch": str(item.act), "total": total}
    return answers


def _defer(batch: UUID) -> None:
    app.configure_task(JOB, lock=JOB).defer(batch=str(batch))


def batch_go(batch: UUID, who: Actor | None = None) -> None:
    """Go on with a batch to its end; a post that ended meanwhile leaves it where it stands."""
    while standing := sql.fetch(STANDS, [batch]):
        ((programme, post_id, after, asked_at),) = standing
        actor = who or staff.actor_for(post_id, ZH)
        if actor is None:
            return
        persons = people.vaccinated(programme, after, AT_ONCE)
        items = [
            CertificateIssue(act=uuid5(batch, str(p)), occurred_at=asked_at, person_id=p, programme=programme)
            for p in persons
        ]
        outcomes = certificate_issue(actor, items)
        done = sum(outcome.done for outcome in outcomes)
        state = BatchState.RUNNING if persons else BatchState.DONE
        last = persons[-1] if persons else after
        sql.execute(MOVED, [state, done, len(outcomes) - done, last, clock.system_now(), batch, after])


def batches_waiting() -> None:
    """Take up again what a process left that died."""
    query = "SELECT batch FROM certificates_batch WHERE state <> 'done' AND moved_at < %s"
    for (batch,) in sql.fetch(query, [clock.system_now() - SILENT]):
        sql.execute("UPDATE certificates_batch SET moved_at = %s WHERE batch = %s", [clock.system_now(), batch])
        _defer(batch)
