"""Whose act a difference of the books comes from: what each act said it moved, against the lines that bear its id."""

from collections.abc import Iterable
from dataclasses import replace

from seawall.platform import clock, sql
from seawall.terms.stock import Difference

MOST = 50  # differences that are traced; a broken disk is not explained act by act
MOVERS = (
    ("difference_sign", "difference"), ("dose_use", "use"), ("dose_waste", "waste"), ("lot_receive", "receive"),
    ("shipment_accept", "accept"), ("shipment_send", "send"), ("stock_return", "return"), ("stock_transfer", "send"),
)  # fmt: skip
"""Verbs of a place that answer with the doses they moved (one, where they say none), and the kind of their lines."""
TRACE = f"""
WITH asked AS (SELECT * FROM (SELECT DISTINCT place_id, lot FROM {sql.unnest({"place_id": "bigint", "lot": "text"})}) a),
movers AS (SELECT * FROM unnest(%s::text[], %s::text[]) AS m(verb, kind)),
moved AS (
    SELECT s.place_id, s.lot, s.act, s.kind, min(s.recorded_at) AS at,
        greatest(coalesce(sum(s.delta) FILTER (WHERE s.delta > 0), 0), coalesce(-sum(s.delta) FILTER (WHERE s.delta < 0), 0)) AS doses
    FROM supply_stockline s JOIN asked k ON k.place_id = s.place_id AND k.lot = s.lot GROUP BY 1, 2, 3, 4),
said AS (
    SELECT a.owner_id AS place_id, k.lot, a.act, a.verb, m.kind, a.recorded_at AS at, abs(coalesce((a.answer->>'doses')::int, 1)) AS doses
    FROM platform_act a JOIN movers m ON m.verb = a.verb JOIN asked k ON k.place_id = a.owner_id
    WHERE a.owner_kind = 'place' AND a.refusal = '' AND a.answer->>'lot' = k.lot
    UNION ALL
    SELECT a.owner_id, v.lot, a.act, a.verb, m.kind, a.recorded_at, (a.answer->>'doses')::int
    FROM moved v JOIN platform_act a ON a.owner_kind = 'place' AND a.owner_id = v.place_id AND a.act = v.act AND a.refusal = ''
    JOIN movers m ON m.verb = a.verb AND m.kind = 'send' AND v.kind = 'send'),
wrong AS (
    SELECT s.place_id, s.lot, s.act, s.verb, s.at FROM said s
    LEFT JOIN moved v ON v.place_id = s.place_id AND v.lot = s.lot AND v.act = s.act AND v.kind = s.kind
    WHERE coalesce(v.doses, 0) <> s.doses
    UNION ALL
    SELECT v.place_id, v.lot, v.act, coalesce((SELECT min(a.verb) FROM platform_act a WHERE a.owner_kind = 'place'
        AND a.owner_id = v.place_id AND a.act = v.act), ''), v.at FROM moved v
    WHERE v.kind IN ('use', 'waste', 'return', 'receive', 'accept', 'difference')
      AND NOT EXISTS (SELECT 1 FROM said s WHERE s.place_id = v.place_id AND s.act = v.act))
SELECT DISTINCT ON (1, 2) k.place_id, k.lot, w.act, coalesce(w.verb, ''), w.at FROM asked k
LEFT JOIN wrong w ON w.place_id = k.place_id AND w.lot = k.lot ORDER BY 1, 2, w.at DESC NULLS LAST
"""


def named(found: Iterable[Difference]) -> list[Difference]:
    """The same differences, each with the act whose lines are not what it said, and the day on which it was recorded.

    Where every act of the place and lot agrees with its lines, the book itself was changed by no act: none is named.
    """
    rows = list(found)
    keys = sorted({(row.place_id, row.lot) for row in rows if row.act is None})[:MOST]
    if not keys:
        return rows
    traced = {
        (place, lot): (act, verb, clock.civil_day(at) if at else None)
        for place, lot, act, verb, at in sql.fetch(TRACE, [*sql.turn(keys, 2), *sql.turn(list(MOVERS), 2)])
    }
    nobody = None, "", None
    named_rows = []
    for row in rows:
        act, verb, day = traced.get((row.place_id, row.lot), nobody)
        named_rows.append(row if row.act else replace(row, act=act, verb=verb, day=day))
    return named_rows
