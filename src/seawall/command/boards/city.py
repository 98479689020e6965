"""The command board: shall we reach the target on time, and if not, what stands in the way and whose move is it?"""

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from seawall.campaigns import selectors as campaigns
from seawall.reports import selectors as reports
from seawall.terms.actor import Actor

from .. import situation
from . import curve, units
from .orders import obstacle_list, order_list
from .safety import reconciliation, safety_strip
from .shapes import Shape, both, name, readable, stamp, total, why
from .worth import worth_of


@cache
def measures() -> list[Shape]:
    """What the map can show, with class breaks fixed for the campaign."""
    with (Path(__file__).parent / "measures.csv").open(encoding="utf-8", newline="") as file:
        return [
            {
                "code": r["code"],
                "name": both(r["zh"], r["en"]),
                "unit": r["unit"],
                "scale": r["scale"],
                "breaks": [float(b) for b in r["breaks"].split(";")],
            }
            for r in csv.DictReader(file)
        ]


def command_board(actor: Actor, day: date, measure: str = "gap") -> Shape:
    """Everything on the board, as of the closing of `day`."""
    campaign = campaigns.current()
    standing = reports.standing_by_unit(day)
    plan = campaigns.plan_of(campaign.code, day)
    daily = {d: sum(ranks.values()) for d, ranks in reports.doses_by_day(day).items()}
    planned = curve.planned_totals(campaign, plan, daily)
    figures, pace = _figures(campaign, day, standing.values(), daily, planned, plan)
    days_behind = situation.days_behind(figures["done"], planned, day)
    figures |= {"gap_days": -days_behind}
    unit_rows = units.unit_rows(campaign, day, standing, plan)
    chosen = measure if measure in {m["code"] for m in measures()} else "gap"
    due = total(standing.values(), "eligible")
    denominator = {
        "name": both("应种人群", "people due"),
        "size": due,
        "source": both("人口普查推算的合成人口", "synthetic people after the census"),
    }
    return {
        "stamp": stamp(day, denominator),
        "verdict": _verdict(campaign, day, pace, days_behind, plan, actor.language),
        "figures": figures,
        "burnup": curve.burnup(campaign, day, daily, planned, plan, pace),
        "daily": curve.daily_ranks(campaign, day),
        "measures": measures(),
        "measure": chosen,
        "units": [units.with_measure(row, chosen) for row in unit_rows],
        "obstacles": obstacle_list(day, plan, actor.language),
        "orders": order_list(day),
        "safety": safety_strip(day),
        "reconciliation": reconciliation(day),
        "policy_waiting": policy_waiting(campaign.code),
        "worth": worth_of(day),
        "dispatch": reports.dispatch_state(day),
    }


def _figures(
    campaign: Any, day: date, standing: Any, daily: Mapping[date, int], planned: list[tuple[date, int]], plan: Any
) -> tuple[Shape, situation.Pace]:
    rows = list(standing)
    done = sum(daily.values())
    due_by_now = next((doses for on, doses in planned if on == day), done)
    ahead = curve.planned_ahead(plan, day)
    quotas = campaigns.day_quotas(campaign.code, day - timedelta(6), day)
    pace = situation.pace(daily, quotas, ahead, day, sum(ahead.values()), campaign.deadline)
    return {
        "done": done,
        "due_by_now": due_by_now,
        "gap_doses": done - due_by_now,
        "complete": total(rows, "complete"),
        "due_people": total(rows, "eligible"),
        "population": total(rows, "population"),
        "need_per_day": pace.need_per_day,
        "last7_per_day": pace.last7,
        "today": daily.get(day, 0),
        "today_quota": sum(campaigns.unit_quotas(campaign.code, day).values()),
        "days_left": max(0, (campaign.deadline - day).days),
    }, pace


def _verdict(campaign: Any, day: date, pace: situation.Pace, behind: float, plan: Any, language: str) -> Shape:
    short = plan.short_by if plan else 0
    verdict = situation.verdict(pace, campaign.deadline, behind, started=pace.last7 > 0, plan_short=short)
    cause = plan.obstacles[0] if plan and plan.obstacles and verdict.code not in {"ON_TIME", "REACHED"} else None
    return {
        "state": verdict.state,
        "code": verdict.code,
        "expected_on": pace.expected_on,
        "expected_low": pace.expected_low,
        "expected_high": pace.expected_high,
        "deadline": campaign.deadline,
        "cause": why(cause["code"], readable(cause["params"], day, language)) if cause else None,
        "short": short,
    }


def policy_waiting(code: str) -> Shape | None:
    """The first policy that is proposed and not yet applied."""
    waiting = [p for p in campaigns.policies(code) if not p.applied]
    if not waiting:
        return None
    p = waiting[0]
    return {"code": p.code, "name": name(p), "from": p.since, "source": both(p.source, p.source), "applied": False}
