"""Scenarios of a plan run: the same frozen inputs with one thing changed, planned once and kept with the run."""

from uuid import UUID

import polars as pl

from seawall.engines.planning import SolverFailed
from seawall.engines.planning.comparison import side_by_side, variants_planned
from seawall.platform import access, sql
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused

from .. import selectors, stored
from ..models import PlanFrame

SECONDS = 20.0  # a person waits: each variant ends by then with its best plan
VARIANTS = ("supply_late=7", "holidays_worked", "more_mobile=2")


def scenarios_plan(actor: Actor, run_id: UUID) -> pl.DataFrame:
    """The run and its variants side by side (engines.planning.comparison.SCENARIOS); kept, so that a second look is a read."""
    access.require(actor, "plan_run")
    kept = stored.frame_of(run_id, "scenarios")
    if kept is not None:
        return kept
    run = selectors.plan(run_id)
    if run is None:
        raise Refused("PLAN_RUN_UNKNOWN", run=str(run_id))
    if run.state == "failed":
        raise Refused("PLAN_RUN_FAILED", as_of=run.as_of.isoformat())
    scenario, inputs = stored.scenario(run.campaign), stored.inputs_of(run_id)
    try:
        plans = variants_planned(scenario, stored.result_of(run), VARIANTS, strict=False, seconds=SECONDS, **inputs)
    except SolverFailed as failed:
        raise Refused("PLAN_TIME_UP", seconds=int(SECONDS)) from failed
    table = side_by_side(plans)
    kept_as = [(run_id, "scenarios", stored.to_parquet(table))]
    sql.insert(PlanFrame, ("run", "name", "content"), kept_as, on_conflict="DO NOTHING")
    return table
