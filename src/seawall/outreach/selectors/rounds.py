"""Who waits for a visit, and the rounds that go to them."""

import json
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

from seawall.booking import selectors as booking
from seawall.people import selectors as people
from seawall.platform import secrets, sql
from seawall.terms.rounds import HomeboundRow, RoundRow, StopRow

from .calls import CARRIED

WAITS = f"""
SELECT h.person_id, p.leaf_id, h.need, h.since, d.dose_rank, h.whereabouts_sealed, count(*) OVER ()
FROM outreach_homebound h JOIN {people.LIVING_DUES} ON d.person_id = h.person_id AND d.programme = %(programme)s
WHERE h.ended_at IS NULL AND p.leaf_id = ANY(%(leaves)s)
  AND (d.status IN ('due', 'overdue') OR d.status = 'not_yet' AND d.earliest <= %(last)s)
  AND NOT EXISTS (SELECT 1 FROM {booking.STANDING_SEATS} s WHERE s.person_id = h.person_id AND s.campaign = %(campaign)s)
  AND NOT EXISTS (SELECT 1 {CARRIED} AND r.person_id = h.person_id)
ORDER BY d.dose_rank DESC, h.since, h.person_id LIMIT %(most)s
"""
NOTED = """
SELECT h.person_id, 0, h.need, h.since, 0, h.whereabouts_sealed FROM outreach_homebound h
WHERE h.ended_at IS NULL AND h.person_id = ANY(%s)
"""
ROUND = "r.site_id, r.day, r.proposal, r.campaign, r.store_id, r.state, r.doses, r.why"
AHEAD = timedelta(days=7)  # who becomes due within a week waits already, so that a round can be planned for the day


def waits_for_visit(
    campaign: str, programme: str, leaves: Collection[int], on: date, most: int
) -> tuple[int, list[HomeboundRow]]:
    """How many wait for a visit in these areas (noted, due or soon due, no seat, no reason on record), and the first of them.

    Nobody is taken off: a seat that is lost, a visit in vain, the next dose bring a person back by themselves.
    """
    named = {
        "campaign": campaign, "programme": programme, "leaves": sorted(leaves), "on": on, "last": on + AHEAD, "most": most,
    }  # fmt: skip
    rows = sql.fetch(WAITS, named)
    return (rows[0][-1] if rows else 0), [_homebound(row[:-1]) for row in rows]


def homebound(person_ids: Iterable[int]) -> dict[int, HomeboundRow]:
    """What is noted of these persons, as long as they want visits; where they live and what is due is not asked here."""
    return {row[0]: _homebound(row) for row in sql.fetch(NOTED, [sorted(set(person_ids))])}


def _homebound(row: tuple[Any, ...]) -> HomeboundRow:
    return HomeboundRow(*(*row[:5], secrets.decrypt(row[5]) if row[5] else ""))


def rounds(site_ids: Collection[int], since: date, until: date) -> list[RoundRow]:
    """Rounds of these sites from a day to a day, with their stops in order of driving."""
    named = {"sites": sorted(site_ids), "since": since, "until": until}
    stops: dict[tuple[int, date], list[StopRow]] = {}
    for site, day, *told, persons in sql.fetch(
        "SELECT s.site_id, s.day, s.stop, s.turn, s.leaf_id, s.starts_at, s.ends_at, s.drive_minutes, s.persons FROM outreach_stop s "
        "WHERE s.site_id = ANY(%(sites)s) AND s.day BETWEEN %(since)s AND %(until)s ORDER BY s.site_id, s.day, s.turn",
        named,
    ):
        stops.setdefault((site, day), []).append(StopRow(*(*told, tuple(persons))))
    found = sql.fetch(
        f"SELECT {ROUND} FROM outreach_round r WHERE r.site_id = ANY(%(sites)s) AND r.day BETWEEN %(since)s AND %(until)s "
        "ORDER BY r.day, r.site_id",
        named,
    )
    return [round_row(row, stops.get((row[0], row[1]), [])) for row in found]


def round_row(row: tuple[Any, ...], stops: Iterable[StopRow] = ()) -> RoundRow:
    return RoundRow(*(*row[:6], json.loads(row[6]), json.loads(row[7]), tuple(stops)))


def round_of(site_id: int, day: date) -> RoundRow | None:
    """The round of a site on a day, if it drives one."""
    return next(iter(rounds([site_id], day, day)), None)
