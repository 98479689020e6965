"""The plan page: can the target be met, what binds, what would free it, and what changed since yesterday?"""

from collections import defaultdict
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
from .curve import days_off, last_first_doses
from .shapes import Shape, both, name, owner, product_names, readable, stamp, why

QUOTAS_SHOWN, NEAR = 500, 14


def plan_page(actor: Actor) -> Shape:
    """The newest plan of the current campaign, published or not."""
    campaign = campaigns.current()
    rows = campaigns.plans(campaign.code, 2)
    if not rows:
        raise Refused("PLAN_NOT_MADE")
    run = rows[0]
    today = run.as_of
    return {
        "stamp": stamp(today),
        "verdict": verdict_of(campaign, run, actor.language),
        "run": _run(run),
        "schedule": _schedule(campaign, run),
        "binds": [_bind(o, run, actor.language) for o in run.obstacles[:12]],
        "cures": [_cure(o, today, actor.language) for o in run.obstacles[:12] if o.get("remedy")],
        "quotas": _quotas(campaign, today + timedelta(days=1)),
        "changes": _changes(campaign, rows),
        "inputs": _inputs(run),
        "policies": [
            {
                "code": p.code,
                "name": name(p),
                "from": p.since,
                "to": p.until,
                "source": both(p.source, p.source),
                "applied": p.applied,
            }
            for p in campaigns.policies(campaign.code)
        ],
    }


def verdict_of(campaign: Any, run: Any, language: str) -> Shape:
    """Whether the plan meets every target, and by how much not."""
    short = run.short_by
    cause = run.obstacles[0] if run.obstacles and short else None
    return {
        "state": "stop" if short or run.state == "failed" else "normal",
        "code": "NOT_ON_TIME" if short else "ON_TIME",
        "expected_on": None,
        "expected_low": None,
        "expected_high": None,
        "deadline": campaign.deadline,
        "cause": why(cause["code"], readable(cause["params"], run.as_of, language)) if cause else None,
        "short": short,
        "gap": run.summary.get("gap", 0.0),
    }


def _run(run: Any) -> Shape:
    return {
        "run_id": run.run_id,
        "as_of": run.as_of,
        "approved": run.approved_by is not None,
        "approved_by": owner(run.approved_by),
        "published": run.state == "published",
        "seconds": run.seconds,
        "release": str(run.run_id)[:8],
    }


def _schedule(campaign: Any, run: Any) -> Shape:
    """Planned doses by day and rank: daily for two weeks, weekly sums beyond."""
    quotas = campaigns.plan_frame(run.run_id, "quotas")
    arrivals = campaigns.scenario_of(campaign.code).supply.filter(pl.col("date") > run.as_of)
    start, end = run.as_of + timedelta(days=1), campaign.deadline
    ends, widths = _buckets(start, end)
    rank = {n: [0] * len(ends) for n in (1, 2, 3)}
    if quotas is not None:
        for day, number, doses in quotas.group_by("date", "dose_rank").agg(pl.col("doses").sum()).iter_rows():
            rank[min(3, number)][_index(ends, day)] += doses
    coming = [0] * len(ends)
    for day, doses in arrivals.group_by("date").agg(pl.col("doses").sum()).iter_rows():
        if day <= end:
            coming[_index(ends, day)] += doses
    return {
        "days": ends,
        "widths": widths,
        "rank1": rank[1],
        "rank2": rank[2],
        "rank3": rank[3],
        "arrivals": coming,
        "capacity": [None] * len(ends),
        "today": run.as_of,
        "last_first_dose": last_first_doses(campaign, run.as_of),
        "days_off": days_off(start, end) if start <= end else [],
    }


def _buckets(start: date, end: date) -> tuple[list[date], list[int]]:
    ends, widths, day = [], [], start
    while day <= end:
        width = 1 if (day - start).days < NEAR else min(7, (end - day).days + 1)
        ends.append(day + timedelta(days=width - 1))
        widths.append(width)
        day += timedelta(days=width)
    return ends, widths


def _index(ends: list[date], day: date) -> int:
    return next((n for n, last in enumerate(ends) if day <= last), len(ends) - 1)


def _bind(obstacle: Shape, run: Any, language: str) -> Shape:
    day = obstacle.get("date")
    on = date.fromisoformat(day) if isinstance(day, str) else day or run.as_of
    return {
        "why": why(obstacle["code"], readable(obstacle["params"], run.as_of, language)),
        "from": on,
        "to": on,
        "doses_lost": int(obstacle.get("short_by", 0)),
        "price": None,
    }


def _cure(obstacle: Shape, on: date, language: str) -> Shape:
    return {
        "why": why(obstacle["code"], readable(obstacle["params"], on, language)),
        "doses": int(obstacle.get("short_by", 0)),
        "cost": None,
        "remedy": obstacle["remedy"],
        "measure": obstacle.get("measure"),
    }


def _quotas(campaign: Any, day: date) -> list[Shape]:
    units = {u.unit_id: name(u) for u in reference.units(day)}
    groups = {g.code: name(g) for g in campaigns.groups(campaign.code)}
    products = product_names(day)
    rows = campaigns.quotas(campaign.code, day).sort("doses", descending=True).head(QUOTAS_SHOWN)
    return [
        {
            "unit_id": unit,
            "name": units.get(unit, both(str(unit), str(unit))),
            "group": groups.get(group, both(group, group)),
            "product": products.get(product, both(product, product)),
            "dose_rank": number,
            "doses": doses,
            "day": day,
        }
        for unit, _, group, product, number, doses in rows.iter_rows()
    ]


def _changes(campaign: Any, rows: list[Any]) -> list[Shape]:
    """Yesterday's plan against today's: doses of the next two weeks by unit, largest move first."""
    if len(rows) < 2:
        return []
    end = rows[0].as_of + timedelta(days=NEAR)
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for side, run in enumerate((rows[1], rows[0])):
        frame = campaigns.plan_frame(run.run_id, "quotas")
        if frame is None:
            continue
        near = frame.filter((pl.col("date") > rows[0].as_of) & (pl.col("date") <= end))
        for unit, doses in near.group_by("unit").agg(pl.col("doses").sum()).iter_rows():
            sums[unit][side] = doses
    names = {u.code: name(u) for u in reference.units(rows[0].as_of)}
    moved = sorted(sums.items(), key=lambda item: -abs(item[1][1] - item[1][0]))
    return [
        {"unit": names.get(code, both(code, code)), "before": before, "after": after, "why": None}
        for code, (before, after) in moved[:10]
        if before != after
    ]


def _inputs(run: Any) -> list[Shape]:
    """The frozen inputs of the run: name, rows, time."""
    names = {
        "stock": both("库存", "stock"),
        "given": both("已接种", "doses given"),
        "eligible": both("应种人数", "people due"),
        "capacity": both("接种能力", "capacity"),
        "arrivals": both("到苗计划", "arrivals"),
    }
    found = []
    for key, label in names.items():
        frame = campaigns.plan_frame(run.run_id, f"in_{key}")
        if frame is not None:
            found.append({"name": label, "size": frame.height, "as_of": run.computed_at, "digest": str(run.run_id)[:8]})
    return found


def policy_preview(actor: Actor, code: str) -> Shape:
    """What applying a waiting policy would move, planned from tonight's facts; or what an applied one says."""
    campaign = campaigns.current()
    policy = next((p for p in campaigns.policies(campaign.code) if p.code == code), None)
    if policy is None:
        raise Refused("POLICY_UNKNOWN", campaign=campaign.code, policy=code)
    as_of = reports.last_closing() or clock.today()
    if policy.applied:
        return {"policy": _policy(policy), **_in_force(campaign, policy, as_of, actor.language)}
    moves = campaign_services.policy_preview(
        actor, campaign.code, code, as_of, bookings=gather.bookings(as_of), **gather.plan_inputs(as_of)
    )
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
            for code, day in moves.last_first_dose.items()
            if code in lasts
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
