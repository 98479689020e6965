"""Recording an adverse event and its steps; the clock starts at discovery and stops with the report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from seawall.clinic import selectors as clinic
from seawall.clinic import services as clinic_services
from seawall.clinic.selectors import GivenRow
from seawall.people import selectors as people
from seawall.platform import access, clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.actor import Actor
from seawall.terms.acts import Item, Params, Refusal
from seawall.terms.codes import Owner
from seawall.terms.visits import EventRecord, EventStep, ObservationHold

from . import earlier_rooms, events, tables
from .models import AdverseEvent
from .models import EventStep as Step

LENT = frozenset({"observation_hold"})
TWINS = f"""
SELECT e.person_id, e.kind, e.onset_at, e.case_code FROM safety_adverseevent e
JOIN {sql.unnest({"person_id": "bigint", "kind": "text", "onset_at": "timestamptz"})}
  ON e.person_id = u.person_id AND e.kind = u.kind AND e.onset_at = u.onset_at
"""
SERIALS = f"""
INSERT INTO safety_casecounter AS c (county, year, serial)
SELECT u.county, u.year, u.more FROM {sql.unnest({"county": "text", "year": "smallint", "more": "int"})} ORDER BY 1, 2
ON CONFLICT (county, year) DO UPDATE SET serial = c.serial + excluded.serial RETURNING county, year, serial
"""
KEYS = {"person_id": "bigint", "event": "uuid"}
LOCK = f"""
SELECT e.person_id, e.act, e.serious, e.state, e.found_at, e.clock_due, e.site_id, e.visit, e.classed, e.reported_at, e.closed_at
FROM safety_adverseevent e JOIN {sql.unnest(KEYS)} ON e.person_id = u.person_id AND e.act = u.event
ORDER BY e.person_id, e.act FOR UPDATE OF e
"""
TAKEN = f"""
SELECT s.person_id, s.event, s.step, s.at FROM safety_eventstep s
JOIN {sql.unnest(KEYS)} ON s.person_id = u.person_id AND s.event = u.event
"""
SAVED = KEYS | {"state": "text", "classed": "text", "reported_at": "timestamptz", "closed_at": "timestamptz"}
SAVE = f"""
UPDATE safety_adverseevent e SET state = u.state, classed = u.classed, reported_at = u.reported_at, closed_at = u.closed_at
FROM {sql.unnest(SAVED)} WHERE e.person_id = u.person_id AND e.act = u.event
"""
RELEASES = ("OUTCOME", "CLOSED")  # steps after which the seat is the person's to leave
EVENT = ("person_id", "act", "case_code", "kind", "serious", "classed", "onset_at", "found_at", "in_window", "site_id", "visit",
         "product", "lot", "reporter_post_id", "clock", "clock_due", "state", "recorded_at")  # fmt: skip
BY_SITE_OR_PERSON = "safety judges by the site of the event, or by the person"


@verb(
    Owner.PERSON,
    zh="报告疑似异常反应",
    en="Report suspected reactions",
    judged_by_room=BY_SITE_OR_PERSON,
    tells=(events.ADVERSE_EVENT_RECORDED,),
)
def event_record(w: Work, items: list[EventRecord]) -> Answers:
    """Record events; a serious one cannot be recorded as ordinary. A person still seated is held."""
    doses = clinic.injections((i.site_id, i.visit) for i in items if i.site_id is not None and i.visit is not None)
    counties = earlier_rooms.counties(items)
    twins = {
        row[:3]: row[3] for row in sql.fetch(TWINS, sql.turn([(i.person_id, i.kind, i.onset_at) for i in items], 3))
    }
    answers: Answers = {}
    taken: list[EventRecord] = []
    reached = people.reached(w.actor, {(i.person_id, i.site_id) for i in items})
    for item in items:
        mine = (item.person_id, item.site_id) in reached
        refusal = _judge(item, doses, counties, twins) if mine else Refusal(access.OUT_OF_AREA)
        if refusal is None:
            twins[item.person_id, item.kind, item.onset_at] = ""
            taken.append(item)
        else:
            answers[item.act] = refusal
    codes = _case_codes(taken, counties)
    cases = [_new_case(i, codes[i.act], _dose(i, doses)) for i in taken]
    sql.insert(AdverseEvent, EVENT, [_row(w, case) for case in cases])
    _insert_steps(w, [step for case in cases for step in _at_the_seat(case.item)])
    _hold(w.actor, [(i, i.site_id, i.visit, True) for i in taken])
    for case in cases:
        due = case.due.isoformat()
        answers[case.item.act] = {"case_code": case.case_code, "serious": case.serious, "clock_due": due}
        w.announce(events.ADVERSE_EVENT_RECORDED, "person", case.item.person_id, case.item, _told(case, due))
    return answers


def _at_the_seat(item: EventRecord) -> list[EventStep]:
    """What was done before anybody wrote: who was called and what was given, as the first steps of the emergency."""
    done = (("CALLED", item.called), ("TREATED", item.treatment))
    return [
        EventStep(act=uuid5(item.act, step), occurred_at=item.occurred_at, person_id=item.person_id, event=item.act,
                  step=step, note=note)
        for step, note in done if note
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewCase:
    """An event with its number, its clock, and the dose it followed."""

    item: EventRecord
    case_code: str
    serious: bool
    clock: str
    due: datetime
    dose: GivenRow | None
    in_window: bool | None


def _new_case(item: EventRecord, case_code: str, dose: GivenRow | None) -> NewCase:
    kind = tables.kinds()[item.kind]
    serious = item.serious or kind.serious
    limit = tables.clock_for(serious, clock.civil_day(item.occurred_at))
    in_window = None
    if dose is not None and kind.max_days is not None:
        in_window = item.onset_at <= dose.occurred_at + timedelta(days=kind.max_days)
    return NewCase(item, case_code, serious, limit.code, item.occurred_at + limit.limit, dose, in_window)


def _told(case: NewCase, due: str) -> Params:
    item, lot = case.item, case.dose.lot if case.dose else ""
    return {"event": str(item.act), "kind": item.kind, "serious": case.serious, "clock_due": due, "site_id": item.site_id,
            "lot": lot}  # fmt: skip


def _dose(item: EventRecord, doses: dict[tuple[int, UUID], GivenRow]) -> GivenRow | None:
    return doses.get((item.site_id, item.visit)) if item.site_id is not None and item.visit is not None else None


def _judge(
    item: EventRecord,
    doses: dict[tuple[int, UUID], GivenRow],
    counties: dict[UUID, str],
    twins: dict[tuple[object, ...], str],
) -> Refusal | None:
    if item.kind not in tables.kinds():
        return Refusal("EVENT_KIND_UNKNOWN", {"kind": item.kind})
    if item.treatment and item.treatment not in tables.treatments():
        return Refusal("TREATMENT_UNKNOWN", {"treatment": item.treatment})
    if item.called and item.called not in tables.called():
        return Refusal("CALLED_UNKNOWN", {"called": item.called})
    if item.onset_at > item.occurred_at:
        return Refusal("ONSET_AFTER_FOUND", {"onset_at": item.onset_at.isoformat()})
    if item.act not in counties:
        return Refusal("EVENT_PLACE_UNKNOWN", {"person_id": item.person_id})
    dose = _dose(item, doses)
    if item.visit is not None and (dose is None or dose.person_id != item.person_id):
        return Refusal("EVENT_WITHOUT_DOSE", {"visit": str(item.visit)})
    if dose is not None and item.onset_at < dose.occurred_at.replace(second=0, microsecond=0):  # told to the minute
        return Refusal(
            "ONSET_BEFORE_DOSE", {"onset_at": item.onset_at.isoformat(), "dose_at": dose.occurred_at.isoformat()}
        )
    known = twins.get((item.person_id, item.kind, item.onset_at))
    return None if known is None else Refusal("EVENT_KNOWN", {"case_code": known})


def _case_codes(taken: Sequence[EventRecord], counties: dict[UUID, str]) -> dict[UUID, str]:
    """County 6, year 4, serial 4; one statement numbers the whole batch."""
    keys = {i.act: (counties[i.act], clock.civil_day(i.occurred_at).year) for i in taken}
    wanted: dict[tuple[str, int], int] = {}
    for key in keys.values():
        wanted[key] = wanted.get(key, 0) + 1
    rows = sql.fetch(SERIALS, sql.turn([(*key, n) for key, n in wanted.items()], 3)) if wanted else []
    last = {(county, year): serial - wanted[county, year] for county, year, serial in rows}
    codes = {}
    for item in taken:
        county, year = key = keys[item.act]
        last[key] += 1
        codes[item.act] = f"{county}{year}{last[key]:04d}"
    return codes


def _row(w: Work, case: NewCase) -> tuple[object, ...]:
    item, dose = case.item, case.dose
    return (item.person_id, item.act, case.case_code, item.kind, case.serious, "PENDING", item.onset_at, item.occurred_at,
            case.in_window, item.site_id, item.visit, dose.product if dose else "", dose.lot if dose else "",
            item.reporter_post_id, case.clock, case.due, "open", w.recorded_at)  # fmt: skip


def _hold(actor: Actor, rows: Iterable[tuple[Item, int | None, UUID | None, bool]]) -> None:
    """Keep persons seated at their sites, or let them go; someone who has left is not called back by this."""
    items = [
        ObservationHold(act=item.act, occurred_at=item.occurred_at, site_id=site, visit=visit, held=held)
        for item, site, visit, held in rows
        if site is not None and visit is not None
    ]
    reach = replace(actor.reach, sites=actor.reach.sites | {i.site_id for i in items})
    clinic_services.observation_hold(replace(actor, grants=actor.grants | LENT, reach=reach), items)


@dataclass(slots=True)
class LockedEvent:
    """An event under lock, as it stands after the steps before."""

    person_id: int
    event: UUID
    serious: bool
    state: str
    found_at: datetime
    clock_due: datetime
    site_id: int | None
    visit: UUID | None
    classed: str
    reported_at: datetime | None
    closed_at: datetime | None
    steps: dict[str, datetime]


@verb(
    Owner.PERSON,
    zh="推进异常反应处置",
    en="Move cases a step on",
    judged_by_room=BY_SITE_OR_PERSON,
    tells=(events.ADVERSE_EVENT_CLOSED,),
    grants=("event_record",),
)
def event_step(w: Work, items: list[EventStep]) -> Answers:
    """Take the next step of an emergency or of a case. Reporting stops the clock and says whether it was in time."""
    keys = sql.turn(sorted({(i.person_id, i.event) for i in items}), 2)
    cases = {(row[0], row[1]): LockedEvent(*(*row, {})) for row in sql.fetch(LOCK, keys)}
    for person, event, step, at in sql.fetch(TAKEN, keys):
        cases[person, event].steps[step] = at
    reached = people.reached(w.actor, {(c.person_id, c.site_id) for c in cases.values()})
    answers: Answers = {}
    taken: list[tuple[EventStep, LockedEvent]] = []
    for item in sorted(items, key=lambda i: i.occurred_at):
        case = cases.get((item.person_id, item.event))
        if case is None:
            answers[item.act] = Refusal("EVENT_UNKNOWN", {"event": str(item.event)})
        elif (case.person_id, case.site_id) not in reached:
            answers[item.act] = Refusal(access.OUT_OF_AREA)
        elif refusal := _step_refused(item, case):
            answers[item.act] = refusal
        else:
            _advance(item, case)
            taken.append((item, case))
            in_time = (case.reported_at or item.occurred_at) <= case.clock_due
            answers[item.act] = {"state": case.state, "in_time": in_time}
            if item.step == "CLOSED":
                payload = {"event": str(item.event), "class": case.classed}
                w.announce(events.ADVERSE_EVENT_CLOSED, "person", item.person_id, item, payload)
    _write_steps(w, taken)
    _hold(w.actor, [(i, c.site_id, c.visit, False) for i, c in taken if i.step in RELEASES])
    return answers


def _step_refused(item: EventStep, case: LockedEvent) -> Refusal | None:
    step = tables.steps().get(item.step)
    if step is None:
        return Refusal("EVENT_STEP_UNKNOWN", {"step": item.step})
    if case.state == "closed" or item.step in case.steps:
        return Refusal("EVENT_STEP_TAKEN", {"step": item.step, "state": case.state})
    earlier = max(
        (case.steps[s.code] for s in tables.steps().values() if _before(s, step, case)), default=case.found_at
    )
    if item.occurred_at < earlier and step.code != "RECOGNISED":
        return Refusal("EVENT_STEP_TOO_SOON", {"step": item.step, "earlier": earlier.isoformat()})
    if item.step == "CLASSED" and item.note not in tables.classes():
        return Refusal("EVENT_CLASS_UNKNOWN", {"class": item.note})
    if item.step == "CLOSED" and ("REPORTED" not in case.steps or case.classed == "PENDING"):
        return Refusal("EVENT_NOT_FINISHED", {"state": case.state, "class": case.classed})
    return None


def _before(earlier: tables.Step, step: tables.Step, case: LockedEvent) -> bool:
    return earlier.kind == step.kind and earlier.order < step.order and earlier.code in case.steps


def _advance(item: EventStep, case: LockedEvent) -> None:
    case.steps[item.step] = item.occurred_at
    match item.step:
        case "REPORTED":
            case.state, case.reported_at = "reported", item.occurred_at
        case "CLASSED":
            case.classed = item.note
        case "CLOSED":
            case.state, case.closed_at = "closed", item.occurred_at


def _write_steps(w: Work, taken: list[tuple[EventStep, LockedEvent]]) -> None:
    if not taken:
        return
    _insert_steps(w, [item for item, _ in taken])
    changed = {(c.person_id, c.event): c for _, c in taken}
    sql.execute(
        SAVE,
        sql.turn([(*key, c.state, c.classed, c.reported_at, c.closed_at) for key, c in changed.items()], 6),
    )


def _insert_steps(w: Work, items: Sequence[EventStep]) -> None:
    columns = ("person_id", "event", "step", "act", "at", "note", "by_post")
    rows = [(i.person_id, i.event, i.step, i.act, i.occurred_at, i.note[:80], w.actor.post_id) for i in items]
    sql.insert(Step, columns, rows)
