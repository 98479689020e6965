"""Files alone: every row is answered or comes back with its reason, and nothing is lost."""

from datetime import date

import polars as pl
import pytest

from seawall.engines.schedule import judge, load, shipped
from seawall.engines.schedule.batches import Source
from seawall.engines.schedule.files import FileNotRead, due_to_files
from seawall.engines.schedule.intake import PEOPLE as PEOPLE_FILE

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


def answered(files, people="people.csv", doses="doses.csv", out="out", kind="csv", **more):
    folder = files / out
    return due_to_files(
        schedule="covid19-cn", as_of=AS_OF, people=files / people, doses=files / doses, out=folder / f"due.{kind}",
        verdicts=folder / f"verdicts.{kind}", rejected=folder / f"rejected.{kind}", **more,
    )  # fmt: skip


def test_every_bad_row_comes_back_with_its_reason(files):
    summary = answered(files)
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
    answered(files)
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
        answered(files, f"people.{kind}", f"doses.{kind}", out=kind, kind="parquet")
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
        answered(files)


def test_many_small_parts_and_batches_give_the_same_answers(files):
    ids = [f"p{n}" for n in range(400)]
    born = [f"{1950 + n % 60}-0{1 + n % 9}-15" for n in range(400)]
    pl.DataFrame({"person_id": ids, "birth_date": born, "sex": ["F", "M"] * 200}).sample(
        fraction=1.0, shuffle=True, seed=3
    ).write_csv(files / "many.csv")
    doses = pl.DataFrame(
        {
            "person_id": [f"p{n * 7 % 402}" for n in range(900)],
            "date": [str(date(2021, 3 + n % 3, 1 + n % 28)) for n in range(900)],
            "product": ["BIBP", "SVAC", "AD5", "ZF2001", "HPV"][:5] * 180,
        }
    )
    doses.write_csv(files / "given.csv")
    one = answered(files, "many.csv", "given.csv", out="one")
    many = answered(files, "many.csv", "given.csv", out="many", part=50, batch=37)
    assert one == many and one.persons == 400 and 0 < one.rejected < 100 and one.doses == 900 - one.rejected
    for name in ("due", "verdicts", "rejected"):
        assert (files / "one" / f"{name}.csv").read_bytes() == (files / "many" / f"{name}.csv").read_bytes()


def test_files_and_frames_give_the_same_answers(files):
    answered(files, kind="parquet")
    due = pl.read_parquet(files / "out" / "due.parquet")
    born = {"a": ("1980-01-01", "day", 2), "c": ("1955-01-01", "year", 0), "f": ("2000-05-05", "day", 0)}
    persons = pl.DataFrame(
        [(n, date.fromisoformat(day), known, sex) for n, (day, known, sex) in enumerate(born.values())],
        schema={"person": pl.Int64, "birth": pl.Date, "birth_precision": pl.String, "sex": pl.Int8}, orient="row",
    )  # fmt: skip
    doses = pl.DataFrame(
        [(2, date(2021, 5, 31), "BIBP", "day"), (0, date(2021, 5, 10), "BIBP", "day"),
         (2, date(2021, 5, 10), "BIBP", "day"), (1, date(2021, 4, 1), "ZF2001", "month")],
        schema={"person": pl.Int64, "given_on": pl.Date, "product": pl.String, "precision": pl.String}, orient="row",
    )  # fmt: skip
    frames = judge(load(shipped("covid19-cn")), persons, doses, None, as_of=AS_OF)
    assert due["person_id"].to_list() == list(born)
    for column, name in (("earliest", "earliest"), ("why", "reason"), ("rule", "rule"), ("overdue_from", "overdue_from"),
                         ("doses_needed", "doses_needed"), ("complete_on", "complete_on")):  # fmt: skip
        assert due[column].to_list() == frames.due[name].to_list()
    assert due["products"].to_list() == ["|".join(products) for products in frames.due["products"]]
    verdicts = pl.read_parquet(files / "out" / "verdicts.parquet")
    assert verdicts["reason"].to_list() == frames.verdicts["reason"].to_list()


def test_the_columns_of_each_file(files):
    answered(files)
    heads = {
        name: (files / "out" / f"{name}.csv").read_text().splitlines()[0] for name in ("due", "verdicts", "rejected")
    }
    assert heads["verdicts"].startswith("dose_id,person_id,date,product,programme,target,dose_rank,verdict,reason,")
    assert heads["due"].startswith(
        "person_id,programme,target,series,status,next_rank,doses_needed,earliest,recommended,overdue_from,latest,"
        "products,complete_on,deferred_until,why,rule,level"
    )
    assert heads["rejected"].startswith("file,row,column,value,code,message,")


def test_a_combined_vaccine_has_a_verdict_for_each_target_it_serves(files):
    (files / "people.csv").write_text("person_id,birth_date,sex\nkid,2020-01-01,F\n", encoding="utf-8")
    (files / "doses.csv").write_text(
        "person_id,date,product,dose_id\nkid,2020-09-15,MMR,m\nkid,2020-02-01,HEPB,h\nkid,2021-01-04,VARICELLA,v\n",
        encoding="utf-8",
    )
    due_to_files(
        schedule="childhood-example", as_of=AS_OF, people=files / "people.csv", doses=files / "doses.csv",
        out=files / "due.csv", verdicts=files / "verdicts.csv",
    )  # fmt: skip
    verdicts = pl.read_csv(files / "verdicts.csv", infer_schema=False)
    assert verdicts.select("dose_id", "target").rows() == [
        ("m", "MEASLES"), ("m", "MUMPS"), ("m", "RUBELLA"), ("h", "HEPB"), ("v", None),
    ]  # fmt: skip
    assert verdicts["verdict"].to_list() == ["valid", "valid", "valid", "valid", "extra"]
    due = pl.read_csv(files / "due.csv", infer_schema=False)
    assert due["person_id"].to_list() == ["kid"] * 11
    assert due["target"].to_list()[:3] == ["TB", "HEPB", "POLIO"]


def test_every_mistake_of_a_row_comes_back(files):
    (files / "doses.csv").write_text("person_id,date,product,volume\na,2021-13-01,NOPE,much\n", encoding="utf-8")
    answered(files)
    rejected = pl.read_csv(files / "out" / "rejected.csv", infer_schema=False).filter(file="doses.csv")
    assert rejected["code"].to_list() == ["DATE_NOT_REAL", "PRODUCT_UNKNOWN", "VOLUME_NOT_READ"]
    assert rejected["value"].to_list() == ["2021-13-01", "NOPE", "much"]


def test_codes_of_other_systems_and_months_and_years(files):
    (files / "people.csv").write_text(
        "person_id,birth_date,sex,birth_precision\na,1980-05-07,F,month\n", encoding="utf-8"
    )
    (files / "doses.csv").write_text(
        "person_id,date,product\na, 2021-05 ,CVX:511\na,2020,HPV\na,2020,HEPB\n", encoding="utf-8"
    )
    answered(files)
    verdicts = pl.read_csv(files / "out" / "verdicts.csv", infer_schema=False)
    assert verdicts["product"].to_list() == ["SVAC", "HPV", "HEPB"]
    assert verdicts["verdict"].to_list() == ["valid", "extra", "extra"]


def test_doses_of_any_vaccine_may_stand_in_the_file(files):
    (files / "people.csv").write_text("person_id,birth_date,sex\na,1980-05-07,F\n", encoding="utf-8")
    (files / "doses.csv").write_text(
        "person_id,date,product\na,2021-05-01,CVX:20\na,2021-05-01,CVX:8\na,2021-05-01,HPV2C\na,2021-05-10,BIBP\n"
        "a,2021-05-11,CVX:5100\n",
        encoding="utf-8",
    )
    answered(files)
    verdicts = pl.read_csv(files / "out" / "verdicts.csv", infer_schema=False)
    assert verdicts.select("product", "verdict", "reason").rows() == [
        *[("OTHER", "extra", "DOSE_OTHER_VACCINE")] * 3, ("BIBP", "valid", "DOSE_SPACING"),
    ]  # fmt: skip
    rejected = pl.read_csv(files / "out" / "rejected.csv", infer_schema=False)
    assert rejected.select("value", "code").rows() == [("CVX:5100", "PRODUCT_UNKNOWN")]


@pytest.mark.parametrize("days", [[4, 4, None, 5, 6], [-719_162, None, 2_932_896], [None, None]])
def test_dates_kept_as_dates_read_as_the_days_they_are(tmp_path, days):
    births = pl.Series(days, dtype=pl.Int32).cast(pl.Date)
    pl.DataFrame({"person_id": [str(n) for n in range(len(days))], "birth_date": births}).write_parquet(
        tmp_path / "people.parquet"
    )
    read = pl.concat(Source(tmp_path / "people.parquet", PEOPLE_FILE).batches(2))
    assert read["birth_date"].to_list() == [day.isoformat() if day else "" for day in births]
