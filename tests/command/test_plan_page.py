"""The plan page of the rehearsed city: figures that open to their why, runs compared, policies previewed once."""

from collections.abc import Iterator
from dataclasses import asdict
from math import inf, nan
from uuid import uuid4

import polars as pl
import pytest
from django.db import transaction

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.models import PlanRun
from seawall.command import selectors as command
from seawall.people import selectors as people
from seawall.platform import sql
from seawall.reports.boards import rosters_page
from seawall.terms.actor import Actor, Reach
from tests.walks.pages import Visitor

ANYONE = Actor(account_id=1, post_id=1, role="TEST", grants=frozenset({"*"}), reach=Reach(everywhere=True))


@pytest.fixture(autouse=True)
def _in_the_city(city: str, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def test_every_quota_shown_opens_to_its_why():
    page = command.plan_page(ANYONE, campaigns.current())
    assert page.quotas
    for quota in page.quotas[:: max(1, len(page.quotas) // 5)]:
        asked = {key: str(value) for key, value in asdict(quota.ask).items()}
        why = command.plan_page(ANYONE, campaigns.current(), None, asked).why
        facts = why.why.params
        assert facts["doses"] == why.doses == quota.doses <= facts["waiting"]
        assert facts["unit_doses"] <= facts["capacity"]
        assert why.why.code in {"QUOTA_ALL", "QUOTA_STATIONS", "QUOTA_VACCINE", "QUOTA_PACED"}
    nonsense = {"unit": "X", "group": "Y", "product": "Z", "rank": "one"}
    assert command.plan_page(ANYONE, campaigns.current(), None, nonsense).why is None


def test_the_plan_is_compared_with_the_run_asked_for():
    page = command.plan_page(ANYONE, campaigns.current())
    assert len(page.runs) >= 2 and page.earlier.run_id == page.runs[0].run_id
    other = command.plan_page(ANYONE, campaigns.current(), page.runs[1].run_id)
    assert other.earlier.run_id == page.runs[1].run_id
    for row in [*page.changes, *other.changes]:
        assert row.before != row.after and row.why.code.startswith("PLAN_")
    kept = campaigns.plan_inputs(page.run.run_id)
    assert [size for _, size, _ in kept] == [row.size for row in page.inputs]
    assert {len(digest) for _, _, digest in kept} == {64}
    assert any(page.schedule.capacity)


def test_a_preview_of_a_policy_is_planned_once():
    code = next(p.code for p in campaigns.policies(campaigns.current().code) if not p.applied)
    assert command.policy_preview(ANYONE, campaigns.current(), code, known=True).moves is None
    first = command.policy_preview(ANYONE, campaigns.current(), code)
    assert command.policy_preview(ANYONE, campaigns.current(), code, known=True) == first
    assert sql.fetch("SELECT count(*) FROM campaigns_policylook") == [(1,)]


def test_rosters_show_their_part_of_the_next_day():
    page = rosters_page(ANYONE, campaigns.current())
    code = campaigns.current().code
    parts = campaigns.organisation_quotas(code, page.quota_day).drop_nulls("organisation_id")
    shown = {o.organisation_id: o.quota for o in page.organisations}
    asked = dict(parts.group_by("organisation_id").agg(pl.col("doses").sum()).iter_rows())
    assert asked and sum(asked.values()) <= campaigns.quotas(code, page.quota_day)["doses"].sum()
    assert {o: n for o, n in shown.items() if n} == {o: n for o, n in asked.items() if o in shown}
    assert people.organisation_rows(asked).keys() == asked.keys()


@pytest.mark.parametrize(("language", "said"), [("en", "is unknown"), ("zh-hans", "未知")])
def test_a_plan_that_proves_nothing_says_so_on_its_page(settings: pytest.FixtureRequest, language: str, said: str):
    settings.SEAWALL_DEMO = True
    run = campaigns.plans(campaigns.current().code, 1)[0]
    with transaction.atomic():
        sql.execute(
            "UPDATE campaigns_planrun SET summary = jsonb_set(summary, '{gap}', 'null') WHERE id = %s", [run.run_id]
        )
        director = Visitor().takes_post("LEADING_GROUP_HEAD")
        director.client.cookies["django_language"] = language
        director.go("/console/plan").sees(said)
        assert command.plan_page(ANYONE, campaigns.current()).verdict.gap is None
        transaction.set_rollback(True)
    assert command.plan_page(ANYONE, campaigns.current()).verdict.gap >= 0


@pytest.mark.parametrize("number", [nan, inf, -inf])
def test_no_row_keeps_a_number_that_is_none(number: float):
    with pytest.raises(ValueError, match="JSON"):
        sql.insert(PlanRun, ("id", "summary"), [(uuid4(), {"levels": [{"gap": number}]})])
