"""The stations of a site: who is next, is this the right person, may this dose be given, who may leave."""

import csv
from datetime import date, timedelta
from math import floor
from typing import Any
from uuid import UUID

from seawall.booking import selectors as booking
from seawall.campaigns import selectors as campaigns
from seawall.clinic import selectors as clinic
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.safety import selectors as safety
from seawall.sites import selectors as sites
from seawall.supply import selectors as supply
from seawall.terms.actor import Actor
from seawall.terms.codes import DueStatus, VisitState
from seawall.terms.visits import CHECKS

from .shapes import Shape, age_on, both, name, owner, product_names, said, why
from .site import doses_here, rescue, site_row

WAITS = {
    "arrival": {VisitState.ARRIVED},
    "screening": {VisitState.ARRIVED, VisitState.SCREENED},
    "injection": {VisitState.CONSENTED},
    "observation": {VisitState.OBSERVING},
}
BOOKABLE = {DueStatus.DUE, DueStatus.OVERDUE}
PACKS_SHOWN = 6


def station(actor: Actor, site_id: int, kind: str, visit: UUID | None = None, code: str = "") -> Shape:
    """One station's page; with `visit` the person at the desk, with `code` the pack that was scanned."""
    row, on = site_row(actor, site_id), clock.today()
    rows = clinic.visits(site_id, on)
    queue = [v for v in rows if v.state in WAITS[kind]]
    actor = people.reaching(actor, [v.person_id for v in rows])
    minutes = [_minutes(v.arrived_at) for v in queue]
    page = {
        "site": {"site_id": site_id, "name": name(row)},
        "now": clock.now(),
        "post": owner(actor.post_id),
        "waiting": len(queue),
        "longest_minutes": max(minutes, default=0),
        "free_seats_today": sum(s.free for s in sites.seats([site_id], on) if s.starts_at > clock.now()),
        "doses_left": [
            {"product": p, "name": product_names(on).get(p, both(p, p)), "doses": sum(parts)}
            for p, parts in sorted(doses_here(site_id, on).items())
        ],
        "queue": _queue(actor, queue, on),
    }
    here = next((v for v in rows if v.visit == visit), None)
    if here:
        page["person"] = _person(actor, here.person_id, on, here)
    return page | _own_part(actor, row, kind, here, code, on)


def _own_part(actor: Actor, row: Any, kind: str, here: Any, code: str, on: date) -> Shape:
    if kind == "screening":
        return _screening(here, on)
    if kind == "injection":
        return _injection(row.site_id, here, code, on)
    if kind == "observation":
        return _observation(actor, row, on)
    return {}


def _minutes(since: Any) -> int:
    return max(0, floor((clock.now() - since).total_seconds() / 60))


def _queue(actor: Actor, rows: list[Any], on: date) -> list[Shape]:
    shown = people.persons(actor, [v.person_id for v in rows], "queue")
    return [
        {
            "visit": v.visit,
            "ticket": v.ticket,
            "name": shown[v.person_id].name if v.person_id in shown else "",
            "age": age_on(v.birth, on),
            "state": str(v.state),
            "arrived_at": v.arrived_at,
            "minutes": _minutes(v.arrived_at),
            "dose_rank": v.dose_rank,
            "of": 0,
            "flags": _flags(v, on),
        }
        for v in rows
    ]


def _flags(visit: Any, on: date) -> list[str]:
    flags = ["MINOR"] if age_on(visit.birth, on) < 18 else []
    return [*flags, "WALK_IN"] if visit.walk_in else flags


def _person(actor: Actor, person_id: int, on: date, visit: Any = None) -> Shape:
    """The person strip with what is due and why."""
    programme = campaigns.current().programme
    row = people.person(actor, person_id, "station")
    due = people.due_rows([person_id], programme, on).get(person_id)
    series = {p.code: p.doses_per_series for p in reference.products(on)}
    names = product_names(on)
    history = people.dose_rows([person_id], programme).get(person_id, [])
    return {
        "person_id": person_id,
        "visit": visit.visit if visit else None,
        "ticket": visit.ticket if visit else None,
        "name": row.name,
        "sex": int(row.sex),
        "age": age_on(row.birth, on),
        "document": row.document,
        "dose_rank": due.dose_rank if due else None,
        "of": series.get(due.products[0], 0) if due and due.products else 0,
        "flags": _flags(visit, on) if visit else (["MINOR"] if age_on(row.birth, on) < 18 else []),
        "due": due_shape(due, names),
        "history": [
            {"given_on": d.given_on, "product": names.get(d.product or ""), "verdict": d.verdict} for d in history
        ],
        "appointment": _appointment(person_id, on),
    }


def due_shape(due: Any, names: dict[str, Shape]) -> Shape:
    if due is None:
        return {"status": "ineligible", "products": [], "earliest": None, "overdue_from": None, "why": []}
    return {
        "status": str(due.status),
        "products": [names[p] for p in due.products if p in names],
        "earliest": due.earliest,
        "overdue_from": due.overdue_from,
        "why": [said(people.why_due(due, clock.today()))],
    }


def _appointment(person_id: int, on: date) -> Shape | None:
    rows = [a for a in booking.appointments([person_id]) if a.state in {"booked", "arrived", "held"}]
    if not rows:
        return None
    row = min(rows, key=lambda a: abs((clock.civil_day(a.starts_at) - on).days))
    site = sites.site(row.site_id)
    return {
        "appointment": row.appointment,
        "starts_at": row.starts_at,
        "state": str(row.state),
        "site": name(site) if site else None,
        "early_minutes": floor((row.starts_at - clock.now()).total_seconds() / 60),
    }


def _screening(here: Any, on: date) -> Shape:
    minor = bool(here) and age_on(here.birth, on) < 18
    programme = campaigns.current().programme
    versions = clinic.consents(programme, on)
    return {
        "questions": questions(programme, on),
        "asks_pressure": False,
        "changed": [],
        "consent": {"version": versions[-1].version if versions else "", "guardian_needed": minor},
    }


def questions(programme: str, on: date) -> list[Shape]:
    """The findings that the rules in force ask about, in the order of the rule table; none is answered in advance."""
    release = reference.release(programme, on)
    found: dict[str, Shape] = {}
    for row in csv.DictReader((release.folder["conditions.csv"] if release else "").splitlines()):
        since, until = row["valid_from"], row["valid_to"]
        if (not since or since <= on.isoformat()) and (not until or on.isoformat() <= until):
            found.setdefault(row["condition"], both(row["name_zh"], row["name_en"]))
    return [{"code": code, "name": names} for code, names in found.items()]


def _injection(site_id: int, here: Any, code: str, on: date) -> Shape:
    names = product_names(on)
    packs = {p.code: p for p in supply.packs([site_id])}
    sizes = {lot.lot: lot.doses_per_pack for lot in supply.lots()}

    def shape(p: Any) -> Shape:
        return {
            "code": p.code,
            "lot": p.lot,
            "product": names.get(p.product, both(p.product, p.product)),
            "product_code": p.product,
            "expires": p.expires,
            "opened_at": None,
            "doses_left": p.doses_left,
            "doses_per_pack": sizes.get(p.lot, 1),
        }

    due = people.due_rows([here.person_id], here.programme, on).get(here.person_id) if here else None
    wanted = [p for p in packs.values() if not due or p.product in due.products]
    pack = packs.get(code)
    whys = _judged(due, pack, code)
    return {
        "pack": shape(pack) if pack else None,
        "judgement": {"ok": not whys, "whys": whys} if here and code else None,
        "checks": _checks(here, pack, due),
        "packs": [shape(p) for p in wanted[:PACKS_SHOWN]],
        "next_dose": None,
    }


def _judged(due: Any, pack: Any, code: str) -> list[Shape]:
    """What the system already knows against this dose; `dose_give` judges again under its locks."""
    whys = []
    if code and pack is None:
        whys.append(why("CODE_NOT_HERE", {"code": code}))
    if due and due.status not in BOOKABLE:
        whys.append(said(people.why_due(due, clock.today())))
    if due and pack and pack.product not in due.products:
        whys.append(why("WRONG_PRODUCT_FOR_PERSON", {"product": pack.product, "allowed": ", ".join(due.products)}))
    return whys


def _checks(here: Any, pack: Any, due: Any) -> list[Shape]:
    """Eleven marks: known to the system, waiting for the nurse's eyes, or broken."""
    known = {c.code for c in clinic.checks() if c.filled_by == "system"}
    out = []
    for code in CHECKS:
        state = "known" if code in known and here and (pack or code in {"NAME", "AGE"}) else "eyes"
        if code == "VACCINE" and due and pack and pack.product not in due.products:
            state = "broken"
        out.append({"code": code, "state": state, "why": None})
    return out


def _observation(actor: Actor, row: Any, on: date) -> Shape:
    tiles = clinic.observation_tiles(row.site_id)
    unseen = clinic.left_unseen(row.site_id, on)
    shown = people.persons(
        people.reaching(actor, [t.person_id for t in tiles] + [u[1] for u in unseen]),
        [t.person_id for t in tiles] + [u[1] for u in unseen],
        "observation",
    )
    now = clock.now()
    soon = booking.day_list([row.site_id], on)
    return {
        "seats": {
            "total": row.seats,
            "used": len(tiles),
            "may_leave": sum(t.until <= now and not t.held for t in tiles),
        },
        "people": [
            {
                "visit": t.visit,
                "person_id": t.person_id,
                "ticket": t.ticket,
                "name": shown[t.person_id].name if t.person_id in shown else "",
                "seat": t.ticket,
                "since": t.since,
                "until": t.until,
                "minutes_left": floor((t.until - now).total_seconds() / 60),
                "higher_risk": t.higher_risk,
            }
            for t in tiles
        ],
        "left_unseen": [
            {"visit": v, "ticket": ticket, "name": shown[p].name if p in shown else "", "left_at": at}
            for v, p, ticket, at in unseen
        ],
        "rescue": rescue(row, row.site_id, on),
        "event_kinds": [
            {"code": k.code, "name": both(k.zh, k.en), "serious_default": k.serious} for k in safety.kinds().values()
        ],
        "needed_next_30": sum(now <= a.starts_at < now + timedelta(minutes=30) and a.state == "booked" for a in soon),
    }


def find_arrival(actor: Actor, site_id: int, text: str) -> Shape:
    """Who may this be: by the document on the desk, or by name with birth date among those booked here today."""
    site_row(actor, site_id)
    on = clock.today()
    booked = [a.person_id for a in booking.day_list([site_id], on)]
    found = people.present(actor, text, "arrival") if sum(c.isdigit() for c in text) >= 6 else None
    near = people.reaching(actor, [*booked, *([found.person_id] if found else [])])
    rows = [found] if found else people.search(near, text, "arrival")
    candidates = [_candidate(near, r, on) for r in rows if r]
    return {"candidates": candidates, "refusal": None if candidates else why("NOBODY_FOUND", {})}


def _candidate(actor: Actor, row: Any, on: date) -> Shape:
    shape = _person(actor, row.person_id, on)
    return {k: shape[k] for k in ("person_id", "name", "age", "document", "appointment", "due")}
