"""A city is a folder: every mistake of it is named at once, loading it again changes only what changed, and what is used stays."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from seawall.engines.tables import Mistakes
from seawall.platform import clock, sql
from seawall.reference import folders, selectors
from seawall.reference.models import ReportingUnit
from seawall.reference.services import CityUse, city_changes, city_load, city_read, city_template
from seawall.reference.services.releases import SCHEDULES
from seawall.terms.acts import Refused

from . import cities

CHONGQING = folders.folder("chongqing")


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The template without its campaign, whose units and time zone these tests change."""
    city_template(tmp_path / "example")
    shutil.rmtree(tmp_path / "example" / "campaigns")
    return tmp_path / "example"


def written(folder: Path, table: str, header: str, *rows: str) -> None:
    (folder / f"{table}.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


AREAS = "code,level,parent,name_en,valid_from,valid_to,population"
SOUND = ("C,city,,City,2020-01-01,,", "N,district,C,North,2020-01-01,,", "N1,ward,N,One,2020-01-01,,")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (SOUND, []),
        ((*SOUND, "S,district,S1,South,2020-01-01,,", "S1,ward,S,Two,2020-01-01,,"), [(5, "parent", "cycle"), (6, "parent", "cycle")]),
        ((*SOUND, "N1,ward,C,Other,2021-01-01,,"), [(5, "valid_from", "overlap")]),
        ((*SOUND, "N2,wad,N,Two,2020-01-01,,"), [(5, "level", "level")]),
        ((*SOUND, "N2,ward,X,Two,2020-01-01,,"), [(5, "parent", "parent")]),
        ((*SOUND, "N2,ward,N1,Two,2020-01-01,,"), [(5, "parent", "parent_level")]),
        ((*SOUND, "N2,ward,N,Two,2019-01-01,,"), [(5, "parent", "parent_days")]),
        ((*SOUND, "N2,ward,N,Two,2020-01-01,2019-01-01,"), [(5, "valid_to", "days")]),
        ((*SOUND, "N2,ward,N,,2020-01-01,,-5"), [(5, "name_en", "nameless"), (5, "population", "not_negative")]),
        ((*SOUND, "D,city,,Second,2020-01-01,,"), [(5, "parent", "whole")]),
    ],
)  # fmt: skip
def test_mistakes_of_areas(example: Path, rows: tuple[str, ...], found: list[tuple[int, str, str]]) -> None:
    for other in example.glob("*.csv"):
        if other.stem not in {"areas", "documents"}:
            other.unlink()
    written(example, "areas", AREAS, *rows)
    assert sorted((m.row, m.column, m.rule) for m in mistakes(example)) == sorted(found)


def mistakes(folder: Path) -> list:
    try:
        city_read(folder)
    except Mistakes as wrong:
        return wrong.found
    return []


def test_one_code_names_one_area_at_a_time(example: Path) -> None:
    written(
        example,
        "areas",
        f"area,{AREAS}",
        *(f"{n},{row}" for n, row in enumerate(SOUND)),
        "twin,N1,ward,1,Twin,2021-01-01,,",
    )
    assert (5, "code", "code_twice") in {(m.row, m.column, m.rule) for m in mistakes(example)}


def test_every_mistake_is_named_at_once_by_file(example: Path) -> None:
    head = (example / "city.toml").read_text()
    for was, now in [
        ('"UTC"', '"Mars/Olympus"'),
        ('"KE"', '"QQ"'),
        ('"NATIONAL_ID"', '"PASS"'),
        ('planned = "district"', 'planned = "region"'),
    ]:
        head = head.replace(was, now)
    (example / "city.toml").write_text(head)
    written(example, "documents", "kind,name_en,pattern,check", "NATIONAL_ID,Card,[0-9,luhm")
    written(example, "places", "kind,code,name_en,leaf", "store,A,Store,N")
    (example / "outlines.geojson").write_text(
        '{"type":"FeatureCollection","features":[{"properties":{"name":"N"},"geometry":{"type":"Polygon","coordinates":'
        "[[[36,-1],[37,-1],[37,-2],[36,-2]]]}}]}"
    )
    assert {(m.file, m.column, m.rule) for m in mistakes(example)} >= {
        ("city.toml", "time_zone", "zone"),
        ("city.toml", "country", "country"),
        ("city.toml", "document", "document"),
        ("city.toml", "planned", "level"),
        ("documents.csv", "pattern", "pattern"),
        ("documents.csv", "check", "check"),
        ("places.csv", "leaf", "leaf"),
        ("outlines.geojson", "coordinates", "open_ring"),
    }


@pytest.mark.parametrize("pattern", ["^GHA[0-9]{10$", "^[0-9]{x}$", "[0-9"])
def test_a_pattern_that_no_number_fits_is_a_mistake(example: Path, pattern: str) -> None:
    written(example, "documents", "kind,name_en,pattern,check", f"NATIONAL_ID,Card,{pattern},none")
    assert {(m.file, m.column, m.rule) for m in mistakes(example)} == {("documents.csv", "pattern", "pattern")}


def test_a_campaign_needs_a_schedule_that_knows_its_products_and_units_of_the_city(tmp_path: Path) -> None:
    copy = shutil.copytree(CHONGQING, tmp_path / "chongqing")
    campaign = next(copy.glob("campaigns/*"))
    for name, was, now in [
        ("campaign.toml", '"covid19-cn"', '"influenza-cn"'),
        ("campaign.toml", '"Asia/Shanghai"', '"UTC"'),
        ("units.csv", "500101,", "999999,"),
        ("capacity.csv", "500101,", "999999,"),
    ]:
        path = campaign / name
        path.write_text(path.read_text(encoding="utf-8").replace(was, now), encoding="utf-8")
    at = f"campaigns/{campaign.name}/"
    found = {(m.file, m.row, m.column, m.rule) for m in mistakes(copy)}
    assert (f"{at}campaign.toml", 0, "time_zone", "campaign_zone") in found
    assert (f"{at}products.csv", 3, "product", "product_unknown") in found
    assert (f"{at}units.csv", 3, "unit", "campaign_unit") in found


def test_an_unknown_folder_names_those_that_are_there() -> None:
    with pytest.raises(Refused) as refused:
        city_read("atlantis")
    assert refused.value.refusal.code == "CITY_FOLDER_UNKNOWN"
    assert "chongqing" in refused.value.refusal.params["known"]


@pytest.mark.django_db
def test_a_city_of_any_levels_is_loaded_and_loaded_again(example: Path) -> None:
    assert not selectors.city()
    city_load(example)
    assert selectors.city().name.en == "Example"
    day = date(2026, 3, 2)
    whole = selectors.whole(day)
    assert whole is not None and len(selectors.leaves_under([whole.area_id], day)) == 3
    assert {u.code: len(u.leaves) for u in selectors.units(day)} == {"N": 2, "S": 1}
    assert selectors.document_kinds().keys() >= {"NATIONAL_ID", "PASSPORT_FOREIGN", "TEMPORARY"}
    ids = {a.code: a.area_id for a in selectors.areas(day)}
    path = example / "areas.csv"
    path.write_text(path.read_text().replace("South one", "South one and a half"))
    (change,) = city_changes(selectors.city(), city_read(example))
    assert change.cells == {"name_en": ("South one", "South one and a half")}
    assert change.on == date(2020, 1, 1)
    city_load(example)
    assert {a.code: a.area_id for a in selectors.areas(day)} == ids
    assert next(a.name_en for a in selectors.areas(day) if a.code == "S1") == "South one and a half"
    assert city_changes(selectors.city(), city_read(example)) == []


@pytest.mark.django_db
def test_the_database_knows_how_small_the_tables_of_a_city_are(example: Path) -> None:
    """Autovacuum leaves them alone, and a join of forty units would be planned as if there were one."""
    city_load(example)
    rows = sql.fetch("SELECT reltuples FROM pg_class WHERE relname = 'reference_reportingunit'")
    assert rows == [(ReportingUnit.objects.count(),)]


@pytest.mark.django_db
def test_a_programme_lies_in_the_folder_of_its_city(example: Path) -> None:
    own = example / "programmes" / "measles-here"
    shutil.copytree(SCHEDULES / "measles-sia", own)
    assert [(m.file, m.rule) for m in mistakes(example)] == [
        ("programmes/measles-here/schedule.toml", "programme_shipped")
    ]
    for path in own.iterdir():
        path.write_text(path.read_text().replace("measles-sia", "measles-here").replace("2010-09-", "2026-09-"))
    written(example, "programmes", "code,used_since", "measles-here,2026-01-01")
    city_load(example)
    city_load(example)
    assert "2026-09-11" in selectors.rule_table("measles-here", clock.today(), "seasons.csv")
    (own / "doses.csv").write_text("rule,series,dose,kind\nD,NONE,1,primary\n")
    assert {m.file for m in mistakes(example)} >= {"programmes/measles-here/doses.csv"}


@pytest.mark.django_db
def test_what_is_used_stays_and_nothing_is_half_loaded(example: Path) -> None:
    city_load(example)
    day = date(2026, 3, 2)
    leaf = next(a.area_id for a in selectors.leaves(day) if a.code == "S1")
    path, documents = example / "areas.csv", example / "documents.csv"
    path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if ",S1," not in line))
    documents.write_text(documents.read_text().replace("NATIONAL_ID", "CARD"))
    head = example / "city.toml"
    head.write_text(head.read_text().replace("NATIONAL_ID", "CARD").replace('"UTC"', '"Africa/Nairobi"'))
    used = CityUse(
        leaf_ids=frozenset({leaf}), document_kinds=frozenset({"NATIONAL_ID"}), products=frozenset({"MMR"}), running=True
    )
    with pytest.raises(Mistakes) as wrong:
        city_load(example, used)
    assert {(m.file, m.value, m.rule) for m in wrong.value.found} == {
        ("areas.csv", "S1", "lived_in"),
        ("documents.csv", "NATIONAL_ID", "held"),
        ("products.csv", "MMR", "stocked"),
        ("city.toml", "Africa/Nairobi", "fixed"),
    }
    assert any(a.code == "S1" for a in selectors.leaves(day))
    with pytest.raises(Mistakes, match="cannot become another"):
        city_load(CHONGQING)
    assert sql.fetch("SELECT count(*) FROM reference_cityrelease") == [(1,)]


@pytest.mark.django_db
def test_the_day_begins_by_the_time_zone_of_the_city(example: Path, settings) -> None:
    settings.CAMPAIGN_TIME_ZONE = ""
    head = example / "city.toml"
    head.write_text(head.read_text().replace('"UTC"', '"America/Santiago"'))
    city_load(example)
    assert clock.zone().key == "America/Santiago"


def test_the_page_of_cities_is_up_to_date() -> None:
    assert cities.PAGE.read_text(encoding="utf-8") == cities.text(), "run: python -m tests.reference.cities"


@pytest.mark.parametrize("name", ["chongqing", "los-rios"])
def test_the_cities_of_the_program_have_no_mistake(name: str) -> None:
    assert city_read(name).leaf


def test_a_vaccine_says_what_makes_it_one_and_needs_name_goods(example: Path) -> None:
    head = "code,kind,platform,maker_en,doses_per_series,volume_ml,valid_from"
    written(
        example, "products", head,
        "MR,,LIVE,Maker,1,0.5,2020-01-01", "NEW,vaccine,,Maker,1,,2020-01-01", "SYR,syringe,,Maker,,,2020-01-01",
        "ODD,teapot,,Maker,,,2020-01-01",
    )  # fmt: skip
    written(
        example, "needs", "good,product,per,units,of,wastage,valid_from",
        "SYR,*,dose,1,,1.11,2020-01-01", "SYR,*,dose,2,,,2021-01-01", "MR,*,dose,1,,,2020-01-01", "SYR,SYR,dose,1,,,2020-01-01",
        "SYR,*,site,5,10,,2020-01-01", "GONE,*,day,-1,,,2020-01-01", "SYR,MR,year,1,,,2020-01-01",
    )  # fmt: skip
    assert {(m.file, m.row, m.column, m.rule) for m in mistakes(example)} == {
        ("products.csv", 3, "platform", "vaccine_column"),
        ("products.csv", 3, "volume_ml", "vaccine_column"),
        ("products.csv", 5, "kind", "one_of"),
        ("needs.csv", 3, "valid_from", "overlap"),
        ("needs.csv", 4, "good", "goods_are_vaccine"),
        ("needs.csv", 5, "product", "product_is_goods"),
        ("needs.csv", 6, "per", "needs_each"),
        ("needs.csv", 7, "good", "product_unlisted"),
        ("needs.csv", 7, "units", "not_negative"),
        ("needs.csv", 8, "per", "one_of"),
    }
