"""A campaign is loaded once, groups people once a day, plans, publishes, and changes its rules by date."""

from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seawall.campaigns import selectors
from seawall.campaigns.models import GroupAssignment, PlanFrame, PlanRun, Quota
from seawall.campaigns.services import (
    campaign_load,
    plan_compute,
    policy_apply,
    policy_preview,
    policy_propose,
)
from seawall.engines.planning import ScenarioMistakes, SolverFailed
from seawall.platform.models import Fact
from seawall.reference.selectors import say
from seawall.terms.acts import Refused
from seawall.terms.campaigns import PolicyApply, PolicyPropose
from seawall.terms.codes import DosePriority

from .conftest import CITY, EVE, A, B, group, publish

pytestmark = pytest.mark.django_db
NOON = datetime(2021, 4, 30, 12, 0, tzinfo=UTC)


def test_the_city_of_the_repository_loads_and_a_second_time_changes_nothing():
    code = campaign_load(CITY)
    with CaptureQueriesContext(
        connection,
    ) as again:
        assert campaign_load(CITY) == code
    assert len(again) == 1
    head = selectors.campaign(code)
    assert (head.programme, head.opens, head.deadline) == ("covid19-cn", date(2021, 3, 24), date(2021, 6, 30))
    assert selectors.current() == head
    assert [g.code for g in selectors.groups(code)][:2] == ["HEALTH", "PORT_COLD_CHAIN"]
    assert all(t.denominator for t in selectors.targets(code))
    assert selectors.last_first_doses(code)["SVAC"] == date(2021, 6, 9)


def test_a_folder_with_mistakes_leaves_the_campaign_as_it_was(campaign, folder):
    (folder / "targets.csv").write_text(
        "target,group,measure,share,by,denominator,weight\nT,ALL,complete,7,2021-06-30,eligible,1\n"
    )
    with pytest.raises(ScenarioMistakes) as caught:
        campaign_load(folder)
    assert [(m.file, m.row, m.column) for m in caught.value.mistakes] == [("targets.csv", 2, "share")]
    assert [t.share for t in selectors.targets(campaign)] == [0.5]


def test_a_unit_that_is_none_of_the_city_is_refused(folder):
    units = (folder / "units.csv").read_text(encoding="utf-8").replace(A, "999999")
    (folder / "units.csv").write_text(units, encoding="utf-8")
    for name in ("population", "capacity"):
        path = folder / f"{name}.csv"
        path.write_text(path.read_text(encoding="utf-8").replace(A, "999999"), encoding="utf-8")
    with pytest.raises(Refused) as caught:
        campaign_load(folder)
    assert caught.value.refusal.code == "UNIT_NOT_OF_THE_PARTITION"


def test_everybody_is_in_one_group_with_its_reason(anyone, campaign, residents):
    child, adult, old = residents(A, date(2010, 1, 1), date(1990, 1, 1), date(1961, 5, 1))
    answer = group(anyone, campaign, EVE).answer
    assert (answer["persons"], answer["changed"]) == (2, 2)
    assert selectors.group_of([child, adult, old], campaign) == {adult: "ADULT_18_59", old: "ADULT_18_59"}
    assert GroupAssignment.objects.get(person_id=adult).reason == "AGE:18-59"


def test_a_birthday_moves_the_group_and_keeps_the_past(anyone, campaign, residents):
    (old,) = residents(A, date(1961, 5, 1))
    group(anyone, campaign, EVE)
    assert group(anyone, campaign, EVE).answer["changed"] == 0
    assert group(anyone, campaign, date(2021, 5, 1)).answer["changed"] == 1
    assert selectors.group_past(old, campaign) == [
        ("ADULT_18_59", EVE, date(2021, 4, 30), "AGE:18-59"),
        ("ADULT_60_UP", date(2021, 5, 1), None, "AGE:60-"),
    ]
    assert selectors.group_frame(campaign).rows() == [(old, "ADULT_60_UP")]


def test_assigning_takes_the_same_statements_for_few_and_many(anyone, campaign, residents):
    counts = []
    for births in ([date(1990, 1, 1)], [date(1970 + n, 3, 3) for n in range(30)]):
        residents(B, *births)
        with CaptureQueriesContext(connection) as queries:
            group(anyone, campaign, EVE)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_eligible_persons_are_counted_where_they_live(anyone, campaign, residents):
    residents(A, date(1990, 1, 1), date(1991, 1, 1), date(2015, 1, 1))
    residents(B, date(1950, 1, 1))
    group(anyone, campaign, EVE)
    assert selectors.eligible_frame(campaign, EVE).rows() == [(A, "ADULT_18_59", 2), (B, "ADULT_60_UP", 1)]


def run(anyone, campaign, stock, people, given, **more):
    return plan_compute(anyone, campaign, EVE, stock=stock, eligible=people, given=given, **more)


def test_a_plan_is_kept_with_its_inputs_and_published_by_a_named_post(anyone, campaign, stock, people_of, nobody_given):
    run_id = run(anyone, campaign, stock, people_of(), nobody_given)
    kept = selectors.plan(run_id)
    assert kept.feasible and kept.state == "computed" and kept.short_by == 0
    assert {f.name for f in PlanFrame.objects.filter(run_id=run_id)} >= {
        "in_stock",
        "in_eligible",
        "in_given",
        "quotas",
    }
    assert selectors.plan_of(campaign, EVE) is None and not Quota.objects.exists()
    outcome = publish(anyone, run_id)
    assert outcome.done
    in_force = selectors.plan_of(campaign, EVE)
    assert in_force.state == "published" and in_force.approved_by == anyone.post_id
    near = selectors.plan_frame(run_id, "quotas").filter(pl.col("date") <= date(2021, 5, 14))
    assert sum(selectors.day_quotas(campaign, date(2021, 5, 1), date(2021, 6, 30)).values()) == near["doses"].sum()
    first = near["date"].min()
    assert selectors.quotas(campaign, first)["doses"].sum() == near.filter(pl.col("date") == first)["doses"].sum()
    assert Fact.objects.filter(fact="PlanPublished").count() == 1


def test_computing_or_publishing_twice_is_once(anyone, act, campaign, stock, people_of, nobody_given):
    one = run(anyone, campaign, stock, people_of(), nobody_given, act=act("run"))
    assert run(anyone, campaign, stock, people_of(), nobody_given, act=act("run")) == one
    assert PlanRun.objects.count() == 1
    publish(anyone, one, act=act("publish"))
    assert publish(anyone, one, act=act("publish")).replayed


def test_a_later_plan_replaces_the_days_to_come_and_an_older_one_is_refused(
    anyone, campaign, stock, people_of, nobody_given
):
    early = run(anyone, campaign, stock, people_of(), nobody_given)
    publish(anyone, early)
    past = selectors.quotas(campaign, date(2021, 5, 1))
    late = plan_compute(anyone, campaign, date(2021, 5, 1), stock=stock, eligible=people_of(60), given=nobody_given)
    publish(anyone, late)
    assert selectors.quotas(campaign, date(2021, 5, 1)).equals(past)
    assert selectors.plan_of(campaign, date(2021, 5, 1)).run_id == late
    assert selectors.plan_of(campaign, EVE).run_id == early
    assert publish(anyone, early).refusal.code == "PLAN_RUN_OLDER"
    back = selectors.back_schedule(campaign)
    assert back[0]["date"] == date(2021, 5, 1) and set(back[0]) >= {"dose_1", "dose_2"}
    assert sum(selectors.unit_plan_to_date(campaign, date(2021, 6, 30)).values()) == sum(
        v for k, v in back[-1].items() if k.startswith("dose_")
    )


def test_a_plan_that_cannot_be_met_says_so_with_codes_and_facts(anyone, campaign, stock, people_of, nobody_given):
    run_id = run(anyone, campaign, stock.with_columns(doses=60), people_of(), nobody_given, arrivals=stock_arrivals())
    kept = selectors.plan(run_id)
    assert not kept.feasible and kept.short_by == 70
    assert {o["code"] for o in kept.obstacles} == {"ADD_DOSES", "SUPPLY_SHORT"}
    assert {n["code"] for n in kept.notes} == {"LAST_FIRST_DOSE"}
    assert all(
        o["remedy"] and o["short_by"] and say(o["code"], o["params"], "en").count("…") == 0 for o in kept.obstacles
    )


def stock_arrivals():
    schema = {"date": pl.Date, "product": pl.String, "lot": pl.String, "expires": pl.Date, "doses": pl.Int64}
    return pl.DataFrame(schema=schema)


def test_a_solver_that_fails_is_kept_and_leaves_the_plan_in_force(
    anyone, campaign, stock, people_of, nobody_given, monkeypatch
):
    good = run(anyone, campaign, stock, people_of(), nobody_given)
    publish(anyone, good)

    def failing(*_, **__):
        raise SolverFailed("HiGHS: Unknown")

    monkeypatch.setattr("seawall.campaigns.services.plans.plan", failing)
    bad = run(anyone, campaign, stock, people_of(), nobody_given)
    kept = selectors.plan(bad)
    assert (kept.state, kept.failure, kept.feasible) == ("failed", "HiGHS: Unknown", False)
    assert publish(anyone, bad).refusal.code == "PLAN_RUN_FAILED"
    assert selectors.plan_of(campaign, EVE).run_id == good


def test_a_table_without_its_columns_is_refused_by_name(anyone, campaign, stock):
    with pytest.raises(Refused) as caught:
        plan_compute(anyone, campaign, EVE, stock=stock.drop("lot"))
    assert caught.value.refusal.params == {"frame": "stock", "columns": "lot"}


def test_nobody_without_the_right_plans_or_applies(anyone, campaign, stock, act):
    stranger = replace(anyone, grants=frozenset())
    with pytest.raises(Refused):
        plan_compute(stranger, campaign, EVE, stock=stock)
    with pytest.raises(Refused):
        policy_apply(stranger, [PolicyApply(act=act("apply"), occurred_at=NOON, campaign=campaign, code="PAUSE")])


def test_a_waiting_policy_counts_once_applied(anyone, act, campaign, folder):
    day = date(2021, 6, 12)
    assert selectors.policy_on(campaign, day).value == DosePriority.FIRST_DOSE_FIRST
    item = PolicyApply(act=act("apply"), occurred_at=NOON, campaign=campaign, code="PAUSE")
    (outcome,) = policy_apply(anyone, [item])
    assert outcome.done
    assert selectors.policy_on(campaign, day).value == DosePriority.LATER_DOSES_ONLY
    assert selectors.policy_on(campaign, date(2021, 6, 9)).value == DosePriority.FIRST_DOSE_FIRST
    (again,) = policy_apply(anyone, [replace(item, act=act("again"))])
    assert again.refusal.code == "POLICY_ALREADY_APPLIED"
    (folder / "targets.csv").write_text(
        "target,group,measure,share,by,denominator,weight\nT,ALL,complete,0.6,2021-06-30,eligible,1\n"
    )
    campaign_load(folder)
    assert selectors.policy_on(campaign, day).value == DosePriority.LATER_DOSES_ONLY


def test_proposals_are_judged_one_by_one(anyone, act, campaign):
    good = PolicyPropose(
        act=act("good"),
        occurred_at=NOON,
        campaign=campaign,
        code="RESERVE",
        value="second_dose_reserve",
        since=date(2021, 5, 20),
        until=date(2021, 6, 30),
        name_zh="预留二剂",
        name_en="Reserve",
        source="example",
    )
    bad = [
        replace(good, act=act(1), code="PAUSE"),
        replace(good, act=act(2), code="X", until=date(2021, 5, 1)),
        replace(good, act=act(3), code="Y", value="whatever"),
        replace(good, act=act(4), code="Z", source=" "),
        replace(good, act=act(5), campaign="elsewhere"),
    ]
    codes = [o.refusal.code if o.refusal else None for o in policy_propose(anyone, [good, *bad])]
    assert codes == [
        None,
        "POLICY_KNOWN",
        "POLICY_PERIOD",
        "POLICY_VALUE_UNKNOWN",
        "POLICY_WITHOUT_SOURCE",
        "CAMPAIGN_UNKNOWN",
    ]
    assert [p.code for p in selectors.policies(campaign) if not p.applied] == ["PAUSE", "RESERVE"]


def test_a_preview_shows_what_moves_and_changes_nothing(anyone, campaign, stock, people_of, nobody_given, folder):
    (folder / "targets.csv").write_text(
        "target,group,measure,share,by,denominator,weight\nT,ALL,started,0.9,2021-06-30,eligible,1\n"
    )
    late = "date,product,lot,doses,doses_per_pack,expires,confirmed\n2021-06-12,INACT,L9,400,1,2022-01-01,yes\n"
    (folder / "supply.csv").write_text(late)
    campaign_load(folder)
    bookings = pl.DataFrame({"day": [date(2021, 6, 9), date(2021, 6, 15)], "dose_rank": [1, 1], "count": [7, 5]})
    preview = policy_preview(
        anyone,
        campaign,
        "PAUSE",
        EVE,
        stock=stock.with_columns(doses=40),
        eligible=people_of(),
        given=nobody_given,
        bookings=bookings,
    )
    moved = -preview.first_doses
    assert moved == pytest.approx(140, abs=2) and preview.bookings == 5
    assert sum(row["first_before"] - row["first_after"] for row in preview.by_unit) == moved
    assert sum(row["first_before"] - row["first_after"] for row in preview.by_day) == moved
    assert preview.targets_before[0]["short_by"] == 0
    assert preview.targets_after[0]["short_by"] == pytest.approx(140, abs=2)
    assert not PlanRun.objects.exists()
    frames = {"stock": stock.with_columns(doses=40), "eligible": people_of().reverse(), "given": nobody_given}
    again = policy_preview(anyone, campaign, "PAUSE", EVE, bookings=bookings, known=True, **frames)
    assert again == preview
    fewer = frames | {"stock": stock.with_columns(doses=39)}
    assert policy_preview(anyone, campaign, "PAUSE", EVE, bookings=bookings, known=True, **fewer) is None
    assert selectors.policy_on(campaign, date(2021, 6, 12)).value == DosePriority.FIRST_DOSE_FIRST


def test_streets_share_a_units_quota_to_the_dose(anyone, campaign, stock, people_of, nobody_given, residents):
    residents(A, *[date(1980, 1, 1 + n) for n in range(5)])
    group(anyone, campaign, EVE)
    publish(anyone, run(anyone, campaign, stock, people_of(), nobody_given))
    day = min(selectors.day_quotas(campaign, date(2021, 5, 1), date(2021, 5, 14)))
    streets, units = selectors.street_quotas(campaign, day), selectors.quotas(campaign, day)
    keys = ["unit_id", "group", "product", "dose_rank"]
    summed = streets.group_by(keys).agg(pl.col("doses").sum()).sort(keys)
    assert summed.equals(units.select(*keys, "doses").sort(keys))
    assert streets.filter(pl.col("unit_id") == units["unit_id"][0])["leaf_id"].n_unique() == 1
