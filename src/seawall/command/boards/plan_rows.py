"""What the plan page shows: frozen rows, made by `plan`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from seawall.campaigns.selectors import PolicyRow
from seawall.staff.selectors import Owner
from seawall.terms.acts import Refusal
from seawall.terms.closings import Stamp
from seawall.terms.names import Name

from .verdict import TargetVerdict


@dataclass(frozen=True, slots=True)
class RunLine:
    """A plan run by its state, what it leaves short, and who approved it."""

    run_id: UUID
    as_of: date
    published_at: datetime | None
    short: int
    approved_by: Owner | None
    published: bool


@dataclass(frozen=True, slots=True)
class FailedRun:
    """The newest run, where it gave no result."""

    as_of: date
    failure: str


@dataclass(frozen=True, slots=True)
class LastDay:
    """The last useful day of a first dose, and whether it is past."""

    name: Name
    day: date
    past: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """Planned doses by rank, arrivals and capacity of every day from the closing to the deadline."""

    days: tuple[date, ...]
    rank1: Sequence[int]
    rank2: Sequence[int]
    rank3: Sequence[int]
    arrivals: Sequence[int]
    capacity: Sequence[int]
    today: date
    last_first_dose: tuple[LastDay, ...]


@dataclass(frozen=True, slots=True)
class Bind:
    """What binds in the plan, on which day, and how much it costs."""

    why: Refusal
    on: date
    lost: int
    measure: Name


@dataclass(frozen=True, slots=True)
class Cure:
    """What would free it, and how much."""

    doses: int
    remedy: Name
    measure: Name


@dataclass(frozen=True, slots=True)
class QuotaAsk:
    """How a quota is asked for its reason."""

    unit: str
    group: str
    product: str
    rank: int


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """A quota of tomorrow by its names."""

    unit_id: int
    name: Name
    group: Name
    product: Name
    doses: int
    ask: QuotaAsk


@dataclass(frozen=True, slots=True)
class QuotaReason:
    """Why a quota is what it is."""

    day: date
    unit: Name
    group: Name
    product: Name
    dose_rank: int
    doses: int
    why: Refusal


@dataclass(frozen=True, slots=True)
class MoveLine:
    """A unit's doses of the next two weeks under the earlier plan and under this one."""

    unit: Name
    before: int
    after: int
    why: Refusal


Figure = int | date | None


@dataclass(frozen=True, slots=True)
class ScenarioLine:
    """One scenario and the figures in which it may differ from the others."""

    name: Name
    feasible: bool
    cells: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """A figure that is the same in all scenarios."""

    name: Name
    value: Figure


@dataclass(frozen=True, slots=True)
class ScenarioTable:
    """Scenarios side by side: the columns in which they differ, and what is the same in all."""

    columns: tuple[Name, ...]
    rows: tuple[ScenarioLine, ...]
    same: tuple[Shared, ...]

    @property
    def all_met(self) -> bool:
        return all(row.feasible for row in self.rows)


@dataclass(frozen=True, slots=True)
class InputLine:
    """A frozen input of the run: how many rows, and of when."""

    name: Name
    size: int
    as_of: datetime


@dataclass(frozen=True, slots=True)
class PlanPage:
    """The newest plan, published or not, beside an earlier one."""

    stamp: Stamp
    verdict: TargetVerdict
    run: RunLine
    failed: FailedRun | None
    schedule: Schedule
    binds: tuple[Bind, ...]
    cures: tuple[Cure, ...]
    quotas: tuple[QuotaLine, ...]
    why: QuotaReason | None
    earlier: RunLine | None
    runs: tuple[RunLine, ...]
    changes: tuple[MoveLine, ...]
    scenarios: ScenarioTable | None
    inputs: tuple[InputLine, ...]
    policies: tuple[PolicyRow, ...]
