"""Codes that no scanner read: whether a second person has compared each with the pack."""

from collections.abc import Collection
from datetime import date

from seawall.platform import clock, sql
from seawall.terms.stock import DifferenceExplain, DoseUse

from . import codes

Typed = tuple[int, date, str]
"""A code typed by hand at a place on a day, as it was typed."""

CONFIRMED = f"""
SELECT DISTINCT u.place_id, u.day, u.code FROM {sql.unnest({"place_id": "bigint", "day": "date", "code": "text"})}
JOIN supply_typedcode t ON t.place_id = u.place_id AND t.day = u.day AND t.code = u.code
"""


def of(item: DoseUse | DifferenceExplain) -> Typed:
    return item.place_id, clock.civil_day(item.occurred_at), item.code


def unconfirmed(typed: Collection[Typed]) -> frozenset[Typed]:
    """Those that nobody has confirmed at their place on their day."""
    if not typed:
        return frozenset()
    by_key = {row: (row[0], row[1], codes.key(row[2])) for row in typed}
    known = set(sql.fetch(CONFIRMED, sql.turn(sorted(set(by_key.values())), 3)))
    return frozenset(row for row, key in by_key.items() if key not in known)
