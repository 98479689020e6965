"""Reads the tables of facts beside this file."""

import csv
from datetime import date
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent

Line = dict[str, str]


@cache
def read(name: str) -> list[Line]:
    """Lines of one table."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def columns(dictionary: str, table: str) -> tuple[str, ...]:
    """The columns of a table by the dictionary of tables that names it."""
    return tuple(line["column"] for line in read(dictionary) if line["table"] == table)


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def day_from(text: str) -> date:
    return date.fromisoformat(text)
