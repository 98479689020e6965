"""The district board: what do we still owe today, where, and whom do we press?"""

from collections import Counter, defaultdict
from datetime import date
from typing import Any

import polars as pl

from seawall.booking import selectors as booking
from seawall.campaigns import selectors as campaigns
from seawall.clinic import selectors as clinic
from seawall.people import selectors as people
from seawall.platform import access, clock
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.sites import selectors as sites
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.codes import StockState

from .orders import order_list
from .shapes import Shape, both, cell, code_name, name, product_names, share, stamp, unit_owners
from .site import doses_here

OPEN_HOUR, CLOSE_HOUR = 8, 18
STATES = {"normal": "open", "slowed": "slowed", "held": "held"}


def district_board(actor: Actor, unit_id: int, day: date) -> Shape:
    """One planning unit as of a day, for a post that reaches into it."""
    unit = next((u for u in reference.units(day) if u.unit_id == unit_id), None)
    if unit is None or not (actor.reach.everywhere or unit.leaves & actor.reach.leaves):
        raise Refused(access.OUT_OF_AREA)
    campaign = campaigns.current()
    standing = reports.standing_by_leaf(day, unit_id)
    quota, done = campaigns.unit_quotas(campaign.code, day).get(unit_id, 0), reports.leaf_doses(day, unit_id)
    due = sum(row["eligible"] for row in standing.values())
    denominator = {"name": both("应种人群", "people due"), "size": due, "source": both("合成人口", "synthetic people")}
    today = _quota(quota, sum(done.values()), day)
    owner = unit_owners(day).get(unit.code)
    return {
        "stamp": stamp(day, denominator),
        "unit": {"unit_id": unit_id, "code": unit.code, "name": name(unit)},
        "owner": owner,
        "verdict": _verdict(today),
        "quota": today,
        "streets": _streets(campaign, unit, day, standing, done, owner),
        "groups": [{"code": g.code, "name": name(g)} for g in campaigns.groups(campaign.code)],
        "later": _later(campaign, unit, day),
        "sites": _sites(unit, day),
        "calls": _calls(unit, standing),
        "orders": order_list(day, unit_id)["list"],
        **_reasons(standing),
        "peers": _peers(day, unit_id),
    }


def _quota(quota: int, done: int, day: date) -> Shape:
    now = clock.now().astimezone(clock.zone())
    passed = 1.0 if now.date() > day else min(1.0, max(0.0, (now.hour - OPEN_HOUR) / (CLOSE_HOUR - OPEN_HOUR)))
    return {
        "today": quota,
        "done": done,
        "expected_by_now": round(quota * passed),
        "source": "published" if quota else "none",
    }


def _verdict(quota: Shape) -> Shape:
    short = quota["expected_by_now"] - quota["done"]
    code = "NO_QUOTA" if not quota["today"] else "AHEAD" if short < 0 else "ON_QUOTA" if short == 0 else "BEHIND_QUOTA"
    late = quota["today"] and short > 0.1 * quota["today"]
    state = "attention" if code in {"NO_QUOTA", "BEHIND_QUOTA"} else "normal"
    return {
        "state": "stop" if late else state,
        "code": code,
        "short": max(0, short),
        "expected_by_now": quota["expected_by_now"],
    }


def _streets(campaign: Any, unit: Any, day: date, standing: Any, done: Any, owner: Shape | None) -> list[Shape]:
    """Streets by doses short; a street's quota is its part of the unit's, in proportion to those still to come."""
    quotas = _street_quotas(campaign.code, unit.unit_id, day)
    names = {a.area_id: name(a) for a in reference.areas(day, "street") if a.area_id in unit.leaves}
    responsible = people.contacts(list(unit.leaves), day)
    owners = {p.post_id: dict(p.owner) for p in staff.posts_by_id(responsible.values(), day).values()}
    rows = []
    for leaf in sorted(unit.leaves):
        cells = {}
        for (at, group), stands in standing.items():
            if at == leaf and stands["eligible"]:
                planned, given = quotas.get((leaf, group), 0), done.get((leaf, group), 0)
                cells[group] = {"due": planned, "done": given, "cell": cell(planned)}
        due, given = sum(c["due"] for c in cells.values()), sum(c["done"] for c in cells.values())
        rows.append(
            {
                "leaf_id": leaf,
                "name": names.get(leaf, both(str(leaf), str(leaf))),
                "short": max(0, due - given),
                "cells": cells,
                "due": due,
                "done": given,
                "responsible": owners.get(responsible.get(leaf, 0), owner),
            }
        )
    return sorted(rows, key=lambda r: (-r["short"], r["leaf_id"]))


def _street_quotas(code: str, unit_id: int, day: date) -> dict[tuple[int, str], int]:
    frame = campaigns.street_quotas(code, day, unit_id)
    sums = frame.group_by("leaf_id", "group").agg(pl.col("doses").sum())
    return {(leaf, group): doses for leaf, group, doses in sums.iter_rows()}


def _later(campaign: Any, unit: Any, day: date) -> list[Shape]:
    """Later doses by product: due, overdue, and the stock that stands against them."""
    names = product_names(day)
    stock: Counter[str] = Counter()
    places = {s.site_id for s in sites.sites(day) if s.leaf_id in unit.leaves}
    for place, product, _, state, doses in reports.stock_by_place(day):
        if place in places and state == StockState.ON_HAND:
            stock[product] += doses
    due = reports.later_by_product(day, unit.unit_id, campaign.programme)
    return [
        {
            "product": product,
            "name": names.get(product, both(product, product)),
            "rank": rank,
            "due_today": waiting,
            "overdue": overdue,
            "reserved": min(stock[product], waiting),
            "stock": stock[product],
        }
        for (product, rank), (waiting, overdue) in sorted(due.items())
    ]


def _sites(unit: Any, day: date) -> list[Shape]:
    rows = [s for s in sites.sites(day) if s.leaf_id in unit.leaves]
    ids = [s.site_id for s in rows]
    flow, booked = (
        clinic.flow_counts(ids, day),
        Counter(a.site_id for a in booking.day_list(ids, day) if a.state == "booked"),
    )
    sessions = {s.site_id: s for s in sites.sessions(day, ids)}
    teams = sites.teams(day)
    out = []
    for s in rows:
        waits = [
            f.wait_minutes for f in flow[s.site_id] if f.wait_minutes is not None and f.step in {"screened", "injected"}
        ]
        session = sessions.get(s.site_id)
        out.append(
            {
                "site_id": s.site_id,
                "name": name(s),
                "state": "closed" if not session or session.state == "closed" else STATES[s.door],
                "wait_minutes": round(sum(waits), 1) if waits else None,
                "doses_left": sum(sum(parts) for parts in doses_here(s.site_id, day).values()),
                "booked_left": booked[s.site_id],
                "supervisor": any(m.role == "RESIDENT_SUPERVISOR" for m in teams.get(s.site_id, [])),
                "silent_minutes": None,
            }
        )
    return out


def _calls(unit: Any, standing: Any) -> Shape:
    """Those overdue for a later dose are to be called by the responsible contact of their street."""
    overdue: defaultdict[int, int] = defaultdict(int)
    for (leaf, _), row in standing.items():
        overdue[leaf] += row["later_overdue"]
    reached = people.contacts(list(unit.leaves), clock.today())
    return {
        "assigned": sum(n for leaf, n in overdue.items() if leaf in reached),
        "reached": 0,
        "outcomes": [],
        "unassigned": sum(n for leaf, n in overdue.items() if leaf not in reached),
    }


def _reasons(standing: Any) -> Shape:
    """应接尽接: everybody not vaccinated carries a reason, or is counted as without one."""
    rows = list(standing.values())
    deferred, barred = sum(r["deferred"] for r in rows), sum(r["contraindicated"] for r in rows)
    missing = sum(max(0, r["eligible"] - r["started"]) for r in rows) - deferred
    reasons = [
        {"code": "DEFERRED", "name": code_name("PERSON_DEFERRED"), "people": deferred},
        {"code": "CONTRAINDICATED", "name": code_name("PERSON_CONTRAINDICATED"), "people": barred},
    ]
    return {"reasons": [r for r in reasons if r["people"]], "no_reason": max(0, missing)}


def _peers(day: date, unit_id: int) -> list[Shape]:
    standing, units = reports.standing_by_unit(day), {u.unit_id: u for u in reference.units(day)}
    rows = [
        {"unit_id": u, "name": name(units[u]), "coverage": share(r["started"], r["eligible"]), "here": u == unit_id}
        for u, r in standing.items()
        if u in units
    ]
    return sorted(rows, key=lambda r: -r["coverage"])
