"""Compute a plan from frames, keep it with its inputs, and publish its quotas once a named person approves."""

import json
import time
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import polars as pl

from seawall.engines.planning import Plan, Scenario, SolverFailed, plan, summary_text
from seawall.platform import access, clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Params, Refusal, Refused
from seawall.terms.campaigns import PlanPublish, PlanRecord
from seawall.terms.codes import Owner

from .. import selectors, stored
from ..events import PLAN_COMPUTED, PLAN_PUBLISHED
from ..keys import campaign_keys
from ..models import PlanFrame, PlanRun, Quota

NEEDS = {
    "stock": ("place", "product", "lot", "expires", "doses"),
    "capacity": ("unit", "date", "doses"),
    "given": ("unit", "group", "product", "dose_rank", "day", "doses"),
    "eligible": ("unit", "group", "eligible"),
    "arrivals": ("date", "product", "lot", "expires", "doses"),
    "ways": ("unit", "lead_days"),
}
Frames = dict[str, pl.DataFrame]


def plan_compute(
    actor: Actor,
    code: str,
    as_of: date,
    *,
    stock: pl.DataFrame,
    capacity: pl.DataFrame | None = None,
    given: pl.DataFrame | None = None,
    eligible: pl.DataFrame | None = None,
    arrivals: pl.DataFrame | None = None,
    ways: pl.DataFrame | None = None,
    act: UUID | None = None,
) -> UUID:
    """Plan from the day after `as_of` (the last closed day) and keep the run; its id.

    stock [place, product, lot, expires, doses, doses_per_pack]: place is a planning unit's code, or the city store's name in
    the folder (CITY). capacity [unit, date, doses]: days without any row keep the folder's capacity. given and eligible come
    from the people room where none are passed, arrivals from the folder. ways [unit, lead_days]: days from the first store to
    use through the stores between, where those are more than the folder's. A failed solve is kept as a failed run.
    """
    access.require(actor, "plan_run")
    run_id = act or uuid4()
    if selectors.plan(run_id):
        return run_id
    frames = gather(
        code, as_of, stock=stock, capacity=capacity, given=given, eligible=eligible, arrivals=arrivals, ways=ways
    )
    started, failure = time.perf_counter(), ""
    try:
        result: Plan | None = solve(stored.scenario(code), as_of, frames)
    except SolverFailed as error:
        result, failure = None, str(error)
    seconds = time.perf_counter() - started
    item = PlanRecord(act=run_id, occurred_at=clock.now(), campaign=code, as_of=as_of)
    plan_record(actor, [item], frames, result, failure, seconds)
    return run_id


@verb(
    Owner.CAMPAIGN, zh="保存计划", en="Keep computed plans", key=campaign_keys, tells=(PLAN_COMPUTED,),
    grants=("plan_run",), inside=True,
)  # fmt: skip
def plan_record(
    w: Work, items: list[PlanRecord], frames: Frames, result: Plan | None, failure: str, seconds: float
) -> Answers:
    """Keep a run with its inputs and what the solver answered, or why it failed."""
    answers: dict[UUID, Refusal | Params] = {}
    for item in items:
        _keep(w, item.act, item.campaign, item.as_of, frames, result, failure, seconds)
        feasible = bool(result and result.summary["feasible"])
        answer: Params = {"run": str(item.act), "as_of": item.as_of.isoformat(), "feasible": feasible}
        told: Params = {"campaign": item.campaign, **answer}
        w.announce(PLAN_COMPUTED, Owner.CAMPAIGN, _campaign_id(item.campaign), item, told)
        answers[item.act] = answer
    return answers


def gather(code: str, as_of: date, **frames: pl.DataFrame | None) -> Frames:
    """The inputs of a plan: those passed, checked by column; people's from their room; policies and quotas in force."""
    if selectors.campaign(code) is None:
        raise Refused("CAMPAIGN_UNKNOWN", campaign=code)
    if frames.get("given") is None:
        frames["given"] = selectors.cohort_frame(code, as_of)
    if frames.get("eligible") is None:
        frames["eligible"] = selectors.eligible_frame(code, as_of)
    found = {name: frame for name, frame in frames.items() if frame is not None}
    for name, frame in found.items():
        missing = [column for column in NEEDS[name] if column not in frame.columns]
        if missing:
            raise Refused("PLAN_INPUT_COLUMNS", frame=name, columns=", ".join(missing))
    found["policies"], orders = policy_frame(code), selectors.quotas_after(code, as_of)
    return found | ({"before": orders} if orders.height else {})


def solve(scenario: Scenario, as_of: date, frames: Frames, seconds: float = 60.0) -> Plan:
    """The plan from inputs as `gather` makes them; when the time is up, the best that was found. Asks no database."""
    return plan(scenario, as_of=as_of, strict=False, seconds=seconds, **frames)


def policy_frame(code: str) -> pl.DataFrame:
    """The room's policies as the engine reads them."""
    rows = [
        (p.code, p.kind, str(p.value), p.since, p.until, p.later_within_days, p.state) for p in selectors.policies(code)
    ]
    schema = {"policy": pl.String, "kind": pl.String, "value": pl.String, "from": pl.Date, "to": pl.Date}
    return pl.DataFrame(rows, schema={**schema, "later_within_days": pl.Int64, "state": pl.String}, orient="row")


def _campaign_id(code: str) -> int:
    head = selectors.campaign(code)
    return head.campaign_id if head else 0


def _keep(
    w: Work, run_id: UUID, code: str, as_of: date, inputs: Frames, result: Plan | None, failure: str, seconds: float
) -> None:
    summary: dict[str, Any] = json.loads(summary_text(result)) if result else {}
    short = sum(target["short_by"] for target in summary.get("targets", []))
    columns = (
        "id",
        "campaign",
        "as_of",
        "state",
        "feasible",
        "short_by",
        "summary",
        "failure",
        "seconds",
        "computed_at",
    )
    state = "computed" if result else "failed"
    row = (run_id, code, as_of, state, bool(summary.get("feasible")), short, summary, failure, seconds, w.recorded_at)
    sql.insert(PlanRun, columns, [row])
    frames = {f"in_{name}": frame for name, frame in inputs.items()}
    if result:
        frames |= {name: getattr(result, name) for name in stored.RESULT}
    sql.insert(
        PlanFrame, ("run", "name", "content"), [(run_id, name, stored.to_parquet(f)) for name, f in frames.items()]
    )


@verb(Owner.CAMPAIGN, zh="批准并发布配额", en="Publish plans as quotas", key=campaign_keys, tells=(PLAN_PUBLISHED,))
def plan_publish(w: Work, items: list[PlanPublish]) -> Answers:
    """Approve runs: their near days become the quotas in force; days up to their closing stay as they were.

    Who is still to come where is kept with the run, so that streets and organisations have their parts of it.
    """
    return {item.act: _publish(w, item) for item in items}


def _publish(w: Work, item: PlanPublish) -> Refusal | Params:
    run = selectors.plan(item.run_id)
    if run is None or run.campaign != item.campaign:
        return Refusal("PLAN_RUN_UNKNOWN", {"run": str(item.run_id)})
    if run.state == "failed":
        return Refusal("PLAN_RUN_FAILED", {"as_of": run.as_of.isoformat()})
    newer = sql.fetch(
        "SELECT max(as_of) FROM campaigns_planrun WHERE campaign = %s AND state = 'published' AND as_of > %s",
        [run.campaign, run.as_of],
    )[0][0]
    if newer:
        return Refusal("PLAN_RUN_OLDER", {"as_of": run.as_of.isoformat(), "newer": newer.isoformat()})
    if run.state == "computed":
        waiting = selectors.waiting_frame(run.campaign, run.as_of + timedelta(days=1))
        kept = [(run.run_id, "waiting", stored.to_parquet(waiting))]
        sql.insert(PlanFrame, ("run", "name", "content"), kept, on_conflict="DO NOTHING")
    doses = _put_in_force(run.run_id, run.campaign, run.as_of)
    sql.execute(
        "UPDATE campaigns_planrun SET state = 'published', approved_by = %s, published_at = %s WHERE id = %s",
        [w.actor.post_id, w.recorded_at, run.run_id],
    )
    answer: Params = {"run": str(run.run_id), "as_of": run.as_of.isoformat(), "feasible": run.feasible, "doses": doses}
    w.announce(PLAN_PUBLISHED, "campaign", _campaign_id(run.campaign), item, {"campaign": run.campaign, **answer})
    return answer


def _put_in_force(run_id: UUID, code: str, as_of: date) -> int:
    """Replace the quotas after a day by the run's near ones; how many doses they are."""
    found = stored.frame_of(run_id, "quotas")
    assert found is not None
    near = found.filter(pl.col("date") <= as_of + timedelta(days=stored.scenario(code).settings.near_days))
    ids = {unit.code: unit.unit_id for unit in reference.units(as_of + timedelta(days=1))}
    sql.execute("DELETE FROM campaigns_quota WHERE campaign = %s AND day > %s", [code, as_of])
    columns = ("campaign", "day", "unit_id", "group_code", "product", "dose_rank", "doses", "run_id")
    rows = [
        (code, day, ids[unit], g, p, rank, n, run_id) for day, unit, g, p, rank, n in near.iter_rows() if unit in ids
    ]
    sql.insert(Quota, columns, rows)
    return int(near["doses"].sum())
