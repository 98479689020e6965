"""What campaigns hold of the city, which a city loaded anew must keep."""

from datetime import date

from seawall.platform import sql


def any_open(on: date) -> bool:
    """Whether a campaign runs on a day."""
    return bool(sql.fetch("SELECT 1 FROM campaigns_campaign WHERE %s BETWEEN opens AND deadline LIMIT 1", [on]))


def units_planned(since: date) -> frozenset[int]:
    """Planning units with a quota on a day or after it."""
    rows = sql.fetch("SELECT DISTINCT unit_id FROM campaigns_quota WHERE day >= %s", [since])
    return frozenset(unit for (unit,) in rows)
