"""Sums over frozen facts: by day, by unit, by group. Every figure here is as of a closing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from seawall.platform import clock, sql
from seawall.reference import selectors as reference

UNIT_OF = (
    "JOIN reference_unitleaf ul ON ul.leaf_id = f.leaf_id AND ul.valid_from <= %(day)s AND coalesce(ul.valid_to >= %(day)s, true) "
    "JOIN reference_reportingunit u ON u.id = ul.unit_id AND u.kind = 'plan'"
)


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """A figure that the city published on a day, with its source, for setting beside ours."""

    measure: str
    day: date
    value: int
    source: str


def published() -> tuple[PublishedFigure, ...]:
    """Of every measure, as the city's folder lists them."""
    rows = reference.city().table("published")
    return tuple(
        PublishedFigure(r["measure"], date.fromisoformat(r["day"]), int(r["value"]), r["source"]) for r in rows
    )


@dataclass(frozen=True, slots=True)
class ClosingTimes:
    """When the city closed a day, and doses of earlier days that this closing added (补录)."""

    closed_at: datetime | None
    late: int


CITY = (
    "FROM reports_closing c JOIN campaigns_campaign k ON k.id = c.ref_id WHERE c.level = 'city' "
    "AND coalesce(k.code = %(campaign)s, true)"
)


def last_closing(campaign: str | None = None) -> date | None:
    """Day of the last closing of a campaign by the city; without one, of any."""
    day: date | None = sql.fetch(f"SELECT max(c.day) {CITY}", {"campaign": campaign})[0][0]
    return day


def closing_times(campaign: str, day: date) -> ClosingTimes:
    """Of the city's closing of this day of a campaign; no moment where it is not closed."""
    named = {"campaign": campaign, "day": day}
    rows = sql.fetch(f"SELECT c.closed_at {CITY} AND c.day = %(day)s", named)
    late = sql.fetch(
        "SELECT coalesce(sum(doses), 0)::int FROM reports_given WHERE campaign = %(campaign)s AND closing_day = %(day)s "
        "AND own_day < %(day)s AND closing_day <> (SELECT min(closing_day) FROM reports_given WHERE campaign = %(campaign)s)",
        named,
    )[0][0]
    return ClosingTimes(rows[0][0] if rows else None, late)


def counted_at(programme: str, day: date) -> datetime | None:
    """When the first campaign of a programme closed a day, if any has."""
    rows = sql.fetch(
        f"SELECT min(c.closed_at) {CITY} AND k.programme = %(programme)s AND c.day = %(day)s",
        {"campaign": None, "programme": programme, "day": day},
    )
    at: datetime | None = rows[0][0]
    return at


def doses_by_day(campaign: str, as_of: date) -> dict[date, dict[int, int]]:
    """Doses given by own day and rank, as known at a closing."""
    out: dict[date, dict[int, int]] = defaultdict(dict)
    for day, rank, doses in sql.fetch(
        "SELECT own_day, dose_rank, sum(doses)::int FROM reports_given WHERE campaign = %s AND closing_day <= %s GROUP BY 1, 2",
        [campaign, as_of],
    ):
        out[day][rank] = doses
    return dict(out)


def given_cells(campaign: str, as_of: date) -> list[tuple[str, str, str, int, date, int]]:
    """Doses by unit code, group, product, rank and own day: what a re-plan starts from."""
    return [
        (unit, group, product, rank, day, doses)
        for unit, group, product, rank, day, doses in sql.fetch(
            "SELECT u.code, f.campaign_group, f.product, f.dose_rank, f.own_day, sum(f.doses)::int FROM reports_given f "
            f"{UNIT_OF} WHERE f.campaign = %(campaign)s AND f.closing_day <= %(day)s GROUP BY 1, 2, 3, 4, 5",
            {"campaign": campaign, "day": as_of},
        )
    ]


def units_given(campaign: str, as_of: date, since: date) -> dict[int, dict[str, int]]:
    """For each unit: doses to date since the campaign opened, and of the day itself."""
    rows = sql.fetch(
        "SELECT ul.unit_id, sum(f.doses)::int, coalesce(sum(f.doses) FILTER (WHERE f.own_day = %(day)s), 0)::int "
        f"FROM reports_given f {UNIT_OF} WHERE f.campaign = %(campaign)s AND f.closing_day <= %(day)s "
        "AND f.own_day >= %(since)s GROUP BY 1",
        {"campaign": campaign, "day": as_of, "since": since},
    )
    return {unit: {"to_date": total, "today": today} for unit, total, today in rows}


STANDING = (
    "population",
    "eligible",
    "started",
    "complete",
    "later_due",
    "later_overdue",
    "deferred",
    "contraindicated",
)
NOBODY = dict.fromkeys(STANDING, 0)  # how a unit without people stands


def standing_by_unit(campaign: str, as_of: date) -> dict[int, dict[str, int]]:
    """Where people stood at a closing, by unit."""
    sums = ", ".join(f"sum(f.{name})::int" for name in STANDING)
    rows = sql.fetch(
        f"SELECT ul.unit_id, {sums} FROM reports_standing f {UNIT_OF} "
        "WHERE f.campaign = %(campaign)s AND f.day = %(day)s GROUP BY 1",
        {"campaign": campaign, "day": as_of},
    )
    return {unit: dict(zip(STANDING, values, strict=True)) for unit, *values in rows}


def standing_by_leaf(campaign: str, as_of: date, unit_id: int) -> dict[tuple[int, str], dict[str, int]]:
    """Where people of one unit stood, by leaf and group."""
    sums = ", ".join(f"sum(f.{name})::int" for name in STANDING)
    rows = sql.fetch(
        f"SELECT f.leaf_id, f.campaign_group, {sums} FROM reports_standing f {UNIT_OF} "
        "WHERE f.campaign = %(campaign)s AND f.day = %(day)s AND ul.unit_id = %(unit)s GROUP BY 1, 2",
        {"campaign": campaign, "day": as_of, "unit": unit_id},
    )
    return {(leaf, group): dict(zip(STANDING, values, strict=True)) for leaf, group, *values in rows}


def standing_by_group(campaign: str, as_of: date) -> dict[tuple[str, str], dict[str, int]]:
    """Where people stood, by unit code and group: the denominators of a re-plan."""
    sums = ", ".join(f"sum(f.{name})::int" for name in STANDING)
    rows = sql.fetch(
        f"SELECT u.code, f.campaign_group, {sums} FROM reports_standing f {UNIT_OF} "
        "WHERE f.campaign = %(campaign)s AND f.day = %(day)s GROUP BY 1, 2",
        {"campaign": campaign, "day": as_of},
    )
    return {(unit, group): dict(zip(STANDING, values, strict=True)) for unit, group, *values in rows}


def leaf_doses(campaign: str, as_of: date, unit_id: int) -> dict[tuple[int, str], int]:
    """Doses of the day itself in one unit, by leaf and group."""
    rows = sql.fetch(
        f"SELECT f.leaf_id, f.campaign_group, sum(f.doses)::int FROM reports_given f {UNIT_OF} "
        "WHERE f.campaign = %(campaign)s AND f.closing_day <= %(day)s AND f.own_day = %(day)s AND ul.unit_id = %(unit)s "
        "GROUP BY 1, 2",
        {"campaign": campaign, "day": as_of, "unit": unit_id},
    )
    return {(leaf, group): doses for leaf, group, doses in rows}


def stock_by_place(as_of: date) -> list[tuple[int, str, str, str, int]]:
    """Frozen balances: place, product, lot, state, doses."""
    return [
        (place, product, lot, state, doses)
        for place, product, lot, state, doses in sql.fetch(
            "SELECT place_id, product, lot, state, doses FROM reports_stockfact WHERE day = %s", [as_of]
        )
    ]


def daily_use(campaign: str, as_of: date, days: int = 7) -> dict[tuple[int, str], float]:
    """Mean doses used a day over the last days, by place and product."""
    rows = sql.fetch(
        "SELECT place_id, product, sum(doses)::float / %(days)s FROM reports_given WHERE campaign = %(campaign)s "
        "AND closing_day <= %(day)s "
        "AND own_day > %(day)s - %(days)s::int AND place_id <> 0 GROUP BY 1, 2",
        {"campaign": campaign, "day": as_of, "days": days},
    )
    return {(place, product): mean for place, product, mean in rows}


def site_facts(day: date) -> dict[int, dict[str, int]]:
    """What each site's own closing counted on a day."""
    out: dict[int, dict[str, int]] = defaultdict(dict)
    for site, measure, count in sql.fetch("SELECT site_id, measure, count FROM reports_sitefact WHERE day = %s", [day]):
        out[site][measure] = count
    return dict(out)


def units_closed(day: date) -> dict[int, list[int]]:
    """Units that closed a day, each with the sites it missed."""
    import json

    rows = sql.fetch("SELECT ref_id, missing FROM reports_closing WHERE level = 'unit' AND day = %s", [day])
    return {unit: json.loads(missing) if isinstance(missing, str) else missing for unit, missing in rows}


def groups_given(campaign: str, day: date) -> dict[str, int]:
    """Doses of the day itself by group, as the day's own closing knew them."""
    rows = sql.fetch(
        "SELECT campaign_group, sum(doses)::int FROM reports_given "
        "WHERE campaign = %(campaign)s AND own_day = %(day)s AND closing_day <= %(day)s GROUP BY 1",
        {"campaign": campaign, "day": day},
    )
    return dict(rows)


def done_by_source(campaign: str, as_of: date, opens: date) -> dict[str, int]:
    """All doses known at a closing: from before the campaign opened, given at its sites since, and recorded from elsewhere."""
    ((before, here, elsewhere),) = sql.fetch(
        "SELECT coalesce(sum(doses) FILTER (WHERE own_day < %(opens)s), 0)::int, "
        "coalesce(sum(doses) FILTER (WHERE own_day >= %(opens)s AND place_id <> 0), 0)::int, "
        "coalesce(sum(doses) FILTER (WHERE own_day >= %(opens)s AND place_id = 0), 0)::int "
        "FROM reports_given WHERE campaign = %(campaign)s AND closing_day <= %(day)s",
        {"campaign": campaign, "day": as_of, "opens": opens},
    )
    return {"before": before, "here": here, "elsewhere": elsewhere}


def seats_and_bookings(campaign: str, start: date, end: date) -> dict[int, tuple[int, int, int]]:
    """For each unit over a span of days: seats its sites offered, a campaign's appointments for them, and people who did not come."""
    rows = sql.fetch(
        "WITH seats AS (SELECT site_id, sum(capacity) AS seats FROM sites_slot WHERE day BETWEEN %(start)s AND %(day)s "
        "GROUP BY site_id), booked AS (SELECT site_id, count(*) AS booked, count(*) FILTER (WHERE state = 'missed') AS missed "
        "FROM booking_appointment WHERE campaign = %(campaign)s AND state IN ('booked', 'arrived', 'fulfilled', 'missed') "
        "AND (starts_at AT TIME ZONE %(zone)s)::date BETWEEN %(start)s AND %(day)s GROUP BY site_id) "
        "SELECT ul.unit_id, coalesce(sum(s.seats), 0)::int, coalesce(sum(b.booked), 0)::int, coalesce(sum(b.missed), 0)::int "
        f"FROM sites_site f {UNIT_OF} LEFT JOIN seats s ON s.site_id = f.site_id LEFT JOIN booked b ON b.site_id = f.site_id "
        "GROUP BY ul.unit_id",
        {"campaign": campaign, "start": start, "day": end, "zone": clock.zone().key},
    )
    return {unit: (seats, booked, missed) for unit, seats, booked, missed in rows}


def unit_doses(campaign: str, start: date, end: date) -> dict[int, int]:
    """Doses of a span of days to people of each unit, as the closing of its last day knew them."""
    return dict(
        sql.fetch(
            f"SELECT ul.unit_id, sum(f.doses)::int FROM reports_given f {UNIT_OF} "
            "WHERE f.campaign = %(campaign)s AND f.closing_day <= %(day)s AND f.own_day BETWEEN %(start)s AND %(day)s "
            "GROUP BY ul.unit_id",
            {"campaign": campaign, "start": start, "day": end},
        )
    )


def later_by_product(day: date, unit_id: int, programme: str) -> dict[tuple[str, int], tuple[int, int]]:
    """People of one unit whose later dose is due or overdue now, by the product they began with and the dose rank."""
    rows = sql.fetch(
        "SELECT d.products[1], d.dose_rank, count(*)::int, count(*) FILTER (WHERE d.overdue_from <= %(day)s)::int "
        "FROM people_due d JOIN people_person f ON f.id = d.person_id "
        f"{UNIT_OF} WHERE d.programme = %(programme)s AND d.dose_rank > 1 AND d.complete_on IS NULL "
        "AND d.earliest <= %(day)s AND ul.unit_id = %(unit)s AND f.merged_into IS NULL GROUP BY 1, 2",
        {"day": day, "programme": programme, "unit": unit_id},
    )
    return {(product, rank): (due, overdue) for product, rank, due, overdue in rows if product}


def booked_counts(campaign: str, start: date, end: date) -> list[tuple[date, int, int]]:
    """A campaign's appointments standing in a span of days: civil day, dose rank, count."""
    zone = clock.zone().key
    return [
        (day, rank, count)
        for day, rank, count in sql.fetch(
            "SELECT (starts_at AT TIME ZONE %(zone)s)::date, dose_rank, count(*)::int FROM booking_appointment "
            "WHERE campaign = %(campaign)s AND state IN ('held', 'booked') "
            "AND (starts_at AT TIME ZONE %(zone)s)::date BETWEEN %(start)s AND %(end)s "
            "GROUP BY 1, 2 ORDER BY 1, 2",
            {"campaign": campaign, "zone": zone, "start": start, "end": end},
        )
    ]


def wasted(since: datetime, place_ids: Sequence[int]) -> dict[str, int]:
    """Doses lost at these places since a moment, by reason."""
    return dict(
        sql.fetch(
            "SELECT s.reason, -sum(s.delta)::int FROM supply_stockline s JOIN supply_lot l ON l.lot = s.lot AND l.kind = 'vaccine' "
            "WHERE s.kind = 'waste' AND s.delta < 0 AND s.occurred_at >= %s AND s.place_id = ANY(%s) GROUP BY s.reason",
            [since, list(place_ids)],
        )
    )


def settled_members(organisation_ids: Sequence[int], programme: str) -> dict[int, int]:
    """Members of each organisation whose primary series is complete."""
    return dict(
        sql.fetch(
            "SELECT m.organisation_id, count(DISTINCT d.person_id)::int FROM people_membership m "
            "JOIN people_due d ON d.person_id = m.person_id AND d.programme = %s AND d.complete_on IS NOT NULL "
            "WHERE m.organisation_id = ANY(%s) AND m.until IS NULL GROUP BY 1",
            [programme, list(organisation_ids)],
        )
    )
