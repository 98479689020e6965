"""The first line of every page that speaks of the target: the same closing and plan, the same word (`situation.standing`)."""

from dataclasses import dataclass
from datetime import date

from seawall.campaigns.selectors import CampaignRow, PlanRow
from seawall.terms.acts import Refusal

from .. import situation
from .wording import readable


@dataclass(frozen=True, slots=True)
class TargetVerdict:
    """The word with its expected day, and what tells the plan apart from the pace: who is left out, what share is met.

    `gap` is how near the plan is proven to be to the best one, where a plan is shown and the solver proved it.
    """

    state: str
    code: str
    expected_on: date | None
    expected_low: date | None
    expected_high: date | None
    deadline: date
    cause: Refusal | None
    short: int
    met: float
    gap: float | None = None

    @property
    def late_days(self) -> int | None:
        return max(0, (self.expected_on - self.deadline).days) if self.expected_on else None


def verdict_of(
    campaign: CampaignRow,
    day: date,
    stands: situation.Standing,
    plan: PlanRow | None,
    language: str,
    gap: float | None = None,
) -> TargetVerdict:
    found, pace = stands.verdict, stands.pace
    cause = plan.obstacles[0] if plan and plan.obstacles and found.code not in {"ON_TIME", "REACHED"} else None
    return TargetVerdict(
        state=found.state,
        code=found.code,
        expected_on=pace.expected_on,
        expected_low=pace.expected_low,
        expected_high=pace.expected_high,
        deadline=campaign.deadline,
        cause=Refusal(cause["code"], readable(cause["params"], day, language)) if cause else None,
        short=stands.short,
        met=pace.met,
        gap=gap,
    )
