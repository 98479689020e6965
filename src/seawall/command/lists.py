"""Lists of orders and alerts, as rows."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from seawall.platform import sql
from seawall.terms.codes import OrderState
from seawall.terms.command import AlertRow, OrderRow

COLUMNS = """
SELECT o."order", o.state, o.code, o.params, o.unit_id, o.site_id, o.post_id, o.for_day, o.due_at, o.doses,
  o.issued_by, o.issued_at, o.acknowledged_by, o.acknowledged_at, o.executed_by, o.executed_at,
  o.verified_by, o.verified_at, o.note, o.evidence, o.lapsed_at, o.reached, o.campaign
FROM command_order o
"""
ORDER = (
    COLUMNS
    + """
WHERE (%(day)s::date IS NULL OR o.for_day = %(day)s) AND (%(until)s::date IS NULL OR o.for_day <= %(until)s)
  AND (%(units)s::bigint[] IS NULL OR o.unit_id = ANY(%(units)s))
  AND (%(sites)s::bigint[] IS NULL OR o.site_id = ANY(%(sites)s))
  AND (%(campaign)s::text IS NULL OR o.campaign IN ('', %(campaign)s))
  AND (NOT %(open)s OR o.state NOT IN ('verified', 'lapsed'))
ORDER BY o.state IN ('verified', 'lapsed'), o.due_at NULLS LAST, o.doses DESC, o."order"
"""
)


def orders(
    *,
    for_day: date | None = None,
    until: date | None = None,
    unit_ids: Iterable[int] | None = None,
    site_ids: Iterable[int] | None = None,
    campaign: str | None = None,
    still_open: bool = False,
) -> list[OrderRow]:
    """Orders for a day, up to a day, of units or sites, of a campaign and those asked for all.

    Those neither verified nor lapsed come first, by deadline, then by what is at stake.
    """
    rows = sql.fetch(
        ORDER,
        {
            "day": for_day,
            "until": until,
            "units": None if unit_ids is None else list(unit_ids),
            "sites": None if site_ids is None else list(site_ids),
            "campaign": campaign,
            "open": still_open,
        },
    )
    return [_order(row) for row in rows]


INBOX = (
    COLUMNS
    + """
WHERE o.state = ANY(%(states)s) AND (%(by)s::bigint IS NULL OR o.issued_by = %(by)s)
  AND (%(all)s OR o.unit_id = ANY(%(units)s) OR o.site_id = ANY(%(sites)s) OR o.post_id = %(post)s)
ORDER BY o.due_at NULLS LAST, o.doses DESC, o."order" LIMIT %(most)s
"""
)


def inbox(
    states: Iterable[OrderState],
    *,
    unit_ids: Iterable[int] = (),
    site_ids: Iterable[int] = (),
    post_id: int | None = None,
    everywhere: bool = False,
    issued_by: int | None = None,
    most: int = 100,
) -> list[OrderRow]:
    """Orders in these states to any of the units, the sites or the post, or everywhere; the most pressing first."""
    asked = {"units": list(unit_ids), "sites": list(site_ids), "post": post_id, "all": everywhere, "by": issued_by}
    return [_order(row) for row in sql.fetch(INBOX, asked | {"states": [str(s) for s in states], "most": most})]


def _order(row: tuple[Any, ...]) -> OrderRow:
    order, state, code, params, *rest = row
    return OrderRow(order, OrderState(state), code, json.loads(params), *rest)


def left_open(campaign: str, before: date, unit_ids: Iterable[int] | None = None) -> int:
    """How many orders for days before a day were never reported as done."""
    units = None if unit_ids is None else list(unit_ids)
    return int(
        sql.fetch(
            "SELECT count(*) FROM command_order WHERE campaign IN ('', %(campaign)s) AND for_day < %(day)s AND executed_at IS NULL "
            "AND (%(units)s::bigint[] IS NULL OR unit_id = ANY(%(units)s))",
            {"campaign": campaign, "day": before, "units": units},
        )[0][0]
    )


CALL = "ORDER_CALL_OVERDUE"


def calls(campaign: str, unit_id: int, post_ids: Iterable[int], for_day: date) -> dict[str, int]:
    """People on the call lists of a unit and of its responsible contacts for a day: assigned, taken up, reported as called."""
    ((assigned, taken, called),) = sql.fetch(
        "SELECT coalesce(sum(doses), 0)::int, coalesce(sum(doses) FILTER (WHERE acknowledged_at IS NOT NULL), 0)::int, "
        "coalesce(sum(doses) FILTER (WHERE executed_at IS NOT NULL), 0)::int FROM command_order "
        "WHERE campaign = %s AND code = %s AND for_day = %s AND (unit_id = %s OR post_id = ANY(%s))",
        [campaign, CALL, for_day, unit_id, list(post_ids)],
    )
    return {"assigned": assigned, "taken": taken, "called": called}


def order_counts(for_day: date) -> dict[str, int]:
    """Orders for a day by state; every state is named."""
    found = dict(sql.fetch("SELECT state, count(*) FROM command_order WHERE for_day = %s GROUP BY state", [for_day]))
    return {str(state): int(found.get(state, 0)) for state in OrderState}


def alerts(
    on: date | None = None, unit_ids: Iterable[int] | None = None, campaign: str | None = None
) -> list[AlertRow]:
    """Alerts of a campaign and those of all, open now, or that stood open on the evening of a day; the most doses at stake first."""
    rows = sql.fetch(
        "SELECT alert, code, params, unit_id, site_id, since, seen_on, closed_on, doses, taken_by, taken_at, campaign "
        "FROM command_alert "
        "WHERE (CASE WHEN %(on)s::date IS NULL THEN closed_on IS NULL "
        "ELSE since <= %(on)s AND (closed_on IS NULL OR closed_on > %(on)s) END) "
        "AND (%(units)s::bigint[] IS NULL OR unit_id = ANY(%(units)s)) "
        "AND (%(campaign)s::text IS NULL OR campaign IN ('', %(campaign)s)) ORDER BY doses DESC, since, code, unit_id",
        {"campaign": campaign, "on": on, "units": None if unit_ids is None else list(unit_ids)},
    )
    return [AlertRow(alert, code, json.loads(params), *rest) for alert, code, params, *rest in rows]
