"""The portal's first page: who may come today, whether it is one's turn, and how far the city is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from seawall.campaigns import selectors as campaigns
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.terms import figures
from seawall.terms.acts import Refusal
from seawall.terms.codes import DosePriority
from seawall.terms.names import Name

from ..selectors.series import last_closing, standing_by_unit

STARTED = Name("应种人群中至少接种一剂", "People due with at least one dose")


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """A group that may come, and the doses it may come for."""

    name: Name
    since: date
    dose_ranks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """People who began, out of those due, at the last closing."""

    name: Name
    share: float
    size: int
    as_of: date


@dataclass(frozen=True, slots=True)
class PortalHome:
    """Who may come today, from which age everybody may, since when first doses wait, and coverage with its denominator."""

    open_to: tuple[OpenGroup, ...]
    first_doses_paused_from: date | None
    everybody_from: int | None
    coverage: Coverage | None
    near: Coverage | None


def portal_home(code: str, on: date, person_id: int | None = None) -> PortalHome:
    """Of a campaign on one day; for somebody who said who they are, also how far the district is where they live."""
    groups = {g.code: g for g in campaigns.groups(code)}
    paused = [p.since for p in campaigns.policies(code) if p.applied and p.value == DosePriority.LATER_DOSES_ONLY]
    return PortalHome(
        open_to=tuple(
            OpenGroup(Name.of(groups[group]), max(phase.since, groups[group].opens), tuple(phase.dose_ranks))
            for phase in campaigns.phases_open(code, on)
            for group in (phase.groups if phase.groups != ("ALL",) else tuple(groups))
            if group in groups and groups[group].opens <= on
        ),
        first_doses_paused_from=min(paused, default=None),
        everybody_from=_everybody_from([g for g in groups.values() if _anybody(g) and _open(g, code, on)]),
        coverage=_coverage(code, STARTED),
        near=_near(code, on, person_id) if person_id else None,
    )


def _everybody_from(groups: Sequence[campaigns.GroupRow]) -> int | None:
    """The age from which nobody is too old: of the groups without an upper age, and those that reach up to them."""
    start = min((g.age_min or 0 for g in groups if g.age_max is None), default=None)
    for group in sorted((g for g in groups if g.age_max is not None), key=lambda g: -(g.age_max or 0)):
        if start is not None and (group.age_max or 0) + 1 >= start:
            start = min(start, group.age_min or 0)
    return start


def _anybody(group: campaigns.GroupRow) -> bool:
    """A group of an age, whatever one does."""
    return not group.sectors and not group.org_kinds


def _open(group: campaigns.GroupRow, campaign: str, on: date) -> bool:
    phases = campaigns.phases_open(campaign, on)
    return group.opens <= on and any(p.groups == ("ALL",) or group.code in p.groups for p in phases)


def turn(page: PortalHome, age: int, doses: int) -> Refusal:
    """Is it my turn? Answered from age and doses had, as a reason; who one is, is asked only to book."""
    paused, start = page.first_doses_paused_from, page.everybody_from
    if not page.open_to:
        return Refusal("TURN_NOT_OPEN")
    if start is not None and age < start:
        return Refusal("TURN_AGE", {"age": start})
    if start is None:
        return Refusal("TURN_GROUPS")
    if doses == 0 and paused and paused <= clock.today():
        return Refusal("TURN_FIRST_PAUSED", {"day": paused.isoformat()})
    return Refusal("TURN_NOW" if doses == 0 else "TURN_NEXT", {"dose_rank": doses + 1})


def _coverage(code: str, name: Name, unit_id: int | None = None) -> Coverage | None:
    """Of the city, or of one unit."""
    day = last_closing(code)
    if day is None:
        return None
    rows = [row for unit, row in standing_by_unit(code, day).items() if unit_id in (None, unit)]
    due = sum(r["eligible"] for r in rows)
    return Coverage(name, figures.ratio(sum(r["started"] for r in rows), due), due, day) if due else None


def _near(code: str, on: date, person_id: int) -> Coverage | None:
    """Of the planning unit in which somebody lives."""
    unit_id = reference.leaf_units(on).get(people.leaves([person_id]).get(person_id, 0))
    unit = next((row for row in reference.units(on) if row.unit_id == unit_id), None)
    return _coverage(code, Name.of(unit), unit_id) if unit else None
