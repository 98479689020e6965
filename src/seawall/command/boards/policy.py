"""The policy page: what applying a waiting policy would move, or what an applied one says."""

from datetime import date, timedelta
from typing import Any

import polars as pl

from seawall.campaigns import selectors as campaigns
from seawall.campaigns import services as campaign_services
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.codes import DosePriority

from .. import gather
from .curve import last_first_doses
from .plan import verdict_of
from .shapes import Shape, both, name


def policy_preview(actor: Actor, code: str, known: bool = False) -> Shape:
    """What applying a waiting policy would move, planned from tonight's facts; or what an applied one says.

    With `known` a preview that was not made yet is not made: the shape has only the policy.
    """
    campaign = campaigns.current()
    policy = next((p for p in campaigns.policies(campaign.code) if p.code == code), None)
    if policy is None:
        raise Refused("POLICY_UNKNOWN", campaign=campaign.code, policy=code)
    as_of = reports.last_closing() or clock.today()
    if policy.applied:
        return {"policy": _policy(policy), **_in_force(campaign, policy, as_of, actor.language)}
    moves = campaign_services.policy_preview(
        actor, campaign.code, code, as_of, bookings=gather.bookings(as_of), known=known, **gather.plan_inputs(as_of)
    )
    if moves is None:
        return {"policy": _policy(policy)}
    return {"policy": _policy(policy), **_moves(campaign, policy, as_of, moves)}


def _policy(policy: Any) -> Shape:
    return {
        "code": policy.code,
        "name": name(policy),
        "from": policy.since,
        "to": policy.until,
        "source": both(policy.source, policy.source),
        "applied": policy.applied,
    }


def _in_force(campaign: Any, policy: Any, as_of: date, language: str) -> Shape:
    """An applied policy moves nothing any more: what the plan in force says of its days stands on both sides."""
    run = campaigns.plan_of(campaign.code, as_of)
    quotas = campaigns.plan_frame(run.run_id, "quotas") if run else None
    near = quotas.filter(pl.col("date").is_between(policy.since, policy.until)) if quotas is not None else None
    sums = {
        "first": int(near.filter(pl.col("dose_rank") == 1)["doses"].sum()) if near is not None else 0,
        "later": int(near.filter(pl.col("dose_rank") > 1)["doses"].sum()) if near is not None else 0,
    }
    verdict = verdict_of(campaign, run, language) if run else _target_verdict(campaign, [])
    lasts = last_first_doses(campaign, as_of)
    return {
        "before": sums,
        "after": sums,
        "bookings": 0,
        "shipments": 0,
        "units": [],
        "last_first_dose": [row | {"before": row["day"], "after": row["day"]} for row in lasts],
        "verdict_before": verdict,
        "verdict_after": verdict,
    }


def _moves(campaign: Any, policy: Any, as_of: date, moves: Any) -> Shape:
    units = {u.code: u for u in reference.units(as_of)}
    sums = {
        side: (sum(d[f"first_{side}"] for d in moves.by_day), sum(d[f"later_{side}"] for d in moves.by_day))
        for side in ("before", "after")
    }
    lasts = {row["product"]: row for row in last_first_doses(campaign, as_of)}
    return {
        "before": {"first": sums["before"][0], "later": sums["before"][1]},
        "after": {"first": sums["after"][0], "later": sums["after"][1]},
        "bookings": moves.bookings,
        "shipments": sum(abs(s["after"] - s["before"]) for s in moves.shipments),
        "units": [
            {
                "unit_id": units[row["unit"]].unit_id,
                "name": name(units[row["unit"]]),
                "first_before": row.get("first_before", 0),
                "first_after": row.get("first_after", row.get("first", 0)),
                "later_before": row.get("later_before", 0),
                "later_after": row.get("later_after", row.get("later", 0)),
            }
            for row in moves.by_unit
            if row["unit"] in units
        ],
        "last_first_dose": [
            {"product": code, "name": lasts[code]["name"], "before": day, "after": _last_under(policy, day)}
            for code in lasts
            if (day := moves.last_first_dose.get(code))
        ],
        "verdict_before": _target_verdict(campaign, moves.targets_before),
        "verdict_after": _target_verdict(campaign, moves.targets_after),
    }


def _last_under(policy: Any, day: date) -> date:
    """The last useful day of a first dose under a policy that pauses first doses from its own first day."""
    paused = policy.value == DosePriority.LATER_DOSES_ONLY and day >= policy.since
    return policy.since - timedelta(days=1) if paused else day


def _target_verdict(campaign: Any, targets: list[Shape]) -> Shape:
    short = sum(t["short_by"] for t in targets)
    return {
        "state": "stop" if short else "normal",
        "code": "NOT_ON_TIME" if short else "ON_TIME",
        "expected_on": None,
        "expected_low": None,
        "expected_high": None,
        "deadline": campaign.deadline,
        "cause": None,
        "short": short,
    }
