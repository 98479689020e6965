"""The public's pages: who may come, where, when, and one's own record. No name of a place's staff, no other person."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from seawall.booking import selectors as booking
from seawall.campaigns import selectors as campaigns
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.sites import selectors as sites
from seawall.supply import selectors as supply
from seawall.terms.actor import Actor
from seawall.terms.codes import DosePriority, DueStatus, SiteState

from .person import _doses
from .shapes import Shape, both, name, product_names, share, total, why

AHEAD = 7  # days in which a free seat is looked for
PHONE = "023-00000000"
MAY = frozenset({DueStatus.DUE, DueStatus.OVERDUE})
ANSWERS = {
    DueStatus.COMPLETE: "ALREADY_COMPLETE",
    DueStatus.INELIGIBLE: "NOT_ELIGIBLE",
    DueStatus.CONTRAINDICATED: "ADVICE_BEFORE_BOOKING",
    DueStatus.REVIEW: "ADVICE_BEFORE_BOOKING",
}


def portal_home(on: date) -> Shape:
    """Who may come today, and how far the city has come."""
    campaign = campaigns.current()
    policy = campaigns.policy_on(campaign.code, on)
    paused = policy if policy and policy.value == DosePriority.LATER_DOSES_ONLY else None
    phases = campaigns.phases_open(campaign.code, on)
    return {
        "open_to": [{"name": name(p), "from": p.since, "ranks": list(p.dose_ranks)} for p in phases],
        "first_doses_paused_from": paused.since if paused else None,
        "coverage": _coverage(),
        "phone": PHONE,
    }


def _coverage() -> Shape | None:
    last = reports.last_closing()
    if last is None:
        return None
    rows = reports.standing_by_unit(last).values()
    population = total(rows, "population")
    started = total(rows, "started")
    closing = reports.closing_times(last)
    return {
        "name": both("全市至少接种一剂", "At least one dose, whole city"),
        "share": share(started, population),
        "size": population,
        "as_of": closing["closed_at"] or clock.now(),
    }


def public_sites(on: date) -> list[Shape]:
    """Every place in service: where, until when, with which vaccine, and its first free seat."""
    rows = [s for s in sites.sites(on) if s.state == SiteState.OPEN]
    ids = [s.site_id for s in rows]
    units = {u.unit_id: u for u in reference.units(on)}
    unit_of = reference.leaf_units(on)
    today = {s.site_id: s for s in sites.sessions(on, ids)}
    stock, earliest = _stock(ids, on), _earliest(ids, on)
    return [
        {
            "site_id": s.site_id,
            "name": name(s),
            "unit": name(units[unit_of[s.leaf_id]]),
            "unit_code": units[unit_of[s.leaf_id]].code,
            "address": both(s.address_zh, s.address_en),
            "phone": s.phone,
            "longitude": s.longitude,
            "latitude": s.latitude,
            "opens": _clock(today[s.site_id].opens_at) if s.site_id in today else None,
            "closes": _clock(today[s.site_id].closes_at) if s.site_id in today else None,
            "products": stock[s.site_id],
            "earliest": earliest.get(s.site_id),
            "walk_in": s.site_id in today and today[s.site_id].taken < today[s.site_id].capacity,
            "synthetic": s.synthetic,
            "state": "open" if s.door == "normal" else str(s.door),
        }
        for s in rows
    ]


def _clock(at: datetime) -> Any:
    return at.astimezone(clock.zone()).time()


def _stock(site_ids: Collection[int], on: date) -> dict[int, list[Shape]]:
    names, found = product_names(on), defaultdict[int, set[str]](set)
    for row in supply.stock(site_ids):
        found[row.place_id].add(row.product)
    return {s: [names[p] for p in sorted(found[s]) if p in names] for s in site_ids}


def _earliest(site_ids: Collection[int], on: date) -> dict[int, datetime]:
    """The first free quarter-hour of each site in the coming days."""
    now, found = clock.now(), dict[int, datetime]()
    for ahead in range(AHEAD):
        wanted = [s for s in site_ids if s not in found]
        if not wanted:
            break
        for seat in sites.seats(wanted, on + timedelta(days=ahead)):
            if seat.free > 0 and seat.starts_at > now:
                found.setdefault(seat.site_id, seat.starts_at)
    return found


def nearest_site(person_id: int) -> int | None:
    """A place in the person's own unit with a free seat, or the first place there is."""
    on = clock.today()
    rows = sites.sites(on)
    unit_of = reference.leaf_units(on)
    home = unit_of.get(people.leaves([person_id]).get(person_id, 0))
    near = [s.site_id for s in rows if unit_of.get(s.leaf_id) == home] or [s.site_id for s in rows]
    return min(near, key=lambda s: (s not in _earliest(near, on), s)) if near else None


def slots(actor: Actor, site_id: int | None, day: date) -> Shape:
    """The quarter-hours of a day for the person who asks, and whether anything speaks against a booking."""
    (person_id,) = actor.reach.persons
    campaign = campaigns.current()
    due = people.due_rows([person_id], campaign.programme, day).get(person_id)
    refusal = _refusal(campaign.code, due, day)
    now = clock.now()
    seats = sites.seats([site_id], day) if site_id else []
    return {
        "person": {"name": people.person(actor, person_id, "portal").name},
        "due": _due(due, day),
        "may_book": refusal is None,
        "refusal": refusal,
        "slots": [
            {"starts_at": s.starts_at, "free": s.free, "capacity": s.capacity} for s in seats if s.starts_at > now
        ],
    }


def _refusal(campaign: str, due: Any, day: date) -> Shape | None:
    """What `appointment_book` would say for the day, said before a seat is chosen; it judges again under its locks."""
    if due is None:
        return why("NOT_ELIGIBLE")
    if due.status not in MAY:
        if due.status in ANSWERS:
            return why(ANSWERS[due.status])
        params = {"earliest": due.earliest.isoformat() if due.earliest else None, "dose_rank": due.dose_rank}
        return why("NOT_YET_DUE" if due.status == DueStatus.NOT_YET else "DEFERRED_UNTIL", params)
    policy = campaigns.policy_on(campaign, day)
    if policy and policy.value == DosePriority.LATER_DOSES_ONLY and due.dose_rank == 1:
        return why("POLICY_LATER_DOSES_ONLY", {"day": day.isoformat(), "policy": policy.code})
    return None


def _due(due: Any, on: date) -> Shape:
    if due is None:
        return {"status": "ineligible", "dose_rank": None, "of": 0, "products": [], "earliest": None, "why": []}
    names = product_names(on)
    series = {p.code: p.doses_per_series for p in reference.products(on)}
    return {
        "status": str(due.status),
        "dose_rank": due.dose_rank,
        "of": series.get(due.products[0], 0) if due.products else 0,
        "products": [names[p] for p in due.products if p in names],
        "earliest": due.earliest,
        "why": [],
    }


def my_record(actor: Actor) -> Shape:
    """What one has had, what comes next, and one's appointments."""
    (person_id,) = actor.reach.persons
    on, programme = clock.today(), campaigns.current().programme
    row = people.person(actor, person_id, "portal")
    due = people.due_rows([person_id], programme, on).get(person_id)
    return {
        "person": {"name": row.name},
        "next": _due(due, on),
        "doses": _doses(person_id, programme, on),
        "appointments": [_appointment(a) for a in booking.appointments([person_id])],
    }


def _appointment(row: Any) -> Shape:
    site = sites.site(row.site_id)
    return {
        "appointment": row.appointment,
        "starts_at": row.starts_at,
        "state": str(row.state),
        "dose_rank": row.dose_rank,
        "site": {
            "name": name(site) if site else None,
            "address": both(site.address_zh, site.address_en) if site else None,
            "phone": site.phone if site else "",
        },
    }
