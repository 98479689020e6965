"""`seawall due` on real files: what it writes, and how it ends."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from seawall.interfaces.cli.main import app

PEOPLE = "person_id,birth_date,sex\na,1980-01-01,F\nb,1990-06-30,M\n"
DOSES = "person_id,date,product,dose_id,lot\na,2021-05-10,BIBP,a1,L1\nb,2021-05-11,SVAC,b1,\na,2021-06-02,BIBP,a2,L2\n"


def due(folder: Path, *more: str) -> Result:
    files = [f"--{name}={folder / name}.csv" for name in ("people", "doses", "out", "verdicts", "rejected")]
    return CliRunner().invoke(app, ["due", "--schedule=covid19-cn", "--as-of=2021-06-09", *files, *more])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "doses.csv").write_text(DOSES, encoding="utf-8")
    return tmp_path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_all_answered_ends_with_0(folder: Path) -> None:
    assert due(folder).exit_code == 0
    assert [row["verdict"] for row in rows(folder / "verdicts.csv")] == ["valid"] * 3
    assert [(row["person_id"], row["status"], row["why"]) for row in rows(folder / "out.csv")] == [
        ("a", "complete", "DUE_COMPLETE"), ("b", "due", "DUE_NEXT"),
    ]  # fmt: skip
    assert rows(folder / "rejected.csv") == []


def test_some_rejected_ends_with_3(folder: Path) -> None:
    with (folder / "doses.csv").open("a", encoding="utf-8") as file:
        file.write("b,2021-06-10,SVAC,b2,\nb,2021-06-31,SVAC,b3,\n")
    assert due(folder).exit_code == 3
    assert [(row["row"], row["code"]) for row in rows(folder / "rejected.csv")] == [
        ("5", "DATE_AFTER_ANSWER"), ("6", "DATE_NOT_REAL"),
    ]  # fmt: skip
    assert len(rows(folder / "verdicts.csv")) == 3


def test_nothing_read_ends_with_2(folder: Path) -> None:
    (folder / "people.csv").write_text("who,born\na,1980-01-01\n", encoding="utf-8")
    result = due(folder)
    assert result.exit_code == 2
    assert "people.csv: column person_id is missing" in result.output
    assert not (folder / "out.csv").exists()


def test_no_person_answered_ends_with_2(folder: Path) -> None:
    (folder / "people.csv").write_text("person_id,birth_date,sex\na,1980-02-30,F\n", encoding="utf-8")
    assert due(folder).exit_code == 2
    assert [row["code"] for row in rows(folder / "rejected.csv") if row["file"] == "people.csv"] == ["DATE_NOT_REAL"]


@pytest.mark.parametrize("missing", ["--people", "--as-of", "--schedule"])
def test_an_option_left_out_is_named(folder: Path, missing: str) -> None:
    options = {"--schedule": "covid19-cn", "--as-of": "2021-06-09"} | {
        f"--{name}": str(folder / f"{name}.csv") for name in ("people", "doses", "out", "verdicts", "rejected")
    }
    del options[missing]
    result = CliRunner().invoke(app, ["due", *(word for pair in options.items() for word in pair)])
    assert result.exit_code == 2 and missing in result.output


def test_files_that_are_not_there_or_not_text(folder: Path) -> None:
    (folder / "doses.csv").write_bytes(b"person_id,date,product\na,2021-05-10,\xff\xfe\n")
    assert due(folder).exit_code == 2
    (folder / "doses.csv").unlink()
    result = due(folder)
    assert result.exit_code == 2 and "Traceback" not in result.output


def test_conditions_are_listed(folder: Path) -> None:
    result = CliRunner().invoke(app, ["due", "--schedule", "covid19-cn", "--list-conditions"])
    assert result.exit_code == 0
    assert "PREGNANT\t妊娠期\tPregnancy" in result.output


def test_a_schedule_that_is_not_there_names_those_that_are(folder: Path) -> None:
    result = due(folder, "--schedule=covid-20")
    assert result.exit_code == 2 and "influenza-cn" in result.output
