"""The seat after the dose: thirty minutes, a hold when somebody is unwell, and how the person leaves."""

from dataclasses import dataclass
from datetime import datetime

from seawall.clinic import events, steps, tables
from seawall.platform import sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner, VisitState
from seawall.terms.visits import ObservationEnd, ObservationHold, UnseenReach

KEYS = {"site_id": "bigint", "visit": "uuid"}
SEAT = f"""
SELECT o.site_id, o.visit, o.started_at, o.until, o.held FROM clinic_observation o
JOIN {sql.unnest(KEYS)} ON o.site_id = u.site_id AND o.visit = u.visit
"""


UNSEEN = f"""
SELECT o.site_id, o.visit, v.ticket, o.ended_at, o.call_back FROM clinic_observation o
JOIN {sql.unnest(KEYS)} ON o.site_id = u.site_id AND o.visit = u.visit
JOIN clinic_visit v ON v.site_id = o.site_id AND v.act = o.visit WHERE o.outcome = 'unseen' ORDER BY 1, 2 FOR UPDATE OF o
"""


@dataclass(frozen=True, slots=True)
class LeftUnseen:
    """Who left unseen, when, and what came of the last call, if anybody called."""

    ticket: int
    at: datetime
    call_back: str


@dataclass(frozen=True, slots=True)
class ObservationSeat:
    started_at: datetime
    until: datetime
    held: bool


@verb(Owner.SITE, zh="结束留观", en="End observations", tells=(events.OBSERVATION_LEFT_UNSEEN,))
def observation_end(w: Work, items: list[ObservationEnd]) -> Answers:
    """The person leaves. Before the time is over a reason is asked; a held seat cannot be left except to a hospital."""
    held = steps.lock(items)
    seats = _seats(held)
    seen: set[steps.Key] = set()
    answers: Answers = {}
    left: list[tuple[ObservationEnd, str]] = []
    for item in items:
        key = item.site_id, item.visit
        refusal = steps.expect(held.get(key), item, (VisitState.OBSERVING,), seen) or _judge(item, seats[key])
        if refusal is not None:
            answers[item.act] = refusal
            continue
        seen.add(key)
        outcome = _outcome(item, seats[key])
        left.append((item, outcome))
        answers[item.act] = {"outcome": outcome}
        if outcome == "unseen":
            payload: Params = {"visit": str(item.visit), "person_id": held[key].person_id}
            w.announce(events.OBSERVATION_LEFT_UNSEEN, "site", item.site_id, item, payload)
    _write(left)
    return answers


def _seats(held: dict[steps.Key, steps.LockedVisit]) -> dict[steps.Key, ObservationSeat]:
    """Read after the visits are locked, so that a hold just set is seen."""
    return {(site, visit): ObservationSeat(*rest) for site, visit, *rest in sql.fetch(SEAT, sql.turn(list(held), 2))}


def _judge(item: ObservationEnd, seat: ObservationSeat) -> Refusal | None:
    reason = item.early_reason.strip()
    if item.occurred_at < seat.started_at:
        return Refusal("STEP_BEFORE_ARRIVAL", {"arrived_at": seat.started_at.isoformat()})
    if seat.held and reason not in ("TRANSFERRED", "UNSEEN"):
        return Refusal("OBSERVATION_HELD", {"visit": str(item.visit)})
    if item.occurred_at < seat.until and not reason:
        minutes = -(-(seat.until - item.occurred_at).total_seconds() // 60)
        return Refusal("STAY_UNTIL", {"until": seat.until.isoformat(), "minutes": int(minutes)})
    return None


def _outcome(item: ObservationEnd, seat: ObservationSeat) -> str:
    """A reason outside the table is a signed exception in the person's own words."""
    reason = item.early_reason.strip()
    if not reason:
        return "stayed"
    leaving = tables.leavings().get(reason)
    return leaving.outcome if leaving else "early" if item.occurred_at < seat.until else "stayed"


def _write(left: list[tuple[ObservationEnd, str]]) -> None:
    if not left:
        return
    columns = KEYS | {"ended_at": "timestamptz", "outcome": "text", "reason": "text", "doctor": "bigint"}
    rows = [
        (i.site_id, i.visit, i.occurred_at, outcome, i.early_reason.strip()[:200], i.doctor_post_id)
        for i, outcome in left
    ]
    sql.execute(
        "UPDATE clinic_observation o SET ended_at = u.ended_at, outcome = u.outcome, early_reason = u.reason, "
        f"doctor_post_id = u.doctor FROM {sql.unnest(columns)} WHERE o.site_id = u.site_id AND o.visit = u.visit",
        sql.turn(rows, 6),
    )
    steps.move([(i.site_id, i.visit, VisitState.LEFT, "", i.occurred_at) for i, _ in left], "ended_at")


@verb(Owner.SITE, zh="延长留观", en="Hold people in observation")
def observation_hold(w: Work, items: list[ObservationHold]) -> Answers:
    """Keep a person seated, or let them go again; a visit that has left already only notes it."""
    held = steps.lock(items)
    rows: dict[steps.Key, bool] = {}
    answers: Answers = {}
    for item in items:
        visit = held.get((item.site_id, item.visit))
        if visit is None:
            answers[item.act] = Refusal("VISIT_UNKNOWN", {"visit": str(item.visit)})
            continue
        seated = visit.state is VisitState.OBSERVING
        if seated:
            rows[item.site_id, item.visit] = item.held
        answers[item.act] = {"seated": seated, "held": item.held and seated}
    if rows:
        columns = KEYS | {"held": "boolean"}
        sql.execute(
            f"UPDATE clinic_observation o SET held = u.held FROM {sql.unnest(columns)} "
            "WHERE o.site_id = u.site_id AND o.visit = u.visit",
            sql.turn([(*key, value) for key, value in rows.items()], 3),
        )
    return answers


@verb(Owner.SITE, zh="召回未留观者", en="Call back who left unseen")
def unseen_reach(w: Work, items: list[UnseenReach]) -> Answers:
    """What came of calling back people who left the observation unseen; who was not reached is called again."""
    keys = sql.turn(sorted({(i.site_id, i.visit) for i in items}), 2)
    unseen = {(site, visit): LeftUnseen(*rest) for site, visit, *rest in sql.fetch(UNSEEN, keys)}
    known = tables.call_backs()
    answers: Answers = {}
    reached: dict[steps.Key, UnseenReach] = {}
    for item in items:
        key = item.site_id, item.visit
        left = unseen.get(key)
        if item.outcome not in known:
            answers[item.act] = Refusal("CALL_BACK_UNKNOWN", {"outcome": item.outcome})
        elif left is None or key in reached or (left.call_back and known[left.call_back].settled):
            answers[item.act] = Refusal("NOBODY_TO_CALL_BACK", {"visit": str(item.visit)})
        elif item.occurred_at < left.at:
            answers[item.act] = Refusal("STEP_BEFORE_ARRIVAL", {"arrived_at": left.at.isoformat()})
        else:
            reached[key] = item
            answers[item.act] = {"ticket": left.ticket, "outcome": item.outcome, "settled": known[item.outcome].settled}
    rows = [(i.site_id, i.visit, i.outcome, i.occurred_at, w.actor.post_id) for i in reached.values()]
    if rows:
        columns = KEYS | {"outcome": "text", "at": "timestamptz", "post": "bigint"}
        sql.execute(
            "UPDATE clinic_observation o SET call_back = u.outcome, called_back_at = u.at, called_back_by = u.post "
            f"FROM {sql.unnest(columns)} WHERE o.site_id = u.site_id AND o.visit = u.visit",
            sql.turn(rows, 5),
        )
    return answers
