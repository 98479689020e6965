"""What a closing freezes, each part in one statement over the rooms' own rows."""

from collections.abc import Sequence
from datetime import date, timedelta

from seawall.platform import sql

TOUCHED = """
WITH fresh AS (
    SELECT person_id, act, given_on, corrects, withdrawn FROM people_doseevent
    WHERE programme = %(programme)s AND recorded_at >= %(since)s
), moved AS (
    SELECT f.person_id FROM fresh f WHERE f.corrects IS NOT NULL OR f.withdrawn OR EXISTS (
        SELECT 1 FROM people_doseevent o WHERE o.person_id = f.person_id AND o.act <> f.act AND o.given_on >= f.given_on)
    UNION SELECT person_id FROM people_merge WHERE merged_at >= %(since)s OR undone_by IS NOT NULL
    UNION SELECT person_id FROM people_residence WHERE since >= %(last)s
    UNION SELECT person_id FROM campaigns_groupassignment WHERE campaign = %(campaign)s AND since >= %(last)s
)
SELECT given_on FROM fresh
UNION SELECT e.given_on FROM people_doseevent e JOIN moved m ON m.person_id = e.person_id WHERE e.programme = %(programme)s
"""
OVERLAP = timedelta(hours=12)

GIVEN = """
WITH now_known AS (
    SELECT e.given_on AS own_day, p.leaf_id, coalesce(e.place_id, 0) AS place_id,
           coalesce(g.group_code, '') AS campaign_group, coalesce(e.product, '') AS product,
           coalesce(v.dose_rank, 0) AS dose_rank, count(*) AS doses
    FROM people_doseverdict v
    JOIN people_doseevent e ON e.person_id = v.person_id AND e.act = v.act
    JOIN people_person p ON p.id = v.person_id
    LEFT JOIN campaigns_groupassignment g ON g.person_id = v.person_id AND g.campaign = %(campaign)s
    WHERE v.programme = %(programme)s AND e.given_on <= %(day)s AND (%(all)s OR e.given_on = ANY(%(days)s))
    GROUP BY 1, 2, 3, 4, 5, 6
), before AS (
    SELECT own_day, leaf_id, place_id, campaign_group, product, dose_rank, sum(doses) AS doses
    FROM reports_given WHERE campaign = %(campaign)s AND (%(all)s OR own_day = ANY(%(days)s)) GROUP BY 1, 2, 3, 4, 5, 6
), changed AS (
    INSERT INTO reports_given (campaign, closing_day, own_day, leaf_id, place_id, campaign_group, product, dose_rank, doses)
    SELECT %(campaign)s, %(day)s, own_day, leaf_id, place_id, campaign_group, product, dose_rank,
           coalesce(n.doses, 0) - coalesce(b.doses, 0)
    FROM now_known n FULL JOIN before b USING (own_day, leaf_id, place_id, campaign_group, product, dose_rank)
    WHERE coalesce(n.doses, 0) <> coalesce(b.doses, 0)
    RETURNING own_day, doses
)
SELECT coalesce(sum(doses) FILTER (WHERE own_day = %(day)s), 0)::int FROM changed
"""

TALLIED = """
WITH counted AS (
    SELECT t.day, t.leaf_id, t.site_id, t.product, m.measure, m.band, m.count
    FROM clinic_tally t CROSS JOIN LATERAL (
        SELECT 'doses' AS measure, g.key AS band, g.value::int AS count FROM jsonb_each_text(t.given) g
        UNION ALL SELECT v.measure, '', v.count FROM (VALUES ('zero_dose', t.zero_dose), ('marked', t.marked),
            ('houses_visited', t.houses_visited), ('houses_closed', t.houses_closed),
            ('houses_absent', t.houses_absent)) AS v(measure, count)) m
    WHERE t.campaign = %(campaign)s AND t.day <= %(day)s AND t.withdrawn_by IS NULL AND m.count <> 0
), now_known AS (
    SELECT day AS own_day, leaf_id, site_id AS place_id, product, measure, band, sum(count) AS count FROM counted GROUP BY 1, 2, 3, 4, 5, 6
), before AS (
    SELECT own_day, leaf_id, place_id, product, measure, band, sum(count) AS count
    FROM reports_tallied WHERE campaign = %(campaign)s GROUP BY 1, 2, 3, 4, 5, 6
), changed AS (
    INSERT INTO reports_tallied (campaign, closing_day, own_day, leaf_id, place_id, product, measure, band, count)
    SELECT %(campaign)s, %(day)s, own_day, leaf_id, place_id, product, measure, band, coalesce(n.count, 0) - coalesce(b.count, 0)
    FROM now_known n FULL JOIN before b USING (own_day, leaf_id, place_id, product, measure, band)
    WHERE coalesce(n.count, 0) <> coalesce(b.count, 0)
    RETURNING own_day, measure, count
)
SELECT coalesce(sum(count) FILTER (WHERE own_day = %(day)s AND measure = 'doses'), 0)::int FROM changed
"""

STANDING = """
INSERT INTO reports_standing (campaign, day, leaf_id, campaign_group, population, eligible, started, complete,
                              later_due, later_overdue, deferred, contraindicated)
SELECT %(campaign)s, %(day)s, p.leaf_id, coalesce(g.group_code, ''), count(*),
       count(*) FILTER (WHERE d.status NOT IN ('ineligible', 'contraindicated')),
       count(*) FILTER (WHERE d.doses_given > 0),
       count(*) FILTER (WHERE d.complete_on <= %(day)s),
       count(*) FILTER (WHERE d.dose_rank > 1 AND d.complete_on IS NULL AND d.earliest <= %(day)s),
       count(*) FILTER (WHERE d.dose_rank > 1 AND d.complete_on IS NULL AND d.overdue_from <= %(day)s),
       count(*) FILTER (WHERE d.status = 'deferred'),
       count(*) FILTER (WHERE d.status = 'contraindicated')
FROM people_person p
LEFT JOIN campaigns_groupassignment g ON g.person_id = p.id AND g.campaign = %(campaign)s
LEFT JOIN people_due d ON d.person_id = p.id AND d.programme = %(programme)s
WHERE p.merged_into IS NULL AND p.state = 'active'
GROUP BY p.leaf_id, coalesce(g.group_code, '')
"""

STOCK = """
INSERT INTO reports_stockfact (day, place_id, lot, product, state, doses)
SELECT %s, b.place_id, b.lot, l.product, b.state, b.doses
FROM supply_balance b JOIN supply_lot l ON l.lot = b.lot AND l.kind = 'vaccine' WHERE b.doses <> 0
ON CONFLICT DO NOTHING
"""

SITE_FACTS = """
INSERT INTO reports_sitefact (day, site_id, measure, count)
SELECT c.day, c.site_id, m.measure, m.count
FROM clinic_dayclosing c
JOIN reference_place p ON p.id = c.site_id
JOIN reference_unitleaf ul ON ul.leaf_id = p.leaf_id AND ul.valid_from <= c.day AND coalesce(ul.valid_to >= c.day, true)
CROSS JOIN LATERAL (VALUES ('arrived', c.arrived), ('deferred', c.deferred), ('turned_away', c.turned_away),
                           ('gone', c.gone), ('given', c.given), ('tallied', c.tallied),
                           ('wasted', c.wasted), ('on_hand', c.on_hand)) AS m(measure, count)
WHERE c.day = %s AND ul.unit_id = ANY(%s)
ON CONFLICT DO NOTHING
"""


def given(day: date, campaign: str, programme: str) -> int:
    """Freeze what this closing newly knows of doses given; the doses whose own day is this one.

    Compared are the days on which something may have changed since the last closing: days of new lines, and every day of
    people whose lines were corrected or came out of order, or who moved, merged or changed their group.
    """
    named = {"day": day, "campaign": campaign, "programme": programme}
    last = sql.fetch(
        "SELECT c.day, c.closed_at FROM reports_closing c JOIN campaigns_campaign k ON k.id = c.ref_id "
        "WHERE c.level = 'city' AND k.code = %(campaign)s AND c.day < %(day)s ORDER BY c.day DESC LIMIT 1",
        named,
    )
    if not last:
        return int(sql.fetch(GIVEN, named | {"all": True, "days": []})[0][0])
    before, closed_at = last[0]
    touched = sql.fetch(TOUCHED, named | {"since": closed_at - OVERLAP, "last": before})
    return int(sql.fetch(GIVEN, named | {"all": False, "days": [on for (on,) in touched]})[0][0])


def tallied(day: date, campaign: str) -> int:
    """Freeze what was counted without names and is newly known; the doses whose own day is this one."""
    return int(sql.fetch(TALLIED, {"day": day, "campaign": campaign})[0][0])


def standing(day: date, campaign: str, programme: str) -> None:
    """Freeze where people stand."""
    sql.execute(STANDING, {"day": day, "campaign": campaign, "programme": programme})


def stock(day: date) -> None:
    """Freeze every balance, once a day: stock is shared by the campaigns, and the first that closes the day freezes it."""
    sql.execute(STOCK, [day])


def site_facts(day: date, unit_ids: Sequence[int]) -> None:
    """Freeze what the sites of these units counted at their own closing."""
    sql.execute(SITE_FACTS, [day, list(unit_ids)])
