"""Certificates made out: signed in both codes, sealed, and the one before superseded."""

import json
from collections.abc import Iterable
from uuid import UUID, uuid4

from seawall.people import selectors as people
from seawall.people.selectors import HolderRow
from seawall.platform import clock, secrets, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.certificates import CertificateIssue
from seawall.terms.codes import KeyState, Owner
from seawall.terms.people import DoseRow

from .. import events
from ..codes import dcc, shc
from ..codes.keys import Signer
from ..codes.proof import Proof
from ..models import Certificate
from ..reach import AT_THE_DESK, within
from ..selectors.kept import COLUMNS, CertificateRow, row_of
from ..tables import limit
from . import keys
from .proofs import Doses, holder_digest, lines_said

IN_FORCE = f"""
SELECT {COLUMNS} FROM certificates_certificate WHERE person_id = ANY(%s) AND state = 'valid'
ORDER BY person_id, certificate FOR UPDATE
"""
SUPERSEDED = f"""
UPDATE certificates_certificate c SET state = 'superseded', ended_at = %s
FROM {sql.unnest({"person_id": "bigint", "certificate": "uuid"})}
WHERE c.person_id = u.person_id AND c.certificate = u.certificate
"""
LISTED = f"SELECT kid FROM certificates_signingkey WHERE state <> '{KeyState.RETIRED}'"
WRITTEN = (
    *("person_id", "certificate", "act", "programme", "kid", "lines", "holder", "dose_rank", "of", "codes_sealed"),
    *("issued_at", "expires_at"),
)


@verb(
    Owner.PERSON,
    zh="签发接种凭证",
    en="Issue certificates",
    judged_by_room=AT_THE_DESK,
    tells=(events.CERTIFICATE_ISSUED,),
)
def certificate_issue(w: Work, items: list[CertificateIssue]) -> Answers:
    """Make out certificates of the doses that count. One that still says the same is answered again; another is superseded."""
    asked = {item.person_id for item in items}
    seen, holders = within(w.actor, asked), people.holders(asked)
    signer = keys.signer(w) if seen else None
    programmes = {i.programme for i in items}
    doses = {name: Doses(sorted(asked), name, clock.civil_day(w.recorded_at)) for name in sorted(programmes)}
    desk = _Desk(w, holders.values())
    answers: Answers = {}
    for item in items:
        holder = holders.get(item.person_id)
        if holder is None or item.person_id not in seen:
            answers[item.act] = Refusal("PERSON_NOT_IN_REACH", {"person_id": item.person_id})
        elif signer is None:
            answers[item.act] = Refusal("NO_SIGNING_KEY")
        elif not (lines := doses[item.programme].of(item.person_id)):
            answers[item.act] = Refusal("NO_DOSE_TO_PROVE", {"programme": item.programme})
        else:
            answers[item.act] = desk.issue(item, holder, lines, doses[item.programme], signer)
    desk.write()
    return answers


class _Desk:
    """Certificates in force of the batch's persons, and those that are made out; written at the end, at once."""

    def __init__(self, w: Work, holders: Iterable[HolderRow]) -> None:
        self.w = w
        records = sorted({record for holder in holders for record in holder.records})
        self.known: dict[tuple[int, str], list[CertificateRow]] = {}
        for row in map(row_of, sql.fetch(IN_FORCE, [records])):
            self.known.setdefault((row.person_id, row.programme), []).append(row)
        self.listed = {kid for (kid,) in sql.fetch(LISTED)}
        self.made: list[tuple[object, ...]] = []
        self.over: list[tuple[int, UUID]] = []
        self.answered: dict[tuple[int, str], Params] = {}

    def issue(
        self, item: CertificateIssue, holder: HolderRow, lines: list[DoseRow], doses: Doses, signer: Signer
    ) -> Params:
        key = holder.person_id, item.programme
        if key not in self.answered:
            before = [row for record in holder.records for row in self.known.get((record, item.programme), [])]
            same = next((row for row in before if self._still_says(row, holder, lines)), None)
            self.answered[key] = (
                _told(same.certificate, lines, same.of) if same else self._make(item, holder, lines, doses, signer)
            )
            self.over += [(row.person_id, row.certificate) for row in before if row is not same]
        return self.answered[key]

    def _still_says(self, row: CertificateRow, holder: HolderRow, lines: list[DoseRow]) -> bool:
        fresh = row.expires_at > self.w.recorded_at + limit("renewed") and row.kid in self.listed
        return fresh and row.lines == lines_said(lines) and row.holder == holder_digest(holder)

    def _make(
        self, item: CertificateIssue, holder: HolderRow, lines: list[DoseRow], doses: Doses, signer: Signer
    ) -> Params:
        number, at = uuid4(), self.w.recorded_at
        proof = doses.proof(number, holder, lines, at)
        self.made.append(
            (holder.person_id, number, item.act, item.programme, signer.kid, lines_said(lines), holder_digest(holder))
            + (lines[-1].dose_rank, proof.of, secrets.encrypt(json.dumps(encoded(proof, signer))), at, proof.expires_at)
        )
        told: Params = {"certificate": str(number), "programme": item.programme}
        self.w.announce(events.CERTIFICATE_ISSUED, "person", holder.person_id, item, told)
        return _told(number, lines, proof.of)

    def write(self) -> None:
        if self.over:
            sql.execute(SUPERSEDED, [self.w.recorded_at, *sql.turn(self.over, 2)])
        sql.insert(Certificate, WRITTEN, self.made)


def _told(number: UUID, lines: list[DoseRow], of: int) -> Params:
    return {"certificate": str(number), "dose_rank": lines[-1].dose_rank or 0, "of": of}


def encoded(proof: Proof, signer: Signer) -> dict[str, str]:
    """Both codes; an empty one is left out."""
    texts = {"shc": shc.encode(proof, signer), "dcc": dcc.encode(proof, signer)}
    return {name: text for name, text in texts.items() if text}
