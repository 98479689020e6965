"""Later doses that fall due: who is booked where, and who of a unit is not booked yet."""

from datetime import date

from seawall.platform import clock, sql

from .series import UNIT_OF

BOOKED = """
SELECT a.site_id, d.products[1], count(*)::int FROM booking_appointment a
JOIN people_due d ON d.person_id = a.person_id AND d.programme = %(programme)s
WHERE a.campaign = %(campaign)s AND a.state IN ('held', 'booked') AND a.dose_rank > 1 AND d.products[1] IS NOT NULL
  AND (a.starts_at AT TIME ZONE %(zone)s)::date BETWEEN %(start)s AND %(day)s GROUP BY 1, 2
"""
WAITING = f"""
SELECT ul.unit_id, d.products[1], count(*)::int FROM people_due d JOIN people_person f ON f.id = d.person_id {UNIT_OF}
WHERE d.programme = %(programme)s AND d.dose_rank > 1 AND d.complete_on IS NULL AND d.earliest <= %(day)s
  AND d.products[1] IS NOT NULL AND f.merged_into IS NULL
  AND NOT EXISTS (SELECT FROM booking_appointment a WHERE a.person_id = d.person_id AND a.campaign = %(campaign)s
                  AND a.state IN ('held', 'booked')) GROUP BY 1, 2
"""


def later_booked(campaign: str, programme: str, start: date, end: date) -> dict[tuple[int, str], int]:
    """Later doses booked over a span of days, by site and the product that was begun."""
    params = {"campaign": campaign, "programme": programme, "start": start, "day": end, "zone": clock.zone().key}
    return {(site, product): doses for site, product, doses in sql.fetch(BOOKED, params)}


def later_waiting(campaign: str, programme: str, until: date) -> dict[tuple[int, str], int]:
    """Later doses due until a day of people who are not booked, by the unit where they live and the product that was begun."""
    rows = sql.fetch(WAITING, {"campaign": campaign, "programme": programme, "day": until})
    return {(unit, product): doses for unit, product, doses in rows}
