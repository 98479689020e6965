"""Shall we reach the target in time? Plain arithmetic over a closing's figures, so that a reader can redo it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, sqrt

import polars as pl

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow, PlanRow
from seawall.reports import selectors as reports

RISK_DAYS = 3.0  # more than so many days behind the back-schedule is a risk, even if the forecast still arrives
ROUNDING = 0.0005  # whole doses and packs may leave so small a share of the rest open
INTERVAL = 1.2816  # a normal law holds 80% within so many standard deviations


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast doses are given, what share of its quotas the city meets, and when the rest is done at that share."""

    last7: float
    met: float  # doses of the last seven days over their quotas
    spread: float  # standard deviation of one day's share met
    remaining: int
    need_per_day: float
    expected_on: date | None
    expected_low: date | None
    expected_high: date | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The board's first line."""

    state: str  # normal | attention | stop
    code: str  # NOT_STARTED | REACHED | ON_TIME | AT_RISK | NOT_ON_TIME


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a campaign stands on the evening of a day under one plan: what board, plan and policy say alike."""

    verdict: Verdict
    pace: Pace
    daily: Mapping[date, int]  # doses given by day
    planned: Sequence[tuple[date, int]]  # the back-schedule that was first approved: total doses by day
    behind: float  # days
    short: int  # doses that the plan cannot place

    @property
    def done(self) -> int:
        return sum(self.daily.values())


def standing(campaign: CampaignRow, day: date, ahead: Mapping[date, int], short: int) -> Standing:
    """The one verdict: `ahead` are the doses that a plan asks of each day after `day`, `short` what it says is missing.

    For the plan in force they are `ahead_of(plan, day)` and its `short_by`; a policy not yet applied is asked the same way.
    """
    daily = {on: sum(ranks.values()) for on, ranks in reports.doses_by_day(campaign.code, day).items()}
    rows = campaigns.back_schedule(campaign.code)
    planned = [(row["date"], sum(v for k, v in row.items() if k.startswith("dose_"))) for row in rows]
    quotas = campaigns.day_quotas(campaign.code, day - timedelta(6), day)
    now = pace(daily, quotas, ahead, day, sum(ahead.values()), campaign.deadline)
    behind = days_behind(sum(daily.values()), planned, day)
    found = verdict(now, campaign.deadline, behind, started=now.last7 > 0, plan_short=short)
    return Standing(found, now, daily, planned, behind, short)


def ahead_of(plan: PlanRow | None, day: date) -> dict[date, int]:
    """Doses that a plan asks of each day after `day`."""
    frame = campaigns.plan_frame(plan.run_id, "quotas") if plan else None
    if frame is None:
        return {}
    return dict(frame.filter(pl.col("date") > day).group_by("date").agg(pl.col("doses").sum()).iter_rows())


def pace(
    daily: Mapping[date, int],
    quotas: Mapping[date, int],
    ahead: Mapping[date, int],
    today: date,
    remaining: int,
    deadline: date,
) -> Pace:
    """When `remaining` doses are done, if coming days meet their plan as well as the last seven met theirs (80% interval).

    `daily`: doses by day; `quotas`: what those days were asked; `ahead`: the plan of the days to come. A vaccine that arrives
    late in the plan is late here too. The interval treats days as independent: the share met varies by its standard error.
    """
    days = [today - timedelta(n) for n in range(7)]
    given, asked = [daily.get(d, 0) for d in days], [quotas.get(d, 0) for d in days]
    mean = sum(given) / 7
    met = sum(given) / sum(asked) if sum(asked) else 0.0
    shares = [g / a for g, a in zip(given, asked, strict=True) if a]
    spread = sqrt(sum((s - met) ** 2 for s in shares) / (len(shares) - 1)) if len(shares) > 1 else 0.0
    left = (deadline - today).days
    need = remaining / left if left > 0 else float(max(0, remaining))
    if remaining <= 0:
        return Pace(mean, met, spread, 0, 0.0, today, today, today)
    wide = INTERVAL * spread / sqrt(max(1, len(shares)))
    on = [_reached(ahead, today, remaining, min(1.0, share)) for share in (met, met + wide, met - wide)]
    return Pace(mean, met, spread, remaining, need, *on)


def _reached(ahead: Mapping[date, int], today: date, remaining: int, share: float) -> date | None:
    """The day on which `share` of the plan's coming doses adds up to `remaining`; beyond the plan at its last week's pace."""
    if share <= 0 or not ahead:
        return None
    done, day = 0.0, today
    for day in sorted(d for d in ahead if d > today):
        done += share * ahead[day]
        if done >= remaining - ROUNDING * max(1, remaining):
            return day
    tail = share * sum(ahead.get(day - timedelta(n), 0) for n in range(7)) / 7
    return day + timedelta(ceil((remaining - done) / tail)) if tail > 0 else None


def forecast(
    ahead: Mapping[date, int], days: Sequence[date], today: date, done: int, now: Pace
) -> dict[str, list[int | None]]:
    """low, mid and high totals for each day: the plan's coming doses at the share of quotas now met, in an 80% band."""
    wide = INTERVAL * now.spread / sqrt(7)
    shares = {"mid": min(1.0, now.met), "low": max(0.0, min(1.0, now.met - wide)), "high": min(1.0, now.met + wide)}
    out: dict[str, list[int | None]] = {}
    for name, share in shares.items():
        total, line = float(done), []
        for day in days:
            if day > today:
                total += share * ahead.get(day, 0)
            line.append(round(total) if day >= today else None)
        out[name] = line
    return out


def verdict(pace_now: Pace, deadline: date, days_behind: float, *, started: bool, plan_short: int) -> Verdict:
    """ON_TIME, AT_RISK or NOT_ON_TIME, from the forecast, the distance to the back-schedule and the plan's own shortfall."""
    if not started:
        return Verdict("attention", "NOT_STARTED")
    if pace_now.remaining <= 0:
        return Verdict("normal", "REACHED")
    late = pace_now.expected_on is None or pace_now.expected_on > deadline
    if plan_short > 0 or (late and days_behind > RISK_DAYS):
        return Verdict("stop", "NOT_ON_TIME")
    if late or days_behind > RISK_DAYS or (pace_now.expected_high or deadline) > deadline:
        return Verdict("attention", "AT_RISK")
    return Verdict("normal", "ON_TIME")


def days_behind(actual: int, planned: Sequence[tuple[date, int]], today: date) -> float:
    """How many days ago the plan stood where we stand now (negative: ahead), by straight lines between days."""
    previous_day, previous = None, 0
    for day, total in planned:
        if total >= actual:
            if previous_day is None or total == previous:
                return float((today - day).days)
            share = (actual - previous) / (total - previous)
            reached = (previous_day - date.min).days + share * (day - previous_day).days
            return (today - date.min).days - reached
        previous_day, previous = day, total
    return float((today - planned[-1][0]).days) if planned else 0.0
