"""The planning units on one day: quota, done, gap, coverage, cover, overdue, and who answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.terms import figures
from seawall.terms.names import Name

from ..selectors.cover import cover_by_unit
from ..selectors.series import NOBODY, units_closed, units_given

AMBER, RED = -2.0, -5.0  # percentage points behind plan
MEASURE = {
    "gap": "gap_share",
    "coverage": "coverage",
    "complete": "complete_share",
    "today": "done_today",
    "cover_days": "cover_days",
    "second_overdue": "second_overdue",
    "unreported": "unreported",
}


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """One unit at a closing; `value` is what `measure` asks for, `unreported`: sites that did not close."""

    unit_id: int
    code: str
    name: Name
    kind: str
    reported: bool
    unreported: int
    quota_today: int
    done_today: int
    plan_to_date: int
    done_to_date: int
    coverage: float
    complete_share: float
    cover_days: float | None
    second_due: int
    second_overdue: int
    population: int
    eligible: int
    owner: staff.Owner | None
    measure: str = "gap"

    @property
    def gap_doses(self) -> int:
        return self.done_to_date - self.plan_to_date

    @property
    def gap_share(self) -> float:
        """In percentage points of the people due."""
        return 100 * figures.ratio(self.gap_doses, self.eligible)

    @property
    def state(self) -> str:
        return "stop" if self.gap_share < RED else "attention" if self.gap_share < AMBER else "normal"

    @property
    def value(self) -> float | None:
        found: float | None = getattr(self, MEASURE[self.measure])
        return found

    @property
    def cell(self) -> figures.Cell:
        return figures.cell(self.value, reported=self.reported)


def unit_figures(
    campaign: CampaignRow, day: date, standing: Mapping[int, Mapping[str, int]], measure: str = "gap"
) -> tuple[UnitFigures, ...]:
    """One row for each planning unit of a campaign, by code."""
    code = campaign.code
    given, closed = units_given(code, day, campaign.opens), units_closed(day)
    quotas, due = campaigns.unit_quotas(code, day), campaigns.unit_plan_to_date(code, day)
    cover, owners = cover_by_unit(campaign, day), staff.unit_owners(day)

    def row(unit: reference.UnitRow) -> UnitFigures:
        key = unit.unit_id
        stands, doses = standing.get(key, NOBODY), given.get(key, {})
        return UnitFigures(
            unit_id=key,
            code=unit.code,
            name=Name.of(unit),
            kind=unit.kind,
            reported=key in closed,
            unreported=len(closed.get(key, [])),
            quota_today=quotas.get(key, 0),
            done_today=doses.get("today", 0),
            plan_to_date=due.get(key, 0),
            done_to_date=doses.get("to_date", 0),
            coverage=figures.ratio(stands["started"], stands["eligible"]),
            complete_share=figures.ratio(stands["complete"], stands["eligible"]),
            cover_days=cover.get(key),
            second_due=stands["later_due"],
            second_overdue=stands["later_overdue"],
            population=stands["population"],
            eligible=stands["eligible"],
            owner=owners.get(unit.code),
            measure=measure,
        )

    return tuple(row(unit) for unit in reference.units(day))
