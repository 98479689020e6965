"""A folder with mistakes is refused before solving: every mistake at once, each by file, row and column."""

import pytest

from seawall.engines.planning import ScenarioMistakes, load_scenario

from .folders import supply, write_folder


def mistakes(folder):
    with pytest.raises(ScenarioMistakes) as caught:
        load_scenario(folder)
    return {(m.file, m.row, m.column) for m in caught.value.mistakes}


def test_a_good_folder_loads(tmp_path):
    assert load_scenario(write_folder(tmp_path)).population["eligible"].sum() == 200


def test_names_every_mistake_at_once(tmp_path):
    folder = write_folder(
        tmp_path,
        population="unit,group,eligible\nA,ALL_18,many\nX,ALL_18,10\nB,ALL_18,-1\n",
        capacity="# comment\nunit,kind,sites,stations,rate_per_hour,hours_workday,hours_weekend,hours_holiday\nA,fixed,1,-2,10,25,10,10\n",
        supply=supply(("2021-05-01", "NOVAX", 10, "2021-04-01")),
    )
    assert mistakes(folder) == {
        ("population.csv", 2, "eligible"),
        ("population.csv", 3, "unit"),
        ("population.csv", 4, "eligible"),
        ("capacity.csv", 3, "stations"),
        ("capacity.csv", 3, "hours_workday"),
        ("supply.csv", 2, "product"),
        ("supply.csv", 2, "expires"),
    }


def test_a_deadline_before_the_opening_is_refused(tmp_path):
    assert ("campaign.toml", 0, "deadline") in mistakes(write_folder(tmp_path, deadline="2021-04-01"))


@pytest.mark.parametrize("missing", ["units", "groups", "targets", "supply", "capacity", "products", "policies"])
def test_a_missing_table_is_named(tmp_path, missing):
    folder = write_folder(tmp_path)
    (folder / f"{missing}.csv").unlink()
    assert (f"{missing}.csv", 0, "") in mistakes(folder)


def test_a_missing_column_an_odd_pack_and_a_second_use_of_a_lot_are_named(tmp_path):
    folder = write_folder(
        tmp_path,
        targets="target,group,measure,by,denominator,weight\nT,ALL,complete,2021-06-30,eligible,1\n",
        supply="date,product,lot,doses,doses_per_pack,expires,confirmed\n2021-05-01,INACT,L1,9,2,2022-01-01,yes\n2021-05-02,INACT,L1,8,2,2022-01-01,yes\n",
    )
    assert mistakes(folder) == {("targets.csv", 1, "share"), ("supply.csv", 2, "doses"), ("supply.csv", 3, "lot")}


def test_a_file_that_is_not_text_is_named(tmp_path):
    folder = write_folder(tmp_path)
    (folder / "units.csv").write_bytes("unit,zh,en,population\nA,重庆,Alpha,1\n".encode("gb18030"))
    assert ("units.csv", 0, "") in mistakes(folder)
