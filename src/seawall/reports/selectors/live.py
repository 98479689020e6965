"""Figures of a day that still runs, before any closing: for blocks that say when they were read."""

from collections.abc import Sequence
from datetime import date, datetime

from seawall.campaigns.selectors import CampaignRow
from seawall.platform import sql

from .series import UNIT_OF


def live_doses(campaign: CampaignRow, day: date, unit_id: int) -> dict[tuple[int, str], int]:
    """A campaign's doses of a running day to people of one unit, by leaf and group: live, before any closing."""
    rows = sql.fetch(
        "SELECT f.leaf_id, coalesce(g.group_code, ''), count(*)::int FROM clinic_injection i "
        f"JOIN people_person f ON f.id = i.person_id {UNIT_OF} "
        "LEFT JOIN campaigns_groupassignment g ON g.person_id = f.id AND g.campaign = %(campaign)s "
        "WHERE i.day = %(day)s AND i.programme = %(programme)s AND ul.unit_id = %(unit)s GROUP BY 1, 2",
        {"day": day, "unit": unit_id, "campaign": campaign.code, "programme": campaign.programme},
    )
    return {(leaf, group): doses for leaf, group, doses in rows}


def last_acts(site_ids: Sequence[int], day: date) -> dict[int, datetime]:
    """When each site last recorded anything about a visit of a day."""
    return dict(
        sql.fetch(
            "SELECT site_id, max(greatest(arrived_at, screened_at, consented_at, injected_at, ended_at)) "
            "FROM clinic_visit WHERE site_id = ANY(%s) AND day = %s GROUP BY site_id",
            [list(site_ids), day],
        )
    )


def unstarted(unit_id: int, day: date, campaign: CampaignRow, limit: int) -> tuple[int, dict[int, int]]:
    """Of a unit who may be vaccinated, had no dose and carry no reason, medical or told: how many, and where the first live."""
    rows = sql.fetch(
        f"SELECT count(*) OVER (), f.id, f.leaf_id FROM people_due d JOIN people_person f ON f.id = d.person_id {UNIT_OF} "
        "WHERE d.programme = %(programme)s AND ul.unit_id = %(unit)s AND d.doses_given = 0 AND f.merged_into IS NULL "
        "AND f.state = 'active' AND d.status NOT IN ('ineligible', 'contraindicated', 'deferred') "
        "AND NOT EXISTS (SELECT 1 FROM outreach_reason r WHERE r.person_id = f.id AND r.campaign = %(campaign)s "
        "AND (r.until IS NULL OR r.until >= %(day)s)) "
        "ORDER BY f.leaf_id, f.id LIMIT %(limit)s",
        {"day": day, "unit": unit_id, "programme": campaign.programme, "campaign": campaign.code, "limit": limit},
    )
    return (rows[0][0] if rows else 0), {person: leaf for _, person, leaf in rows}
