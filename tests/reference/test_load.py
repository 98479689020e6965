"""Reference data says what was true on each day, and loading it again changes nothing."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import seawall
from seawall.engines import schedule
from seawall.platform import sql
from seawall.reference import selectors
from seawall.reference.plugs.china import naming
from seawall.reference.services import (
    FacilityNew,
    PlaceNew,
    city_load,
    facilities_register,
    places_register,
    release_store,
)
from seawall.terms.codes import DayKind, PlaceKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

IN_2021, NOW = date(2021, 4, 10), date(2025, 11, 6)
HOLIDAYS = Path(seawall.__file__).parents[3] / "shared/data/cn-holidays/cn_workdays_2020_2026.csv"


def districts(on):
    return [row for row in selectors.branches(on) if row.level == "district"]


def test_a_code_means_another_district_before_2011():
    assert selectors.area_by_code("500110", date(2011, 10, 21)).name_zh == "万盛区"
    assert selectors.area_by_code("500110", IN_2021).name_zh == "綦江区"
    assert selectors.area_by_code("500111", date(2000, 1, 1)).name_zh == "双桥区"
    assert (
        selectors.area_by_code("500234", date(2010, 1, 1)).area_id == selectors.area_by_code("500154", IN_2021).area_id
    )
    assert selectors.area_by_code("500234", IN_2021) is None


def test_38_districts_in_2021_and_37_since_november_2025():
    assert len(districts(IN_2021)) == 38
    assert len(districts(date(2025, 11, 5))) == 38
    after = {a.code for a in districts(NOW)}
    assert len(after) == 37
    assert "500157" in after
    assert not after & {"500105", "500112"}


def test_1031_streets_and_each_has_an_english_name():
    streets = selectors.leaves(IN_2021)
    assert len(streets) == 1031
    assert len(selectors.leaves(NOW)) == 1031
    assert all(s.name_en.isascii() or "ü" in s.name_en for s in streets)


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("高笋塘街道", "Gaosuntang Subdistrict"),
        ("曾家镇", "Zengjia Town"),
        ("磨子土家族乡", "Mozi Tujia Ethnic Township"),
        ("浩口苗族仡佬族乡", "Haokou Miao and Gelao Ethnic Township"),
        ("左岚乡", "Zuolan Township"),
        ("阿蓬江镇", "Apengjiang Town"),
        ("复安街道", "Fu'an Subdistrict"),
    ],
)
def test_streets_are_named_by_pinyin(zh, en):
    assert naming.street_name(zh) == en


def test_every_district_has_a_centre_inside_the_city():
    for row in districts(IN_2021):
        assert 105 < row.longitude < 111 and 28 < row.latitude < 33, row


def test_cover_follows_the_day():
    jiangbei = selectors.area_by_code("500105", IN_2021).area_id
    liangjiang = selectors.area_by_code("500157", NOW).area_id
    city = selectors.area_by_code("500000", IN_2021).area_id
    assert len(selectors.leaves_under([jiangbei], IN_2021)) == 12
    assert selectors.leaves_under([jiangbei], NOW) == frozenset()
    assert selectors.leaves_under([jiangbei], IN_2021) < selectors.leaves_under([liangjiang], NOW)
    assert len(selectors.leaves_under([city], IN_2021)) == len(selectors.leaves_under([city], NOW)) == 1031
    leaf = next(iter(selectors.leaves_under([jiangbei], IN_2021)))
    assert selectors.leaves_under([leaf], IN_2021) == {leaf}


def test_39_planning_units_share_out_the_leaves():
    units = {u.code: u for u in selectors.units(IN_2021)}
    assert len(units) == 39
    assert len(units["500110W"].leaves) == 10
    assert len(units["500110"].leaves) == 21
    assert sum(len(u.leaves) for u in units.values()) == len(selectors.leaf_units(IN_2021)) == 1031
    later = {u.code: u for u in selectors.units(NOW)}
    assert len(later) == 38
    assert len(later["500157"].leaves) == 12 + len(units["500112"].leaves)
    assert sum(len(u.leaves) for u in later.values()) == 1031


def test_overlays_report_but_hold_no_cell():
    overlays = {u.code: u for u in selectors.units(IN_2021, "overlay")}
    assert {u.name_zh for u in overlays.values()} == {"两江新区", "重庆高新区"}
    assert all(u.leaves and u.included_in_parent for u in overlays.values())
    assert not set(overlays) & {u.code for u in selectors.units(IN_2021)}


def test_census_adds_up():
    figures = selectors.census()
    city = figures.pop("500000")
    assert len(figures) == 38
    assert sum(figures.values()) == city == 32_054_159
    assert sum(selectors.unit_census().values()) == city
    assert selectors.unit_census()["500110W"] == 235_825


def test_products_of_the_spring_of_2021():
    rows = {p.code: p for p in selectors.products(IN_2021)}
    assert {rows.pop(code).doses_per_series for code in ("IIV3", "IIV4")} == {1}  # influenza
    assert set(rows) == {"BIBP", "WIBP", "SVAC", "AD5", "ZF2001"}
    assert {c: p.doses_per_series for c, p in rows.items()} == {"BIBP": 2, "WIBP": 2, "SVAC": 2, "AD5": 1, "ZF2001": 3}
    assert all(p.doses_per_pack in p.packs for p in rows.values())


def test_calendar_knows_make_up_workdays_and_assumes_beyond():
    kinds = selectors.day_kinds(date(2021, 4, 24), date(2021, 5, 8))
    assert kinds[date(2021, 4, 25)] == DayKind.MAKEUP_WORKDAY
    assert kinds[date(2021, 5, 1)] == DayKind.HOLIDAY
    assert kinds[date(2021, 5, 6)] == DayKind.WORKDAY
    assert selectors.day_names(date(2021, 5, 1), date(2021, 5, 1)) == {date(2021, 5, 1): ("劳动节", "Labour Day")}
    beyond = date(selectors.calendar_until().year + 1, 1, 1)
    assert selectors.day_kinds(beyond, beyond)[beyond] in {DayKind.WORKDAY, DayKind.WEEKEND}


@pytest.mark.skipif(not HOLIDAYS.exists(), reason="the second calendar to compare with is not beside this checkout")
def test_calendar_agrees_with_another_package():
    with HOLIDAYS.open(encoding="utf-8") as lines:
        theirs = {date.fromisoformat(r["date"]): r["kind"] for r in csv.DictReader(lines)}
    ours = selectors.day_kinds(min(theirs), max(theirs))
    assert {day: str(kind) for day, kind in ours.items()} == theirs


def test_loading_again_changes_nothing():
    tables = [t for t in connection.introspection.table_names() if t.startswith("reference_")]

    def state():
        return {t: sql.fetch(f"SELECT count(*), max(xmin::text::bigint) FROM {t}") for t in tables}

    before = state()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        city_load("chongqing")
    assert state() == before
    assert len(queries) < 60


def test_a_place_keeps_its_id():
    leaf = selectors.leaves(IN_2021)[0].area_id
    rows = [
        PlaceNew(kind=PlaceKind.STORE, code="S1", name_zh="市库", name_en="City store", leaf_id=leaf, synthetic=True),
        PlaceNew(kind=PlaceKind.SITE, code="S2", name_zh="点", name_en="Site", leaf_id=leaf, synthetic=True),
    ]
    first = places_register(rows)
    assert places_register(rows[::-1]) == first[::-1]
    assert places_register(rows[:1]) == first[:1]
    assert [p.place_id for p in selectors.places([PlaceKind.STORE, PlaceKind.SITE])] == first
    assert len({selectors.virtual_place(k) for k in ("maker", "given", "wasted", "destroyed")}) == 4


def test_facilities_by_grade():
    leaf = selectors.leaves(IN_2021)[0].area_id
    facilities_register(
        [
            FacilityNew(code=f"H{g}", name_zh="院", name_en="Hospital", grade=g, leaf_id=leaf, synthetic=True)
            for g in (1, 2, 3)
        ]
    )
    assert [f.grade for f in selectors.facilities(grade_from=2)] == [2, 3]


def test_a_release_is_its_content(tmp_path):
    (tmp_path / "series.csv").write_text("a,b\n1,2\n")
    old = release_store(tmp_path, name="1", released_on=date(2021, 3, 29), programme="x")
    assert release_store(tmp_path, name="again", released_on=date(2022, 1, 1), programme="x") == old
    (tmp_path / "series.csv").write_text("a,b\n1,3\n")
    new = release_store(tmp_path, name="2", released_on=date(2021, 9, 1), programme="x")
    assert new != old
    assert selectors.release("x", date(2021, 4, 1)).hash == old
    assert selectors.release("x", date(2021, 9, 1)).folder == {"series.csv": "a,b\n1,3\n"}
    assert json.dumps([r.name for r in selectors.releases("x")]) == '["2", "1"]'


def test_shipped_schedules_are_stored_under_the_name_that_due_rows_carry():
    rules = schedule.load(schedule.shipped("covid19-cn"))
    stored = selectors.release("covid19-cn", IN_2021)
    assert stored.hash == rules.release
    assert "conditions.csv" in stored.folder
