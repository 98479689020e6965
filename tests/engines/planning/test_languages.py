"""What is planned for a city without Chinese says nothing in Chinese: tables, workbook, page, pictures, summary, dictionary."""

import re
from pathlib import Path
from zipfile import ZipFile

import polars as pl

from seawall.engines.planning import plan_on_files

FOLDER = Path(__file__).parents[3] / "cities" / "los-rios" / "campaigns" / "measles-2026"
HAN = re.compile(r"[\u3400-\u9fff]")


def test_files_of_a_city_without_chinese_say_nothing_in_chinese(tmp_path: Path) -> None:
    plan_on_files(FOLDER, tmp_path, scale=0.02)
    for path in tmp_path.rglob("*.*"):
        assert not HAN.search(said(path)), path.name
    assert "short" in (tmp_path / "plan.html").read_text(encoding="utf-8")


def said(path: Path) -> str:
    if path.suffix == ".parquet":
        frame = pl.read_parquet(path)
        return f"{frame.columns} {frame.rows()}"
    if path.suffix == ".xlsx":
        with ZipFile(path) as book:
            return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    return path.read_text(encoding="utf-8")
