"""Files alone: every row is answered or comes back with its reason, and nothing is lost."""

from datetime import date

import polars as pl
import pytest

from seawall.engines.schedule.files import FileNotRead, due_on_files, due_to_files

PEOPLE = """person_id,birth_date,sex
a,1980-01-01,F
b,1990-02-30,M
c,1955,U
a,1981-01-01,F
d,2030-01-01,F
e,1979-12-31,X
f,2000-05-05,
"""
DOSES = """person_id,date,product,dose_id
f,2021-05-31,BIBP,f2
a,2021-05-10,BIBP,a1
a,2021-05-10,BIBP,a1-again
a,2021-05-32,BIBP,a2
a,2021-07-10,BIBP,a3
b,2021-05-10,BIBP,b1
zz,2021-05-10,BIBP,z1
f,2021-05-10,CVX:510,f1
a,1975-05-10,BIBP,a0
c,2021-04,ZF2001,c1
a,,BIBP,a4
a,2021-05-20,NOPE,a5
"""
AS_OF = date(2021, 6, 9)


@pytest.fixture
def files(tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "doses.csv").write_text(DOSES, encoding="utf-8")
    return tmp_path


def test_every_bad_row_comes_back_with_its_reason(files):
    summary = due_on_files(files / "people.csv", files / "doses.csv", files / "out", "covid19-cn", AS_OF)
    rejected = pl.read_csv(files / "out" / "rejected.csv", infer_schema=False)
    assert [tuple(row) for row in rejected.select("file", "row", "column", "value", "code").iter_rows()] == [
        ("doses.csv", "4", "product", "BIBP", "DOSE_TWICE"),
        ("doses.csv", "5", "date", "2021-05-32", "DATE_NOT_REAL"),
        ("doses.csv", "6", "date", "2021-07-10", "DATE_AFTER_ANSWER"),
        ("doses.csv", "7", "person_id", "b", "PERSON_UNKNOWN"),
        ("doses.csv", "8", "person_id", "zz", "PERSON_UNKNOWN"),
        ("doses.csv", "10", "date", "1975-05-10", "DATE_BEFORE_BIRTH"),
        ("doses.csv", "12", "date", "", "DATE_MISSING"),
        ("doses.csv", "13", "product", "NOPE", "PRODUCT_UNKNOWN"),
        ("people.csv", "3", "birth_date", "1990-02-30", "DATE_NOT_REAL"),
        ("people.csv", "5", "person_id", "a", "PERSON_TWICE"),
        ("people.csv", "6", "birth_date", "2030-01-01", "DATE_AFTER_ANSWER"),
        ("people.csv", "7", "sex", "X", "SEX_UNKNOWN"),
    ]
    assert rejected["zh"].null_count() == rejected["message"].null_count() == 0
    assert (summary.persons, summary.doses, summary.rejected, summary.exit_code) == (3, 4, 12, 3)


def test_the_other_rows_are_answered_in_the_order_of_the_file(files):
    due_on_files(files / "people.csv", files / "doses.csv", files / "out", "covid19-cn", AS_OF)
    verdicts = pl.read_csv(files / "out" / "verdicts.csv", infer_schema=False)
    assert verdicts["dose_id"].to_list() == ["f2", "a1", "f1", "c1"]
    assert verdicts["dose_rank"].to_list() == ["2", "1", "1", "1"]
    due = pl.read_csv(files / "out" / "due.csv", infer_schema=False)
    assert due["person_id"].to_list() == ["a", "c", "f"]
    assert due["status"].to_list() == ["due", "due", "complete"]
    assert due["earliest"].to_list() == ["2021-05-31", "2021-05-28", None]


def test_parquet_and_csv_give_the_same_answers(files):
    for name in ("people", "doses"):
        pl.read_csv(files / f"{name}.csv", infer_schema=False).write_parquet(files / f"{name}.parquet")
    for kind in ("csv", "parquet"):
        due_on_files(files / f"people.{kind}", files / f"doses.{kind}", files / kind, "covid19-cn", AS_OF)
    for name in ("due", "verdicts"):
        a, b = (pl.read_parquet(files / kind / f"{name}.parquet") for kind in ("csv", "parquet"))
        assert a.equals(b)


def test_conditions_and_named_files(files):
    (files / "conditions.csv").write_text(
        "person_id,code,from,to\na,FEVER,2021-06-08,2021-06-12\nf,NOPE,,\n", encoding="utf-8"
    )
    summary = due_to_files(
        schedule="covid19-cn", as_of=AS_OF, people=files / "people.csv", doses=files / "doses.csv",
        conditions=files / "conditions.csv", out=files / "due.csv", rejected=files / "rejected.csv",
    )  # fmt: skip
    due = pl.read_csv(files / "due.csv", infer_schema=False).row(0, named=True)
    assert (due["status"], due["deferred_until"], due["earliest"]) == ("deferred", "2021-06-12", "2021-06-13")
    assert summary.rejected == 13


def test_a_file_without_its_columns_says_which(files):
    (files / "people.csv").write_text("id,birth_date\n1,1980-01-01\n", encoding="utf-8")
    with pytest.raises(FileNotRead, match=r"people\.csv: column person_id is missing"):
        due_on_files(files / "people.csv", files / "doses.csv", files / "out", "covid19-cn", AS_OF)
