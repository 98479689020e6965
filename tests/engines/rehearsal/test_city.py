"""The synthetic city agrees with the census, and none of its numbers belongs to anybody."""

from datetime import date
from pathlib import Path

import numpy as np
import phonenumbers
import polars as pl
import pytest

from seawall.engines.rehearsal import City, ages_on, load_tables, make_city
from seawall.reference.plugs.china.made import resident_ids

SCALE = 0.0005
TABLES = load_tables(Path(__file__).parents[3] / "cities" / "chongqing" / "rehearsal")
OF = {"tables": TABLES, "numbers": {"resident": resident_ids}, "opens": date(2021, 3, 24)}
POPULATION = {  # 7th census 2020-11-01, district communiques and city total; 綦江 split into 万盛经开区 and the rest
    "500101": 1564449, "500102": 1115016, "500103": 588717, "500104": 421904, "500105": 925800, "500106": 1477345,
    "500107": 1526821, "500108": 1197639, "500109": 834887, "500110": 775509, "500110W": 235825, "500111": 834592,
    "500112": 2191493, "500113": 1178856, "500114": 487281, "500115": 692960, "500116": 1359611, "500117": 1245294,
    "500118": 1148896, "500119": 572362, "500120": 756022, "500151": 685729, "500152": 688115, "500153": 668977,
    "500154": 1203306, "500155": 645315, "500156": 356748, "500229": 197497, "500230": 557374, "500231": 650694,
    "500233": 720976, "500235": 929034, "500236": 744836, "500237": 462462, "500238": 388685, "500240": 389001,
    "500241": 496194, "500242": 607338, "500243": 530599,
}  # fmt: skip


def units() -> pl.DataFrame:
    codes = list(POPULATION)
    leaves = [[i * 100 + k for k in range(1, 28)] for i in range(len(codes))]
    return pl.DataFrame(
        {
            "unit_code": codes,
            "name_zh": [f"区{c}" for c in codes],
            "name_en": [f"Unit {c}" for c in codes],
            "population": list(POPULATION.values()),
            "leaves": leaves,
        }
    )


def centroids() -> pl.DataFrame:
    codes = [c for c in POPULATION if c != "500110W"]
    return pl.DataFrame(
        {"unit_code": codes, "lon": [107.0] * len(codes), "lat": [29.5] * len(codes), "km2": [900.0] * len(codes)}
    )


@pytest.fixture(scope="module")
def city() -> City:
    return make_city(units(), centroids(), **OF, scale=SCALE, seed=7)


def test_city_totals_by_age_and_sex_are_those_of_the_census(city: City) -> None:
    n = city.persons.height
    assert n == round(32054159 * SCALE)
    age = ages_on(city.persons["birth"], date(2020, 11, 1))
    assert (age <= 14).sum() / n == pytest.approx(0.1591, abs=0.002)
    assert (age >= 60).sum() / n == pytest.approx(0.2187, abs=0.002)
    assert (city.persons["sex"] == 1).sum() == pytest.approx(n * 16202133 / 32054159, abs=1)


def test_districts_with_a_published_table_follow_it() -> None:
    city = make_city(units(), centroids(), **OF, scale=0.005, seed=3)
    people = city.persons.filter(pl.col("unit") == "500151")
    old = (ages_on(people["birth"], date(2020, 11, 1)) >= 60).mean()
    assert old == pytest.approx(178860 / 685729, abs=0.002)
    by_leaf = (
        people.with_columns(old=ages_on(people["birth"], date(2020, 11, 1)) >= 60)
        .group_by("leaf")
        .agg(pl.col("old").mean(), pl.len())
    )
    spread = by_leaf.filter(pl.col("len") > 60)["old"]
    assert spread.max() - spread.min() > 0.12  # towns of one district differ widely


def test_households_are_as_many_and_as_large_as_counted(city: City) -> None:
    assert city.households.height == pytest.approx(12040234 * SCALE, rel=0.03)
    adult = city.persons.with_columns(adult=ages_on(city.persons["birth"], date(2020, 11, 1)) >= 15)
    homes = (
        adult.filter(pl.col("household").is_not_null())
        .group_by("household")
        .agg(pl.col("adult").any(), pl.col("leaf").n_unique())
    )
    assert homes["adult"].all()
    assert (homes["leaf"] == 1).all()
    assert adult.filter(~pl.col("adult") & pl.col("household").is_null()).is_empty()


def test_resident_numbers_are_right_unique_and_never_issued(city: City) -> None:
    numbers = city.persons.filter(pl.col("document_kind") == "RESIDENT_ID")
    assert numbers["document_number"].n_unique() == numbers.height
    for number, birth, sex in numbers.select("document_number", "birth", "sex").head(500).iter_rows():
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        total = sum(int(d) * w for d, w in zip(number[:17], weights, strict=True))
        assert number[17] == "10X98765432"[total % 11]
        assert number.startswith("5099") and number[6:14] == birth.strftime("%Y%m%d")
        assert int(number[16]) % 2 == (sex == 1)


def test_serials_run_on_into_the_next_block_when_a_birthday_is_full() -> None:
    births = pl.Series([date(1990, 1, 1)] * 1200)
    numbers = resident_ids(births, pl.Series([2] * 1200), "509999")
    assert numbers.n_unique() == 1200
    assert {n[:6] for n in numbers} == {"509999", "509998", "509997"}
    assert (numbers.str.len_chars() == 18).all()


def test_telephones_look_right_and_cannot_be_dialled(city: City) -> None:
    assert city.persons["phone"].str.contains(r"^1[3-9]\d{9}$").all()
    assert city.persons["phone"].n_unique() == city.persons.height
    assert city.sites["phone"].str.contains(r"^023-0\d{7}$").all()  # no local number begins with 0
    for phone in city.persons["phone"].head(50):
        assert not phonenumbers.is_valid_number(phonenumbers.parse(phone, "CN"))


def test_organisation_codes_pass_their_check(city: City) -> None:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    for code in city.organisations["uscc"]:
        assert len(code) == 18
        total = sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
        assert alphabet[(31 - total % 31) % 31] == code[17]
    sectors = set(city.organisations["sector"])
    assert {"HEALTH", "TRANSPORT", "EDUCATION", "CULTURE_TOURISM"} <= sectors


def test_every_unit_has_a_site_and_temporary_ones_a_hospital_of_grade_two(city: City) -> None:
    assert city.sites["unit"].n_unique() == 39
    temporary = city.sites.filter(pl.col("kind") == "temporary").join(
        city.facilities.select("facility", "grade"), left_on="parent", right_on="facility", how="left"
    )
    assert temporary.height >= 1 and (temporary["grade"] >= 2).all()
    assert (city.sites["stations"] >= 1).all()
    staffed = city.staff.group_by("site").agg(pl.col("role").n_unique())
    assert staffed.height == city.sites.height and (staffed["role"] == 9).all()


def test_the_same_seed_makes_the_same_city_and_another_does_not(city: City) -> None:
    again = make_city(units(), centroids(), **OF, scale=SCALE, seed=7)
    other = make_city(units(), centroids(), **OF, scale=SCALE, seed=8)
    assert again.persons.equals(city.persons) and again.sites.equals(city.sites)
    assert not other.persons.equals(city.persons)


def test_everything_named_is_marked_synthetic(city: City) -> None:
    for frame in (city.sites, city.organisations, city.facilities):
        assert frame["name_zh"].str.contains("模拟").all()
        assert frame["name_en"].str.contains("synthetic").all()


def test_streets_lie_within_their_unit_and_sites_within_a_mile_of_their_street(city: City) -> None:
    radius = 0.7 * np.sqrt(900 / np.pi) / 111.32
    assert (
        np.hypot((city.leaves["lon"] - 107.0) * np.cos(np.radians(29.5)), city.leaves["lat"] - 29.5).max()
        <= 1.01 * radius
    )
    for places in (city.sites, city.facilities):
        near = places.join(city.leaves, on="leaf", suffix="_leaf")
        assert near.height == places.height
        assert max((near[c] - near[f"{c}_leaf"]).abs().max() for c in ("lon", "lat")) <= 0.0101
