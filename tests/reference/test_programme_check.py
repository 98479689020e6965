"""What a programme says to its stations is checked before it is kept: every bad cell by file, row and column."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from seawall.clinic.tables import consents, risks
from seawall.engines.tables import Mistakes, dictionary
from seawall.people.services import rules_preview, rules_release
from seawall.reference import folders, tables
from seawall.reference.services import city_read, city_template, programme_check
from seawall.reference.services.releases import SCHEDULES

KEPT = sorted(
    [*(head.parent for head in SCHEDULES.glob("*/schedule.toml")), *folders.shipped().glob("*/programmes/*/")]
)
BAD = {
    "reactions": (
        "product,per_100k,valid_from,valid_to,source\nMR,twelve,2020-01-01,,x\nXX,1,2020-13-01,,x\n*,1,2021-01-01,2020-01-01,x\n"
    ),
    "consents": (
        "# the texts\nversion,language,valid_from,valid_to,guardian_below,en,source\nM-1,en,2020-01-01,,eighteen,Consent,x\n"
        "M-2,en,,,18,,x\n"
    ),
    "observation": (
        "product,risk,minutes,valid_from,valid_to\n*,NORMAL,0,2020-01-01,\n*,NORMAL,30,2021-01-01,\n*,ODD,30,2021-01-01,\n"
    ),
    "routes": "product,route,arms,en\nMR,SC,KNEE,Under the skin\n*,SC,L,Under the skin\n",
    "questions": "condition,asked,sex,en,valid_from,valid_to\nFEVER,perhaps,3,Fever?,2020-01-01,\n",
}  # fmt: skip
FOUND = [
    ("consents.csv", 3, "guardian_below", "int"),
    ("consents.csv", 4, "en", "nameless"),
    ("consents.csv", 4, "valid_from", "required"),
    ("observation.csv", 2, "minutes", "positive"),
    ("observation.csv", 3, "valid_from", "overlap"),
    ("observation.csv", 4, "risk", "one_of"),
    ("questions.csv", 2, "asked", "one_of"),
    ("questions.csv", 2, "sex", "one_of"),
    ("reactions.csv", 2, "per_100k", "float"),
    ("reactions.csv", 3, "product", "programme_product"),
    ("reactions.csv", 3, "valid_from", "date"),
    ("reactions.csv", 4, "valid_to", "days"),
    ("routes.csv", 2, "arms", "one_of"),
    ("routes.csv", 3, "product", "programme_product"),
]


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """The template, whose programme says five things badly."""
    city_template(tmp_path / "example")
    for name, text in BAD.items():
        (programme_of(tmp_path / "example") / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path / "example"


def programme_of(city: Path) -> Path:
    (folder,) = city.glob("programmes/*/")
    return folder


def mistakes(work: Callable[[], object]) -> list[tuple[str, int, str, str]]:
    with pytest.raises(Mistakes) as wrong:
        work()
    return sorted((m.file, m.row, m.column, m.rule) for m in wrong.value.found)


def test_bad_cells_are_named_when_the_city_is_checked(city: Path) -> None:
    at = programme_of(city).relative_to(city).as_posix()
    assert mistakes(lambda: city_read(city)) == [(f"{at}/{file}", *rest) for file, *rest in FOUND]


@pytest.mark.django_db
def test_bad_cells_are_named_before_a_release_changes_anything(city: Path, anyone) -> None:
    folder, on = programme_of(city), date(2021, 4, 10)
    assert mistakes(lambda: rules_preview(anyone, folder, on)) == FOUND
    assert mistakes(lambda: rules_release(anyone, folder, "Bad", on)) == FOUND


@pytest.mark.parametrize("folder", KEPT, ids=lambda folder: folder.name)
def test_programmes_that_come_with_the_program_have_no_bad_cell(folder: Path, tmp_path: Path) -> None:
    programme_check(shutil.copytree(folder, tmp_path / folder.name))


def test_what_explains_a_table_is_not_read_as_its_header() -> None:
    text = "# the texts in force\nversion,language,valid_from,valid_to,guardian_below,en,source\nM-1,en,2020-01-01,,18,Consent,x\n"
    (row,) = consents(text, "measles", date(2021, 1, 1))
    assert (row.version, row.guardian_below) == ("M-1", 18)


def test_the_risks_of_the_table_are_those_of_the_stations() -> None:
    columns = dictionary(Path(tables.__file__).parent / "programme.csv")["observation"]
    (rule,) = (column.rule for column in columns if column.column == "risk")
    assert set(rule.removeprefix("one_of:").split("|")) == risks()
