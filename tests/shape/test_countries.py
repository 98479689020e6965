"""Nothing in the program names a city or knows a country's rules: they lie in the city's folder, or in the country's plug."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import seawall
from seawall.reference import folders

PACKAGE = Path(seawall.__file__).parent
ROOT = PACKAGE.parents[1]
CODE = ("*.py", "*.ts", "*.mjs", "*.html", "*.po")
PLUGS = PACKAGE / "reference" / "plugs"
RULES = re.compile(r"Asia/Shanghai|\b500[12]\d{2}\w?\b|\b5001[A-Z]{2}\b|RESIDENT_ID|GB 11643|10X98765432|\b12320\b")


def _names() -> list[str]:
    """What the areas above the streets and the tiles of the first city are called, in both languages."""
    city = folders.folder("chongqing")
    found: set[str] = set()
    for table in ("areas", "tiles"):
        with (city / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            found |= {
                row[c] for row in csv.DictReader(file) if row.get("level") != "street" for c in ("name_zh", "name_en")
            }
    return sorted(found - {""}, key=len, reverse=True)


def _files() -> Iterator[Path]:
    for folder in (PACKAGE, ROOT / "frontend" / "src"):
        for pattern in CODE:
            yield from (p for p in folder.rglob(pattern) if not p.is_relative_to(PLUGS))


def test_no_code_names_a_district_or_knows_a_countrys_rule() -> None:
    names = re.compile("|".join(map(re.escape, _names())))
    found = [
        f"{path.relative_to(ROOT)}:{number}: {hit[0]}"
        for path in _files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for hit in [names.search(line) or RULES.search(line)]
        if hit
    ]
    assert found == []


def test_no_code_chooses_a_programme_for_whoever_names_none() -> None:
    shipped = re.compile(
        "|".join(sorted(p.name for p in (PACKAGE / "engines" / "schedule" / "schedules").iterdir() if p.is_dir()))
    )
    found = [
        f"{path.relative_to(ROOT)}:{number}: {hit[0]}"
        for path in _files()
        if path != PACKAGE / "engines" / "schedule" / "synthetic.py"  # columns for measuring one shipped schedule
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for hit in [shipped.search(line)]
        if hit
    ]
    assert found == []


def test_no_table_of_the_program_holds_a_district() -> None:
    codes = re.compile(r"(^|,)500[12]\d{2}\w?(,|$)")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in PACKAGE.rglob("*.csv")
        if not path.is_relative_to(PACKAGE / "cities")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if codes.search(line)
    ]
    assert found == []
