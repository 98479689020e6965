"""Acts of tablets that could not be taken: kept sealed until somebody settles them, and read by later acts of the encounter."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from seawall.clinic.models import SyncConflict
from seawall.clinic.steps import child
from seawall.platform import clock, secrets, sql
from seawall.terms.acts import Item, Refusal
from seawall.terms.visits import Arrival, DoseGive, DoseHappened

KEPT = f"""
SELECT c.act, c.code, c.params FROM clinic_syncconflict c
JOIN {sql.unnest({"act": "uuid", "verb": "text"})} ON c.act = u.act AND c.verb = u.verb WHERE c.site_id = %s
"""
COVER = """
UPDATE clinic_syncconflict SET settled = 'covered', settled_at = %s
WHERE site_id = %s AND settled = '' AND verb IN ('visit_arrive', 'screening_record') AND visit = ANY(%s)
"""
EARLIER = """
SELECT u.visit, v.person_id, v.campaign, i.act FROM unnest(%s::uuid[]) AS u(visit)
LEFT JOIN clinic_visit v ON v.site_id = %s AND v.act = u.visit
LEFT JOIN clinic_injection i ON i.site_id = v.site_id AND i.visit = v.act
"""
SEALED = """
SELECT visit, verb, sealed FROM clinic_syncconflict
WHERE site_id = %s AND visit = ANY(%s) AND verb IN ('visit_arrive', 'screening_record')
"""
COLUMNS = ("site_id", "act", "verb", "tablet", "post_id", "visit", "person_id", "sealed", "code", "params", "occurred_at",
           "opened_at", "settled", "note")  # fmt: skip


@dataclass(frozen=True, slots=True)
class TabletAct:
    """An act as a signer made it. `person`: the act by which the same tablet registered the person, whose id nobody knew yet."""

    n: int
    verb: str
    item: Any
    post_id: int
    account_id: int
    person: UUID | None = None


def visit_of(item: Item) -> UUID | None:
    return item.act if isinstance(item, Arrival) else getattr(item, "visit", None)


def kept(site_id: int, acts: Sequence[tuple[UUID, str]]) -> dict[UUID, Refusal]:
    """Of acts and verbs, those that were kept before, with the reason."""
    rows = sql.fetch(KEPT, [*sql.turn(acts, 2), site_id])
    return {act: Refusal(code, json.loads(params)) for act, code, params in rows}


def keep(site_id: int, tablet: UUID, acts: Sequence[tuple[TabletAct, Refusal]]) -> None:
    """Put acts aside: sealed, for they may hold what a person told at the door."""
    now = clock.now()
    sql.insert(SyncConflict, COLUMNS, [
        (site_id, act.item.act, act.verb, tablet, act.post_id, visit_of(act.item), getattr(act.item, "person_id", None) or None,
         secrets.encrypt(_written(act.item)), refusal.code, dict(refusal.params), act.item.occurred_at, now, "", "")
        for act, refusal in acts
    ], on_conflict="DO NOTHING")  # fmt: skip


def _written(item: Item) -> str:
    return json.dumps(asdict(item), default=_plain, ensure_ascii=False)


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)


def cover(site_id: int, visits: Sequence[UUID]) -> None:
    """What a dose that was entered says of its visit needs no settling any more."""
    if visits:
        sql.execute(COVER, [clock.now(), site_id, list(visits)])


def late_doses(site_id: int, items: Sequence[DoseGive]) -> dict[UUID, DoseHappened | None]:
    """The doses as they happened, by act: into the visit that waits, or under the visit's own id where none was taken.

    None where the dose of that visit was entered before; left out where nobody knows whose it was.
    """
    if not items:
        return {}
    visits = [item.visit for item in items]
    there = {visit: rest for visit, *rest in sql.fetch(EARLIER, [visits, site_id])}
    told: dict[UUID, dict[str, Any]] = {}
    for visit, verb, sealed in sql.fetch(SEALED, [site_id, visits]):
        told.setdefault(visit, {})[verb] = json.loads(secrets.decrypt(sealed))
    found: dict[UUID, DoseHappened | None] = {}
    for item in items:
        person, campaign, given = there[item.visit]
        came = told.get(item.visit, {})
        door = came.get("visit_arrive")
        if given in (item.act, late(item.act), item.visit):
            found[item.act] = None
        elif person:
            found[item.act] = _happened(item, True, person, campaign, came.get("screening_record"))
        elif door:
            found[item.act] = _happened(item, False, door["person_id"], door["campaign"], came.get("screening_record"))
    return found


def late(act: UUID) -> UUID:
    """The act by which a dose is entered that was refused: stock has answered the first."""
    return child(act, "happened")


def _happened(
    item: DoseGive, waits: bool, person_id: int, campaign: str, screening: dict[str, Any] | None
) -> DoseHappened:
    return DoseHappened(
        act=late(item.act) if waits else item.visit,
        occurred_at=item.occurred_at,
        site_id=item.site_id,
        person_id=person_id,
        campaign=campaign,
        code=item.code,
        product=item.product,
        vaccinator_post_id=item.vaccinator_post_id,
        screener_post_id=screening["clinician_post_id"] if screening else None,
        visit=item.visit if waits else None,
        arm=item.arm,
        checks=item.checks,
        source="offline",
        note=item.override_reason,
    )
