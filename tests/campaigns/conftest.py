"""A small campaign on real divisions: two units, nurses and others, and people who live there."""

from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import polars as pl
import pytest

from seawall.campaigns import selectors
from seawall.campaigns.services import campaign_load, groups_assign, plan_publish
from seawall.people.services import persons_register
from seawall.platform import sql
from seawall.reference.selectors import leaf_units, leaves, units
from seawall.reference.services import city_load
from seawall.terms.campaigns import GroupsAssign, PlanPublish
from seawall.terms.codes import Sex
from seawall.terms.people import PersonRegister
from tests.engines.planning.folders import write_folder

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND starts_with(tablename, 'reference_')"
CITY = Path(__file__).parents[2] / "cities" / "chongqing" / "campaigns" / "covid19-2021"
NOON = datetime(2021, 4, 10, 4, 0, tzinfo=UTC)
EVE = date(2021, 4, 30)
A, B = "500101", "500102"


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup, django_db_blocker):
    """Reference data for each module of this folder, taken away after it."""
    with django_db_blocker.unblock():
        city_load("chongqing")
    yield
    with django_db_blocker.unblock():
        sql.execute(f"TRUNCATE {', '.join(name for (name,) in sql.fetch(TABLES))} CASCADE")


@pytest.fixture
def folder(tmp_path):
    """A campaign folder of two units and two groups; policies: first doses first, and a pause that waits."""
    head = "unit,kind,sites,stations,rate_per_hour,hours_workday,hours_weekend,hours_holiday\n"
    return write_folder(
        tmp_path / "campaign",
        units=f"unit,zh,en,population\n{A},万州区,Wanzhou,1000\n{B},涪陵区,Fuling,1000\n",
        groups=(
            "group,rank,zh,en,sectors,org_kinds,age_min,age_max,opens,share_of_population,uptake\n"
            "HEALTH,1,卫生,Health,HEALTH,,18,59,2021-05-01,0,1\n"
            "ADULT_18_59,2,成人,Adults,,,18,59,2021-05-01,0,1\nADULT_60_UP,2,老人,Elderly,,,60,,2021-05-01,0,1\n"
        ),
        population=f"unit,group,eligible\n{A},ADULT_18_59,100\n{B},ADULT_18_59,100\n",
        capacity=f"{head}{A},fixed,1,1,10,10,10,10\n{B},fixed,1,1,10,10,10,10\n",
        policies=(
            "policy,kind,value,from,to,later_within_days,state,source\n"
            "FIRST,dose_priority,first_dose_first,2021-05-01,2021-06-30,5,applied,example\n"
            "PAUSE,dose_priority,later_doses_only,2021-06-10,2021-06-30,0,proposed,example\n"
        ),
        phases=(
            "phase,zh,en,groups,dose_ranks,from,to,denominator\nMASS,全民,Mass,ALL,1;2;3,2021-05-01,2021-06-30,eligible\n"
        ),
    )


@pytest.fixture
def campaign(db, folder):
    return campaign_load(folder)


@pytest.fixture
def stock():
    return pl.DataFrame(
        {"place": ["CITY"], "product": ["INACT"], "lot": ["L1"], "expires": [date(2022, 1, 1)], "doses": [400]}
    )


@pytest.fixture
def people_of():
    """Counts of eligible persons by unit, without registering anybody."""

    def make(count=100):
        return pl.DataFrame({"unit": [A, B], "group": ["ADULT_18_59"] * 2, "eligible": [count] * 2})

    return make


@pytest.fixture
def nobody_given():
    schema = {"unit": pl.String, "group": pl.String, "product": pl.String, "dose_rank": pl.Int64, "day": pl.Date}
    return pl.DataFrame(schema={**schema, "doses": pl.Int64})


@pytest.fixture
def residents(anyone, act):
    """Register persons by birth date in a unit; their ids."""

    def make(unit, *births):
        codes = {u.unit_id: u.code for u in units(EVE)}
        leaf = next(leaf for leaf, u in sorted(leaf_units(EVE).items()) if codes[u] == unit)
        assert leaf in {a.area_id for a in leaves(EVE)}
        items = [
            PersonRegister(
                act=act(unit, n, birth),
                occurred_at=NOON,
                name="张" + "甲乙丙丁戊己庚辛壬癸"[n % 10],
                sex=Sex.FEMALE,
                birth=birth,
                leaf_id=leaf,
                witness="王",
            )
            for n, birth in enumerate(births)
        ]
        outcomes = persons_register(anyone, items)
        assert all(o.done for o in outcomes), outcomes
        return [int(o.answer["person_id"]) for o in outcomes]

    return make


def group(actor, code: str, on: date):
    """Everybody into groups on a day."""
    return groups_assign.one(actor, GroupsAssign(act=uuid4(), occurred_at=NOON, campaign=code, on=on))


def publish(actor, run_id: UUID, act: UUID | None = None):
    """The run's quotas in force."""
    item = PlanPublish(act=act or uuid4(), occurred_at=NOON, campaign=selectors.plan(run_id).campaign, run_id=run_id)
    return plan_publish.one(actor, item)
