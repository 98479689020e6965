"""What the public may know: where one can go, when, whether it is one's turn, and one's own record."""

from datetime import date, datetime, timedelta
from typing import Any

from seawall.booking import selectors as booking
from seawall.campaigns import selectors as campaigns
from seawall.people import selectors as people
from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.supply import selectors as supply
from seawall.terms.codes import DosePriority, DueStatus, SiteState, StockState
from seawall.terms.figures import masked_name

from .series import last_closing, standing_by_unit

LOOK_AHEAD = 7  # days in which the earliest free seat is sought
HELPLINE = "12320"  # public health hotline, a published number


def _name(row: Any) -> dict[str, str]:
    return {"zh": row.name_zh, "en": row.name_en}


def portal_home(on: date) -> dict[str, Any]:
    """Who may come today; coverage with its denominator."""
    campaign = campaigns.current()
    groups = {g.code: g for g in campaigns.groups(campaign.code)}
    open_to = [
        {"name": _name(groups[code]), "from": max(phase.since, groups[code].opens), "ranks": list(phase.dose_ranks)}
        for phase in campaigns.phases_open(campaign.code, on)
        for code in (phase.groups if phase.groups != ("ALL",) else tuple(groups))
        if code in groups and groups[code].opens <= on
    ]
    paused = [
        p.since for p in campaigns.policies(campaign.code) if p.applied and p.value == DosePriority.LATER_DOSES_ONLY
    ]
    return {
        "open_to": open_to,
        "first_doses_paused_from": min((d for d in paused), default=None),
        "coverage": _coverage(),
        "phone": HELPLINE,
    }


def _coverage() -> dict[str, Any] | None:
    day = last_closing()
    if day is None:
        return None
    rows = list(standing_by_unit(day).values())
    due = sum(r["eligible"] for r in rows)
    share = sum(r["started"] for r in rows) / due if due else 0.0
    return {
        "name": {"zh": "应种人群中至少接种一剂", "en": "People due with at least one dose"},
        "share": share,
        "size": due,
        "as_of": day,
    }


def public_sites(on: date) -> list[dict[str, Any]]:
    """The open list of sites: where, until when, with which products, and how soon."""
    rows = [s for s in sites.sites(on) if s.state is SiteState.OPEN]
    ids = [s.site_id for s in rows]
    units, unit_of = {u.unit_id: u for u in reference.units(on)}, reference.leaf_units(on)
    sessions = {s.site_id: s for s in sites.sessions(on, ids)}
    names = {p.code: _name(p) for p in reference.products(on)}
    held: dict[int, set[str]] = {}
    for row in supply.stock(ids):
        if row.state == StockState.ON_HAND:
            held.setdefault(row.place_id, set()).add(row.product)
    earliest = _earliest(ids, on)
    zone = clock.zone()
    out = []
    for s in rows:
        unit, session = units.get(unit_of.get(s.leaf_id, 0)), sessions.get(s.site_id)
        out.append(
            {
                "site_id": s.site_id,
                "name": _name(s),
                "unit": _name(unit) if unit else None,
                "unit_code": unit.code if unit else "",
                "address": {"zh": s.address_zh, "en": s.address_en},
                "phone": s.phone,
                "longitude": s.longitude,
                "latitude": s.latitude,
                "opens": session.opens_at.astimezone(zone).time() if session else None,
                "closes": session.closes_at.astimezone(zone).time() if session else None,
                "products": [names[code] for code in sorted(held.get(s.site_id, ())) if code in names],
                "earliest": earliest.get(s.site_id),
                "walk_in": session is not None,
                "synthetic": s.synthetic,
                "state": str(s.state),
            }
        )
    return sorted(out, key=lambda r: (r["earliest"] is None, r["earliest"] or clock.now(), r["site_id"]))


def _earliest(ids: list[int], on: date) -> dict[int, datetime]:
    """The first free quarter-hour of each site from now on, within a week."""
    found: dict[int, datetime] = {}
    now = clock.now()
    for ahead in range(LOOK_AHEAD):
        missing = [site for site in ids if site not in found]
        if not missing:
            break
        for seat in sites.seats(missing, on + timedelta(days=ahead)):
            if seat.free > 0 and seat.starts_at > now:
                found.setdefault(seat.site_id, seat.starts_at)
    return found


def nearest_site(person_id: int) -> int | None:
    """The open site in the person's own leaf, else in their planning unit with the earliest free seat."""
    on = clock.today()
    leaf = people.leaves([person_id]).get(person_id)
    unit_of = reference.leaf_units(on)
    rows = public_sites(on)
    leaves = {s.site_id: s.leaf_id for s in sites.sites(on)}

    def distance(row: dict[str, Any]) -> int:
        there = leaves[row["site_id"]]
        return 0 if there == leaf else 1 if unit_of.get(there) == unit_of.get(leaf or 0) else 2

    best = min(rows, key=lambda row: (distance(row), row["earliest"] is None), default=None)
    return best["site_id"] if best else None


def slots(person_id: int, site_id: int | None, day: date) -> dict[str, Any]:
    """What a person is due, whether they may book, and the free quarter-hours of a site on a day."""
    programme = campaigns.current().programme
    due = people.due_rows([person_id], programme, day).get(person_id)
    may = due is not None and due.status in {DueStatus.DUE, DueStatus.OVERDUE}
    now = clock.now()
    free = [
        {"starts_at": s.starts_at, "free": s.free, "capacity": s.capacity}
        for s in (sites.seats([site_id], day) if site_id else [])
        if s.free > 0 and s.starts_at > now
    ]
    return {
        "person": {"name": _masked(person_id)},
        "due": _due(due, day),
        "may_book": may,
        "refusal": None if may or due is None else _why(due, day),
        "slots": free,
    }


def _masked(person_id: int) -> str:
    rows = sql.fetch("SELECT name FROM people_person WHERE id = %s", [person_id])
    return masked_name(rows[0][0]) if rows else ""


def _due(due: Any, on: date) -> dict[str, Any]:
    names = {p.code: (_name(p), p.doses_per_series) for p in reference.products(on)}
    if due is None:
        return {
            "status": "ineligible",
            "dose_rank": None,
            "of": 0,
            "products": [],
            "earliest": None,
            "overdue_from": None,
            "why": [],
        }
    series = names[due.products[0]][1] if due.products and due.products[0] in names else due.doses_given
    return {
        "status": str(due.status),
        "dose_rank": due.dose_rank,
        "of": series,
        "products": [names[p][0] for p in due.products if p in names],
        "earliest": due.earliest,
        "recommended": due.recommended,
        "overdue_from": due.overdue_from,
        "latest": due.latest,
        "complete_on": due.complete_on,
        "why": [_why(due, on)],
    }


def _why(due: Any, on: date) -> dict[str, Any]:
    reason = people.why_due(due, on)
    return {"code": reason.code, "params": dict(reason.params)}


def my_record(person_id: int) -> dict[str, Any]:
    """One's own record: next step, doses, appointments."""
    on, programme = clock.today(), campaigns.current().programme
    due = people.due_rows([person_id], programme, on).get(person_id)
    places = {s.site_id: s for s in sites.sites(on)}
    products = {p.code: _name(p) for p in reference.products(on)}
    doses = people.dose_rows([person_id], programme).get(person_id, [])
    where = {p.place_id: _name(p) for p in reference.places(place_ids={d.place_id for d in doses if d.place_id})}
    return {
        "person": {"name": _masked(person_id)},
        "next": _due(due, on),
        "doses": [
            {
                "given_on": d.given_on,
                "product": products.get(d.product or ""),
                "lot": d.lot,
                "place": where.get(d.place_id or 0),
                "dose_number": d.dose_number,
                "dose_rank": d.dose_rank,
                "verdict": d.verdict,
            }
            for d in doses
        ],
        "appointments": [
            {
                "appointment": a.appointment,
                "starts_at": a.starts_at,
                "site": _site(places.get(a.site_id)),
                "state": str(a.state),
                "dose_rank": a.dose_rank,
            }
            for a in booking.appointments([person_id])
        ],
    }


def _site(row: Any) -> dict[str, Any] | None:
    if row is None:
        return None
    return {"name": _name(row), "address": {"zh": row.address_zh, "en": row.address_en}, "phone": row.phone}
