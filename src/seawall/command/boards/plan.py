"""The plan page: can the target be met, what binds, what would free it, and what changed since yesterday?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import polars as pl

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow, PlanRow
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor
from seawall.terms.acts import Refusal, Refused
from seawall.terms.names import Name

from .. import situation
from .curve import last_first_doses
from .plan_rows import (
    Bind,
    Cure,
    FailedRun,
    Figure,
    InputLine,
    LastDay,
    MoveLine,
    PlanPage,
    QuotaAsk,
    QuotaLine,
    QuotaReason,
    RunLine,
    ScenarioLine,
    ScenarioTable,
    Schedule,
    Shared,
)
from .verdict import TargetVerdict, verdict_of
from .wording import MEASURED, readable, remedy_of

QUOTAS_SHOWN, CHANGES_SHOWN, OBSTACLES_SHOWN, RUNS, NEAR = 500, 40, 12, 8, 14
INPUT_NAMES = {
    "stock": Name("库存", "stock"),
    "given": Name("已接种", "doses given"),
    "eligible": Name("应种人数", "people due"),
    "capacity": Name("接种能力", "capacity"),
    "arrivals": Name("到苗计划", "arrivals"),
    "policies": Name("政策", "policies"),
    "before": Name("在行配额", "quotas in force"),
}
COMPARED = {
    "short": Name("差人数", "people missing"),
    "first": Name("首剂", "first doses"),
    "later": Name("后续剂次", "later doses"),
    "left": Name("期末余苗", "doses left at the end"),
    "last_day": Name("最后接种日", "last day of giving"),
}
SCENARIO_NAMES = {
    "as known": ("按现有条件", "as known"),
    "supply_late": ("到苗晚 {n} 天", "supply {n} days late"),
    "holidays_worked": ("节假日照常接种", "holidays worked"),
    "more_mobile": ("每单元加 {n} 支流动队", "{n} more mobile teams a unit"),
}


def plan_page(
    actor: Actor, campaign: CampaignRow, before: UUID | None = None, asked: Mapping[str, str] | None = None
) -> PlanPage:
    """Of a campaign, against the run `before` (the one before it by default).

    `asked` (unit, group, product, rank) is the quota of tomorrow whose reason the reader wants.
    """
    runs = campaigns.plans(campaign.code, RUNS)
    if not runs:
        raise Refused("PLAN_NOT_MADE")
    run = next((r for r in runs if r.state != "failed"), runs[0])
    today, names = run.as_of, _names(campaign.code, run.as_of + timedelta(days=1))
    others = [r for r in runs if r.state != "failed" and r.run_id != run.run_id]
    earlier = next((r for r in others if r.run_id == before), others[0] if others else None)
    return PlanPage(
        stamp=reports.stamp(campaign.code, today),
        verdict=plan_verdict(campaign, run, actor.language),
        run=_run(run),
        failed=FailedRun(runs[0].as_of, runs[0].failure) if runs[0].state == "failed" else None,
        schedule=_schedule(campaign, run),
        binds=tuple(_bind(o, run, actor.language) for o in run.obstacles[:OBSTACLES_SHOWN]),
        cures=tuple(cure_of(o) for o in run.obstacles[:OBSTACLES_SHOWN] if o.get("remedy")),
        quotas=_quotas(campaign.code, today + timedelta(days=1), names),
        why=_why(run, asked, names) if asked else None,
        earlier=_run(earlier) if earlier else None,
        runs=tuple(_run(r) for r in others),
        changes=_changes(run, earlier),
        scenarios=_scenarios(run),
        inputs=_inputs(run),
        policies=tuple(campaigns.policies(campaign.code)),
    )


def plan_verdict(campaign: CampaignRow, run: PlanRow, language: str) -> TargetVerdict:
    """The board's own verdict under this plan, and how near the plan is proven to be to the best."""
    stands = situation.standing(campaign, run.as_of, situation.ahead_of(run, run.as_of), run.short_by)
    return verdict_of(campaign, run.as_of, stands, run, language, run.summary.get("gap"))


def _run(run: PlanRow) -> RunLine:
    return RunLine(
        run.run_id, run.as_of, run.published_at, run.short_by, staff.owner(run.approved_by), run.state == "published"
    )


def _schedule(campaign: CampaignRow, run: PlanRow) -> Schedule:
    quotas = campaigns.plan_frame(run.run_id, "quotas")
    arrivals = campaigns.scenario_of(campaign.code).supply.filter(pl.col("date") > run.as_of)
    start = run.as_of + timedelta(days=1)
    days = tuple(start + timedelta(days=n) for n in range((campaign.deadline - start).days + 1))
    ranks = _ranks(quotas, days)
    coming = dict(arrivals.group_by("date").agg(pl.col("doses").sum()).iter_rows())
    able = campaigns.day_capacity(run.run_id) if quotas is not None else {}
    lasts = last_first_doses(campaign.code, run.as_of)
    return Schedule(
        days,
        *ranks,
        arrivals=[coming.get(day, 0) for day in days],
        capacity=[able.get(day, 0) for day in days],
        today=run.as_of,
        last_first_dose=tuple(LastDay(m.name, m.day, m.day <= run.as_of) for m in lasts),
    )


def _ranks(quotas: pl.DataFrame | None, days: Sequence[date]) -> tuple[list[int], list[int], list[int]]:
    """Doses of each day by rank, the third with all later ones."""
    place = {day: n for n, day in enumerate(days)}
    ranks = ([0] * len(days), [0] * len(days), [0] * len(days))
    if quotas is not None:
        for day, number, doses in quotas.group_by("date", "dose_rank").agg(pl.col("doses").sum()).iter_rows():
            if day in place:
                ranks[min(3, number) - 1][place[day]] += doses
    return ranks


def _bind(obstacle: Mapping[str, Any], run: PlanRow, language: str) -> Bind:
    day = obstacle.get("date")
    return Bind(
        why=Refusal(obstacle["code"], readable(obstacle["params"], run.as_of, language)),
        on=date.fromisoformat(day) if isinstance(day, str) else day or run.as_of,
        lost=int(obstacle.get("short_by", 0)),
        measure=MEASURED.get(obstacle.get("measure", ""), Name("", "")),
    )


def cure_of(obstacle: Mapping[str, Any]) -> Cure:
    measure = MEASURED.get(obstacle.get("measure", ""), Name("", ""))
    return Cure(int(obstacle.get("short_by", 0)), remedy_of(obstacle), measure)


@dataclass(frozen=True, slots=True)
class _Names:
    """What units, groups and products are called, by code."""

    units: Mapping[str, Name]
    groups: Mapping[str, Name]
    products: Mapping[str, Name]


def _names(campaign: str, on: date) -> _Names:
    return _Names(
        {u.code: Name.of(u) for u in reference.units(on)},
        {g.code: Name.of(g) for g in campaigns.groups(campaign)},
        reference.product_names(on),
    )


def _named(names: Mapping[str, Name], code: str) -> Name:
    return names.get(code) or Name.code(code)


def _quotas(campaign: str, day: date, names: _Names) -> tuple[QuotaLine, ...]:
    rows = campaigns.quotas(campaign, day).sort("doses", descending=True).head(QUOTAS_SHOWN)
    return tuple(
        QuotaLine(
            unit_id=unit,
            name=_named(names.units, code),
            group=_named(names.groups, group),
            product=_named(names.products, product),
            doses=doses,
            ask=QuotaAsk(code, group, product, number),
        )
        for unit, code, group, product, number, doses in rows.iter_rows()
    )


def _why(run: PlanRow, asked: Mapping[str, str], names: _Names) -> QuotaReason | None:
    """The reason of one quota of tomorrow, with its facts."""
    day = run.as_of + timedelta(days=1)
    rank = int(asked["rank"]) if asked["rank"].isdecimal() else 0
    found = campaigns.quota_why(run.run_id, day, asked["unit"], asked["group"], asked["product"], rank)
    if found is None:
        return None
    return QuotaReason(
        day=day,
        unit=_named(names.units, asked["unit"]),
        group=_named(names.groups, asked["group"]),
        product=_named(names.products, asked["product"]),
        dose_rank=rank,
        doses=int(found.facts["doses"] or 0),
        why=Refusal(found.code, found.facts),
    )


def _changes(run: PlanRow, earlier: PlanRow | None) -> tuple[MoveLine, ...]:
    """Largest move first, each with its reason."""
    if earlier is None or run.state == "failed":
        return ()
    names = {u.code: Name.of(u) for u in reference.units(run.as_of)}
    rows = campaigns.plan_changes(earlier.run_id, run.run_id, run.as_of + timedelta(days=NEAR))
    return tuple(
        MoveLine(_named(names, row.unit), row.before, row.after, Refusal(row.code, row.facts))
        for row in rows[:CHANGES_SHOWN]
    )


def _scenarios(run: PlanRow) -> ScenarioTable | None:
    """None before they were asked for."""
    table = campaigns.plan_frame(run.run_id, "scenarios")
    if table is None:
        return None
    found: dict[str, tuple[bool, dict[str, Figure]]] = {}
    for (scenario,), part in table.group_by("scenario", maintain_order=True):
        first = part.row(0, named=True)
        found[str(scenario)] = (
            first["feasible"],
            {
                "short": int(part["short_by"].sum()),
                "first": first["dose_1"],
                "later": first["dose_2"] + first["dose_3"],
                "left": first["left"],
                "last_day": first["last_day"],
            },
        )
    figures = [told for _, told in found.values()]
    apart = [key for key in COMPARED if len({told[key] for told in figures}) > 1]
    return ScenarioTable(
        columns=tuple(COMPARED[key] for key in apart),
        rows=tuple(
            ScenarioLine(scenario_name(code), met, tuple(told[key] for key in apart))
            for code, (met, told) in found.items()
        ),
        same=tuple(Shared(COMPARED[key], figures[0][key]) for key in COMPARED if key not in apart),
    )


def scenario_name(scenario: str) -> Name:
    """A scenario's name in words."""
    kind, _, value = scenario.partition("=")
    zh, en = SCENARIO_NAMES.get(kind, (scenario, scenario))
    return Name(zh.format(n=value), en.format(n=value))


def _inputs(run: PlanRow) -> tuple[InputLine, ...]:
    """What the run was computed from."""
    return tuple(
        InputLine(INPUT_NAMES.get(key) or Name.code(key), rows, run.computed_at)
        for key, rows, _digest in campaigns.plan_inputs(run.run_id)
    )
