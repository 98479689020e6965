"""A folder that is no schedule is refused with all its mistakes at once, by file, row and column."""

import re
import shutil
from pathlib import Path

import pytest

from seawall.engines.schedule import ScheduleMistakes, checks, load, loader, shipped

SOURCE = ",national,i,d,c,m"


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(shipped("covid19-cn"), tmp_path / "mine")


def change(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def mistakes(folder):
    with pytest.raises(ScheduleMistakes) as found:
        load(folder)
    return {(m.file, m.column, m.code) for m in found.value.mistakes}, found.value.mistakes


def test_every_mistake_is_told_at_once_with_its_row(folder):
    change(folder, "intervals.csv", "14d,21d", "14days,21d")
    change(folder, "offers.csv", "2020-12-15,,", "2020-12-15,2021-02-30,")
    change(folder, "doses.csv", ",primary,", ",first,")
    change(folder, "products.csv", "VECTOR,no", "VECTOR,perhaps")
    codes, all_of_them = mistakes(folder)
    assert codes == {
        ("intervals.csv", "accept_min", "CELL_NOT_READ"),
        ("offers.csv", "valid_to", "CELL_NOT_READ"),
        ("doses.csv", "kind", "CELL_NOT_READ"),
        ("products.csv", "live", "CELL_NOT_READ"),
    }
    assert {(m.file, m.row) for m in all_of_them} >= {("intervals.csv", 3), ("offers.csv", 2), ("doses.csv", 2)}


@pytest.mark.parametrize(
    ("name", "old", "new", "column", "code"),
    [
        ("intervals.csv", "INACT,2,previous,,14d,21d", "INACT,2,previous,,22d,21d", "schedule_min", "NUMBERS_CROSSED"),
        ("intervals.csv", "I-INACT-2,2021-03-29", "I-INACT-2,2021-03-28", "valid_from", "ROWS_OVERLAP"),
        ("intervals.csv", "dose:1", "dose:3", "from", "DOSE_UNKNOWN"),
        ("intervals.csv", "condition:INFECTED", "condition:SNEEZED", "from", "CONDITION_UNKNOWN"),
        ("options.csv", "AD5|ZF2001", "AD5|ZF2002", "product", "PRODUCT_UNKNOWN"),
        ("options.csv", "VECTOR,1,AD5,", "VEKTOR,1,AD5,", "series", "SERIES_UNKNOWN"),
        ("doses.csv", "SUBUNIT,3,", "SUBUNIT,4,", "series", "SERIES_BROKEN"),
        ("doses.csv", "INACT,1,primary", "INACT,1,booster", "series", "SERIES_BROKEN"),
        ("options.csv", "SUBUNIT,2,ZF2001", "SUBUNIT,1,ZF2001|AD5", "series", "SERIES_ENDLESS"),
        ("offers.csv", ",HIGH_EXPOSURE,", ",HIGH_EXPOSED,", "condition", "CONDITION_UNKNOWN"),
        ("offers.csv", "F-18,2021-03-24,,", "F-18,2021-03-24,2021-03-20,", "valid_to", "DATES_CROSSED"),
        ("series.csv", "INACT,COVID19", "INACT,COVID", "target", "TARGET_UNKNOWN"),
        ("products.csv", "P-WIBP", "P-BIBP", "rule", "RULE_TWICE"),
        ("products.csv", "P-WIBP,2020-07-22,,WIBP", "P-WIBP,2020-07-22,,BIBP", "product", "PRODUCT_TWICE"),
        ("spacing.csv", "group:OTHER|group:LIVE", "group:NOBODY", "other", "PRODUCT_UNKNOWN"),
        ("intervals.csv", "accept_min", "accepted", "accepted", "COLUMN_UNKNOWN"),
        ("intervals.csv", ",from,", ",since,", "from", "COLUMN_MISSING"),
        ("conditions.csv", "C-FEVER,,,FEVER,", "C-FEVER,,,,", "condition", "CELL_EMPTY"),
        ("schedule.toml", "earliest_start", "by_luck", "targets", "CELL_NOT_READ"),
        ("schedule.toml", "format = 1", "format = 9", "format", "FORMAT"),
    ],
)
def test_each_kind_of_mistake_has_its_name(folder, name, old, new, column, code):
    change(folder, name, old, new)
    assert (name if code != "SERIES_BROKEN" and code != "SERIES_ENDLESS" else "series.csv", column, code) in mistakes(
        folder
    )[0]


def test_a_missing_file_is_named(folder):
    (folder / "options.csv").unlink()
    assert mistakes(folder)[0] == {("options.csv", "", "FILE_MISSING")}


def test_the_release_is_the_content(folder):
    first = load(folder).release
    assert first == load(shipped("covid19-cn")).release
    change(folder, "schedule.toml", "China", "china")
    assert load(folder).release != first


def test_an_unknown_programme_names_those_there_are():
    with pytest.raises(FileNotFoundError, match="covid19-cn"):
        shipped("covid20")


def test_every_mistake_is_told_in_both_languages(folder):
    source = "".join(Path(module.__file__).read_text(encoding="utf-8") for module in (loader, checks))
    codes = set(re.findall(r'"((?:[A-Z]+_)+[A-Z0-9]+|FORMAT)"', source))
    table = (Path(loader.__file__).parent / "mistakes.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert codes == {line.split(",")[0] for line in table}
    (folder / "series.csv").unlink()
    with pytest.raises(ScheduleMistakes, match=r"series\.csv.*missing.*缺少此文件"):
        load(folder)
