"""Doses on record that hands, clocks or packs do not explain: each by the row of tables/irregular.csv that it breaks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from seawall.platform import clock, sql
from seawall.sites import selectors as sites

from . import tables

MOST = 1_000
DOSES = f"""
WITH hours AS (SELECT * FROM {sql.unnest({"site_id": "bigint", "opens": "timestamptz", "closes": "timestamptz"})}),
given AS (
    SELECT i.site_id, i.visit, i.vaccinator_post_id AS post, i.code, i.lot, i.occurred_at AS at, v.ticket, v.arrived_at, v.identity,
        count(*) OVER (PARTITION BY i.vaccinator_post_id, date_bin('15 minutes', i.occurred_at, %s)) AS pace,
        lag(i.site_id) OVER hand AS before, lag(i.occurred_at) OVER hand AS last
    FROM clinic_injection i JOIN clinic_visit v ON v.site_id = i.site_id AND v.act = i.visit WHERE i.day = %s
    WINDOW hand AS (PARTITION BY i.vaccinator_post_id ORDER BY i.occurred_at)),
found AS (
    SELECT 'TOO_FAST' AS code_of, g.* FROM given g WHERE g.pace > %s
    UNION ALL SELECT 'TOO_QUICK', g.* FROM given g WHERE g.at - g.arrived_at < %s AND g.identity NOT IN ('paper', 'offline')
    UNION ALL SELECT 'OUT_OF_HOURS', g.* FROM given g LEFT JOIN hours h ON h.site_id = g.site_id
        WHERE h.site_id IS NULL OR g.at < h.opens OR g.at > h.closes
    UNION ALL SELECT 'TWO_PLACES', g.* FROM given g WHERE g.before <> g.site_id AND g.at - g.last < %s
    UNION ALL SELECT 'CODE_ELSEWHERE', g.* FROM given g WHERE g.code <> '' AND EXISTS (
        SELECT FROM clinic_injection o WHERE o.lot = g.lot AND o.code = g.code AND o.site_id <> g.site_id))
SELECT code_of, site_id, visit, ticket, post, code, at FROM found WHERE %s OR site_id = ANY(%s) ORDER BY site_id, at, code_of LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class IrregularDose:
    """One dose and the rule that it breaks."""

    rule: str
    site_id: int
    visit: UUID
    ticket: int
    post: int
    code: str
    at: datetime


def irregular_doses(day: date, site_ids: Collection[int] | None = None) -> list[IrregularDose]:
    """Those of a day, at these sites or all; every dose of the day is compared, wherever it was given."""
    apart = timedelta(minutes=tables.irregular("OUT_OF_HOURS", day))
    hours = [(row.site_id, row.opens_at - apart, row.closes_at + apart) for row in sites.sessions(day)]
    rows = sql.fetch(DOSES, [
        *sql.turn(hours, 3), datetime(day.year, day.month, day.day, tzinfo=clock.zone()), day, tables.irregular("TOO_FAST", day),
        timedelta(seconds=tables.irregular("TOO_QUICK", day)), timedelta(minutes=tables.irregular("TWO_PLACES", day)),
        site_ids is None, list(site_ids or ()), MOST,
    ])  # fmt: skip
    return [IrregularDose(*row) for row in rows]
