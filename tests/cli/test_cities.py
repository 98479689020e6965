"""`seawall city`: from a template to a loaded city, and over a city at work only what hurts nobody."""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from seawall.command import services as command
from seawall.engines.tables import Mistakes
from seawall.interfaces.cli.main import app
from seawall.platform import clock
from seawall.reference import folders, selectors
from seawall.terms.people import DocumentGiven, PersonRegister

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Callable[..., tuple[int, str]]:
    def invoke(*words: str | Path) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["city", *map(str, words)])
        return done.exit_code, done.output

    return invoke


def test_a_new_city_is_made_checked_and_loaded(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    folder = tmp_path / "mycity"
    assert run("new", folder)[0] == 0
    assert run("new", folder)[0] == 2  # nothing is written over
    assert "No mistake" in run("check", folder)[1]
    assert "differ from what is loaded" in run("load", folder, "--no-commit")[1]
    assert not selectors.city()
    assert run("load", folder)[0] == 0
    assert selectors.city().code == "mycity"
    areas = folder / "areas.csv"
    areas.write_text(areas.read_text().replace("South one", "Southernmost"))
    code, said = run("load", folder)
    assert code == 0 and "2020-01-01 areas.csv S1 2020-01-01 name_en: South one -> Southernmost" in said
    areas.write_text(areas.read_text().replace("ward,N,", "ward,X,"))
    code, said = run("load", folder)
    assert code == 2 and "areas.csv row 19 parent (X)" in said and "areas.csv row 20 parent (X)" in said
    assert "Atlantis" not in said and run("check", "Atlantis")[0] == 2


def test_over_a_city_at_work_nothing_in_use_goes(tmp_path: Path, anyone) -> None:
    from seawall.people.services import persons_register

    copy = shutil.copytree(folders.folder("los-rios"), tmp_path / "los-rios")
    clock.set_to(datetime(2026, 9, 4, 16, tzinfo=UTC))
    command.city_load(copy)
    assert selectors.city().code == "los-rios"
    leaf = next(a for a in selectors.leaves(clock.today()) if a.code == "1420403")
    person = PersonRegister(
        act="00000000-0000-4000-8000-000000000001", occurred_at=clock.now(), name="Inés Catrileo", sex=2,
        birth=date(2021, 5, 4), leaf_id=leaf.area_id, documents=(DocumentGiven(kind="RUN", number="76.086.428-5"),),
    )  # fmt: skip
    (outcome,) = persons_register(anyone, [person])
    assert outcome.refusal is None
    for name, gone in [("areas.csv", "1420403"), ("documents.csv", "RUN,")]:
        path = copy / name
        path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if gone not in line))
    head = copy / "city.toml"
    head.write_text(head.read_text().replace('"RUN"', '"PASSPORT_CL"').replace("America/Santiago", "America/Lima"))
    campaign = next(copy.glob("campaigns/*")) / "campaign.toml"
    campaign.write_text(campaign.read_text().replace("America/Santiago", "America/Lima"))
    with pytest.raises(Mistakes) as wrong:
        command.city_load(copy)
    assert {(m.file, m.rule) for m in wrong.value.found} == {
        ("areas.csv", "lived_in"), ("documents.csv", "held"), ("city.toml", "fixed"),
    }  # fmt: skip
    assert clock.zone().key in {"Asia/Shanghai", "America/Santiago"}
    assert any(a.code == "1420403" for a in selectors.leaves(clock.today()))
