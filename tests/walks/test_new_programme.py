"""A programme that the program does not bring: a folder of tables is released by command, and the stations and records know it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from seawall.clinic import selectors as clinic
from seawall.interfaces.cli.main import app
from seawall.people import selectors as people
from seawall.reference.selectors import leaves
from tests.clinic.world import DAY, World
from tests.engines.schedule.test_docs import FILES

pytestmark = pytest.mark.django_db
PROGRAMME = "river-fever"
CONSENTS = """version,language,valid_from,valid_to,guardian_below,zh,en,source
RF-1,zh-hans,2021-01-01,,16,河热疫苗知情同意书,River fever consent,Health Ministry
RF-1,en,2021-01-01,,16,河热疫苗知情同意书,River fever consent,Health Ministry
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the manual's walk, with a consent text."""
    for name, text in FILES:
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "consents.csv").write_text(CONSENTS, encoding="utf-8")
    return tmp_path


def released(folder: Path, *more: str) -> str:
    said = CliRunner().invoke(app, ["rules", str(folder), "--as-of", DAY.isoformat(), *more])
    assert said.exit_code == 0, said.output
    return said.output


def test_a_dose_of_a_new_programme_is_recorded_and_named(hall: World, sign_in, folder: Path) -> None:
    person = hall.person()
    street = next(a.code for a in leaves(DAY) if a.area_id == hall.leaf)
    page = sign_in("DISTRICT_OFFICER", ("area", street[:6]))
    there = f"/console/people/{person}/elsewhere?programme={PROGRAMME}"
    page.go(there, 403)
    assert "0 judged" in released(folder)
    page.go(there, 403)  # looking at it released nothing
    assert "0 judged anew" in released(folder, "--release", "River fever 1")
    assert [t.guardian_below for t in clinic.consents(PROGRAMME, DAY)] == [16, 16]
    page.go(there).sees("River fever live")
    told = {"given_on": "2021-03-01", "product": "RF1", "source": "elsewhere", "proof": "BOOKLET", "proof_number": "A1"}
    page.send("proof", **told).sees("The dose is recorded")
    assert [d.product for d in people.dose_rows([person], PROGRAMME)[person]] == ["RF1"]
    page.go(f"/console/people/{person}").sees("River fever live")


def test_a_folder_that_is_no_schedule_says_every_mistake(folder: Path) -> None:
    (folder / "doses.csv").unlink()
    (folder / "products.csv").write_text("rule,product\n", encoding="utf-8")
    said = CliRunner().invoke(app, ["rules", str(folder), "--as-of", DAY.isoformat(), "--release", "Broken"])
    assert said.exit_code != 0 and "doses.csv" in said.output and "products.csv" in said.output
