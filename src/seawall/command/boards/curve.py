"""The burn-up: what was planned, what was given, and where the present speed leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.terms.codes import DayKind
from seawall.terms.names import Name

from .. import situation

SHOWN = 21  # days of the small bars


def base(daily: Mapping[date, int], opens: date) -> int:
    """Doses imported from before the campaign opened."""
    return sum(doses for day, doses in daily.items() if day < opens)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A product's last day on which a first dose can still be completed by the deadline."""

    product: str
    name: Name
    day: date


@dataclass(frozen=True, slots=True)
class BurnUp:
    """Series of equal length over the campaign's days; `base` was given before it opened."""

    days: tuple[date, ...]
    plan: tuple[int | None, ...]
    actual: tuple[int | None, ...]
    forecast: Mapping[str, Sequence[int | None]] | None
    deadline: date
    last_first_dose: tuple[Milestone, ...]
    days_off: tuple[date, ...]
    published: reports.PublishedFigure | None
    base: int


@dataclass(frozen=True, slots=True)
class DayRanks:
    """The doses of one day by rank, the third with all later ones, beside the quota."""

    day: date
    rank1: int
    rank2: int
    rank3: int
    quota: int


def burnup(campaign: CampaignRow, day: date, stands: situation.Standing, ahead: Mapping[date, int]) -> BurnUp:
    daily, pace = stands.daily, stands.pace
    length = (campaign.deadline - campaign.opens).days + 1
    days = [campaign.opens + timedelta(n) for n in range(length)]
    plan_on = dict(stands.planned)
    before = base(daily, campaign.opens)
    actual: list[int | None] = []
    running = before
    for on in days:
        running += daily.get(on, 0)
        actual.append(running if on <= day else None)
    return BurnUp(
        days=tuple(days),
        plan=tuple(plan_on.get(on) for on in days),
        actual=tuple(actual),
        forecast=situation.forecast(ahead, days, day, stands.done, pace) if pace.met and ahead else None,
        deadline=campaign.deadline,
        last_first_dose=last_first_doses(campaign.code, day),
        days_off=days_off(campaign.opens, campaign.deadline),
        published=_published(day),
        base=before,
    )


def _published(day: date) -> reports.PublishedFigure | None:
    """The city's doses as they were known on a day."""
    return next((p for p in reports.published() if p.measure == "doses" and p.day <= day), None)


def last_first_doses(code: str, on: date) -> tuple[Milestone, ...]:
    """Of every product in use, the nearest first."""
    names = reference.product_names(on)
    lasts = sorted(campaigns.last_first_doses(code).items(), key=lambda item: item[1])
    return tuple(Milestone(product, names[product], last) for product, last in lasts if product in names)


def daily_ranks(campaign: CampaignRow, day: date) -> tuple[DayRanks, ...]:
    """The last days' doses by rank beside their quota."""
    ranks = reports.doses_by_day(campaign.code, day)
    quotas = campaigns.day_quotas(campaign.code, day - timedelta(SHOWN - 1), day)
    days = [day - timedelta(n) for n in range(SHOWN - 1, -1, -1)]
    return tuple(_day_ranks(on, ranks.get(on, {}), quotas.get(on, 0)) for on in days if on >= campaign.opens)


def _day_ranks(on: date, given: Mapping[int, int], quota: int) -> DayRanks:
    later = sum(doses for rank, doses in given.items() if rank >= 3)
    return DayRanks(on, given.get(1, 0), given.get(2, 0), later, quota)


def days_off(start: date, end: date) -> tuple[date, ...]:
    """Weekends and public holidays, to be shaded."""
    kinds = reference.day_kinds(start, end)
    return tuple(on for on, kind in kinds.items() if kind in {DayKind.WEEKEND, DayKind.HOLIDAY})
