"""A record that says little, a dose that did not count or a date that is late bars nobody, and order decides nothing."""

import csv
import itertools
import shutil
from datetime import date

import polars as pl
import pytest

from seawall.engines.schedule import judge, load, shipped
from seawall.engines.schedule.files import due_to_files

from .cases import frames


@pytest.fixture(scope="module")
def schedules():
    return {name: load(shipped(name)) for name in ("covid19-cn", "hpv-cn", "influenza-cn", "measles-sia")}


def answer(schedule, birth, history, as_of, sex="F", conditions=""):
    case = {"birth": birth, "sex": sex, "history": history, "conditions": conditions, "as_of": as_of}
    *columns, day = frames(case)
    found = judge(schedule, *columns, as_of=day)
    return found.verdicts, found.due.row(0, named=True)


GIRL, GOOD = "2014-03-13", "HPV2C 2023-05-01; HPV2C 2023-11-01"
YOUNG, SERIES, TOO_OLD = "DOSE_TOO_YOUNG", "DOSE_NO_SERIES", "DUE_NO_SERIES"


@pytest.mark.parametrize(
    ("birth", "history", "as_of", "reasons", "due"),
    [
        (GIRL, f"HPV2C 2023-03-01; {GOOD}", "2023-12-01", [YOUNG, "DOSE_VALID", "DOSE_VALID"], ("complete", "GIRLS")),
        (GIRL, "HPV2C 2023-03-01", "2023-03-13", [YOUNG], ("due", "GIRLS")),
        (GIRL, "HPV2C 2023-03-01", "2023-03-12", [YOUNG], ("ineligible", None)),
        (GIRL, f"? 2023-03-01; {GOOD}", "2023-12-01", [YOUNG, "DOSE_VALID", "DOSE_VALID"], ("complete", "GIRLS")),
        ("1976-01-01", "HPV2C 2023-03-01", "2023-04-01", [SERIES], ("ineligible", None)),
        ("2008-03-10", "HPV2C 2016-03-01; HPV2C 2023-04-01", "2023-06-01", [YOUNG, "DOSE_VALID"], ("due", "WOMEN")),
        ("2014", "", "2023-06-01", [], ("review", None)),
    ],
)
def test_the_limits_of_a_series_are_judged_on_doses_that_count(schedules, birth, history, as_of, reasons, due):
    verdicts, found = answer(schedules["hpv-cn"], birth, history, as_of)
    assert verdicts["reason"].to_list() == reasons
    assert (found["status"], found["series"]) == due


@pytest.mark.parametrize(
    ("history", "series"),
    [("IIV3 2021-12-01; IIV3 2022-10-01", "FIRST"), ("IIV3 2022-03-01; IIV3 2022-10-01", "AGAIN")],
)
def test_an_earlier_season_is_one_in_which_a_dose_counted(schedules, history, series):
    assert answer(schedules["influenza-cn"], "2021-08-01", history, "2022-10-20")[1]["series"] == series


@pytest.mark.parametrize(
    ("history", "counted", "status"),
    [
        ("? 2021-05-01; BIBP 2021-05-01", ["BIBP"], "due"),
        ("BIBP 2021-05-01; ? 2021-05-22; BIBP 2021-05-22", ["BIBP", "BIBP"], "complete"),
        ("BIBP 2021-05; BIBP 2021-05-01", ["BIBP"], "due"),
        ("? 2021-05; BIBP 2021-05-20", ["BIBP"], "due"),
        ("? 2021-05; BIBP 2021-05", ["BIBP"], "not_yet"),
        ("BIBP 2021-05; BIBP 2021-05-01; BIBP 2021-05-22", ["BIBP", "BIBP"], "complete"),
        ("ZF2001 2021-04-01; BIBP 2021-05-01; ZF2001 2021-05-01", ["ZF2001", "ZF2001"], "due"),
        ("BIBP 2021-04-01; BIBP 2021-05-01; ZF2001 2021-05-01", ["BIBP", "BIBP"], "complete"),
        ("BIBP 2021-05-01; COVID19_OTHER 2021-05-01", ["BIBP"], "due"),
    ],
)
def test_of_two_records_of_one_injection_the_fuller_is_the_dose_in_any_order(schedules, history, counted, status):
    for order in itertools.permutations(history.split("; ")):
        verdicts, due = answer(schedules["covid19-cn"], "1990-01-01", "; ".join(order), "2021-06-12")
        assert verdicts.filter(pl.col("dose_rank").is_not_null()).sort("dose_rank")["product"].to_list() == counted
        assert (due["status"], due["doses_given"]) == (status, len(counted))


def test_a_year_beside_a_day_is_left_to_a_person(schedules):
    assert (
        answer(schedules["covid19-cn"], "1990-01-01", "BIBP 2021; BIBP 2021-05-01", "2021-06-12")[1]["status"]
        == "review"
    )


@pytest.mark.parametrize(
    "history", ["AD5 2021-05-01; BIBP 2021-05-01", "WIBP 2021-05-01; SVAC 2021-05-01; BIBP 2021-05-01"]
)
def test_the_order_of_the_tables_does_not_matter(tmp_path, schedules, history):
    folder = shutil.copytree(shipped("covid19-cn"), tmp_path / "mine")
    head, *rows = (folder / "products.csv").read_text(encoding="utf-8").splitlines()
    (folder / "products.csv").write_text("\n".join([head, *reversed(rows), ""]), encoding="utf-8")
    columns = ("product", "dose_rank", "verdict", "reason", "rule", "dose_number")
    one, other = (
        answer(rules, "1990-01-01", history, "2021-06-12")[0].select(columns).rows()
        for rules in (schedules["covid19-cn"], load(folder))
    )
    assert one == other


@pytest.mark.parametrize(
    ("programme", "birth", "history", "conditions", "as_of"),
    [
        ("covid19-cn", "1980-01-01", "ZF2001 2021-05-01; ZF2001 2021-10-20", "", "2021-10-25"),
        ("covid19-cn", "1980-01-01", "BIBP 2021-05-01; INFLUENZA 2021-06-25", "", "2021-06-26"),
        ("covid19-cn", "1980-01-01", "BIBP 2021-05-01", "FEVER 2021-06-01 2021-08-31", "2021-06-26"),
        ("covid19-cn", "1980-01-01", "BIBP 2021-05-01; BIBP 2021-05-10; BIBP 2021-06-01", "", "2021-06-02"),
        ("measles-sia", "2008-03-01", "MMR 2010-09-01", "", "2010-09-11"),
        ("hpv-cn", "2000-03-01", "HPV2C 2023-03-01; HPV2C 2023-10-25", "", "2023-10-26"),
    ],
)
def test_no_last_day_and_no_overdue_day_comes_before_the_first(schedules, programme, birth, history, conditions, as_of):
    due = answer(schedules[programme], birth, history, as_of, conditions=conditions)[1]
    first = due["earliest"] or date.min
    assert first <= (due["recommended"] or first) <= (due["latest"] or date.max)
    assert first < (due["overdue_from"] or date.max)


def test_on_the_first_day_allowed_nobody_is_overdue(schedules):
    late = "ZF2001 2021-05-01; ZF2001 2021-10-20"
    found = [answer(schedules["covid19-cn"], "1980-01-01", late, f"2021-11-{day}")[1]["status"] for day in (16, 17, 18)]
    assert found == ["not_yet", "due", "overdue"]


def judged(tmp_path, programme, birth, doses):
    (tmp_path / "people.csv").write_text(f"person_id,birth_date,sex\nA,{birth},F\n", encoding="utf-8")
    (tmp_path / "doses.csv").write_text(doses, encoding="utf-8")
    due_to_files(
        schedule=programme, as_of=date(2021, 6, 12), people=tmp_path / "people.csv", doses=tmp_path / "doses.csv",
        out=tmp_path / "due.csv", verdicts=tmp_path / "verdicts.csv", rejected=tmp_path / "rejected.csv",
    )  # fmt: skip
    return [
        list(csv.DictReader((tmp_path / f"{name}.csv").read_text(encoding="utf-8").splitlines()))
        for name in ("due", "verdicts", "rejected")
    ]


@pytest.mark.parametrize(
    ("programme", "birth", "code", "verdict"),
    [
        ("covid19-cn", "1990-01-01", "CVX:207", "review"),
        ("covid19-cn", "1990-01-01", "CVX:502", "review"),
        ("covid19-cn", "1990-01-01", "CVX:90", "extra"),
        ("hpv-cn", "2008-01-01", "CVX:165", "review"),
        ("influenza-cn", "2000-01-01", "CVX:150", "review"),
        ("measles-sia", "2010-01-01", "CVX:94", "review"),
    ],
)
def test_a_vaccine_against_the_target_without_a_name_here_is_for_review(tmp_path, programme, birth, code, verdict):
    _, verdicts, rejected = judged(tmp_path, programme, birth, f"person_id,date,product\nA,2021-05-01,{code}\n")
    assert (verdicts[-1]["verdict"], rejected) == (verdict, [])


def test_a_combined_vaccine_without_a_name_is_for_review_only_where_it_protects(tmp_path):
    due, *_ = judged(tmp_path, "childhood-example", "2020-05-01", "person_id,date,product\nA,2021-05-01,CVX:94\n")
    reviewed = {row["target"] for row in due if row["why"] == "DOSE_PRODUCT_UNKNOWN"}
    assert reviewed == {"MEASLES", "MUMPS", "RUBELLA"}


@pytest.mark.parametrize(
    "full", ["A,2021-05-01,BIBP,full,,L1\n", "A,2021-05-01,BIBP,full,0.5,\n", "A,2021-05-01,BIBP,full,0.5,L1\n"]
)
@pytest.mark.parametrize("first", [True, False])
def test_a_lot_or_a_volume_known_is_kept_before_one_unknown(tmp_path, full, first):
    bare = "A,2021-05-01,BIBP,bare,,\n"
    rows = full + bare if first else bare + full
    _, verdicts, rejected = judged(
        tmp_path, "covid19-cn", "1990-01-01", f"person_id,date,product,dose_id,volume,lot\n{rows}"
    )
    assert [row["dose_id"] for row in verdicts] == ["full"]
    assert [row["row"] for row in rejected] == ["3" if first else "2"]
