"""What a plan promises: people, intervals, stations, vaccine and rank are kept, and the optimum is the one arithmetic gives."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.engines.planning import load_scenario, plan

from .folders import supply, target, write_folder

LATE = "2022-01-01"
NO_LATEST = (
    "product,zh,en,doses,min_days_2,min_days_3,latest_days_2,latest_days_3,wastage\nINACT,灭活,Inactivated,2,21,,,,0\n"
)
HEAD = "unit,kind,sites,stations,rate_per_hour,hours_workday,hours_weekend,hours_holiday\n"


def total(frame: pl.DataFrame, **where: object) -> int:
    return int(frame.filter(*[pl.col(k) == v for k, v in where.items()])["doses"].sum())


def test_meets_a_target_that_can_be_met(tmp_path):
    result = plan(load_scenario(write_folder(tmp_path)))
    assert result.summary["feasible"]
    assert total(result.quotas, unit="A", dose_rank=2) >= 50
    assert total(result.quotas, unit="B", dose_rank=2) >= 50


@pytest.mark.parametrize("product,last", [("INACT", "2021-06-09"), ("SUBUNIT", "2021-05-05"), ("VECTOR", "2021-06-30")])
def test_no_first_dose_after_the_last_useful_day(tmp_path, product, last):
    lots = supply(("2021-04-30", product, 1000, LATE))
    result = plan(load_scenario(write_folder(tmp_path, supply=lots, targets=target(1.0))))
    first = result.quotas.filter(pl.col("dose_rank") == 1)
    assert result.summary["last_useful_first_dose"][product] == date.fromisoformat(last)
    assert first["date"].max() <= date.fromisoformat(last)
    note = result.obstacles.filter((pl.col("code") == "LAST_FIRST_DOSE") & (pl.col("product") == product))
    assert last in note["en"][0] and last in note["zh"][0]


@pytest.mark.parametrize("arrives,possible", [("2021-06-09", 10), ("2021-06-10", 0), ("2021-06-08", 20)])
def test_first_doses_that_come_too_late_complete_nobody(tmp_path, arrives, possible):
    """Ten doses a station-day: what arrives on the last useful day completes one day's ten, a day later nobody."""
    capacity = (
        "unit,kind,sites,stations,rate_per_hour,hours_workday,hours_weekend,hours_holiday\nA,fixed,1,1,1,10,10,10\n"
    )
    people = "unit,group,eligible\nA,ALL_18,100\n"
    units = "unit,zh,en,population\nA,甲,Alpha,1000\n"
    folder = write_folder(
        tmp_path,
        near_days=61,
        units=units,
        population=people,
        capacity=capacity,
        targets=target(1.0),
        supply=supply((arrives, "INACT", 1000, LATE)),
    )
    result = plan(load_scenario(folder))
    assert total(result.quotas, dose_rank=2) == possible
    assert not result.summary["feasible"]


def test_intervals_hold_for_every_cohort(tmp_path):
    lots = supply(*[(f"2021-05-{d:02d}", p, 40, LATE) for d in range(1, 29, 3) for p in ("INACT", "SUBUNIT")])
    result = plan(load_scenario(write_folder(tmp_path, supply=lots, targets=target(1.0))))
    assert_intervals(result.quotas)


def assert_intervals(quotas: pl.DataFrame, lags: dict[str, int] | None = None) -> None:
    lags = lags or {"INACT": 21, "SUBUNIT": 28}
    for (unit, group, product, rank), rows in quotas.filter(pl.col("dose_rank") > 1).group_by(
        "unit", "group", "product", "dose_rank"
    ):
        before = quotas.filter(unit=unit, group=group, product=product, dose_rank=rank - 1)
        for day in rows["date"].unique():
            opened = before.filter(pl.col("date") <= day - timedelta(days=lags[product]))["doses"].sum()
            assert rows.filter(pl.col("date") <= day)["doses"].sum() <= opened, (unit, product, rank, day)


def test_stations_are_never_asked_for_more_than_they_can(tmp_path):
    capacity = HEAD + "A,fixed,1,1,1,9,4,2\nB,fixed,1,1,1,9,4,2\n"
    calendar = "date,kind\n2021-05-03,holiday\n2021-05-08,makeup_workday\n"
    result = plan(load_scenario(write_folder(tmp_path, capacity=capacity, calendar=calendar, targets=target(1.0))))
    load = result.quotas.group_by("unit", "date").agg(pl.col("doses").sum())
    for _, day, doses in load.iter_rows():
        special = {date(2021, 5, 3): 2, date(2021, 5, 8): 9}
        assert doses <= special.get(day, 4 if day.weekday() >= 5 else 9)


def test_vaccine_binds_exactly(tmp_path):
    """200 doses of a two-dose series complete exactly 100 people."""
    result = plan(
        load_scenario(write_folder(tmp_path, targets=target(1.0), supply=supply(("2021-04-30", "INACT", 200, LATE))))
    )
    assert total(result.quotas, dose_rank=2) == 100
    short = result.obstacles.filter(pl.col("measure") == "persons")
    assert set(short["code"]) == {"SUPPLY_SHORT"} and short["short_by"].sum() == 100
    assert sorted(short["short_by"]) == [50, 50]


def test_shortage_names_the_stations_when_they_bind(tmp_path):
    capacity = HEAD + "A,fixed,1,1,10,10,10,10\nB,fixed,1,1,0.1,10,10,10\n"
    result = plan(load_scenario(write_folder(tmp_path, capacity=capacity, targets=target(0.9))))
    short = result.obstacles.filter(pl.col("measure") == "persons")
    assert set(short["unit"]) == {"B"} and set(short["code"]) == {"CAPACITY_SHORT"}
    assert total(result.quotas, unit="B") <= 61


def test_a_pause_stops_first_doses_and_is_named(tmp_path):
    policies = (
        "policy,kind,value,from,to,later_within_days,state\nP,dose_priority,first_dose_first,2021-05-01,2021-12-31,5,applied\n"
        "N,dose_priority,later_doses_only,2021-05-01,2021-06-30,0,applied\n"
    )
    result = plan(load_scenario(write_folder(tmp_path, policies=policies, targets=target(0.5, "started"))))
    assert total(result.quotas, dose_rank=1) == 0
    assert set(result.obstacles.filter(pl.col("short_by") > 0)["code"]) == {"POLICY_PAUSE", "MOVE_PAUSE"}


def test_higher_rank_first(tmp_path):
    groups = (
        "group,rank,zh,en,sectors,org_kinds,age_min,age_max,opens,share_of_population,uptake\n"
        "NURSES,1,护士,Nurses,,,18,,2021-05-01,0,1\nOTHERS,2,其他,Others,,,18,,2021-05-01,0,1\n"
    )
    people = "unit,group,eligible\nA,NURSES,30\nA,OTHERS,70\nB,NURSES,0\nB,OTHERS,100\n"
    result = plan(load_scenario(write_folder(tmp_path, groups=groups, population=people)))
    nurses = result.quotas.filter(unit="A", group="NURSES", dose_rank=1)
    others = result.quotas.filter(unit="A", group="OTHERS", dose_rank=1)
    assert nurses["doses"].sum() == 30
    assert nurses["date"].max() <= others["date"].min()


def test_a_group_waits_for_its_opening_day(tmp_path):
    groups = (
        "group,rank,zh,en,sectors,org_kinds,age_min,age_max,opens,share_of_population,uptake\n"
        "EARLY,1,先,Early,,,18,,2021-05-01,0,1\nLATER,1,后,Later,,,60,,2021-05-20,0,1\n"
    )
    people = "unit,group,eligible\nA,EARLY,50\nA,LATER,50\nB,EARLY,50\nB,LATER,50\n"
    result = plan(load_scenario(write_folder(tmp_path, groups=groups, population=people, targets=target(1.0))))
    later = result.quotas.filter(group="LATER")
    assert later.height and later["date"].min() >= date(2021, 5, 20)


def test_past_cohorts_fall_due_in_the_plan(tmp_path):
    past = pl.DataFrame(
        {
            "unit": ["A"],
            "group": ["ALL_18"],
            "product": ["INACT"],
            "dose_rank": [1],
            "day": [date(2021, 5, 10)],
            "doses": [40],
        }
    )
    scenario = load_scenario(write_folder(tmp_path, targets=target(0.4)))
    result = plan(scenario, as_of=date(2021, 5, 20), given=past)
    second = result.quotas.filter(unit="A", dose_rank=2)
    assert second["date"].min() == date(2021, 5, 31) and total(result.quotas, unit="A", dose_rank=1) == 0
    assert second["doses"].sum() == 40


def test_second_dose_reserve_keeps_vaccine_back(tmp_path):
    past = pl.DataFrame(
        {
            "unit": ["A"],
            "group": ["ALL_18"],
            "product": ["INACT"],
            "dose_rank": [1],
            "day": [date(2021, 4, 10)],
            "doses": [60],
        }
    )
    policies = (
        "policy,kind,value,from,to,later_within_days,state\nP,dose_priority,{},2021-05-01,2021-12-31,30,applied\n"
    )
    firsts = {}
    for rule in ("first_dose_first", "second_dose_reserve"):
        folder = write_folder(
            tmp_path / rule,
            policies=policies.format(rule),
            products=NO_LATEST,
            targets=target(0.7, "started"),
            supply=supply(("2021-04-30", "INACT", 100, LATE)),
        )
        firsts[rule] = total(plan(load_scenario(folder), as_of=date(2021, 4, 30), given=past).quotas, dose_rank=1)
    assert firsts == {"first_dose_first": 80, "second_dose_reserve": 40}


def test_expired_lots_are_never_planned_into_an_arm(tmp_path):
    lots = supply(("2021-04-30", "INACT", 100, "2021-05-10"), ("2021-05-20", "INACT", 300, LATE))
    result = plan(load_scenario(write_folder(tmp_path, supply=lots, targets=target(1.0))))
    early = result.quotas.filter(pl.col("date") <= date(2021, 5, 10))["doses"].sum()
    expired = result.waste.filter(pl.col("lot") == "L0")["doses"].sum()
    assert early + expired == 100
    assert result.stock.filter((pl.col("lot") == "L0") & (pl.col("date") >= date(2021, 5, 10))).is_empty()


@settings(max_examples=15, deadline=None)
@given(arrivals=st.lists(st.integers(0, 30), min_size=6, max_size=6), people=st.integers(5, 60))
def test_completes_as_many_as_counting_by_hand(tmp_path_factory, arrivals, people):
    """One unit, one two-dose product, a 3-day interval, ten stations' worth of doses a day: the plan matches plain search."""
    days = [date(2021, 5, 1) + timedelta(days=n) for n in range(6)]
    lots = supply(*[(str(d), "INACT", n, LATE) for d, n in zip(days, arrivals, strict=True) if n])
    products = "product,zh,en,doses,min_days_2,min_days_3,latest_days_2,latest_days_3,wastage\nINACT,灭活,Inactivated,2,3,,9,,0\n"
    folder = write_folder(
        tmp_path_factory.mktemp("brute"),
        deadline="2021-05-06",
        supply=lots,
        products=products,
        targets=target(1.0, by="2021-05-06"),
        units="unit,zh,en,population\nA,甲,Alpha,1000\n",
        population=f"unit,group,eligible\nA,ALL_18,{people}\n",
        capacity=HEAD + "A,fixed,1,1,1,10,10,10\n",
    )
    assert total(plan(load_scenario(folder)).quotas, dose_rank=2) == most_completed(arrivals, people)


def most_completed(arrivals: list[int], people: int) -> int:
    """Try every number of completed persons: earliest first doses, latest second doses; feasible if vaccine and stations allow."""
    stock = [sum(arrivals[: n + 1]) for n in range(6)]
    for wanted in range(people, 0, -1):
        first, given = [0] * 6, 0
        for day in range(3):
            first[day] = min(10, stock[day] - given, wanted - given)
            given += first[day]
        if given < wanted:
            continue
        second, done = [0] * 6, 0
        for day in range(3, 6):
            opened = sum(first[: day - 2])
            second[day] = min(10, opened - done, stock[day] - given - done)
            done += second[day]
        if done >= wanted:
            return wanted
    return 0


@pytest.mark.parametrize("share,counted", [(0.0, 100), (0.5, 150), (1.0, 200)])
def test_probable_supply_counts_only_at_its_share_in_whole_packs(tmp_path, share, counted):
    lots = (
        "date,product,lot,doses,doses_per_pack,expires,confirmed\n2021-04-30,VECTOR,L1,100,1,2022-01-01,yes\n"
        "2021-05-10,VECTOR,L2,100,5,2022-01-01,no\n"
    )
    folder = write_folder(tmp_path, supply=lots, targets=target(1.0, "started"))
    head = (folder / "campaign.toml").read_text(encoding="utf-8")
    (folder / "campaign.toml").write_text(f"{head}probable_share = {share}\n", encoding="utf-8")
    result = plan(load_scenario(folder))
    left = total(result.stock, date=date(2021, 6, 30))
    assert total(result.quotas) + left == counted and left <= 0.03 * counted


def test_mixed_doses_and_a_series_own_are_one_quota(tmp_path):
    products = (
        "product,zh,en,doses,min_days_2,min_days_3,latest_days_2,latest_days_3,wastage\n"
        "INACT,灭活,I,2,21,,,,0\nOTHER,另,O,2,21,,,,0\n"
    )
    tables = {
        "products": products,
        "mixing": "first,later,dose_rank,from,to\nINACT,OTHER,2,2021-05-01,2021-06-30\n",
        "supply": supply(("2021-04-30", "INACT", 100, LATE), ("2021-04-30", "OTHER", 140, LATE)),
        "targets": target(0.6),
    }
    result = plan(load_scenario(write_folder(tmp_path, **tables)))
    key = ["date", "unit", "group", "product", "dose_rank"]
    assert result.summary["feasible"] and not result.quotas.select(key).is_duplicated().any()
    assert total(result.quotas, product="OTHER", dose_rank=2) > total(result.quotas, product="OTHER", dose_rank=1)
