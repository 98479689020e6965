"""A scenario on files: what is written, and how every mistake in it is named."""

import csv
import json
from pathlib import Path

import polars as pl
import pytest

from seawall.engines.epidemic import epidemic_on_files, load_scenario
from seawall.engines.epidemic.load import BASE
from seawall.engines.epidemic.reading import DICTIONARY
from seawall.engines.tables import Mistakes

from .cases import EXAMPLES

GOOD = """
[scenario]
days = 30
[population]
groups = "groups.csv"
[[layer]]
name = "all"
file = "contacts.csv"
[disease]
r0 = 1.5
incubation_days = 3
infectious_days = 5
[start]
infectious = 0.001
"""


def folder(path: Path, toml: str = GOOD, **files: str) -> Path:
    texts = {"groups": "group,people\nyoung,600\nold,400\n", "contacts": "3,1\n1.5,2\n", **files}
    for name, text in texts.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    (path / "scenario.toml").write_text(toml, encoding="utf-8")
    return path / "scenario.toml"


def found(path: Path) -> set[tuple[str, int, str]]:
    with pytest.raises(Mistakes) as mistakes:
        load_scenario(path)
    assert all(m.zh and m.en for m in mistakes.value.found)
    return {(m.file, m.row, m.column) for m in mistakes.value.found}


def test_a_scenario_file_becomes_curves_summary_tables_and_pictures(tmp_path: Path) -> None:
    answer = epidemic_on_files(folder(tmp_path), tmp_path / "out")
    curves = pl.read_csv(tmp_path / "out" / "curves.csv")
    assert curves.columns == ["day", "group", "compartment", "people"]
    assert curves["day"].max() == 30 and set(curves["group"]) == {"young", "old", "all"}
    written = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert written["r0"] == pytest.approx(1.5) and answer["r0"] == pytest.approx(1.5)
    assert set(written["groups"]) == {"young", "old", "all"}
    assert {"infections", "deaths", "attack_rate", "infections_averted"} <= written["groups"]["all"].keys()
    for name in ("curves.svg", "attack_rates.png", "index.html"):
        assert (tmp_path / "out" / name).stat().st_size > 1000


def test_matrices_come_with_or_without_names(tmp_path: Path) -> None:
    named = folder(tmp_path, contacts='"","young","old"\n"young",3,1\n"old",1.5,2\n')
    assert load_scenario(named).scenario.contacts.tolist() == [[3, 1], [1.5, 2]]
    assert load_scenario(folder(tmp_path, contacts="young,old\n3,1\n1.5,2\n")).scenario.contacts.tolist() == [
        [3, 1],
        [1.5, 2],
    ]


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    wrong = (
        GOOD.replace("days = 30", "days = 30\nspeed = 2")
        .replace("r0 = 1.5", "r0 = -1")
        .replace("infectious = 0.001", "infectious = 1.5\n[[measure]]\nname = 'm'\nall = 0.5\nfrom = 20\nto = 10")
    )
    path = folder(tmp_path, wrong, contacts="3,-1\n1.5,x\n")
    assert found(path) >= {
        ("scenario.toml", 0, "scenario.speed"), ("scenario.toml", 0, "disease.r0"), ("contacts.csv", 1, "2"),
        ("contacts.csv", 2, "2"),
    }  # fmt: skip


def test_a_matrix_of_another_shape_is_named(tmp_path: Path) -> None:
    assert ("contacts.csv", 0, "") in found(folder(tmp_path, contacts="3,1,1\n1.5,2,1\n"))
    assert ("scenario.toml", 0, "population.groups") in found(folder(tmp_path, contacts="3,1,1\n1,2,1\n1,1,1\n"))


def test_a_measure_that_ends_before_it_starts_and_shares_outside_their_range_are_named(tmp_path: Path) -> None:
    late = GOOD + "[[measure]]\nname = 'm'\nall = 0.5\nfrom = 20\nto = 10\n[[import]]\nper_day = 1\nfrom = 30\n"
    late = late.replace("infectious = 0.001", "infectious = [0.5, 1.5]")
    assert found(folder(tmp_path, late)) == {
        ("scenario.toml", 0, "measure.1.from"), ("scenario.toml", 0, "import.1.from"), ("scenario.toml", 0, "start.infectious[1]"),
    }  # fmt: skip


def test_more_doses_than_people_are_named(tmp_path: Path) -> None:
    toml = GOOD + "[[vaccine]]\nproduct = 'V'\ninfection = 0.9\n[rollout]\nfile = 'doses.csv'\n"
    path = folder(
        tmp_path,
        toml,
        doses="day,group,product,dose_rank,doses\n0,young,V,1,601\n3,old,V,1,10\n40,old,V,1,1\n2,new,W,1,1\n",
    )
    assert found(path) == {("doses.csv", 4, "day"), ("doses.csv", 5, "group"), ("doses.csv", 5, "product")}
    path = folder(tmp_path, toml, doses="day,group,product,dose_rank,doses\n0,young,V,1,601\n3,old,V,1,10\n")
    with pytest.raises(Mistakes) as mistakes:
        load_scenario(path)
    assert "601 > 600" in str(mistakes.value)


def test_nothing_that_can_spread_is_a_mistake(tmp_path: Path) -> None:
    assert found(folder(tmp_path, GOOD.replace("infectious = 0.001", "infectious = 0"))) == {
        ("scenario.toml", 0, "start.infectious")
    }


def test_the_shipped_examples_load_or_say_what_to_bring() -> None:
    for path in sorted(EXAMPLES.glob("*.toml")):
        if "Bring" in path.read_text(encoding="utf-8"):
            assert all(column == "" and row == 0 for _, row, column in found(path))
        else:
            load_scenario(path)


def test_every_section_stands_in_the_data_dictionary() -> None:

    with DICTIONARY.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["table"] for row in rows} >= set(BASE) | {
        "groups",
        "districts",
        "doses",
        "reports",
        "barrier",
        "prioritise",
    }
    assert all(row["description"] for row in rows)
