"""Visits under lock, and how a step moves them on: what every verb of the walk through a clinic begins and ends with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID, uuid5

from seawall.clinic import asks, events
from seawall.platform import sql
from seawall.platform.verbs import Work
from seawall.terms.acts import Item, Params, Refusal
from seawall.terms.codes import AppointmentState, VisitState

Answer = Refusal | Params
Key = tuple[int, UUID]
WAITING = (VisitState.ARRIVED, VisitState.SCREENED, VisitState.CONSENTED)
ENDED = (VisitState.LEFT, VisitState.DEFERRED, VisitState.TURNED_AWAY, VisitState.GONE)


class OfVisit(Protocol):
    """Anything that belongs to a visit."""

    @property
    def site_id(self) -> int: ...
    @property
    def visit(self) -> UUID: ...


class VisitItem(OfVisit, Protocol):
    """Any item that acts on a visit."""

    @property
    def act(self) -> UUID: ...
    @property
    def occurred_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class LockedVisit:
    """A visit under lock."""

    site_id: int
    visit: UUID
    person_id: int
    campaign: str
    programme: str
    appointment: UUID
    day: date
    state: VisitState
    dose_rank: int
    birth: date
    arrived_at: datetime
    ticket: int


@dataclass(frozen=True, slots=True)
class EarlierSteps:
    """What the earlier steps of a visit found: read after the lock, so that it is the newest."""

    clinician_post_id: int | None = None
    outcome: str | None = None
    findings: tuple[str, ...] = ()
    agreed: bool | None = None


LOCK = f"""
SELECT v.site_id, v.act, v.person_id, v.campaign, v.programme, v.appointment, v.day, v.state, v.dose_rank, v.birth, v.arrived_at,
  v.ticket
FROM clinic_visit v
JOIN {sql.unnest({"site_id": "bigint", "visit": "uuid"})} ON v.site_id = u.site_id AND v.act = u.visit
ORDER BY v.site_id, v.act FOR UPDATE OF v
"""
FOUND = f"""
SELECT u.site_id, u.visit, s.clinician_post_id, s.outcome, s.findings, c.agreed
FROM {sql.unnest({"site_id": "bigint", "visit": "uuid"})}
LEFT JOIN clinic_screening s ON s.site_id = u.site_id AND s.visit = u.visit
LEFT JOIN clinic_consent c ON c.site_id = u.site_id AND c.visit = u.visit
"""


def _keys(items: Iterable[OfVisit]) -> list[list[Any]]:
    return sql.turn(sorted({(i.site_id, i.visit) for i in items}), 2)


def lock(items: Iterable[OfVisit]) -> dict[Key, LockedVisit]:
    """The visits of these items, locked in key order until the transaction ends."""
    return {
        (row[0], row[1]): LockedVisit(*(*row[:7], VisitState(row[7]), *row[8:]))
        for row in sql.fetch(LOCK, _keys(items))
    }


def found(items: Iterable[VisitItem]) -> dict[Key, EarlierSteps]:
    """Screening and consent of these visits."""
    return {
        (s, v): EarlierSteps(post, outcome, tuple(f or ()), agreed)
        for s, v, post, outcome, f, agreed in sql.fetch(FOUND, _keys(items))
    }


def expect(held: LockedVisit | None, item: VisitItem, states: Sequence[VisitState], seen: set[Key]) -> Refusal | None:
    """The visit must be there, in one of these states, and touched once in a batch."""
    if held is None:
        return Refusal("VISIT_UNKNOWN", {"visit": str(item.visit)})
    if held.state not in states:
        return Refusal("VISIT_NOT_READY", {"state": held.state.value, "needs": "|".join(s.value for s in states)})
    if item.occurred_at < held.arrived_at:
        return Refusal("STEP_BEFORE_ARRIVAL", {"arrived_at": held.arrived_at.isoformat()})
    if (held.site_id, held.visit) in seen:
        return Refusal("VISIT_NOT_READY", {"state": "twice", "needs": "|".join(s.value for s in states)})
    return None


def move(rows: Sequence[tuple[int, UUID, VisitState, str, datetime | None]], stamp: str) -> None:
    """Set state, reason and one time of many visits: one statement."""
    if not rows:
        return
    columns = {"site_id": "bigint", "visit": "uuid", "state": "text", "reason": "text", "at": "timestamptz"}
    turned = sql.turn([(s, v, state.value, reason, at) for s, v, state, reason, at in rows], 5)
    ended = [state.value for state in ENDED]
    also = "" if stamp == "ended_at" else ", ended_at = CASE WHEN u.state = ANY(%s) THEN u.at END"
    sql.execute(
        f"UPDATE clinic_visit v SET state = u.state, reason = u.reason, {stamp} = u.at{also} "
        f"FROM {sql.unnest(columns)} WHERE v.site_id = u.site_id AND v.act = u.visit",
        [ended, *turned] if also else turned,
    )


def child(act: UUID, name: str | int) -> UUID:
    """Id of an act that follows from another: the same on every repeat."""
    return uuid5(act, str(name))


def end_without_dose(w: Work, ended: Sequence[tuple[Item, LockedVisit, str]]) -> None:
    """The appointment of a visit that ends before the dose is over, and later rooms are told why."""
    for item, held, reason in ended:
        payload: Params = {
            "visit": str(held.visit),
            "person_id": held.person_id,
            "campaign": held.campaign,
            "reason": reason,
        }
        w.announce(events.VISIT_ENDED, "site", held.site_id, item, payload)
    asks.appointments_mark(
        w, AppointmentState.CANCELLED, [(held.person_id, held.appointment, item) for item, held, _ in ended]
    )
