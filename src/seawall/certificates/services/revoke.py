"""Certificates taken back: by a person with a reason, or because the record that they rest on was put right."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid5

from seawall.people import selectors as people
from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.actor import Actor, Reach
from seawall.terms.acts import Refusal
from seawall.terms.certificates import CertificateIssue, CertificateRevoke
from seawall.terms.codes import CertificateState, Owner, RevocationReason

from .. import events
from ..reach import AT_THE_DESK, within
from ..selectors.kept import CertificateRow, of_persons
from .issue import certificate_issue
from .proofs import Doses, holder_digest, lines_said

SYSTEM = Actor(
    account_id=0,
    post_id=0,
    role="SYSTEM",
    grants=frozenset({"certificate_issue", "certificate_revoke"}),
    reach=Reach(everywhere=True),
)
KEYS = sql.unnest({"person_id": "bigint", "certificate": "uuid"})
HELD = f"""
SELECT c.certificate, c.state, c.programme FROM certificates_certificate c JOIN {KEYS}
ON c.person_id = u.person_id AND c.certificate = u.certificate ORDER BY c.person_id, c.certificate FOR UPDATE OF c
"""
REVOKE = f"""
UPDATE certificates_certificate c SET state = 'revoked', reason = u.reason, ended_at = %s
FROM {sql.unnest({"person_id": "bigint", "certificate": "uuid", "reason": "text"})}
WHERE c.person_id = u.person_id AND c.certificate = u.certificate
"""


@verb(
    Owner.PERSON,
    zh="吊销接种凭证",
    en="Revoke certificates",
    judged_by_room=AT_THE_DESK,
    tells=(events.CERTIFICATE_REVOKED,),
    destroys=True,
)
def certificate_revoke(w: Work, items: list[CertificateRevoke]) -> Answers:
    """Take certificates back, valid or superseded, for a reason: their numbers stand on the public lists from now on."""
    seen = within(w.actor, {item.person_id for item in items})
    held = {
        number: (state, programme)
        for number, state, programme in sql.fetch(HELD, sql.turn([(i.person_id, i.certificate) for i in items], 2))
    }
    answers: Answers = {}
    done: dict[UUID, CertificateRevoke] = {}
    for item in items:
        state, programme = held.get(item.certificate, ("", ""))
        if item.person_id not in seen:
            answers[item.act] = Refusal("PERSON_NOT_IN_REACH", {"person_id": item.person_id})
        elif not state:
            answers[item.act] = Refusal("CERTIFICATE_UNKNOWN", {"certificate": str(item.certificate)})
        elif state == CertificateState.REVOKED or item.certificate in done:
            answers[item.act] = Refusal("CERTIFICATE_REVOKED", {"certificate": str(item.certificate)})
        else:
            done[item.certificate] = item
            told = {"certificate": str(item.certificate), "programme": programme, "reason": item.reason.value}
            w.announce(events.CERTIFICATE_REVOKED, "person", item.person_id, item, told)
            answers[item.act] = told
    if done:
        rows = [(i.person_id, i.certificate, i.reason) for i in done.values()]
        sql.execute(REVOKE, [w.recorded_at, *sql.turn(rows, 3)])
    return answers


def record_changed(cause: UUID, at: datetime, person_ids: Iterable[int], reason: RevocationReason) -> None:
    """Revoke what the record no longer bears out, and make out what it does. The same cause heard again changes nothing."""
    holders = {row.person_id: row for row in people.holders(person_ids).values()}
    records = {record for row in holders.values() for record in row.records}
    wrong = _no_longer_true([row for row in of_persons(records) if row.state != CertificateState.REVOKED])
    revokes = [
        CertificateRevoke(
            act=uuid5(cause, str(row.certificate)), occurred_at=at, person_id=row.person_id, certificate=row.certificate,
            reason=reason,
        )
        for row in wrong
    ]  # fmt: skip
    roots = people.roots({row.person_id for row in wrong})
    again = {(roots[row.person_id], row.programme) for row in wrong if row.state == CertificateState.VALID}
    issues = [
        CertificateIssue(
            act=uuid5(cause, f"{person}/{programme}"), occurred_at=at, person_id=person, programme=programme
        )
        for person, programme in sorted(again)
    ]
    certificate_revoke(SYSTEM, revokes)
    certificate_issue(SYSTEM, issues)


def _no_longer_true(rows: Iterable[CertificateRow]) -> list[CertificateRow]:
    """Certificates whose holder, or one of whose doses or its rank, is not what the record says now."""
    kept = list(rows)
    persons = {row.person_id for row in kept}
    holders, today = people.holders(persons), clock.today()
    doses = {name: Doses(persons, name, today) for name in {row.programme for row in kept}}
    return [
        row
        for row in kept
        if row.holder != holder_digest(holders[row.person_id])
        or not row.lines.items() <= lines_said(doses[row.programme].of(row.person_id)).items()
    ]
