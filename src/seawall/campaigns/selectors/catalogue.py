"""Campaigns, their groups, phases, targets, tags and dated policies."""

import json
from datetime import date

from seawall.engines.planning import Scenario, last_useful
from seawall.platform import clock, snapshot, sql
from seawall.terms.acts import Refused
from seawall.terms.codes import DosePriority

from .. import stored
from ..rows import AreaTagRow, CampaignRow, GroupRow, PhaseRow, PolicyRow, TargetRow

HEAD = (
    "SELECT id, code, name_zh, name_en, programme, division, time_zone, opens, deadline, opening, closing, cut_off, "
    "authority_zh, authority_en, source, scale, counting FROM campaigns_campaign"
)
RULES = "campaign rules"
snapshot.register_version(RULES, "campaigns_campaign", "campaigns_campaigngroup", "campaigns_phase", "campaigns_policy")
OF = "JOIN campaigns_campaign c ON c.id = x.campaign_id WHERE c.code = %s"


def campaign(code: str) -> CampaignRow | None:
    """A campaign by its code."""
    return next((row for row in loaded() if row.code == code), None)


@snapshot.versioned(RULES)
def loaded() -> list[CampaignRow]:
    """Every campaign, the one that opened last first."""
    return [CampaignRow(*row) for row in sql.fetch(f"{HEAD} ORDER BY opens DESC, id DESC")]


def folder_files() -> dict[str, str]:
    """The files of every campaign's folder as loaded, by campaign/name."""
    heads = sql.fetch("SELECT code, files::text FROM campaigns_campaign")
    return {f"{code}/{name}": text for code, files in heads for name, text in json.loads(files).items()}


def running(day: date) -> list[CampaignRow]:
    """Campaigns of which a day is one, from the eve of the opening to the deadline; the one that opened last first."""
    return [row for row in loaded() if row.runs_on(day)]


def current_or_none() -> CampaignRow | None:
    """What a door takes where nobody says which campaign: of those that run today, else of all, the one that opened last."""
    found = loaded()
    today = clock.today()
    return next((row for row in found if row.runs_on(today)), found[0] if found else None)


def current() -> CampaignRow:
    """The same; refused where none was loaded. Only a door may ask."""
    found = current_or_none()
    if found is None:
        raise Refused("NO_CAMPAIGN_OPEN")
    return found


def scenario_of(code: str) -> Scenario:
    """The tables of the campaign's folder as loaded, at its scale."""
    return stored.scenario(code)


@snapshot.versioned(RULES)
def groups(code: str) -> list[GroupRow]:
    """Priority groups, first served first."""
    rows = sql.fetch(
        "SELECT x.code, x.rank, x.name_zh, x.name_en, x.sectors, x.org_kinds, x.age_min, x.age_max, x.opens, x.uptake "
        f"FROM campaigns_campaigngroup x {OF} ORDER BY x.rank, x.position",
        [code],
    )
    return [GroupRow(c, rank, zh, en, tuple(s), tuple(k), *rest) for c, rank, zh, en, s, k, *rest in rows]


@snapshot.versioned(RULES)
def phases(code: str) -> list[PhaseRow]:
    """All phases, by their first day."""
    rows = sql.fetch(
        "SELECT x.code, x.name_zh, x.name_en, x.groups, x.dose_ranks, x.since, x.until, x.denominator, x.source "
        f"FROM campaigns_phase x {OF} ORDER BY x.since, x.code",
        [code],
    )
    return [PhaseRow(c, zh, en, tuple(g), tuple(r), *rest) for c, zh, en, g, r, *rest in rows]


def phases_open(code: str, day: date) -> list[PhaseRow]:
    """Phases that a day lies in."""
    return [p for p in phases(code) if p.since <= day <= p.until]


def targets(code: str) -> list[TargetRow]:
    """Targets, each with its denominator."""
    rows = sql.fetch(
        "SELECT x.code, x.groups, x.measure, x.share, x.by, x.denominator, x.weight, x.mark, x.source "
        f"FROM campaigns_target x {OF} ORDER BY x.weight DESC, x.code",
        [code],
    )
    return [TargetRow(c, tuple(g), *rest) for c, g, *rest in rows]


@snapshot.versioned(RULES)
def policies(code: str) -> list[PolicyRow]:
    """Dated policies in order; of applied ones that overlap the later wins."""
    rows = sql.fetch(
        "SELECT x.code, x.kind, x.value, x.name_zh, x.name_en, x.since, x.until, x.later_within_days, x.state, x.authority, "
        f"x.source, x.applied_at, x.applied_by FROM campaigns_policy x {OF} ORDER BY x.position, x.id",
        [code],
    )
    return [PolicyRow(c, kind, DosePriority(value), *rest) for c, kind, value, *rest in rows]


def policy_on(code: str, day: date) -> PolicyRow | None:
    """The applied policy that a day lies under."""
    return next((p for p in reversed(policies(code)) if p.applied and p.since <= day <= p.until), None)


def area_tags(code: str, day: date) -> list[AreaTagRow]:
    """重点地区 of a day."""
    rows = sql.fetch(
        f"SELECT x.unit_id, x.reason, x.weight, x.since, x.until, x.source FROM campaigns_areatag x {OF} "
        "AND x.since <= %s AND coalesce(x.until >= %s, true) ORDER BY x.weight DESC, x.unit_id",
        [code, day, day],
    )
    return [AreaTagRow(*row) for row in rows]


def last_first_doses(code: str) -> dict[str, date]:
    """The last day on which a first dose of each product can still be completed by the deadline."""
    return last_useful(stored.scenario(code))
