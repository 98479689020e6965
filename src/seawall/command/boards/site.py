"""The site board: can the hall take the next quarter-hour, and shall we end with people and doses matched?"""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from seawall.booking import selectors as booking
from seawall.campaigns import selectors as campaigns
from seawall.clinic import selectors as clinic
from seawall.people import selectors as people
from seawall.platform import access, clock
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.staff import selectors as staff
from seawall.supply import selectors as supply
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.codes import AppointmentState, DoorState, SiteState, StockState, VisitState

from .shapes import Shape, both, name, product_names, stamp, why

COMING = {AppointmentState.BOOKED, AppointmentState.HELD}
STEPS = ("arrived", "screened", "registered", "injected", "observing", "left")
RESCUE = {
    "EMERGENCY_CLINICIAN": "clinician",
    "EMERGENCY_KIT": "kit",
    "AMBULANCE": "ambulance",
    "GREEN_CHANNEL": "green_channel",
}


def site_row(actor: Actor, site_id: int) -> Any:
    """The site, for a post that reaches it."""
    row = sites.site(site_id)
    if row is None or not access.sees_site(actor, site_id):
        raise Refused(access.OUT_OF_AREA)
    return row


def site_board(actor: Actor, site_id: int, day: date) -> Shape:
    """The hall of one site on one day."""
    row = site_row(actor, site_id)
    booked = booking.day_list([site_id], day)
    seated = clinic.observation_tiles(site_id)
    return {
        "stamp": stamp(day, live=True),
        "site": _site(row, day),
        "verdict": _verdict(row, site_id, day),
        "flow": _flow(site_id, day, len(booked)),
        "slots": _slots(site_id, day, booked),
        "stations": _stations(site_id, day),
        "doses": _doses(site_id, day, booked),
        "observation": _observation(row, seated, booked),
        "advice": _advice(site_id, day, seated, booked),
        "rescue": rescue(row, site_id, day),
        "readiness": _readiness(site_id, day),
        "close": _close(site_id, day),
    }


def _site(row: Any, day: date) -> Shape:
    unit_id = reference.leaf_units(day).get(row.leaf_id)
    units = {u.unit_id: name(u) for u in reference.units(day)}
    return {
        "site_id": row.site_id,
        "name": name(row),
        "kind": str(row.kind),
        "unit": units.get(unit_id or 0),
        "phone": row.phone,
        "synthetic": row.synthetic,
        "stations": row.stations,
        "seats": row.seats,
    }


def _verdict(row: Any, site_id: int, day: date) -> Shape:
    session = next(iter(sites.sessions(day, [site_id])), None)
    by = staff.post(row.door_post_id) if row.door_post_id else None
    setter = dict(by.owner) if by else None
    if row.state == SiteState.CLOSED or (session and session.state == "closed"):
        return {"state": "closed", "code": "SITE_CLOSED", "why": None, "by": setter}
    if session is None or session.state != "open":
        return {"state": "attention", "code": "SITE_NOT_OPEN", "why": None, "by": setter}
    states = {DoorState.NORMAL: "normal", DoorState.SLOWED: "attention", DoorState.HELD: "stop"}
    reason = why(row.door_reason) if row.door_reason else None
    return {"state": states[row.door], "code": f"DOOR_{row.door.upper()}", "why": reason, "by": setter}


def _flow(site_id: int, day: date, booked: int) -> list[Shape]:
    rows = {f.step: f for f in clinic.flow_counts([site_id], day)[site_id]}
    waits = {step: rows[step].wait_minutes for step in STEPS if step in rows}
    slowest = max((w for step, w in waits.items() if w is not None and step != "left"), default=None)
    strip = [{"step": "booked", "count": booked, "wait_minutes": None, "bottleneck": False}]
    for step in STEPS:
        wait = waits.get(step)
        narrow = wait is not None and step != "left" and wait == slowest and wait > 10
        strip.append({"step": step, "count": rows[step].count, "wait_minutes": wait, "bottleneck": narrow})
    return strip


def _slots(site_id: int, day: date, booked: list[Any]) -> list[Shape]:
    out: dict[datetime, Shape] = {
        seat.starts_at: {
            "starts_at": seat.starts_at,
            "capacity": seat.capacity,
            "booked": 0,
            "arrived": 0,
            "missed": 0,
            "walk_in": 0,
        }
        for seat in sites.seats([site_id], day)
    }
    for row in booked:
        slot = out.get(row.starts_at)
        if slot is None:
            continue
        slot["walk_in" if row.walk_in else "booked"] += 1
        slot["missed"] += row.state == AppointmentState.MISSED
        slot["arrived"] += row.state in {AppointmentState.ARRIVED, AppointmentState.FULFILLED}
    return list(out.values())


def _stations(site_id: int, day: date) -> list[Shape]:
    team = sites.team(site_id, day)
    people = staff.posts_by_id([m.post_id for m in team], day)
    until = staff.certified_until([m.post_id for m in team], "covid19-cn")
    roles = staff.roles()
    return [
        {
            "station": m.station,
            "role": roles[m.role].name if m.role in roles else both(m.role, m.role),
            "who": people[m.post_id].person if m.post_id in people else None,
            "certified_until": until.get(m.post_id),
            "per_hour": None,
        }
        for m in team
    ]


def doses_here(site_id: int, day: date) -> dict[str, tuple[int, int]]:
    """Usable doses at a site by product: in closed packs, in opened ones."""
    found: dict[str, tuple[int, int]] = {}
    for p in supply.packs([site_id]):
        closed, opened = found.get(p.product, (0, 0))
        found[p.product] = (closed, opened + p.doses_left) if p.opened else (closed + p.doses_left, opened)
    return found


def _doses(site_id: int, day: date, booked: list[Any]) -> list[Shape]:
    names, here = product_names(day), doses_here(site_id, day)
    wanted = _to_come(booked, day)
    rows = []
    for code in sorted({*here, *wanted}):
        closed, opened = here.get(code, (0, 0))
        to_come = wanted.get(code, 0)
        rows.append(
            {
                "product": code,
                "name": names.get(code, both(code, code)),
                "closed": closed,
                "open": opened,
                "to_come": to_come,
                "balance": closed + opened - to_come,
            }
        )
    return rows


def _to_come(booked: list[Any], day: date) -> Counter[str]:
    """Doses wanted by those still to come, by the product each is due first."""
    waiting = [a.person_id for a in booked if a.state in COMING]
    due = people.due_rows(waiting, campaigns.current().programme, day)
    return Counter(row.products[0] for row in due.values() if row.products)


def _observation(row: Any, seated: list[Any], booked: list[Any]) -> Shape:
    now = clock.now()
    half = now + timedelta(minutes=30)
    staying = sum(tile.until > half for tile in seated)
    coming = sum(now <= a.starts_at < half and a.state in COMING for a in booked)
    return {"seats": row.seats, "used": len(seated), "forecast": staying + coming}


WAITS = {
    VisitState.ARRIVED: "registration",
    VisitState.SCREENED: "screening",
    VisitState.CONSENTED: "injection",
}
"""Queues of the standard session by the state of a visit: the desks before the needle are passed in turn."""


def _advice(site_id: int, day: date, seated: list[Any], booked: list[Any]) -> Shape | None:
    """What the flow of the next hour says of the door."""
    now = clock.now()
    waiting = {WAITS[state]: n for state, n in clinic.inside(site_id, day).items() if state in WAITS}
    coming = sum(now <= a.starts_at < now + timedelta(hours=1) and a.state in COMING for a in booked)
    sat = [(now - tile.since).total_seconds() / 60 for tile in seated]
    found = sites.door_advice(site_id, day, waiting=waiting, seated_for=sat, coming=-(-coming // 4))
    if found is None:
        return None
    state = {"open": "normal", "slow": "attention", "pause": "stop"}[found.level]
    return {
        "state": state, "level": found.level, "admit": found.admit, "why": both(found.zh, found.en),
        "need": found.need, "seats": found.chairs, "wait": found.wait,
    }  # fmt: skip


def rescue(row: Any, site_id: int, day: date) -> list[Shape]:
    found = {r.code: r.ready for r in sites.readiness(site_id, day)}
    hospitals = {f.facility_id: f for f in reference.facilities(2)}
    hospital = hospitals.get(row.parent_facility_id or 0)
    return [
        {
            "code": shown,
            "ok": bool(found.get(code)),
            "detail": name(hospital) if hospital and shown == "green_channel" else None,
            "minutes": None,
        }
        for code, shown in RESCUE.items()
        if code in found
    ]


def _readiness(site_id: int, day: date) -> list[Shape]:
    leader = next(iter(staff.posts(role="SITE_LEADER", site_id=site_id, on=day)), None)
    return [
        {"code": r.code, "name": both(r.zh, r.en), "ok": bool(r.ready), "owner": dict(leader.owner) if leader else None}
        for r in sites.readiness(site_id, day)
    ]


def _close(site_id: int, day: date) -> Shape:
    """People = doses = vials = waste, line by line."""
    closing = clinic.closings(day).get(site_id)
    counts = clinic.day_counts(day).get(site_id)
    hand = sum(r.doses for r in supply.stock([site_id]) if r.state in {StockState.ON_HAND, StockState.QUARANTINED})
    wrong = supply.open_differences([site_id])
    return {
        "people": counts.arrived if counts else 0,
        "given": counts.given if counts else 0,
        "vials": closing.given if closing else (counts.given if counts else 0),
        "wasted": closing.wasted if closing else 0,
        "on_hand": closing.on_hand if closing else hand,
        "difference": sum(d.counted - d.booked for d in wrong),
        "closed_at": closing.closed_at if closing else None,
    }
