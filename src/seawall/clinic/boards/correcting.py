"""Doses on record at a site that turned out wrong: the dose that is looked for, and corrections that wait or hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from seawall.people import selectors as people
from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.sites.boards.week import reached
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor
from seawall.terms.names import Name
from seawall.terms.people import PersonRow
from seawall.terms.sites import SiteRow

from .. import asks

KEPT_DAYS = 30
SIGNERS = ("injection_correct", "correction_sign")
RECORDED = """
SELECT v.act, v.ticket, i.person_id, i.product, i.lot, i.code, i.arm, i.occurred_at, i.vaccinator_post_id
FROM clinic_visit v JOIN clinic_injection i ON i.site_id = v.site_id AND i.visit = v.act
WHERE v.site_id = %s AND v.day = %s AND v.ticket = %s
"""
TOLD = """
SELECT c.act, v.day, v.ticket, c.was_person_id, c.person_id, c.was_code, c.code, c.was_arm, c.arm, c.was_given_at, c.given_at,
  c.not_given, c.note, c.account_id, c.post_id, c.occurred_at, c.signed_post_id, c.signed_at
FROM clinic_correction c JOIN clinic_visit v ON v.site_id = c.site_id AND v.act = c.visit
WHERE c.site_id = %s AND (c.signed_at IS NULL OR c.signed_at >= %s) ORDER BY c.signed_at DESC NULLS FIRST, c.occurred_at DESC LIMIT 60
"""


@dataclass(frozen=True, slots=True)
class OnRecord:
    """The dose of a ticket as it stands."""

    visit: UUID
    ticket: int
    person: PersonRow
    product: Name | None
    lot: str
    code: str
    arm: str
    arms: tuple[str, ...]
    given_at: datetime
    vaccinator: staff.Owner | None


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs: `what` is the field of the correction."""

    what: str
    was: object
    true: object


@dataclass(frozen=True, slots=True)
class Told:
    """A correction, who told it, and who signed; `own`: told by the account that reads this."""

    correction: UUID
    day: date
    ticket: int
    name: str
    changes: tuple[Change, ...]
    note: str
    by: staff.Owner | None
    at: datetime
    signed_by: staff.Owner | None
    signed_at: datetime | None
    own: bool


@dataclass(frozen=True, slots=True)
class CorrectionsPage:
    """`people`: who the dose may have gone to, by what was typed of them."""

    site: SiteRow
    day: date
    dose: OnRecord | None
    people: tuple[PersonRow, ...]
    waiting: tuple[Told, ...]
    signed: tuple[Told, ...]


def corrections_page(actor: Actor, site_id: int, day: date, ticket: int | None, text: str = "") -> CorrectionsPage:
    """With `ticket` the dose of that ticket of the day; `text` is a document number, or a whole name and birth date."""
    site = reached(actor, site_id)
    rows = sql.fetch(TOLD, [site_id, clock.now() - timedelta(days=KEPT_DAYS)])
    ids = {person for row in rows for person in row[3:5] if person}
    named = people.compared(people.reaching(actor, ids), sorted(ids), "injection", SIGNERS) if ids else {}
    told = [_told(actor, row, named) for row in rows]
    return CorrectionsPage(
        site=site,
        day=day,
        dose=_dose(actor, site_id, day, ticket) if ticket is not None else None,
        people=tuple(_called(actor, text)) if text else (),
        waiting=tuple(row for row in told if row.signed_at is None),
        signed=tuple(row for row in told if row.signed_at is not None),
    )


def _called(actor: Actor, text: str) -> Sequence[PersonRow]:
    card = people.present(actor, text) if any(c.isdigit() for c in text) else None
    return [card] if card else people.introduced(actor, text)


def _dose(actor: Actor, site_id: int, day: date, ticket: int) -> OnRecord | None:
    found = sql.fetch(RECORDED, [site_id, day, ticket])
    if not found:
        return None
    visit, number, person, product, lot, code, arm, at, vaccinator = found[0]
    near = people.reaching(actor, [person])
    return OnRecord(
        visit=visit,
        ticket=number,
        person=people.compared(near, [person], "injection", SIGNERS)[person],
        product=reference.product_names(day).get(product),
        lot=lot,
        code=code,
        arm=arm,
        arms=asks.arms([product], day) or (arm,),
        given_at=at,
        vaccinator=staff.owner(vaccinator),
    )


def _told(actor: Actor, row: tuple[Any, ...], named: Mapping[int, PersonRow]) -> Told:
    (act, day, ticket, was_person, person, was_code, code, was_arm, arm, was_at, at, not_given, note, account, post, told_at,
     signed_post, signed_at) = row  # fmt: skip

    pairs = [
        Change("person_id", named[was_person].name, named[person].name if person else None),
        Change("code", was_code, code or None),
        Change("arm", was_arm, arm or None),
        Change("given_at", was_at, at),
    ]
    changes = [Change("not_given", was_code, None)] if not_given else [c for c in pairs if c.true]
    return Told(
        act, day, ticket, named[was_person].name, tuple(changes), note, staff.owner(post), told_at, staff.owner(signed_post),
        signed_at, own=account == actor.account_id and bool(account or post == actor.post_id),
    )  # fmt: skip
