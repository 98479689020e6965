"""The commands on a city that has lived some weeks: its books hold, its dispatch prints, its export tells nobody's name."""

import json
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest
from django.db import transaction
from typer.testing import CliRunner

from seawall.campaigns import selectors as campaigns
from seawall.interfaces.cli.main import app
from seawall.interfaces.paper import FORMS, wording
from seawall.people import selectors as people
from seawall.people.services import dues_refresh
from seawall.platform import sql
from seawall.reports import selectors as reports
from seawall.reports import services
from seawall.terms.actor import LANGUAGES, Actor

from ..city import LIVED_UNTIL


@pytest.fixture(autouse=True)
def _in_the_city(city, django_db_blocker):
    with django_db_blocker.unblock():
        yield


def seawall(*arguments: object):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_every_proof_holds_and_check_says_so() -> None:
    assert [p.code for p in reports.proofs() if not p.holds] == []
    answer = seawall("check")
    assert answer.exit_code == 0
    assert answer.output.count("✓") == len(reports.proofs()) and "✗" not in answer.output


class _Undo(Exception):
    """Takes a spoilt database back."""


SPOILT = {
    "PROOF_STOCK": "UPDATE supply_balance SET doses = doses + 1 WHERE ctid = ({one})",
    "PROOF_IDENTITY": "UPDATE supply_balance SET doses = doses + 1 WHERE ctid = ({one} WHERE state = 'on_hand')",
    "PROOF_DOSE_ONCE": "DELETE FROM clinic_injection WHERE ctid = ({one})",
    "PROOF_HISTORY_JUDGED": "DELETE FROM people_doseverdict WHERE ctid = ({one})",
    "PROOF_CLOSINGS": "UPDATE clinic_dayclosing SET given = given + 1 WHERE ctid = ({one})",
    "PROOF_SEATS": "UPDATE sites_slot SET taken = taken - 1 WHERE ctid = ({one} WHERE taken > 0)",
    "PROOF_SEALS": "UPDATE platform_act SET account_id = account_id + 1 WHERE ctid = ({one})",
    "PROOF_FACTS_TOLD": "UPDATE platform_fact SET delivered_at = NULL, attempts = 8, failure = 'x' WHERE ctid = ({one})",
}


def _spoil(code: str) -> int:
    """One row of the statement's own table."""
    statement = SPOILT[code]
    table = next(word for word in statement.split() if "_" in word)
    inner = statement.replace("{one}", f"SELECT min(ctid) FROM {table}")
    return sql.execute(inner)


@pytest.mark.parametrize("code", sorted(SPOILT))
def test_a_spoilt_row_breaks_its_proof(code: str) -> None:
    with suppress(_Undo), transaction.atomic():
        assert _spoil(code) == 1
        assert code in {p.code for p in reports.proofs() if not p.holds}
        raise _Undo


def test_the_dispatch_prints_in_both_languages(tmp_path: Path) -> None:
    answer = seawall("report", "--out", tmp_path, "--day", LIVED_UNTIL)
    assert answer.exit_code == 0, answer.output
    paper = json.loads((tmp_path / f"dispatch-{LIVED_UNTIL}.json").read_text())
    assert paper["synthetic"] and paper["books"]["difference"] == 0 and paper["as_of"]
    assert paper["totals"]["done"] == sum(u["done_today"] for u in paper["units"])
    assert len(paper["units"]) == 39 and len(paper["orders"]) > 0
    for language, key in zip(LANGUAGES, ("zh", "en"), strict=True):
        for form in FORMS:
            text = (tmp_path / f"dispatch-{LIVED_UNTIL}.{language}.{form}").read_text()
            assert wording(language)["synthetic"] in text and wording(language)["balanced"] in text
            assert f"{paper['totals']['eligible']:,}" in text
            assert all(u["name"][key].replace("'", "&#x27;" if form == "html" else "'") in text for u in paper["units"])
            assert "{{" not in text and "{%" not in text


def test_a_dispatch_that_was_not_made_is_refused_with_a_sentence(tmp_path: Path) -> None:
    answer = seawall("report", "--out", tmp_path, "--day", "2021-12-01")
    assert answer.exit_code == 2 and "1 Dec 2021" in answer.output


def test_the_export_holds_what_its_dictionary_says_and_nobody_in_person(tmp_path: Path) -> None:
    answer = seawall("export", "--out", tmp_path)
    assert answer.exit_code == 0, answer.output
    for file in ("people", "doses", "stock", "closings"):
        frame = pl.read_parquet(tmp_path / f"{file}.parquet")
        assert frame.columns == [row["column"] for row in services.dictionary() if row["file"] == file]
        assert frame.height > 0
    persons, doses = pl.read_parquet(tmp_path / "people.parquet"), pl.read_parquet(tmp_path / "doses.parquet")
    assert persons["person"].n_unique() == persons.height and persons["unit"].null_count() == 0
    assert set(doses["person"]) <= set(persons["person"])
    assert persons["doses_given"].sum() == doses.height
    told = {"name", "birth", "leaf", "leaf_id", "phone", "document", "person_id"}
    assert not told & {row["column"] for row in services.dictionary()}
    clinic = sql.fetch("SELECT count(*) FROM clinic_injection WHERE day <= %s", [LIVED_UNTIL])[0][0]
    assert doses.filter(pl.col("source") == "clinic").height == clinic


def test_two_exports_share_no_key(tmp_path: Path) -> None:
    for name in ("one", "two"):
        services.export(campaigns.current(), LIVED_UNTIL, tmp_path / name)
    one, two = (set(pl.read_parquet(tmp_path / name / "people.parquet")["person"]) for name in ("one", "two"))
    assert len(one) == len(two) and not one & two


def test_the_export_says_what_the_people_room_says_under_the_rules_of_that_day(tmp_path: Path, anyone: Actor) -> None:
    with suppress(_Undo), transaction.atomic():
        dues_refresh(anyone, None, "covid19-cn", LIVED_UNTIL)
        services.export(campaigns.current(), LIVED_UNTIL, tmp_path)
        said = pl.read_parquet(tmp_path / "people.parquet").group_by("status").len().sort("status")
        kept = people.due_frame("covid19-cn", LIVED_UNTIL).group_by("status").len().sort("status")
        assert said.rows() == kept.rows()
        raise _Undo


def test_a_roster_is_shown_then_taken_and_the_refused_row_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    leaf = sql.fetch(
        "SELECT code FROM reference_areaname n JOIN reference_area a ON a.id = n.area_id WHERE a.level = 'street' LIMIT 1"
    )[0][0]
    file.write_text(
        f"姓名,性别,出生日期,证件号码,居住地,见证人\n张示例,男,1980-05-01,,{leaf},李见证\n王示例,女,1980-05-01,110101198005010011,{leaf},\n"
    )
    before = sql.fetch("SELECT count(*) FROM people_person")[0][0]
    shown = seawall("import", file, "--kind", "roster", "--no-commit")
    assert shown.exit_code == 3 and sql.fetch("SELECT count(*) FROM people_person")[0][0] == before
    for _ in range(2):
        taken = seawall("import", file, "--kind", "roster")
        assert taken.exit_code == 3 and "1 taken" in taken.output, taken.output
        assert sql.fetch("SELECT count(*) FROM people_person")[0][0] == before + 1
    rejected = (tmp_path / "roster.rejected.csv").read_text("utf-8-sig").splitlines()
    assert len(rejected) == 2 and rejected[1].startswith("3,证件号码 Document number,110*")
