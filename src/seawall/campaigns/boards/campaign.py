"""The campaign: its phases, groups, targets, policies and areas that matter more, and a day's quotas down to streets and organisations."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from seawall.people import selectors as people
from seawall.people import services as judged
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused

from .. import jobs, selectors
from ..rows import AreaTagRow, CampaignRow, GroupRow, PhaseRow, PlanRow, PolicyRow, TargetRow

RUNS = 6  # of the latest that are named


@dataclass(frozen=True, slots=True)
class GroupHere:
    """A group and the people who are in it now."""

    row: GroupRow
    people: int


@dataclass(frozen=True, slots=True)
class TagHere:
    """An area that matters more for a while, by name."""

    name_zh: str
    name_en: str
    row: AreaTagRow


@dataclass(frozen=True, slots=True)
class PartQuota:
    """Doses asked of a unit, a street or an organisation on a day, first and later ones."""

    part_id: int | None
    name_zh: str
    name_en: str
    first: int
    later: int


@dataclass(frozen=True, slots=True)
class Judging:
    """People are being judged by the campaign's programme: how many were, of how many."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """A campaign on a day; streets and organisations are those of the unit asked for."""

    campaign: CampaignRow
    day: date
    today: date
    phases: tuple[PhaseRow, ...]
    groups: tuple[GroupHere, ...]
    names: Mapping[str, GroupRow]
    targets: tuple[TargetRow, ...]
    policies: tuple[PolicyRow, ...]
    tags: tuple[TagHere, ...]
    runs: tuple[PlanRow, ...]
    judging: Judging | None
    units: tuple[PartQuota, ...]
    unit: PartQuota | None
    streets: tuple[PartQuota, ...]
    organisations: tuple[PartQuota, ...]


def campaign_page(actor: Actor, head: CampaignRow, day: date | None, unit_id: int | None) -> CampaignPage:
    """One campaign; quotas of the day asked for, tomorrow's by default."""
    today = clock.today()
    day = day or today + timedelta(days=1)
    units = _units(actor, head.code, day)
    unit = next((u for u in units if u.part_id == unit_id), None)
    if unit_id is not None and unit is None:
        raise Refused("OUT_OF_AREA")
    rules = selectors.groups(head.code)
    counts = selectors.group_counts(head.code)
    names = {u.unit_id: u for u in reference.units(day, None)}
    return CampaignPage(
        campaign=head, day=day, today=today,
        phases=tuple(selectors.phases(head.code)),
        groups=tuple(GroupHere(g, counts.get(g.code, 0)) for g in rules),
        names={g.code: g for g in rules},
        targets=tuple(selectors.targets(head.code)),
        policies=tuple(selectors.policies(head.code)),
        tags=tuple(
            TagHere(names[t.unit_id].name_zh, names[t.unit_id].name_en, t)
            for t in selectors.area_tags(head.code, today) if t.unit_id in names
        ),
        runs=tuple(selectors.plans(head.code, RUNS)),
        judging=_judging(head.programme, today),
        units=units, unit=unit,
        streets=_streets(head.code, day, unit_id) if unit_id else (),
        organisations=_organisations(head.code, day, unit_id) if unit_id else (),
    )  # fmt: skip


def _judging(programme: str, today: date) -> Judging | None:
    if not jobs.judging():
        return None
    behind, total = judged.people_behind(programme, today)
    return Judging(total - behind, total) if behind else None


def _split(frame: pl.DataFrame, part: str) -> dict[int | None, tuple[int, int]]:
    """First and later doses by part."""
    first = pl.col("doses").filter(pl.col("dose_rank") == 1).sum()
    rows = frame.group_by(part).agg(first=first, every=pl.col("doses").sum()).iter_rows()
    return {key: (ones, every - ones) for key, ones, every in rows}


def _units(actor: Actor, code: str, day: date) -> tuple[PartQuota, ...]:
    asked, reach = _split(selectors.quotas(code, day), "unit_id"), actor.reach
    near = [u for u in reference.units(day) if reach.everywhere or (u.leaves and u.leaves <= reach.leaves)]
    return _sorted(PartQuota(u.unit_id, u.name_zh, u.name_en, *asked.get(u.unit_id, (0, 0))) for u in near)


def _streets(code: str, day: date, unit_id: int) -> tuple[PartQuota, ...]:
    asked = _split(selectors.street_quotas(code, day, unit_id), "leaf_id")
    areas = {a.area_id: a for a in reference.areas(day)}
    return _sorted(
        PartQuota(key, areas[key].name_zh, areas[key].name_en, *doses) for key, doses in asked.items() if key in areas
    )


def _organisations(code: str, day: date, unit_id: int) -> tuple[PartQuota, ...]:
    """Organisations by name; who is of none is one row without a name."""
    asked = _split(selectors.organisation_quotas(code, day, unit_id), "organisation_id")
    rows = people.organisation_rows([key for key in asked if key])
    named = [PartQuota(k, rows[k].name_zh, rows[k].name_en, *doses) for k, doses in asked.items() if k in rows]
    return (*_sorted(named), *(PartQuota(None, "", "", *doses) for k, doses in asked.items() if k is None))


def _sorted(rows: Iterable[PartQuota]) -> tuple[PartQuota, ...]:
    return tuple(sorted(rows, key=lambda r: (-r.first - r.later, r.part_id or 0)))
