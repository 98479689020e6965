"""A plan's files: the promised columns, a dictionary for each, a workbook, a page, scenarios and yesterday beside it."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import openpyxl
import polars as pl
import pytest
from typer.testing import CliRunner

from seawall.engines.planning import load_scenario, plan, plan_on_files
from seawall.engines.planning.comparison import changes
from seawall.engines.planning.files import TABLES, columns_out
from seawall.engines.planning.pictures import days_of_cover, reached_by_day, shares
from seawall.engines.planning.workbook import write_workbook
from seawall.engines.tables import Mistakes
from seawall.interfaces.cli.main import app

from .folders import supply, target, write_folder

PROMISED = {
    "quotas": "date,unit,group,product,dose_rank,doses",
    "shipments": "date,from,to,product,lot,doses",
    "stock": "date,place,product,lot,doses",
    "openings": "date,site,stations",
    "obstacles": "code,unit,group,product,date,short_by,measure,remedy,zh,en",
}
LATE = supply(("2021-05-20", "INACT", 60, "2022-01-01"), ("2021-06-20", "INACT", 400, "2022-01-01"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("scenario"), supply=LATE)


@pytest.fixture(scope="module")
def planned(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    plan_on_files(folder, out, variants=["supply_late=7", "holidays_worked", "more_mobile=2", "policy_applied=P"])
    return out


def test_every_table_begins_with_its_promised_columns(planned: Path):
    for name, columns in PROMISED.items():
        header = (planned / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        assert header == columns or header.startswith(f"{columns},")
        assert pl.read_parquet(planned / f"{name}.parquet").height == pl.read_csv(planned / f"{name}.csv").height


def test_every_column_written_stands_in_the_dictionary_and_the_other_way_round(planned: Path, folder: Path):
    known = {name: [c.column for c in columns] for name, columns in columns_out().items()}
    for name in (*TABLES, "scenarios"):
        assert pl.read_parquet(planned / f"{name}.parquet").columns == known[name], name
    assert (
        changes(*[plan(load_scenario(folder)).quotas] * 2, date(2021, 5, 1), date(2021, 5, 2)).columns
        == known["changes"]
    )
    counted = [c for columns in columns_out().values() for c in columns if c.type in {"int", "float"}]
    assert all(c.unit or c.column == "dose_rank" for c in counted)
    assert (planned / "dictionary.csv").read_text(encoding="utf-8").splitlines()[1].startswith("quotas,date,date")


def test_the_workbook_has_a_sheet_per_table_with_units_under_a_frozen_header(planned: Path):
    book = openpyxl.load_workbook(planned / "plan.xlsx")
    assert book.sheetnames == ["plan", *TABLES, "scenarios", "dictionary"]
    sheet = book["quotas"]
    assert sheet.freeze_panes == "A3" and sheet.column_dimensions["A"].width == 12
    assert [c.value for c in sheet[1]] == PROMISED["quotas"].split(",")
    assert [c.value for c in sheet[2]][-1] == "doses"
    rows = pl.read_parquet(planned / "quotas.parquet")
    assert sheet.max_row == rows.height + 2
    assert sum(row[-1] for row in sheet.iter_rows(min_row=3, values_only=True)) == rows["doses"].sum()
    assert sheet["A3"].value.date() == rows["date"][0]


def test_a_table_too_long_for_a_sheet_is_cut_after_a_whole_day_and_says_so(tmp_path: Path):
    days = [date(2021, 5, 1) + timedelta(days=n // 60) for n in range(150)]
    frame = pl.DataFrame({"date": days, "doses": range(len(days))})
    write_workbook(tmp_path / "a.xlsx", {"quotas": frame}, {}, {"status": "=1+1"}, longest=100)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx", read_only=True)
    rows = list(book["quotas"].iter_rows(values_only=True))
    assert len(rows) == 3 + 60 and "quotas.csv" in str(rows[2][0])
    assert next(book["plan"].iter_rows(values_only=True))[1] == "=1+1"


def test_the_page_holds_verdict_remedy_and_pictures_and_fetches_nothing(planned: Path):
    page = (planned / "plan.html").read_text(encoding="utf-8")
    assert "按现有条件，目标不能全部按期完成" in page and "Not every target can be met" in page
    assert "ADD_DOSES" in page and page.count("<svg") == 5
    assert {p.stem for p in (planned / "pictures").iterdir()} == {"burnup", "weeks", "cover", "units", "scenarios"}
    assert "src=" not in page and "<script" not in page and "<link" not in page


def test_scenarios_stand_side_by_side_as_each_planned_alone(planned: Path, folder: Path):
    table = pl.read_parquet(planned / "scenarios.parquet")
    assert table["scenario"].to_list() == [
        "as known", "supply_late=7", "holidays_worked", "more_mobile=2", "policy_applied=P",
    ]  # fmt: skip
    known = plan(load_scenario(folder))
    row = table.row(0, named=True)
    assert row["short_by"] == known.summary["targets"][0]["short_by"] == 40
    assert row["dose_1"] + row["dose_2"] == known.quotas["doses"].sum()
    assert not table["feasible"].any()


def test_a_scenario_that_cures_is_met_and_one_that_hurts_is_not(tmp_path: Path):
    folder = write_folder(tmp_path / "s", supply=supply(("2021-06-03", "INACT", 400, "2022-01-01")))
    plan_on_files(folder, tmp_path / "out", variants=["supply_late=14"])
    met = dict(pl.read_csv(tmp_path / "out" / "scenarios.csv").select("scenario", "short_by").iter_rows())
    assert met == {"as known": 0, "supply_late=14": 100}


@pytest.mark.parametrize(
    "variant", ["", "sooner", "supply_late", "supply_late=-1", "holidays_worked=2", "policy_applied=X"]
)
def test_a_variant_of_no_known_form_is_named_before_anything_is_written(folder: Path, tmp_path: Path, variant: str):
    with pytest.raises(Mistakes) as caught:
        plan_on_files(folder, tmp_path / "out", variants=[variant, "more_mobile=two"])
    assert [m.value for m in caught.value.found] == [variant, "more_mobile=two"]
    assert not (tmp_path / "out").exists()


def test_an_evening_replans_from_actuals_and_tells_what_moved(folder: Path, planned: Path, tmp_path: Path):
    first = pl.read_parquet(planned / "quotas.parquet")
    actuals = tmp_path / "actuals"
    actuals.mkdir()
    given = "unit,group,product,dose_rank,day,doses\nA,ALL_18,INACT,1,2021-05-21,10\n"
    (actuals / "given.csv").write_text(given, encoding="utf-8")
    stock = "place,product,lot,expires,doses\nCITY,INACT,L0,2022-01-01,40\nA,INACT,L0,2022-01-01,5\n"
    (actuals / "stock.csv").write_text(stock, encoding="utf-8")
    again = plan_on_files(folder, tmp_path / "tuesday", as_of=date(2021, 5, 21), actuals=actuals, before=planned)
    moved = pl.read_csv(tmp_path / "tuesday" / "changes.csv")
    near = pl.col("date").is_between(date(2021, 5, 22), date(2021, 6, 4))
    assert moved["change"].sum() == again.quotas.filter(near)["doses"].sum() - first.filter(near)["doses"].sum()
    assert (moved["after"] - moved["before"] == moved["change"]).all() and (moved["change"] != 0).all()
    assert again.summary["opening_stock"] == 45
    assert "变动" in (tmp_path / "tuesday" / "plan.html").read_text(encoding="utf-8")


def test_actuals_with_mistakes_are_named_all_at_once(folder: Path, tmp_path: Path):
    (tmp_path / "given.csv").write_text(
        "unit,group,product,dose_rank,day,doses\nX,ALL_18,INACT,1,2021-05-21,10\nA,ALL_18,INACT,1,soon,-4\n"
    )
    (tmp_path / "stock.csv").write_text("place,product,lot,doses\nCITY,INACT,L0,40\n")
    ran = CliRunner().invoke(
        app, ["plan", str(folder), "--out", str(tmp_path / "out"), "--actuals", str(tmp_path), "--variant", "x"]
    )
    assert ran.exit_code == 2
    ran = CliRunner().invoke(app, ["plan", str(folder), "--out", str(tmp_path / "out"), "--actuals", str(tmp_path)])
    assert ran.exit_code == 2
    told = ran.output
    for where in (
        "given.csv row 2 unit (X)",
        "given.csv row 3 day (soon)",
        "given.csv row 3 doses (-4)",
        "stock.csv expires",
    ):
        assert where in told, told
    assert not (tmp_path / "out").exists()


def test_shares_by_unit_and_week_end_where_the_plan_ends(tmp_path: Path):
    scenario = load_scenario(write_folder(tmp_path, targets=target(0.5)))
    made = plan(scenario)
    table = shares(scenario, made, "T")
    ends = dict(table.filter(pl.col("week") == date(2021, 6, 30)).select("unit", "share").iter_rows())
    second = made.quotas.filter(pl.col("dose_rank") == 2).group_by("unit").agg(pl.col("doses").sum())
    assert ends == {unit: doses / 100 for unit, doses in second.iter_rows()}
    assert table["share"].is_between(0, 1).all()
    last = reached_by_day(scenario, made).filter(pl.col("date") == date(2021, 6, 30))
    assert last["persons"].to_list() == [second["doses"].sum()] == [made.summary["targets"][0]["planned"]]


def test_days_of_cover_are_stock_over_the_mean_of_the_days_after():
    held, used = np.array([70.0, 30.0, 0.0]), np.array([5.0, 10.0, 30.0])
    cover = days_of_cover(held, used)
    assert cover[0] == 70 / 20 and cover[1] == 1 and np.isnan(cover[2])
