"""Two plan runs compared, and one number of a run explained: what moved, and what stands behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import polars as pl

from seawall.engines.planning.case import make_case
from seawall.engines.planning.comparison import changes
from seawall.engines.planning.why import QuotaWhy, why_quota
from seawall.terms.acts import Refused

from .. import stored
from ..rows import PlanRow
from .planned import plan

ONE = timedelta(days=1)
NOTABLE = 0.03  # of what was asked of a unit: a difference that carries over


@dataclass(frozen=True, slots=True)
class UnitChange:
    """What a unit's quotas of the days compared were and are, and why: a reason code with its facts."""

    unit: str
    before: int
    after: int
    code: str
    facts: Mapping[str, Any]


def plan_changes(before: UUID, after: UUID, last: date) -> list[UnitChange]:
    """By unit, the largest move first: doses of the days after the later run's closing up to `last`, in both runs.

    PLAN_LATE and PLAN_AHEAD: the unit gave fewer or more on the days between the closings than it was asked; PLAN_RULES: a policy
    changed; PLAN_PEOPLE: other people are eligible; PLAN_SHARED: none of these, the city shares vaccine and days anew.
    """
    old, new = _run(before), _run(after)
    earlier, quotas = (_quotas(run) for run in (old, new))
    moved = changes(earlier, quotas, new.as_of + ONE, last).group_by("unit").agg(pl.col("before", "after").sum())
    between = pl.col("date").is_between(old.as_of + ONE, new.as_of)
    asked = dict(earlier.filter(between).group_by("unit").agg(pl.col("doses").sum()).iter_rows())
    was, now = stored.inputs_of(before), stored.inputs_of(after)
    since = pl.col("day").is_between(old.as_of + ONE, new.as_of)
    given = dict(now["given"].filter(since).group_by("unit").agg(pl.col("doses").sum()).iter_rows())
    ruled = _rules(was) != _rules(now)
    people = {name: _people(inputs) for name, inputs in (("was", was), ("now", now))}
    rows = []
    for unit, first, second in moved.filter(pl.col("before") != pl.col("after")).iter_rows():
        facts = {
            "asked": asked.get(unit, 0),
            "given": given.get(unit, 0),
            "was": people["was"].get(unit, 0),
            "now": people["now"].get(unit, 0),
        }
        rows.append(UnitChange(unit, first, second, _cause(facts, ruled), facts))
    return sorted(rows, key=lambda row: (-abs(row.after - row.before), row.unit))


def _cause(facts: Mapping[str, int], ruled: bool) -> str:
    if ruled:
        return "PLAN_RULES"
    if facts["was"] != facts["now"]:
        return "PLAN_PEOPLE"
    if facts["given"] < (1 - NOTABLE) * facts["asked"]:
        return "PLAN_LATE"
    return "PLAN_AHEAD" if facts["given"] > (1 + NOTABLE) * facts["asked"] else "PLAN_SHARED"


def _rules(inputs: Mapping[str, pl.DataFrame]) -> list[tuple[Any, ...]]:
    return inputs["policies"].filter(pl.col("state") == "applied").rows() if "policies" in inputs else []


def _people(inputs: Mapping[str, pl.DataFrame]) -> dict[str, int]:
    return dict(inputs["eligible"].group_by("unit").agg(pl.col("eligible").sum()).iter_rows())


def quota_why(run_id: UUID, day: date, unit: str, group: str, product: str, dose_rank: int) -> QuotaWhy | None:
    """Why a quota of a run is what it is; None for a day, unit, group or dose that the run does not plan."""
    run = _run(run_id)
    scenario, result = stored.scenario(run.campaign), stored.result_of(run)
    doses = dict(scenario.products.select("product", "doses").iter_rows())
    known = (
        run.as_of < day <= scenario.campaign.deadline
        and unit in scenario.units["unit"]
        and group in scenario.groups["group"]
        and 1 <= dose_rank <= doses.get(product, 0)
    )
    if not known:
        return None
    cell = {"unit": unit, "group": group, "product": product, "dose_rank": dose_rank}
    return why_quota(scenario, result.quotas, result.stock, run.as_of, day, **cell, **stored.inputs_of(run_id))  # type: ignore[arg-type]


@lru_cache(maxsize=8)
def day_capacity(run_id: UUID) -> dict[date, int]:
    """Doses that the city's stations and staff could give on each day of a run."""
    run = _run(run_id)
    case = make_case(stored.scenario(run.campaign), run.as_of, **stored.inputs_of(run_id))
    return {case.periods.day(number): int(doses) for number, doses in enumerate(case.day_room.sum(axis=0))}


def _run(run_id: UUID) -> PlanRow:
    run = plan(run_id)
    if run is None or run.state == "failed":
        raise Refused("PLAN_RUN_UNKNOWN", run=str(run_id))
    return run


def _quotas(run: PlanRow) -> pl.DataFrame:
    found = stored.frame_of(run.run_id, "quotas")
    assert found is not None
    return found
