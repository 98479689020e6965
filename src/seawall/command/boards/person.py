"""The person page: what this person has had, what is due and why, and who looked."""

from datetime import date
from typing import Any

from seawall.booking import selectors as booking
from seawall.campaigns import selectors as campaigns
from seawall.people import selectors as people
from seawall.platform import access, clock
from seawall.platform import selectors as platform
from seawall.reference import selectors as reference
from seawall.safety import selectors as safety
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor

from .shapes import Shape, age_on, both, name, owner, place_names, product_names, said
from .station import questions


def person_page(actor: Actor, person_id: int) -> Shape:
    """Everything the page shows, of a person inside the actor's reach; the look is recorded first."""
    on = clock.today()
    row = people.person(actor, person_id, "person")
    living = people.living([row.person_id], on)[row.person_id]
    campaign = campaigns.current()
    return {
        "person": _identity(row, living, on, campaign.code),
        "due": _due(row.person_id, campaign.programme, on),
        "doses": _doses(row.person_id, campaign.programme, on),
        "conditions": _conditions(actor, row.person_id, campaign.programme),
        "appointments": _appointments(row.person_id),
        "events": _events(actor, row.person_id),
        "looks": [
            {"at": at, "post": _post_name(post_id), "page": page} for at, post_id, page in platform.looks(row.person_id)
        ],
        "candidates": _candidates(actor, row.person_id),
    }


def _identity(row: Any, living: Any, on: date, campaign: str) -> Shape:
    units = {u.unit_id: u for u in reference.units(on)}
    unit_id = reference.leaf_units(on).get(row.leaf_id)
    leaf = reference.area(row.leaf_id, on)
    groups = {g.code: g for g in campaigns.groups(campaign)}
    group = groups.get(campaigns.group_of([row.person_id], campaign).get(row.person_id, ""))
    return {
        "person_id": row.person_id,
        "name": row.name,
        "sex": int(row.sex),
        "birth": row.birth,
        "birth_precision": str(row.birth_precision),
        "age": age_on(row.birth, on),
        "documents": [
            {"kind": both(d.name_zh, d.name_en), "number": d.number, "source": both("登记", "registered")}
            for d in people.documents([row.person_id]).get(row.person_id, [])
        ],
        "phone": row.phone,
        "leaf": name(leaf) if leaf else None,
        "unit": name(units[unit_id]) if unit_id else None,
        "residence": living.state,
        "responsible": owner(living.contact_post_id),
        "group": name(group) if group else None,
        "organisations": [name(o) for o in people.organisation_rows(living.organisations).values()],
        "guardian": str(row.guardian_id) if row.guardian_id else None,
        "alias_of": living.merged_into,
    }


def _due(person_id: int, programme: str, on: date) -> list[Shape]:
    products = product_names(on)
    due = people.due_rows([person_id], programme, on).get(person_id)
    if due is None:
        return []
    series = {p.code: p.doses_per_series for p in reference.products(on)}
    return [
        {
            "programme": both("新冠病毒疫苗", "COVID-19 vaccine")
            if programme == "covid19-cn"
            else both(programme, programme),
            "status": str(due.status),
            "dose_rank": due.dose_rank,
            "of": series.get(due.products[0], 0) if due.products else 0,
            "earliest": due.earliest,
            "recommended": due.recommended,
            "overdue_from": due.overdue_from,
            "latest": due.latest,
            "products": [products[p] for p in due.products if p in products],
            "why": [said(people.why_due(due, on))],
            "release": due.release[:12],
            "rule": due.rule,
        }
    ]


def _doses(person_id: int, programme: str, on: date) -> list[Shape]:
    products = product_names(on)
    rows = people.dose_rows([person_id], programme, corrected=True).get(person_id, [])
    places = place_names({d.place_id for d in rows if d.place_id})
    return [
        {
            "act": d.act,
            "given_on": d.given_on,
            "precision": str(d.precision),
            "product": products.get(d.product or ""),
            "lot": d.lot,
            "place": places.get(d.place_id or 0),
            "source": str(d.source),
            "dose_number": d.dose_number,
            "dose_rank": d.dose_rank,
            "verdict": d.verdict,
            "why": said(people.why_dose(d, programme, d.given_on)) if d.reason else None,
            "corrected": d.corrected,
        }
        for d in rows
    ]


def _conditions(actor: Actor, person_id: int, programme: str) -> list[Shape]:
    """Health findings, for posts whose right names them."""
    if not access.may(actor, "see:conditions"):
        return []
    names = {q["code"]: q["name"] for q in questions(programme, clock.today())}
    found = people.conditions([person_id]).get(person_id, [])
    return [{"name": names.get(c.kind, both(c.kind, c.kind)), "since": c.since, "until": c.until} for c in found]


def _appointments(person_id: int) -> list[Shape]:
    rows = booking.appointments([person_id])
    places = place_names({a.site_id for a in rows})
    return [
        {
            "appointment": a.appointment,
            "starts_at": a.starts_at,
            "site": places.get(a.site_id),
            "state": str(a.state),
            "dose_rank": a.dose_rank,
        }
        for a in rows
    ]


def _events(actor: Actor, person_id: int) -> list[Shape]:
    if not access.may(actor, "see:conditions"):
        return []
    kinds = safety.kinds()
    return [
        {
            "name": both(kinds[e.kind].zh, kinds[e.kind].en),
            "onset_at": e.onset_at,
            "due_at": e.clock_due,
            "serious": e.serious,
            "state": e.state,
        }
        for e in safety.events_of([person_id])
    ]


def _post_name(post_id: int) -> Shape:
    post = staff.post(post_id)
    return dict(post.name) if post else both("已撤岗位", "closed post")


def _candidates(actor: Actor, person_id: int) -> list[Shape]:
    rows = people.candidates(actor, [person_id])
    others = {r.other_id if r.person_id == person_id else r.person_id: r.reason for r in rows}
    shown = people.persons(actor, list(others), "person")
    return [{"person_id": p, "name": row.name, "why": [others[p]]} for p, row in shown.items()]
