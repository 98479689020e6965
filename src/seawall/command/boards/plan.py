"""The plan page: can the target be met, what binds, what would free it, and what changed since yesterday?"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import polars as pl

from seawall.campaigns import selectors as campaigns
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused

from .curve import days_off, last_first_doses
from .shapes import Shape, both, name, owner, product_names, readable, stamp, why

QUOTAS_SHOWN, CHANGES_SHOWN, RUNS, NEAR = 500, 40, 8, 14
INPUT_NAMES = {
    "stock": both("库存", "stock"),
    "given": both("已接种", "doses given"),
    "eligible": both("应种人数", "people due"),
    "capacity": both("接种能力", "capacity"),
    "arrivals": both("到苗计划", "arrivals"),
    "policies": both("政策", "policies"),
    "before": both("在行配额", "quotas in force"),
}
MEASURED = {
    "doses": both("剂", "doses"),
    "persons": both("人", "persons"),
    "stations": both("个接种台", "stations"),
    "vaccinators": both("名接种员", "vaccinators"),
    "doses a day": both("剂/天", "doses a day"),
    "days": both("天", "days"),
}
SCENARIO_NAMES = {
    "as known": ("按现有条件", "as known"),
    "supply_late": ("到苗晚 {n} 天", "supply {n} days late"),
    "holidays_worked": ("节假日照常接种", "holidays worked"),
    "more_mobile": ("每单元加 {n} 支流动队", "{n} more mobile teams a unit"),
}


def plan_page(actor: Actor, before: UUID | None = None, asked: Mapping[str, str] | None = None) -> Shape:
    """The newest plan of the current campaign, published or not, against the run `before` (the one before it by default).

    `asked` (unit, group, product, rank) is the quota of tomorrow whose reason the reader wants.
    """
    campaign = campaigns.current()
    runs = campaigns.plans(campaign.code, RUNS)
    if not runs:
        raise Refused("PLAN_NOT_MADE")
    run = next((r for r in runs if r.state != "failed"), runs[0])
    today = run.as_of
    others = [r for r in runs if r.state != "failed" and r.run_id != run.run_id]
    earlier = next((r for r in others if r.run_id == before), others[0] if others else None)
    return {
        "stamp": stamp(today),
        "verdict": verdict_of(campaign, run, actor.language),
        "run": _run(run),
        "failed": {"as_of": runs[0].as_of, "failure": runs[0].failure} if runs[0].state == "failed" else None,
        "schedule": _schedule(campaign, run),
        "binds": [_bind(o, run, actor.language) for o in run.obstacles[:12]],
        "cures": [_cure(o, today, actor.language) for o in run.obstacles[:12] if o.get("remedy")],
        "quotas": _quotas(campaign, today + timedelta(days=1)),
        "why": _why(campaign, run, asked) if asked else None,
        "earlier": _run(earlier) if earlier else None,
        "runs": [_run(r) for r in others],
        "changes": _changes(run, earlier),
        "scenarios": _scenarios(run),
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
        "published_at": run.published_at,
        "short": run.short_by,
        "feasible": run.feasible,
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
    able = [0] * len(ends)
    for day, doses in (campaigns.day_capacity(run.run_id) if quotas is not None else {}).items():
        able[_index(ends, day)] += doses
    return {
        "days": ends,
        "widths": widths,
        "rank1": rank[1],
        "rank2": rank[2],
        "rank3": rank[3],
        "arrivals": coming,
        "capacity": able,
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
    """What would free it, in both languages where the plan says so."""
    english = obstacle.get("remedy_en") or obstacle["remedy"]
    return {
        "why": why(obstacle["code"], readable(obstacle["params"], on, language)),
        "doses": int(obstacle.get("short_by", 0)),
        "remedy": both(obstacle.get("remedy_zh") or english, english),
        "measure": MEASURED.get(obstacle.get("measure", ""), both("", "")),
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
            "ask": {"unit": code, "group": group, "product": product, "rank": number},
        }
        for unit, code, group, product, number, doses in rows.iter_rows()
    ]


def _why(campaign: Any, run: Any, asked: Mapping[str, str]) -> Shape | None:
    """The reason of one quota of tomorrow, with its facts."""
    day = run.as_of + timedelta(days=1)
    rank = int(asked["rank"]) if asked["rank"].isdecimal() else 0
    found = campaigns.quota_why(run.run_id, day, asked["unit"], asked["group"], asked["product"], rank)
    if found is None:
        return None
    units, products = {u.code: name(u) for u in reference.units(day)}, product_names(day)
    groups = {g.code: name(g) for g in campaigns.groups(campaign.code)}
    return {
        "day": day,
        "unit": units[asked["unit"]],
        "group": groups[asked["group"]],
        "product": products.get(asked["product"], both(asked["product"], asked["product"])),
        "dose_rank": rank,
        "why": why(found.code, found.facts),
        "facts": found.facts,
    }


def _changes(run: Any, earlier: Any | None) -> list[Shape]:
    """The earlier plan against this one: doses of the next two weeks by unit, largest move first, each with its reason."""
    if earlier is None or run.state == "failed":
        return []
    names = {u.code: name(u) for u in reference.units(run.as_of)}
    rows = campaigns.plan_changes(earlier.run_id, run.run_id, run.as_of + timedelta(days=NEAR))
    return [
        {
            "unit": names.get(row.unit, both(row.unit, row.unit)),
            "before": row.before,
            "after": row.after,
            "why": why(row.code, row.facts),
        }
        for row in rows[:CHANGES_SHOWN]
    ]


def _scenarios(run: Any) -> list[Shape] | None:
    """Scenarios of the run side by side, a row per scenario; None before they were asked for."""
    table = campaigns.plan_frame(run.run_id, "scenarios")
    if table is None:
        return None
    rows = []
    for (scenario,), part in table.group_by("scenario", maintain_order=True):
        first = part.row(0, named=True)
        rows.append(
            {
                "name": scenario_name(str(scenario)),
                "feasible": first["feasible"],
                "short": int(part["short_by"].sum()),
                "first": first["dose_1"],
                "later": first["dose_2"] + first["dose_3"],
                "left": first["left"],
            }
        )
    return rows


def scenario_name(scenario: str) -> Shape:
    """A scenario's name in words."""
    kind, _, value = scenario.partition("=")
    zh, en = SCENARIO_NAMES.get(kind, (scenario, scenario))
    return both(zh.format(n=value), en.format(n=value))


def scenarios_picture(run_id: UUID) -> str | None:
    """The picture of a run's scenarios as SVG."""
    found = campaigns.plan_frame(run_id, "scenarios_picture")
    return None if found is None else str(found["svg"][0])


def _inputs(run: Any) -> list[Shape]:
    """The frozen inputs of the run: name, rows, time, digest of what is kept."""
    return [
        {"name": INPUT_NAMES.get(key, both(key, key)), "size": rows, "as_of": run.computed_at, "digest": digest}
        for key, rows, digest in campaigns.plan_inputs(run.run_id)
    ]
