"""Who is still to be called on in an area, later doses first; and the reason that somebody carries."""

from collections.abc import Collection, Iterable
from datetime import date

from seawall.booking import selectors as booking
from seawall.people import selectors as people
from seawall.platform import sql
from seawall.terms.outreach import CallRow, ReasonRow

CARRIED = "FROM outreach_reason r WHERE r.campaign = %(campaign)s AND (r.until IS NULL OR r.until >= %(on)s)"
OPEN = f"""
SELECT c.person_id, c.campaign, c.leaf_id, c.kind, c.dose_rank, c.since, count(*) OVER ()
FROM outreach_call c JOIN {people.LIVING_DUES} ON d.person_id = c.person_id AND d.programme = %(programme)s
WHERE c.campaign = %(campaign)s AND NOT c.answered AND p.leaf_id = ANY(%(leaves)s)
  AND d.status IN ('due', 'not_yet', 'overdue') AND d.dose_rank = c.dose_rank
  AND NOT EXISTS (SELECT 1 FROM {booking.STANDING_SEATS} s WHERE s.person_id = c.person_id AND s.campaign = c.campaign)
  AND NOT EXISTS (SELECT 1 {CARRIED} AND r.person_id = c.person_id)
ORDER BY c.dose_rank DESC, c.kind DESC, c.since, c.person_id LIMIT %(most)s
"""
NOT_STARTED = f"""
SELECT d.person_id, p.leaf_id, count(*) OVER () FROM {people.LIVING_DUES}
WHERE d.programme = %(programme)s AND p.leaf_id = ANY(%(leaves)s) AND d.doses_given = 0 AND d.status IN ('due', 'overdue')
  AND NOT EXISTS (SELECT 1 FROM {booking.STANDING_SEATS} s WHERE s.person_id = d.person_id AND s.campaign = %(campaign)s)
  AND NOT EXISTS (SELECT 1 {CARRIED} AND r.person_id = d.person_id)
ORDER BY p.leaf_id, d.person_id LIMIT %(most)s
"""


def calls_open(
    campaign: str, programme: str, leaves: Collection[int], on: date, most: int
) -> tuple[int, list[CallRow]]:
    """How many are to be called on in these areas, and the first of them."""
    named = {"campaign": campaign, "programme": programme, "leaves": sorted(leaves), "on": on, "most": most}
    rows = sql.fetch(OPEN, named)
    return (rows[0][-1] if rows else 0), [CallRow(*row[:-1]) for row in rows]


def not_started(
    campaign: str, programme: str, leaves: Collection[int], on: date, most: int
) -> tuple[int, list[tuple[int, int]]]:
    """Who may come, had no dose, has no seat and no reason: how many, and person and leaf of the first."""
    named = {"campaign": campaign, "programme": programme, "leaves": sorted(leaves), "on": on, "most": most}
    rows = sql.fetch(NOT_STARTED, named)
    return (rows[0][-1] if rows else 0), [(person, leaf) for person, leaf, _ in rows]


def reasons(person_ids: Iterable[int], campaign: str, on: date) -> dict[int, ReasonRow]:
    """The reasons that persons carry on a day."""
    rows = sql.fetch(
        f"SELECT r.person_id, r.result, r.hesitancy, r.stance, r.since, r.until {CARRIED} AND r.person_id = ANY(%(ids)s)",
        {"campaign": campaign, "on": on, "ids": list(person_ids)},
    )
    return {row[0]: ReasonRow(*row) for row in rows}


def reasons_standing(campaign: str, programme: str, on: date, leaves: Collection[int]) -> dict[str, int]:
    """How many of an area who had no dose carry each reason."""
    rows = sql.fetch(
        f"SELECT r.result, count(*) FROM outreach_reason r JOIN {people.LIVING_DUES} ON d.person_id = r.person_id "
        "WHERE r.campaign = %(campaign)s AND (r.until IS NULL OR r.until >= %(on)s) AND p.leaf_id = ANY(%(leaves)s) "
        "AND d.doses_given = 0 AND d.status IN ('due', 'not_yet', 'overdue') "
        "AND d.programme = %(programme)s GROUP BY 1 ORDER BY 2 DESC, 1",
        {"campaign": campaign, "programme": programme, "on": on, "leaves": sorted(leaves)},
    )
    return dict(rows)
