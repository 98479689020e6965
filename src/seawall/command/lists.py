"""Lists of orders and alerts, as rows."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from seawall.platform import sql
from seawall.terms.codes import OrderState
from seawall.terms.command import AlertRow, OrderRow

ORDER = """
SELECT o."order", o.state, o.code, o.params, o.unit_id, o.site_id, o.post_id, o.for_day, o.due_at, o.doses,
  o.issued_by, o.issued_at, o.acknowledged_by, o.acknowledged_at, o.executed_by, o.executed_at,
  o.verified_by, o.verified_at, o.note
FROM command_order o
WHERE (%(day)s::date IS NULL OR o.for_day = %(day)s) AND (%(until)s::date IS NULL OR o.for_day <= %(until)s)
  AND (%(units)s::bigint[] IS NULL OR o.unit_id = ANY(%(units)s))
  AND (%(sites)s::bigint[] IS NULL OR o.site_id = ANY(%(sites)s))
  AND (NOT %(open)s OR o.state <> 'verified')
ORDER BY o.state = 'verified', o.due_at NULLS LAST, o.doses DESC, o."order"
"""


def orders(
    *,
    for_day: date | None = None,
    until: date | None = None,
    unit_ids: Iterable[int] | None = None,
    site_ids: Iterable[int] | None = None,
    still_open: bool = False,
) -> list[OrderRow]:
    """Orders for a day, up to a day, of units or sites; those not yet verified first, by deadline, then by what is at stake."""
    rows = sql.fetch(
        ORDER,
        {
            "day": for_day,
            "until": until,
            "units": None if unit_ids is None else list(unit_ids),
            "sites": None if site_ids is None else list(site_ids),
            "open": still_open,
        },
    )
    return [_order(row) for row in rows]


def _order(row: tuple[Any, ...]) -> OrderRow:
    order, state, code, params, *rest = row
    return OrderRow(order, OrderState(state), code, json.loads(params), *rest)


def order_counts(for_day: date) -> dict[str, int]:
    """Orders for a day by state; every state is named."""
    found = dict(sql.fetch("SELECT state, count(*) FROM command_order WHERE for_day = %s GROUP BY state", [for_day]))
    return {str(state): int(found.get(state, 0)) for state in OrderState}


def alerts(on: date | None = None, unit_ids: Iterable[int] | None = None) -> list[AlertRow]:
    """Alerts open now, or that stood open on the evening of a day; the most doses at stake first."""
    rows = sql.fetch(
        "SELECT alert, code, params, unit_id, site_id, since, seen_on, closed_on, doses FROM command_alert "
        "WHERE (CASE WHEN %(on)s::date IS NULL THEN closed_on IS NULL "
        "ELSE since <= %(on)s AND (closed_on IS NULL OR closed_on > %(on)s) END) "
        "AND (%(units)s::bigint[] IS NULL OR unit_id = ANY(%(units)s)) ORDER BY doses DESC, since, code, unit_id",
        {"on": on, "units": None if unit_ids is None else list(unit_ids)},
    )
    return [AlertRow(alert, code, json.loads(params), *rest) for alert, code, params, *rest in rows]
