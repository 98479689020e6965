"""`seawall city`: from a template to a loaded city, and over a city at work only what hurts nobody."""

import re
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from getpass import getuser
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner

from seawall.command import services as command
from seawall.engines.tables import Mistakes
from seawall.interfaces.cli.main import app
from seawall.people import services as people
from seawall.people.boards import journal_page
from seawall.people.boards.journal import JournalLine
from seawall.people.selectors import due_rows
from seawall.platform import clock
from seawall.reference import folders, selectors
from seawall.terms.actor import Actor
from seawall.terms.people import DocumentGiven, PersonRegister

pytestmark = pytest.mark.django_db
HAN = re.compile(r"[\u4e00-\u9fff]")


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
    assert not HAN.search(said) and HAN.search(run("check", folder, "--language", "zh-hans")[1])
    assert "Atlantis" not in said and run("check", "Atlantis")[0] == 2


def test_over_a_city_at_work_nothing_in_use_goes(tmp_path: Path, anyone) -> None:
    from seawall.people.services import persons_register

    copy = shutil.copytree(folders.folder("los-rios"), tmp_path / "los-rios")
    clock.set_to(datetime(2026, 9, 4, 16, tzinfo=UTC))
    command.city_load(anyone, copy)
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
        command.city_load(anyone, copy)
    assert {(m.file, m.rule) for m in wrong.value.found} == {
        ("areas.csv", "lived_in"), ("documents.csv", "held"), ("city.toml", "fixed"),
    }  # fmt: skip
    assert clock.zone().key in {"Asia/Shanghai", "America/Santiago"}
    assert any(a.code == "1420403" for a in selectors.leaves(clock.today()))


def test_mistakes_of_roles_teams_and_readiness_are_named_by_file_row_and_column(
    run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    folder = tmp_path / "mycity"
    run("new", folder)
    head = "role,name_en,level,purpose,home,gains,loses,used,valid_from,valid_to"
    roles = (
        "DISTRICT_OFFICER,,,,,site_opn,,,2020-01-01,",
        "SECTOR_OFFICER,,,,,,dose_give,,2020-01-01,",
        "WARD_LEAD,,district,service,district_officer,,,,2020-01-01,",
        "WARD_CLERK,Clerk,ward,service,district_officer,,,,2020-01-01,",
        "ADMINISTRATOR,,,,,,posts_assign,,2020-01-01,",
        "GRID_WORKER,,,,,,,0,2020-01-01,",
        "GRID_WORKER,,,,,,,perhaps,2021-01-01,",
    )
    (folder / "roles.csv").write_text("\n".join([head, *roles]) + "\n")
    (folder / "team.csv").write_text(
        "role,least,most,certified,valid_from\nMATRON,1,,no,2020-01-01\nVACCINATOR,3,2,maybe,2020-01-01\n"
    )
    (folder / "readiness.csv").write_text(
        "code,severity,by_role,name_en,valid_from\nKIT,must,,Kit,2020-01-01\nCLERK,stop,MATRON,,2020-01-01\n"
    )
    with pytest.raises(Mistakes) as wrong:
        command.city_read(folder)
    assert sorted((m.file, m.row, m.column, m.rule) for m in wrong.value.found) == [
        ("readiness.csv", 2, "severity", "one_of"),
        ("readiness.csv", 3, "by_role", "role_unknown"),
        ("readiness.csv", 3, "name_en", "nameless"),
        ("roles.csv", 2, "gains", "grant"),
        ("roles.csv", 3, "loses", "grant_not_held"),
        ("roles.csv", 4, "name_en", "role_unnamed"),
        ("roles.csv", 5, "level", "role_new"),
        ("roles.csv", 6, "loses", "role_needed"),
        ("roles.csv", 8, "used", "one_of"),
        ("roles.csv", 8, "valid_from", "overlap"),
        ("team.csv", 2, "role", "role_unknown"),
        ("team.csv", 3, "certified", "one_of"),
        ("team.csv", 3, "most", "most"),
    ]
    code, said = run("check", folder)
    assert code == 2 and "site_open" in said, "the right that was meant is near"


def test_what_a_load_changes_is_an_act_of_the_operator_and_the_same_again_is_none(
    run: Callable[..., tuple[int, str]], tmp_path: Path, anyone: Actor
) -> None:
    folder = tmp_path / "mycity"
    run("new", folder)

    def on_journal() -> list[JournalLine]:
        return list(journal_page(anyone, clock.today(), verb="city_loaded").rows)

    assert run("load", folder, "--no-commit")[0] == 0 and not on_journal()
    assert run("load", folder)[0] == 0
    (first,) = on_journal()
    assert first.act.device == f"cli {getuser()}"[:40] and first.act.owner_kind == "city"
    assert any(said.startswith("areas.csv: ") for said in first.changed)
    assert any(said.startswith("campaigns/") for said in first.changed)
    assert "programmes/measles: " in " ".join(first.changed)
    assert run("load", folder)[0] == 0 and len(on_journal()) == 1
    areas, groups = folder / "areas.csv", next(folder.glob("campaigns/*/groups.csv"))
    areas.write_text(areas.read_text().replace("South one", "Southernmost"))
    groups.write_text(groups.read_text() + "\n")
    assert run("load", folder)[0] == 0
    (second,) = [line.changed for line in on_journal() if line != first]
    assert second == ("areas.csv 2020-01-01: 1", "campaigns/mycity-measles/groups.csv: 1")
    areas.write_text(areas.read_text().replace("ward,N,", "ward,X,"))
    assert run("load", folder)[0] == 2 and len(on_journal()) == 2


def test_a_programme_newly_taken_in_judges_those_who_live_here(
    run: Callable[..., tuple[int, str]], tmp_path: Path, anyone: Actor
) -> None:
    folder = tmp_path / "mycity"
    run("new", folder)
    assert "judged anew" not in run("load", folder)[1]
    leaf = selectors.leaves(clock.today())[0]
    person = PersonRegister(
        act=UUID(int=1),
        occurred_at=clock.now(),
        name="Ann Lee",
        sex=2,
        birth=date(2010, 5, 4),
        leaf_id=leaf.area_id,
        witness="J. Roe",
    )
    (outcome,) = people.persons_register(anyone, [person])
    assert outcome.refusal is None
    known = int(str(outcome.answer["person_id"]))
    assert "judged anew" not in run("load", folder)[1]
    programmes = folder / "programmes.csv"
    columns = next(line for line in programmes.read_text().splitlines() if not line.startswith("#")).split(",")
    cells = {"code": "hpv-cn", "used_since": "2021-01-01"}
    with programmes.open("a") as file:
        file.write(",".join(cells.get(column, "") for column in columns) + "\n")
    code, said = run("load", folder)
    assert code == 0 and "hpv-cn: 1 judged anew" in said and "measles: " not in said
    assert due_rows([known], "hpv-cn", clock.today())[known].status
    rules = next(folder.glob("programmes/measles/intervals.csv"))
    rules.write_text(rules.read_text() + "\n")
    assert "measles: 1 judged anew" in run("load", folder)[1]
    assert "judged anew" not in run("load", folder)[1]
