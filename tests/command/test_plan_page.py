"""The plan page of the rehearsed city: figures that open to their why, runs compared, policies previewed once."""

from collections.abc import Iterator

import polars as pl
import pytest

from seawall.campaigns import selectors as campaigns
from seawall.command import selectors as command
from seawall.people import selectors as people
from seawall.platform import sql
from seawall.terms.actor import Actor, Reach

ANYONE = Actor(account_id=1, post_id=1, role="TEST", grants=frozenset({"*"}), reach=Reach(everywhere=True))


@pytest.fixture(autouse=True)
def _in_the_city(city: str, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def test_every_quota_shown_opens_to_its_why():
    page = command.plan_page(ANYONE)
    assert page["quotas"]
    for quota in page["quotas"][:: max(1, len(page["quotas"]) // 5)]:
        asked = {key: str(value) for key, value in quota["ask"].items()}
        why = command.plan_page(ANYONE, None, asked)["why"]
        assert why["facts"]["doses"] == quota["doses"] <= why["facts"]["waiting"]
        assert why["facts"]["unit_doses"] <= why["facts"]["capacity"]
        assert why["why"]["code"] in {"QUOTA_ALL", "QUOTA_STATIONS", "QUOTA_VACCINE", "QUOTA_PACED"}
    nonsense = {"unit": "X", "group": "Y", "product": "Z", "rank": "one"}
    assert command.plan_page(ANYONE, None, nonsense)["why"] is None


def test_the_plan_is_compared_with_the_run_asked_for():
    page = command.plan_page(ANYONE)
    assert len(page["runs"]) >= 2 and page["earlier"]["run_id"] == page["runs"][0]["run_id"]
    other = command.plan_page(ANYONE, page["runs"][1]["run_id"])
    assert other["earlier"]["run_id"] == page["runs"][1]["run_id"]
    for row in [*page["changes"], *other["changes"]]:
        assert row["before"] != row["after"] and row["why"]["code"].startswith("PLAN_")
    assert {len(row["digest"]) for row in page["inputs"]} == {64}
    assert any(page["schedule"]["capacity"])


def test_a_preview_of_a_policy_is_planned_once():
    code = next(p.code for p in campaigns.policies(campaigns.current().code) if not p.applied)
    assert set(command.policy_preview(ANYONE, code, known=True)) == {"policy"}
    first = command.policy_preview(ANYONE, code)
    assert command.policy_preview(ANYONE, code, known=True) == first
    assert sql.fetch("SELECT count(*) FROM campaigns_policylook") == [(1,)]


def test_rosters_show_their_part_of_the_next_day():
    page = command.roster_page(ANYONE)
    code = campaigns.current().code
    parts = campaigns.organisation_quotas(code, page["quota_day"]).drop_nulls("organisation_id")
    shown = {o["organisation_id"]: o["quota"] for o in page["organisations"]}
    asked = dict(parts.group_by("organisation_id").agg(pl.col("doses").sum()).iter_rows())
    assert asked and sum(asked.values()) <= campaigns.quotas(code, page["quota_day"])["doses"].sum()
    assert {o: n for o, n in shown.items() if n} == {o: n for o, n in asked.items() if o in shown}
    assert people.organisation_rows(asked).keys() == asked.keys()
