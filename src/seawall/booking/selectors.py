"""What others may ask about appointments, invitations and those who wait."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from seawall.people import selectors as people
from seawall.platform import clock, snapshot, sql
from seawall.sites import selectors as sites
from seawall.sites.selectors import QuarterBears
from seawall.terms.acts import Refusal
from seawall.terms.bookings import (
    BatchMember,
    BatchRow,
    InvitationRow,
    QuarterRow,
    ReleaseRow,
    SeatDifference,
    StandbyOffer,
    WaitingRow,
)
from seawall.terms.visits import AppointmentRow

from . import facts, rows, rules, tables
from .matching import PlaceDoses, kinds_of
from .rules import WISHES, judge

__all__ = ["WISHES", "PlaceDoses", "kinds_of"]

QUARTERS = """
SELECT site_id, starts_at, (count(*) FILTER (WHERE state = 'held'))::int, (count(*) FILTER (WHERE state = 'booked'))::int,
    (count(*) FILTER (WHERE state = 'arrived'))::int, (count(*) FILTER (WHERE state = 'fulfilled'))::int,
    (count(*) FILTER (WHERE state = 'missed'))::int,
    (count(*) FILTER (WHERE walk_in AND state NOT IN ('cancelled', 'expired')))::int
FROM booking_appointment WHERE site_id = ANY(%s) AND starts_at >= %s AND starts_at < %s GROUP BY 1, 2 ORDER BY 1, 2
"""
SEATED = """
SELECT site_id, starts_at, sum(seats)::int FROM (
    SELECT site_id, starts_at, 1 AS seats FROM booking_appointment WHERE state NOT IN ('cancelled', 'expired')
    UNION ALL SELECT site_id, starts_at, seats FROM booking_spareseat WHERE seats > 0) s
WHERE starts_at >= %s AND starts_at < %s GROUP BY 1, 2
"""
BATCHES = """
SELECT b.act, b.organisation_id, b.campaign, b.label, b.site_id, b.starts_at, coalesce(s.last, b.starts_at), b.seats, b.per_slot,
    coalesce(s.spare, 0)::int, coalesce(a.named, 0)::int, coalesce(a.came, 0)::int, coalesce(a.missed, 0)::int
FROM booking_batch b
LEFT JOIN LATERAL (SELECT sum(seats) AS spare, max(starts_at) AS last FROM booking_spareseat WHERE batch = b.act) s ON TRUE
LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE state IN ('held', 'booked')) AS named,
    count(*) FILTER (WHERE state IN ('arrived', 'fulfilled')) AS came, count(*) FILTER (WHERE state = 'missed') AS missed
    FROM booking_appointment WHERE arrangement = b.act) a ON TRUE
WHERE b.{where} = ANY(%s) ORDER BY b.starts_at, b.label, b.act
"""
MEMBERS = """
SELECT person_id, arrangement, act, site_id, starts_at, state, dose_rank FROM booking_appointment
WHERE arrangement = ANY(%s) AND state NOT IN ('cancelled', 'expired') ORDER BY starts_at, person_id
"""

RELEASES = "releases"
snapshot.register_version(RELEASES, "booking_release")
HERE = """
SELECT site_id, count(*)::int FROM booking_appointment
WHERE state = 'arrived' AND starts_at >= %s AND starts_at < %s AND starts_at <= %s GROUP BY 1
"""
ABOVE = f"""
SELECT {rows.COLUMNS}, a.booked_at,
    row_number() OVER (PARTITION BY a.site_id, a.starts_at ORDER BY a.state = 'held' DESC, a.booked_at DESC, a.act DESC)
FROM booking_appointment a JOIN {sql.unnest({"site_id": "bigint", "starts_at": "timestamptz"})}
  ON a.site_id = u.site_id AND a.starts_at = u.starts_at
WHERE a.state IN ('held', 'booked') ORDER BY a.starts_at, a.booked_at DESC
"""
UNSEATED = f"""
SELECT {rows.COLUMNS}, a.reason, a.changed_at FROM booking_appointment a
WHERE a.site_id = %s AND a.state = 'cancelled' AND a.reason IN ('SITE_CLOSED', 'NO_DOSE') AND a.changed_at >= %s
  AND NOT EXISTS (SELECT FROM booking_appointment b WHERE b.person_id = a.person_id AND b.campaign = a.campaign
    AND (b.state IN ('held', 'booked', 'arrived') OR b.booked_at > a.changed_at OR b.changed_at > a.changed_at))
ORDER BY a.changed_at, a.person_id
"""

STANDING_SEATS = """(SELECT person_id, campaign, site_id, starts_at, dose_rank FROM booking_appointment
    WHERE state IN ('held', 'booked', 'arrived'))"""
"""Seats that people have: person_id, campaign, site_id, starts_at, dose_rank. A later room joins it in one statement over millions."""
MISSED_SEATS = (
    """(SELECT person_id, campaign, site_id, starts_at, dose_rank FROM booking_appointment WHERE state = 'missed')"""
)
"""Seats that nobody took, with the same columns."""


def minutes_held() -> int:
    """For how long a seat is held that nobody confirmed."""
    return round(tables.limits()["hold"] / timedelta(minutes=1))


def may_book(persons: Collection[int], campaign: str, day: date) -> dict[int, Refusal | None]:
    """For each person why they may not have a seat on a day, asked of schedule and campaign; none where they may."""
    said = facts.campaign_rules(campaign, day, persons)
    due = facts.due_on((said.programme, person, day) for person in persons) if said else {}
    rows = {person: due.get((said.programme, person, day)) if said else None for person in persons}
    return {person: judge(person, row, said, campaign, day) for person, row in rows.items()}


def other_product(product: str, person_id: int, programme: str, day: date) -> Refusal | None:
    """Why a person may not choose a vaccine for the dose that is due on a day; none where they may."""
    due = people.due_rows([person_id], programme, day).get(person_id)
    return rules.other_product(product, due) if due else None


def _span(start: date, end: date) -> tuple[datetime, datetime]:
    zone = clock.zone()
    return datetime.combine(start, time(), zone), datetime.combine(end + timedelta(days=1), time(), zone)


def appointments(person_ids: Collection[int]) -> list[AppointmentRow]:
    """Every appointment of these persons, whatever became of it, latest seat first."""
    query = (
        f"SELECT {rows.COLUMNS} FROM booking_appointment a WHERE a.person_id = ANY(%s) ORDER BY a.starts_at DESC, a.act"
    )
    return [rows.appointment_row(row) for row in sql.fetch(query, [list(person_ids)])]


def appointment(person_id: int, act: UUID) -> AppointmentRow | None:
    """One appointment."""
    query = f"SELECT {rows.COLUMNS} FROM booking_appointment a WHERE a.person_id = %s AND a.act = %s"
    found = sql.fetch(query, [person_id, act])
    return rows.appointment_row(found[0]) if found else None


def held_until(person_id: int, act: UUID) -> datetime | None:
    """Until when, by the system clock, a seat is held."""
    query = "SELECT held_until FROM booking_appointment WHERE person_id = %s AND act = %s AND state = 'held'"
    found = sql.fetch(query, [person_id, act])
    return found[0][0] if found else None


def day_list(site_ids: Collection[int], day: date) -> list[AppointmentRow]:
    """Appointments of sites on a day by time, but for those given back or run out."""
    query = f"SELECT {rows.COLUMNS} FROM booking_appointment a WHERE a.site_id = ANY(%s) AND a.starts_at >= %s "
    query += (
        "AND a.starts_at < %s AND a.state NOT IN ('cancelled', 'expired') ORDER BY a.site_id, a.starts_at, a.person_id"
    )
    return [rows.appointment_row(row) for row in sql.fetch(query, [list(site_ids), *_span(day, day)])]


def appointments_after(site_ids: Collection[int], day: date, place: Sequence[Any], most: int) -> list[AppointmentRow]:
    """A page of the day list: so many after a place (site, start, person, appointment), from the beginning where it is empty."""
    going, params = sql.after("a.site_id, a.starts_at, a.person_id, a.act", place)
    query = (
        f"SELECT {rows.COLUMNS} FROM booking_appointment a WHERE a.site_id = ANY(%s) AND a.starts_at >= %s "
        f"AND a.starts_at < %s AND a.state NOT IN ('cancelled', 'expired') {going} "
        "ORDER BY a.site_id, a.starts_at, a.person_id, a.act LIMIT %s"
    )
    found = sql.fetch(query, [list(site_ids), *_span(day, day), *params, most])
    return [rows.appointment_row(row) for row in found]


def quarters(site_ids: Collection[int], day: date) -> list[QuarterRow]:
    """What became of the seats of each quarter-hour, by site and time."""
    return [QuarterRow(*row) for row in sql.fetch(QUARTERS, [list(site_ids), *_span(day, day)])]


def seat_difference(start: date, end: date) -> list[SeatDifference]:
    """The nightly proof: quarter-hours whose count of seats does not agree with their appointments. Empty is the proof."""
    counted = {(site, at): n for site, at, n in sql.fetch(SEATED, _span(start, end))}
    taken = sites.taken(start, end)
    return [
        SeatDifference(key[0], key[1], taken.get(key, 0), counted.get(key, 0))
        for key in sorted(counted.keys() | taken.keys())
        if taken.get(key, 0) != counted.get(key, 0)
    ]


def invitations(person_ids: Collection[int]) -> list[InvitationRow]:
    """Invitations of these persons, latest first."""
    query = "SELECT person_id, act, campaign, dose_rank, opens, closes, channel, sent_at FROM booking_invitation "
    query += "WHERE person_id = ANY(%s) ORDER BY sent_at DESC, act"
    return [InvitationRow(*row) for row in sql.fetch(query, [list(person_ids)])]


def waiting(site_ids: Collection[int], day: date) -> list[WaitingRow]:
    """Who waits for a seat of these sites on a day, in turn."""
    query = "SELECT person_id, campaign, site_id, opens, closes, since FROM booking_waiting WHERE site_id = ANY(%s) "
    query += "AND opens <= %s AND closes >= %s ORDER BY since, person_id"
    return [WaitingRow(*row) for row in sql.fetch(query, [list(site_ids), day, day])]


def bearing(site_ids: Collection[int] | None, first: date, last: date) -> list[QuarterBears]:
    """What each quarter-hour still to come bears, once the doses of those who are at the sites already are kept for them."""
    now = clock.now()
    here = sql.fetch(HERE, [*_span(clock.civil_day(now), clock.civil_day(now)), now - sites.slot_length()])
    return sites.bearing(site_ids, first, last, dict(here))


def above_capacity(over: Mapping[tuple[int, datetime], int]) -> list[tuple[AppointmentRow, datetime]]:
    """Who booked last where more are booked than a quarter-hour bears, as many as are too many, and when they booked."""
    found = sql.fetch(ABOVE, [*sql.turn(sorted(over), 2)]) if over else []
    return [(rows.appointment_row(row[:-2]), row[-2]) for row in found if row[-1] <= over[row[3], row[4]]]


def unseated(site_id: int, since: datetime) -> list[tuple[AppointmentRow, str, datetime]]:
    """Who lost a seat of a site since a moment, without another of the campaign: why, and when."""
    return [(rows.appointment_row(row[:-2]), row[-2], row[-1]) for row in sql.fetch(UNSEATED, [site_id, since])]


def waiting_of(person_id: int) -> list[WaitingRow]:
    """Where a person waits for a seat."""
    query = "SELECT person_id, campaign, site_id, opens, closes, since FROM booking_waiting WHERE person_id = %s ORDER BY campaign"
    return [WaitingRow(*row) for row in sql.fetch(query, [person_id])]


opening_rules = tables.opening
line_rules = tables.line_rules
LINE = tables.LINE


def next_release() -> datetime | None:
    """The next announced moment of any campaign at which seats are released."""
    found = sql.fetch("SELECT min(released_at) FROM booking_release WHERE released_at > %s", [clock.now()])
    return found[0][0] if found else None


def releases_from(campaign: str, day: date) -> list[ReleaseRow]:
    """Releases that speak of a day or a later one, by their days."""
    query = "SELECT opens, closes, group_code, digits, released_at, source FROM booking_release "
    query += "WHERE campaign = %s AND closes >= %s ORDER BY opens, closes, released_at, group_code, digits"
    return [ReleaseRow(*row) for row in sql.fetch(query, [campaign, day])]


def releases(campaign: str, day: date) -> list[ReleaseRow]:
    """When the seats of a day were announced to be bookable, first moment first; none: whenever there are seats."""
    return [row for row in _releases(campaign) if row.opens <= day <= row.closes]


@snapshot.versioned(RELEASES)
def _releases(campaign: str) -> list[ReleaseRow]:
    query = "SELECT opens, closes, group_code, digits, released_at, source FROM booking_release "
    query += "WHERE campaign = %s ORDER BY released_at, group_code, digits"
    return [ReleaseRow(*row) for row in sql.fetch(query, [campaign])]


def batches(organisation_ids: Collection[int]) -> list[BatchRow]:
    """Batches of organisations by time, with what became of their seats."""
    return _batches("organisation_id", organisation_ids)


def batch(act: UUID) -> BatchRow | None:
    """One batch."""
    return next(iter(_batches("act", [act])), None)


def _batches(where: str, keys: Collection[Any]) -> list[BatchRow]:
    found = sql.fetch(BATCHES.format(where=where), [list(keys)])
    return [BatchRow(*(*row, final_at(row[5]))) for row in found]


def batch_members(batches: Collection[UUID]) -> list[BatchMember]:
    """Who comes with these batches, in the order of their quarter-hours."""
    return [BatchMember(*row) for row in sql.fetch(MEMBERS, [list(batches)])]


def final_at(starts_at: datetime) -> datetime:
    """From when the names of a batch stand: on the eve of its day."""
    return _span(clock.civil_day(starts_at), clock.civil_day(starts_at))[0] - tables.limits()["batch_final"]


OFFERS = """
SELECT person_id, act, site_id, starts_at, state, dose_rank, held_until FROM booking_appointment WHERE arrangement = %s
ORDER BY booked_at DESC, person_id
"""


def standby(person_id: int) -> dict[str, int]:
    """For which campaigns a person stands by for doses left over: how many km away at most."""
    return dict(sql.fetch("SELECT campaign, km FROM booking_standby WHERE person_id = %s", [person_id]))


def standby_offer_minutes() -> int:
    """How long an offer of a left-over dose waits for its answer."""
    return int(tables.limits()["standby_offer"].total_seconds() // 60)


def standby_offers(call: UUID) -> list[StandbyOffer]:
    """What was offered under a call, latest first."""
    return [StandbyOffer(*row) for row in sql.fetch(OFFERS, [call])]


def standby_waiting(campaign: str) -> int:
    """How many stand by and have no seat."""
    query = "SELECT count(*) FROM booking_standby s WHERE s.campaign = %s AND NOT EXISTS (SELECT 1 FROM booking_appointment a "
    query += "WHERE a.person_id = s.person_id AND a.campaign = s.campaign AND a.state IN ('held', 'booked', 'arrived'))"
    return int(sql.fetch(query, [campaign])[0][0])
