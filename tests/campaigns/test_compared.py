"""Runs kept whole: their inputs, their scenarios side by side, what moved between two, and why a number is what it is."""

from datetime import date, timedelta
from uuid import uuid4

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seawall.campaigns import selectors, stored
from seawall.campaigns.services import plan_compute, policy_apply, scenarios_plan
from seawall.engines.planning import plan
from seawall.terms.acts import Refused
from seawall.terms.campaigns import PolicyApply

from .conftest import EVE, NOON, A, B, publish

pytestmark = pytest.mark.django_db
NEXT = EVE + timedelta(days=1)


@pytest.fixture
def first(anyone, campaign, stock, people_of, nobody_given):
    return plan_compute(anyone, campaign, EVE, stock=stock, eligible=people_of(), given=nobody_given)


def _given(doses):
    return pl.DataFrame(
        {"unit": [A, B], "group": ["ADULT_18_59"] * 2, "product": ["INACT"] * 2, "dose_rank": [1, 1], "day": [NEXT] * 2}
    ).with_columns(doses=pl.Series(doses, dtype=pl.Int64))


def test_a_run_can_be_made_again_from_what_it_kept(campaign, first):
    kept = selectors.plan(first)
    again = plan(stored.scenario(campaign), as_of=kept.as_of, strict=False, **stored.inputs_of(first))
    result = stored.result_of(kept)
    assert again.quotas.equals(result.quotas) and again.stock.equals(result.stock)
    assert again.summary["targets"] == result.summary["targets"]
    inputs = selectors.plan_inputs(first)
    assert [name for name, _, _ in inputs] == ["eligible", "given", "policies", "stock"]
    assert all(len(digest) == 64 for _, _, digest in inputs) and {n: r for n, r, _ in inputs}["stock"] == 1


def test_scenarios_are_planned_once_and_stand_beside_the_run(anyone, campaign, first):
    table = scenarios_plan(anyone, first)
    assert table["scenario"].unique(maintain_order=True).to_list() == [
        "as known", "supply_late=7", "holidays_worked", "more_mobile=2",
    ]  # fmt: skip
    known = selectors.plan(first).summary["targets"][0]
    assert table.row(0, named=True)["planned"] == known["planned"]
    with CaptureQueriesContext(connection) as queries:
        assert scenarios_plan(anyone, first).equals(table)
    assert len(queries) == 1


def test_what_moved_between_two_evenings_and_why(anyone, campaign, stock, people_of, first):
    asked = dict(
        selectors.plan_frame(first, "quotas")
        .filter(pl.col("date") == NEXT)
        .group_by("unit")
        .agg(pl.col("doses").sum())
        .iter_rows()
    )
    assert asked[A] > 0
    given = _given([0, asked[B]])
    later = plan_compute(anyone, campaign, NEXT, stock=stock, eligible=people_of(), given=given)
    rows = {row.unit: row for row in selectors.plan_changes(first, later, date(2021, 6, 30))}
    assert rows[A].code == "PLAN_LATE" and rows[A].facts["asked"] == asked[A] and rows[A].facts["given"] == 0
    assert rows[A].after - rows[A].before > 0
    before, after = (selectors.plan_frame(run, "quotas").filter(pl.col("date") > NEXT) for run in (first, later))
    moved = after["doses"].sum() - before["doses"].sum()
    assert sum(row.after - row.before for row in rows.values()) == moved


def test_a_changed_rule_or_other_people_are_the_reason(anyone, act, campaign, stock, people_of, nobody_given, first):
    more = plan_compute(anyone, campaign, EVE, stock=stock, eligible=people_of(120), given=nobody_given)
    assert {row.code for row in selectors.plan_changes(first, more, date(2021, 6, 30))} == {"PLAN_PEOPLE"}
    policy_apply(anyone, [PolicyApply(act=act("apply"), occurred_at=NOON, campaign=campaign, code="PAUSE")])
    ruled = plan_compute(
        anyone, campaign, EVE, stock=stock.with_columns(doses=60), eligible=people_of(), given=nobody_given
    )
    assert {row.code for row in selectors.plan_changes(first, ruled, date(2021, 6, 30))} == {"PLAN_RULES"}


def test_a_number_of_a_run_is_explained_and_a_number_it_does_not_have_is_not(first):
    cell = selectors.plan_frame(first, "quotas").filter(pl.col("dose_rank") == 1).row(0, named=True)
    why = selectors.quota_why(first, cell["date"], cell["unit"], cell["group"], cell["product"], 1)
    assert why.facts["doses"] == cell["doses"] and why.code.startswith("QUOTA_")
    assert selectors.quota_why(first, EVE, cell["unit"], cell["group"], cell["product"], 1) is None
    assert selectors.quota_why(first, cell["date"], "X", cell["group"], cell["product"], 1) is None
    assert selectors.quota_why(first, cell["date"], cell["unit"], cell["group"], cell["product"], 3) is None
    with pytest.raises(Refused):
        selectors.plan_changes(first, uuid4(), date(2021, 6, 30))


def test_the_quotas_in_force_are_an_input_of_the_next_plan(anyone, campaign, stock, people_of, first):
    publish(anyone, first)
    later = plan_compute(anyone, campaign, NEXT, stock=stock, eligible=people_of(), given=_given([0, 0]))
    before = stored.inputs_of(later)["before"]
    assert before["date"].min() > NEXT
    near = pl.col("date").is_between(NEXT + timedelta(days=1), EVE + timedelta(days=14))
    planned = selectors.plan_frame(first, "quotas").filter(near)
    assert before["doses"].sum() == planned["doses"].sum() > 0
