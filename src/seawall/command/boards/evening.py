"""The evening of a day: who has closed and who has not, how far each run of its steps came, and what stopped it."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from seawall.campaigns.selectors import CampaignRow
from seawall.clinic import selectors as clinic
from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.sites import selectors as sites
from seawall.sites.selectors import SiteRow
from seawall.staff import selectors as staff
from seawall.staff.selectors import PostRow
from seawall.terms.actor import Actor
from seawall.terms.acts import Refusal, Refused
from seawall.terms.codes import EveningState

from ..services.evening import STEPS
from ..services.runs import SILENT

RUNS = """
SELECT run, state, asked_at, post_id, state IN ('waiting', 'running') AND moved_at <= %(silent)s
FROM command_evening WHERE campaign = %(campaign)s AND day = %(day)s ORDER BY asked_at DESC, moved_at DESC LIMIT 5
"""
CAME = "SELECT run, step, code, params, seconds FROM command_eveningstep WHERE run = ANY(%s)"


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of a run: done, stopped with its reason, running, or still waiting."""

    code: str
    state: EveningState
    why: Refusal | None
    seconds: float | None

    @property
    def named(self) -> Refusal:
        """What the step is called in the registry."""
        return Refusal(self.code)


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run: who asked for it when, how far it is, and whether nothing has been heard of it for too long."""

    run: UUID
    state: EveningState
    asked_at: datetime
    asked_by: PostRow | None
    silent: bool
    steps: tuple[StepRow, ...]

    @property
    def silent_for(self) -> int:
        """Minutes after which a run is called silent."""
        return round(SILENT / timedelta(minutes=1))

    @property
    def goes_on(self) -> bool:
        return self.state in {EveningState.WAITING, EveningState.RUNNING} and not self.silent


@dataclass(frozen=True, slots=True)
class UnitEvening:
    """A unit's day: closed or not, and its sites that had a session and have not closed."""

    unit_id: int
    name_zh: str
    name_en: str
    closed: bool
    sites: int
    missing: tuple[SiteRow, ...]


@dataclass(frozen=True, slots=True)
class EveningPage:
    """The evening of one day, for those units that the post reaches."""

    day: date
    before: date
    after: date | None
    campaign: CampaignRow
    cut_off: datetime
    passed: bool
    closed: bool
    last_closed: date | None
    whole: bool
    units: tuple[UnitEvening, ...]
    units_closed: int
    runs: tuple[RunRow, ...]

    @property
    def latest(self) -> RunRow | None:
        return next(iter(self.runs), None)

    @property
    def state(self) -> EveningState | None:
        return self.latest.state if self.latest else None

    @property
    def goes_on(self) -> bool:
        return self.latest is not None and self.latest.goes_on

    @property
    def waits(self) -> bool:
        """Whether a person may start it now."""
        return self.passed and not (self.latest and self.latest.goes_on)


def evening_page(actor: Actor, campaign: CampaignRow, day: date | None) -> EveningPage:
    """A campaign's evening asked for; by default of the first day that is not closed."""
    last, today = reports.last_closing(campaign.code), clock.today()
    day = day or min(today, last + timedelta(days=1) if last else today)
    units = _units(actor, day)
    cut_off, whole = campaign.cut_off_at(day), actor.reach.everywhere
    return EveningPage(
        day=day,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1) if day < today else None,
        campaign=campaign,
        cut_off=cut_off,
        passed=clock.now() >= cut_off,
        closed=last is not None and last >= day,
        last_closed=last,
        whole=whole,
        units=units,
        units_closed=sum(u.closed for u in units),
        runs=_runs(campaign.code, day) if whole else (),
    )


def _units(actor: Actor, day: date) -> tuple[UnitEvening, ...]:
    """Those that have not closed first, the most sites missing on top."""
    mine = [u for u in reference.units(day) if actor.reach.everywhere or (u.leaves and u.leaves <= actor.reach.leaves)]
    if not mine:
        raise Refused("OUT_OF_AREA")
    closed, unit_of = reports.units_closed(day), reference.leaf_units(day)
    had, open_still = _sites(day, unit_of)
    places = {s.site_id: s for s in sites.sites(day)}
    rows = []
    for unit in mine:
        shut = unit.unit_id in closed
        missing = closed[unit.unit_id] if shut else open_still[unit.unit_id]
        named = tuple(places[site] for site in missing if site in places)
        rows.append(UnitEvening(unit.unit_id, unit.name_zh, unit.name_en, shut, had[unit.unit_id], named))
    return tuple(sorted(rows, key=lambda u: (u.closed, -len(u.missing), u.unit_id)))


def _sites(day: date, unit_of: Mapping[int, int]) -> tuple[dict[int, int], dict[int, list[int]]]:
    """By unit: how many sites have a session on the day, and which of them have not closed it."""
    leaf_of = {s.site_id: s.leaf_id for s in sites.sites(day)}
    shut = clinic.closings(day)
    had, waiting = defaultdict[int, int](int), defaultdict[int, list[int]](list)
    for session in sites.sessions(day):
        unit = unit_of.get(leaf_of.get(session.site_id, 0))
        if unit is None:
            continue
        had[unit] += 1
        if session.site_id not in shut:
            waiting[unit].append(session.site_id)
    return had, waiting


def _runs(campaign: str, day: date) -> tuple[RunRow, ...]:
    found = sql.fetch(RUNS, {"campaign": campaign, "day": day, "silent": clock.system_now() - SILENT})
    came: dict[UUID, dict[str, tuple[str, str, float]]] = defaultdict(dict)
    for run, step, code, params, seconds in sql.fetch(CAME, [[row[0] for row in found]]):
        came[run][step] = (code, params, seconds)
    posts = staff.posts_by_id([row[3] for row in found], day)
    return tuple(
        RunRow(run, EveningState(state), at, posts.get(post), silent, _steps(EveningState(state), came[run]))
        for run, state, at, post, silent in found
    )


def _steps(state: EveningState, came: Mapping[str, tuple[str, str, float]]) -> tuple[StepRow, ...]:
    """Every step of the evening; the first without an answer is the one that runs, while the run goes on."""
    rows, next_runs = [], state == EveningState.RUNNING
    for step, _ in STEPS:
        if step in came:
            code, params, seconds = came[step]
            why = Refusal(code, json.loads(params)) if code else None
            rows.append(StepRow(step, EveningState.STOPPED if code else EveningState.DONE, why, seconds))
            continue
        rows.append(StepRow(step, EveningState.RUNNING if next_runs else EveningState.WAITING, None, None))
        next_runs = False
    return tuple(rows)
