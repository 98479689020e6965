"""Rosters: which of our people are still to come, and when may they go? No health reason is ever shown."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

from seawall.booking import selectors as booking
from seawall.campaigns import selectors as campaigns
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.terms.actor import Actor
from seawall.terms.codes import AppointmentState, DueStatus

from .shapes import Shape, age_on, both, name, share

PARTS = ("done", "booked", "now", "from_date", "withheld", "correct")
STANDING = {AppointmentState.HELD, AppointmentState.BOOKED, AppointmentState.ARRIVED}


def roster_page(actor: Actor, organisation_id: int | None = None) -> Shape:
    """The organisations of a post, or one of them with its people."""
    return _one(actor, organisation_id) if organisation_id else _all(actor)


def _all(actor: Actor) -> Shape:
    on = clock.today()
    units, unit_of = {u.unit_id: name(u) for u in reference.units(on)}, reference.leaf_units(on)
    rows = people.organisations(actor)
    campaign = campaigns.current()
    done = reports.settled_members([o.organisation_id for o in rows], campaign.programme)
    day, quotas = _quotas(campaign.code)
    return {
        "organisations": [
            {
                "organisation_id": o.organisation_id,
                "name": both(o.name_zh, o.name_en or o.name_zh),
                "kind": both(*reference.organisation_kinds().get(o.kind, (o.kind, o.kind))),
                "unit": units.get(unit_of.get(o.leaf_id, 0)),
                "people": o.people,
                "done": done.get(o.organisation_id, 0),
                "due": o.people - done.get(o.organisation_id, 0),
                "quota": sum(quotas.get(o.organisation_id, {}).values()),
            }
            for o in rows
        ],
        "quota_day": day,
        "imports": _imports(actor, None),
    }


def _one(actor: Actor, organisation_id: int) -> Shape:
    on, campaign = clock.today(), campaigns.current()
    organisation = people.organisation(actor, organisation_id)
    members = people.roster(actor, organisation_id, on)
    ids = [m.person_id for m in members]
    due = people.due_rows(ids, campaign.programme, on)
    booked = {a.person_id: a for a in booking.appointments(ids) if a.state in STANDING}
    rows = [_member(m, due.get(m.person_id), booked.get(m.person_id), on) for m in members]
    bar = {part: sum(row["part"] == part for row in rows) for part in PARTS}
    settled = bar["done"] + bar["booked"] + bar["withheld"]
    state = "normal" if share(settled, len(rows)) > 0.9 else "attention"
    day, quotas = _quotas(campaign.code)
    parts = {o.organisation_id for o in people.organisations(actor) if o.parent_id == organisation_id}
    quota: Counter[int] = Counter()
    for one in {organisation_id, *parts}:
        quota.update(quotas.get(one, {}))
    return {
        "organisation": {
            "organisation_id": organisation_id,
            "name": both(organisation.name_zh, organisation.name_en or organisation.name_zh),
        },
        "verdict": {"state": state, "settled": settled, "people": len(rows), "deadline": campaign.deadline},
        "bar": bar,
        "quota": {"day": day, "ranks": sorted(quota.items()), "doses": quota.total()},
        "people": sorted(rows, key=lambda r: (PARTS.index(r["part"]) != 2, r["part"], r["person_id"])),
        "imports": _imports(actor, organisation_id),
    }


def _quotas(code: str) -> tuple[date, dict[int, Counter[int]]]:
    """The next day's part of each organisation in the published quotas: doses by dose rank."""
    day = (reports.last_closing() or clock.today()) + timedelta(days=1)
    found: dict[int, Counter[int]] = defaultdict(Counter)
    rows = campaigns.organisation_quotas(code, day).drop_nulls("organisation_id")
    for organisation, rank, doses in rows.select("organisation_id", "dose_rank", "doses").iter_rows():
        found[organisation][rank] += doses
    return day, found


def _imports(actor: Actor, organisation_id: int | None) -> list[Shape]:
    """Files staged or committed, newest first."""
    return [
        {
            "import_id": row.import_id,
            "file": row.filename,
            "at": row.staged_at,
            "taken": row.taken,
            "corrected": row.corrected,
            "refused": row.refused,
            "state": row.state,
        }
        for row in people.imports(actor, organisation_id)
    ]


def _member(member: Any, due: Any, booked: Any, on: date) -> Shape:
    part, day = _part(due, booked)
    return {
        "person_id": member.person_id,
        "name": member.name,
        "age": age_on(member.birth, on),
        "part": part,
        "on": day,
        "dose_rank": due.dose_rank if due else None,
    }


def _part(due: Any, booked: Any) -> tuple[str, date | None]:
    """What a roster may say of somebody: done, booked, can go now, from a date, not needed or withheld."""
    if due is None:
        return "withheld", None
    if due.status == DueStatus.COMPLETE:
        return "done", due.complete_on
    if booked:
        return "booked", clock.civil_day(booked.starts_at)
    if due.status in {DueStatus.DUE, DueStatus.OVERDUE}:
        return "now", due.earliest
    return ("from_date", due.earliest) if due.status == DueStatus.NOT_YET else ("withheld", None)
