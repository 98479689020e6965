"""`seawall act`: one verb for every line of a file, in any of its forms, with the reader and the mistakes of every door."""

import csv
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from openpyxl import Workbook
from typer import BadParameter

from seawall.interfaces.cli.acting import act, verb_of
from seawall.platform import sql
from seawall.sites import selectors as sites
from seawall.terms.acts import Refused
from tests.walks.conftest import hall, loaded  # noqa: F401

pytestmark = pytest.mark.django_db
HEAD = ["接种点", "Day", "opens", "结束", "Stations"]


def lines_of(hall, *days):  # noqa: F811
    return [[sites.site(hall.site).code, day, "08:00", "12:00", "2"] for day in days]


def sessions_planned():
    return sql.fetch("SELECT count(*) FROM platform_act WHERE verb = 'session_plan' AND refusal = ''")[0][0]


def written(folder, kind, rows):
    file = folder / f"sessions.{kind}"
    if kind == "csv":
        with file.open("w", encoding="gb18030", newline="") as out:
            csv.writer(out).writerows([HEAD, *rows])
    elif kind == "parquet":
        pl.DataFrame(rows, schema=HEAD, orient="row").write_parquet(file)
    else:
        book = Workbook()
        for row in [HEAD, *rows]:
            book.active.append(row)
        book.save(file)
    return file


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_every_line_is_done_once_and_the_others_come_back_with_their_reasons(hall, tmp_path, capsys, kind):  # noqa: F811
    rows = [*lines_of(hall, "2021-05-03", "soon"), ["NOWHERE", "2021-05-04", "08:00", "12:00", "2"]]
    rows += [[sites.site(hall.site).code, "2021-05-05", "12:00", "08:00", "2"]]
    file, rejects = written(tmp_path, kind, rows), tmp_path / "back.csv"
    plan, before = verb_of("session_plan"), sessions_planned()
    assert act(hall.actor, plan, file, rejects, commit=False) == 2
    assert sites.sessions(date(2021, 5, 3), [hall.site]) == []
    for _twice in range(2):
        assert act(hall.actor, plan, file, rejects, commit=True) == 3
    assert len(sites.sessions(date(2021, 5, 3), [hall.site])) == 1
    assert sessions_planned() == before + 1
    with rejects.open(encoding="utf-8-sig", newline="") as back:
        told = list(csv.DictReader(back))
    assert [(row["line"], row["codes"]) for row in told][:2] == [("3", "FIELD_NOT_DATE"), ("4", "PICK_NONE")]
    assert told[2]["line"] == "5" and told[2]["reasons"] and all(row["接种点"] for row in told)
    assert "session_plan: 1 done, 3 refused" in capsys.readouterr().out


def test_a_post_without_the_right_is_refused_before_the_file_is_read(hall, tmp_path):  # noqa: F811
    file = written(tmp_path, "csv", lines_of(hall, "2021-05-03"))
    with pytest.raises(Refused, match="NOT_PERMITTED"):
        act(
            replace(hall.actor, grants=frozenset({"see:frame"})),
            verb_of("session_plan"),
            file,
            tmp_path / "b",
            commit=False,
        )


@pytest.mark.parametrize("name", ["fly", "dose_use", ""])
def test_what_is_no_verb_with_a_door_is_misuse(name):
    with pytest.raises(BadParameter):
        verb_of(name)
