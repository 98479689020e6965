"""Frozen rows of the campaigns room, as other rooms see them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from seawall.platform import clock
from seawall.terms.codes import DosePriority


@dataclass(frozen=True, slots=True)
class CampaignRow:
    campaign_id: int
    code: str
    name_zh: str
    name_en: str
    programme: str
    division: str
    time_zone: str
    opens: date
    deadline: date
    opening: time
    closing: time
    cut_off: time
    authority_zh: str
    authority_en: str
    source: str
    scale: float
    counting: str

    @property
    def tallied(self) -> bool:
        """Whether it is counted without names."""
        return self.counting == "tally"

    def runs_on(self, day: date) -> bool:
        """Whether a day is one of its days, from the eve of the opening to the deadline."""
        return self.opens - timedelta(days=1) <= day <= self.deadline

    def opening_at(self, day: date) -> datetime:
        """When a day begins: its quota is asked for, the night's shipments are due."""
        return datetime.combine(day, self.opening, clock.zone())

    def closing_at(self, day: date) -> datetime:
        """When what was asked of a day is due."""
        return datetime.combine(day, self.closing, clock.zone())

    def cut_off_at(self, day: date) -> datetime:
        """When a day is counted: its evening begins, and acts of the evening are dated."""
        return datetime.combine(day, self.cut_off, clock.zone())


@dataclass(frozen=True, slots=True)
class GroupRow:
    code: str
    rank: int
    name_zh: str
    name_en: str
    sectors: tuple[str, ...]
    org_kinds: tuple[str, ...]
    age_min: int | None
    age_max: int | None
    opens: date
    uptake: float


@dataclass(frozen=True, slots=True)
class PhaseRow:
    code: str
    name_zh: str
    name_en: str
    groups: tuple[str, ...]
    dose_ranks: tuple[int, ...]
    since: date
    until: date
    denominator: str
    source: str


@dataclass(frozen=True, slots=True)
class TargetRow:
    code: str
    groups: tuple[str, ...]
    measure: str
    share: float
    by: date
    denominator: str
    weight: float
    mark: str
    source: str


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A dated policy; `value` is a DosePriority."""

    code: str
    kind: str
    value: DosePriority
    name_zh: str
    name_en: str
    since: date
    until: date
    later_within_days: int
    state: str
    authority: str
    source: str
    applied_at: datetime | None
    applied_by: int | None

    @property
    def applied(self) -> bool:
        return self.state == "applied"


@dataclass(frozen=True, slots=True)
class AreaTagRow:
    unit_id: int
    reason: str
    weight: float
    since: date
    until: date | None
    source: str


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plan run. `obstacles` come largest first, each with code, params, unit, group, product, date, short_by, measure and
    remedy; `notes` are facts that no action removes."""

    run_id: UUID
    campaign: str
    as_of: date
    state: str  # computed | published | failed
    feasible: bool
    short_by: int
    summary: dict[str, Any]
    failure: str
    seconds: float
    computed_at: datetime
    approved_by: int | None
    published_at: datetime | None

    @property
    def obstacles(self) -> list[dict[str, Any]]:
        return [o for o in self.summary.get("obstacles", []) if o["code"] != "LAST_FIRST_DOSE"]

    @property
    def notes(self) -> list[dict[str, Any]]:
        return [o for o in self.summary.get("obstacles", []) if o["code"] == "LAST_FIRST_DOSE"]


@dataclass(frozen=True, slots=True)
class PolicyPreview:
    """What applying a policy would move, against the same plan without it. Doses; negative is fewer."""

    policy: str
    first_doses: int
    later_doses: int
    by_day: list[dict[str, Any]]  # date, first_before, first_after, later_before, later_after
    by_unit: list[dict[str, Any]]  # unit, and the same four
    by_product: list[dict[str, Any]]  # product, and the same four
    shipments: list[dict[str, Any]]  # product, before, after (near days)
    bookings: int  # appointments that the policy would no longer allow
    targets_before: list[dict[str, Any]]
    targets_after: list[dict[str, Any]]
    obstacles: list[dict[str, Any]]  # of the plan under the policy, as PlanRow.obstacles
    shortfall: list[dict[str, Any]]  # target, unit, group, short_by under the policy
    stopped: bool  # a solve reached its time limit: the figures are of the best plan found until then
    last_first_dose: dict[str, date]
    seconds: float
