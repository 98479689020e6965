"""Orders and obstacles, as lists that name an owner."""

from datetime import date, timedelta
from typing import Any

from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.staff import selectors as staff
from seawall.terms.codes import OrderState

from .. import lists
from .shapes import Shape, name, owner, readable, unit_owners, why

SHOWN = 40
CURE = {
    "UNIT_BEHIND_PLAN": "ORDER_CATCH_UP",
    "LATER_DOSES_OVERDUE": "ORDER_CALL_OVERDUE",
    "DOSES_QUARANTINED": "ORDER_SETTLE_HELD",
}


def site_owners(on: date) -> dict[int, Shape]:
    """The leader of each site's task force (专班组长)."""
    rows = staff.posts(role="SITE_LEADER", on=on)
    return {row.site_id: dict(row.owner) for row in rows if row.site_id}


def order_list(day: date, unit_id: int | None = None) -> Shape:
    """Orders for the day after `day`, and older ones that are still open; counts by state, then the list."""
    until = day + timedelta(days=1)
    units = None if unit_id is None else [unit_id]
    rows = lists.orders(until=until, unit_ids=units, still_open=True) or lists.orders(for_day=until, unit_ids=units)
    counts = lists.order_counts(until)
    return {
        "issued": sum(counts.values()),
        "acknowledged": counts[OrderState.ACKNOWLEDGED] + counts[OrderState.EXECUTED] + counts[OrderState.VERIFIED],
        "executed": counts[OrderState.EXECUTED] + counts[OrderState.VERIFIED],
        "verified": counts[OrderState.VERIFIED],
        "list": _orders(rows[:SHOWN], day),
    }


def _orders(rows: list[Any], day: date) -> list[Shape]:
    now = clock.now()
    units = {u.unit_id: u for u in reference.units(day)}
    places = {s.site_id: s for s in sites.sites(day)}
    heads, leaders = unit_owners(day), site_owners(day)
    out = []
    for row in rows:
        unit, site = units.get(row.unit_id or 0), places.get(row.site_id or 0)
        where = unit or site
        answers = heads.get(unit.code) if unit else leaders.get(row.site_id or 0) if site else owner(row.post_id)
        out.append(
            {
                "order_id": row.order,
                "state": str(row.state),
                "text": why(row.code, row.params),
                "unit": name(where) if where else None,
                "issued_at": row.issued_at,
                "due_at": row.due_at,
                "overdue": row.overdue(now),
                "owner": answers,
            }
        )
    return out


def obstacle_list(day: date, plan: Any, language: str) -> list[Shape]:
    """堵点: what the plan says binds, then what the evening's watch found, by doses at stake."""
    units = {u.unit_id: u for u in reference.units(day)}
    by_code = {u.code: u for u in units.values()}
    places = {s.site_id: s for s in sites.sites(day)}
    unit_of = reference.leaf_units(day)
    heads = unit_owners(day)
    rows = []
    for found in plan.obstacles if plan else []:
        unit = by_code.get(str(found.get("unit", "")))
        reason = why(found["code"], readable(found["params"], day, language))
        rows.append(_obstacle(reason, int(found.get("short_by", 0)), plan.as_of, unit, heads, None))
    for alert in lists.alerts(day):
        site = places.get(alert.site_id or 0)
        unit = units.get(alert.unit_id or (unit_of.get(site.leaf_id, 0) if site else 0))
        cure = why(CURE[alert.code], alert.params) if alert.code in CURE else None
        row = _obstacle(why(alert.code, alert.params), alert.doses, alert.since, unit, heads, cure)
        rows.append(row | ({"site": name(site)} if site else {}))
    return sorted(rows, key=lambda r: -r["doses"])[:SHOWN]


def _obstacle(reason: Shape, doses: int, since: date, unit: Any, heads: dict[str, Shape], cure: Shape | None) -> Shape:
    return {
        "why": reason,
        "doses": doses,
        "since": since,
        "unit": {"unit_id": unit.unit_id, "name": name(unit)} if unit else None,
        "owner": heads.get(unit.code) if unit else None,
        "cure": cure,
    }
