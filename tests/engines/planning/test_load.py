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


BROKEN = {
    "transport": (
        "from,to,doses_per_day,lead_days,hours_per_1000\nCITY,X,5,,\nA,A:mobile,-1,,\nY,A,,,\n",
        [(2, "to"), (3, "to"), (3, "doses_per_day"), (4, "from")],
    ),
    "storage": (
        "unit,doses,max_cover_days\nX,5,\nA,-1,0\nA,1,\n",
        [(2, "unit"), (3, "doses"), (3, "max_cover_days"), (4, "unit")],
    ),
    "staff": (
        "unit,vaccinators,doses_per_hour,hours_day,hours_week\nA,-1,2,25,x\n",
        [(2, "vaccinators"), (2, "hours_day"), (2, "hours_week")],
    ),
    "profiles": ("kind,demand,staffing\nsunday,1,1\nworkday,1.5,-1\n", [(2, "kind"), (3, "demand"), (3, "staffing")]),
    "areas": (
        "unit,reason,weight,from,to\nX,,0,2021-05-02,2021-05-01\n",
        [(2, "unit"), (2, "reason"), (2, "weight"), (2, "to")],
    ),
    "peers": ("peers,units,max_spread\nP,A;X,2\nP,ALL,0.1\n", [(2, "units"), (2, "max_spread"), (3, "peers")]),
    "clearance": ("product,by\nX,2021-06-01\nINACT,2022-01-01\n", [(2, "product"), (3, "by")]),
    "mixing": (
        "first,later,dose_rank,from,to\nINACT,SUBUNIT,3,2021-06-01,2021-05-01\n"
        "INACT,VECTOR,2,2021-05-01,2021-06-01\nINACT,INACT,1,2021-05-01,2021-06-01\n",
        [(2, "dose_rank"), (2, "to"), (3, "later"), (4, "dose_rank"), (4, "later")],
    ),
    "one_product": ("unit,products\nA,INACT;X\nX,\n", [(2, "products"), (3, "unit")]),
}


@pytest.mark.parametrize("table", BROKEN)
def test_an_optional_table_is_checked_as_any_other(tmp_path, table):
    text, wrong = BROKEN[table]
    assert mistakes(write_folder(tmp_path, **{table: text})) == {(f"{table}.csv", row, column) for row, column in wrong}


def test_doses_that_cannot_exist_are_named(tmp_path):
    history = (
        "group,product,dose_rank,from,to,doses\nALL_18,INACT,1,2021-03-01,2021-03-31,10\n"
        "ALL_18,INACT,2,2021-04-01,2021-04-20,30\nALL_18,VECTOR,2,2021-04-01,2021-04-20,1\n"
    )
    assert mistakes(write_folder(tmp_path, history=history)) == {
        ("history.csv", 3, "doses"),
        ("history.csv", 4, "dose_rank"),
        ("history.csv", 4, "doses"),
    }


def test_a_latest_day_before_the_least_interval_is_named(tmp_path):
    products = (
        "product,zh,en,doses,min_days_2,min_days_3,latest_days_2,latest_days_3,wastage\nINACT,灭活,I,2,21,,14,,0\n"
    )
    assert mistakes(write_folder(tmp_path, products=products)) == {("products.csv", 2, "latest_days_2")}


def test_a_campaign_names_people_or_counts_them(tmp_path):
    folder = write_folder(tmp_path)
    head = folder / "campaign.toml"
    assert load_scenario(folder).campaign.counting == "named"
    head.write_text(head.read_text().replace("\n[plan]", 'counting = "tally"\n\n[plan]'))
    assert load_scenario(folder).campaign.counting == "tally"
    head.write_text(head.read_text().replace('"tally"', '"both"'))
    assert mistakes(folder) == {("campaign.toml", 0, "counting")}
