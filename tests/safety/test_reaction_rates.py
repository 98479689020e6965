"""The rates of reports that come with the programmes: each can be read, is dated, has a source, and is of a known product."""

import csv
from datetime import date
from itertools import combinations
from pathlib import Path
from shutil import copytree

import pytest

from seawall.engines import schedule
from seawall.reference.services import release_store
from seawall.safety import tables

PROGRAMMES = sorted(path.name for path in schedule.SCHEDULES.iterdir() if path.is_dir())


@pytest.fixture
def released_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """A release stored before its programme had such a table."""
    monkeypatch.setattr(tables.reference, "rule_table", lambda *_: "")


@pytest.mark.usefixtures("released_before")
@pytest.mark.parametrize("programme", PROGRAMMES)
def test_rates_are_of_known_products_dated_and_sourced(programme: str) -> None:
    rates = tables.reaction_rates(programme, date(2021, 4, 10))
    assert bool(rates) == (schedule.SCHEDULES / programme / tables.REACTIONS).exists()
    known = {row.product for row in schedule.load(schedule.shipped(programme)).tables.products}
    for rate in rates:
        assert rate.product in known | {tables.EVERY_PRODUCT}
        assert rate.per_100k > 0 and rate.source and rate.valid_from <= rate.valid_to
    for one, other in combinations(rates, 2):
        assert one.product != other.product or one.valid_to < other.valid_from or other.valid_to < one.valid_from


@pytest.mark.usefixtures("released_before")
def test_the_rate_of_one_programme_is_no_other_programmes() -> None:
    day = date(2021, 4, 10)
    assert [(r.product, r.per_100k) for r in tables.reaction_rates("covid19-cn", day)] == [("*", 11.86)]
    assert [p for p in PROGRAMMES if tables.reaction_rates(p, day)] == ["covid19-cn"]
    assert tables.reaction_rates("river-fever", day) == ()


@pytest.mark.django_db
def test_a_release_brings_the_rates_of_its_programme_from_its_day(tmp_path: Path) -> None:
    folder = Path(copytree(schedule.shipped("measles-sia"), tmp_path / "measles-sia"))
    release_store(folder, name="Without rates", released_on=date(2000, 1, 1))
    table = "product,per_100k,valid_from,valid_to,source\n*,40,2020-01-01,,an example\nMR,25.5,2020-01-01,2021-12-31,an example\n"
    (folder / tables.REACTIONS).write_text(table, encoding="utf-8")
    release_store(folder, name="With rates", released_on=date(2021, 4, 1))
    assert tables.reaction_rates("measles-sia", date(2021, 3, 31)) == ()
    found = tables.reaction_rates("measles-sia", date(2021, 4, 10))
    assert [(r.product, r.per_100k, r.valid_to) for r in found] == [
        ("MR", 25.5, date(2021, 12, 31)),
        ("*", 40, date.max),
    ]
    assert tables.reaction_rates("covid19-cn", date(2021, 4, 10))[0].per_100k == 11.86


def test_no_rate_stands_among_the_settings_of_every_vaccine() -> None:
    with (tables.FOLDER / "monitors.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["key"] for row in rows] == ["limit", "minimum", "alpha"]
    assert all(row["source"] for row in rows)
