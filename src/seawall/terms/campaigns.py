"""Acts on campaigns: assign groups, compute and publish plans, propose and apply dated policies."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from .acts import Item
from .rosters import FileContent


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignSet(Item):
    """Take a campaign in, or renew it, from the files of its folder: names with their text."""

    files: Mapping[str, FileContent]
    scale: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAgain(Item):
    """Plan from the last closed day; the act is the run's id."""

    campaign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsAssign(Item):
    """Put everybody into the first group that fits them on a day."""

    campaign: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRecord(Item):
    """Keep a computed plan with its inputs; the act is the run's id."""

    campaign: str
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPublish(Item):
    """Approve a computed plan and put its quotas in force."""

    campaign: str
    run_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPropose(Item):
    """A dated change of the dose priority, waiting to be applied. `value` is one of DosePriority."""

    campaign: str
    code: str
    value: str
    since: date
    until: date
    name_zh: str
    name_en: str
    source: str
    authority: str = "city"
    later_within_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyApply(Item):
    """Put a proposed policy in force."""

    campaign: str
    code: str
