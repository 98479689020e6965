"""Campaigns made at random, with and without every optional table: the plan keeps every rule and accounts for every dose."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.engines.planning import load_scenario, plan

from .folders import supply, target, write_folder
from .judge import judge
from .test_rules import GROUPS, PRODUCTS, ROADS, SITES, STORES

DAY = date(2021, 4, 30)
SERIES = (
    PRODUCTS
    + "INACT,灭活,Inactivated,2,21,,35,,{0}\nSUBUNIT,亚单位,Subunit,3,14,20,56,182,{0}\nVECTOR,载体,Vector,1,,,,,{0}\n"
)
OPTIONS = {
    "transport": ROADS + "CITY,A,7,2,10\nCITY,B,9,,5\nCITY,ALL,12,,\nA,A:fixed,6,,\n",
    "storage": STORES + "A,15,3\nB,20,\n",
    "staff": "unit,vaccinators,doses_per_hour,hours_day,hours_week\nA,1,2,3,12\nB,2,1,4,20\n",
    "profiles": "kind,demand,staffing\nweekend,0.4,0.8\nholiday,0,1\n",
    "areas": "unit,reason,weight,from,to\nB,边境,3,2021-05-01,2021-06-30\n",
    "peers": "peers,units,max_spread\nALL,ALL,0.2\n",
    "clearance": "product,by\nINACT,2021-06-20\n",
    "mixing": "first,later,dose_rank,from,to\nINACT,SUBUNIT,2,2021-05-15,2021-06-30\n",
    "one_product": "unit,products\nA,INACT;VECTOR\n",
    "calendar": "date,kind\n2021-05-03,holiday\n2021-05-08,makeup_workday\n",
}
lots = st.tuples(
    st.integers(0, 40), st.sampled_from(["INACT", "SUBUNIT", "VECTOR"]), st.integers(1, 90), st.integers(3, 90)
)
campaigns = st.fixed_dictionaries(
    {
        "lots": st.lists(lots, min_size=1, max_size=7),
        "share": st.floats(0.1, 1.0),
        "wastage": st.sampled_from(["0", "0.07"]),
        "policy": st.sampled_from(["first_dose_first", "second_dose_reserve", "later_doses_only"]),
        "people": st.lists(st.integers(0, 70), min_size=4, max_size=4),
        "pack": st.sampled_from([1, 5]),
        "lead": st.integers(0, 2),
        "tables": st.sets(st.sampled_from(sorted(OPTIONS))),
    }
)


def folder_of(made, root):
    rows = [
        (str(DAY + timedelta(days=n)), p, doses * made["pack"], str(DAY + timedelta(days=n + life)))
        for n, p, doses, life in made["lots"]
    ]
    policy = f"N,dose_priority,{made['policy']},2021-05-10,2021-05-25,4,applied\n"
    first, *rest = zip(("A", "A", "B", "B"), ("EARLY", "LATER") * 2, made["people"], strict=True)
    people = "".join(f"{unit},{group},{count}\n" for unit, group, count in (first, *rest))
    folder = write_folder(
        root,
        supply=supply(*rows).replace(",1,20", f",{made['pack']},20"),
        products=SERIES.format(made["wastage"]),
        targets=target(made["share"]),
        policies="policy,kind,value,from,to,later_within_days,state\nP,dose_priority,first_dose_first,2021-05-01,2021-12-31,5,applied\n"
        + policy,
        groups=GROUPS + "EARLY,1,先,Early,,,60,,2021-05-01,0,0.9\nLATER,2,后,Later,,,18,59,2021-05-12,0,0.8\n",
        population="unit,group,eligible\n" + people,
        capacity=SITES + "A,fixed,1,1,1,9,4,2\nB,fixed,1,1,1,6,6,0\nB,mobile,1,1,1,3,3,3\n",
        **{name: OPTIONS[name] for name in made["tables"]},
    )
    head = folder / "campaign.toml"
    head.write_text(
        head.read_text(encoding="utf-8")
        .replace("lead_days = 0", f"lead_days = {made['lead']}")
        .replace("cover_days = 1", "cover_days = 3")
    )
    return folder


@settings(max_examples=15, deadline=None)
@given(made=campaigns)
def test_a_plan_keeps_every_rule_and_accounts_for_every_dose(tmp_path_factory, made):
    scenario = load_scenario(folder_of(made, tmp_path_factory.mktemp("made")))
    assert judge(scenario, plan(scenario)) == set()


@pytest.mark.long
@settings(max_examples=600, deadline=None)
@given(made=campaigns)
def test_many_plans_keep_every_rule(tmp_path_factory, made):
    scenario = load_scenario(folder_of(made, tmp_path_factory.mktemp("made")))
    assert judge(scenario, plan(scenario)) == set()
