"""A local Spark cluster gives the same answers, row by row, as the files judged here; without Spark it says what is missing."""

import random
import sys
from datetime import date

import polars as pl
import pytest

from seawall.engines.schedule import files, spark

AS_OF = date(2021, 6, 9)


@pytest.fixture
def people_and_doses(tmp_path):
    """Persons stored by division; a few rows are wrong, one person stands in the file twice."""
    rng = random.Random(5)
    people = [(f"p{n}", f"{1930 + n % 80}-0{1 + n % 9}-1{n % 10}", "MFU"[n % 3], 500100 + n % 4) for n in range(600)]
    people += [("p3", "1990-01-01", "F", 500101), ("px", "1990-02-30", "M", 500102)]
    doses = [
        (f"p{rng.randrange(605)}", f"2021-0{rng.randrange(3, 7)}-{rng.randrange(1, 32):02}",
         rng.choice(["BIBP", "SVAC", "ZF2001", "AD5", "HPV", "CVX:510", "NOPE"]), f"d{n}") for n in range(1_500)
    ]  # fmt: skip
    conditions = [
        ("p5", "PREGNANT", "2021-03-01", ""),
        ("p6", "FEVER", "2021-06-08", "2021-06-12"),
        ("p9", "NOPE", "", ""),
    ]
    names = {
        "people": ["person_id", "birth_date", "sex", "division"], "doses": ["person_id", "date", "product", "dose_id"],
        "conditions": ["person_id", "code", "from", "to"],
    }  # fmt: skip
    for name, rows in (("people", people), ("doses", doses), ("conditions", conditions)):
        pl.DataFrame(rows, schema=names[name], orient="row").write_parquet(tmp_path / f"{name}.parquet")
    return tmp_path


def answered(engine, folder, name, schedule):
    paths = {kind: folder / f"{kind}.parquet" for kind in ("people", "doses", "conditions")}
    out = {kind: folder / name / f"{kind}.parquet" for kind in ("out", "verdicts")}
    rejected = folder / name / "rejected.csv"
    summary = engine.due_to_files(schedule=schedule, as_of=AS_OF, **paths, **out, rejected=rejected)
    folders = engine is spark
    due, verdicts = (pl.read_parquet(f"{path}/**/*.parquet" if folders else path, hive_partitioning=folders)
                     for path in out.values())  # fmt: skip
    return summary, due, verdicts, pl.read_csv(rejected, infer_schema=False)


@pytest.fixture
def cluster(monkeypatch):
    from pyspark.sql import SparkSession

    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    settings = {"driver.host": "127.0.0.1", "ui.enabled": "false", "ui.showConsoleProgress": "false",
                "sql.shuffle.partitions": "3"}  # fmt: skip
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(f"spark.{name}", value)
    made = builder.getOrCreate()
    yield made
    made.stop()


@pytest.mark.long
@pytest.mark.parametrize("schedule", ["covid19-cn", "childhood-example"])
def test_the_same_answers_row_by_row(cluster, people_and_doses, schedule):
    here = answered(files, people_and_doses, "local", schedule)
    there = answered(spark, people_and_doses, "spark", schedule)
    assert here[0] == there[0] and here[0].rejected > 100
    due, verdicts = there[1], there[2]
    assert sorted(due["division"].unique()) == [500100, 500101, 500102, 500103]
    for ours, theirs, keys in (
        (here[1], due.drop("division"), ["person_id", "target"]),
        (here[2], verdicts, ["dose_id", "target"]),
        (here[3], there[3], ["file", "row", "column"]),
    ):
        assert ours.sort(keys).equals(theirs.select(ours.columns).sort(keys))
    assert verdicts["dose_id"].to_list() == here[2]["dose_id"].to_list()


def test_without_java_it_says_what_to_install(people_and_doses, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(files.FileNotRead, match=r"Java 17.*请先安装"):
        answered(spark, people_and_doses, "spark", "covid19-cn")


def test_without_the_extra_it_says_what_to_install(people_and_doses, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/java")
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(files.FileNotRead, match=r"seawall\[spark\]"):
        answered(spark, people_and_doses, "spark", "covid19-cn")
