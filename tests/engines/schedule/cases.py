"""Reads the tables of tests/spec: a row is a person's history and the answer the rule asks for."""

import csv
from datetime import date
from pathlib import Path

import polars as pl

SPEC = Path(__file__).parents[2] / "spec"
PRECISION = {10: "day", 7: "month", 4: "year"}
FILL = {10: "", 7: "-01", 4: "-01-01"}


def day(text: str) -> tuple[date | None, str]:
    """A date and how much of it is known: 2021-05-10, 2021-05 or 2021."""
    return (date.fromisoformat(text + FILL[len(text)]), PRECISION[len(text)]) if text else (None, "day")


def parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";")] if text else []


def cases(programme: str) -> list[dict[str, str]]:
    rows = []
    for path in sorted((SPEC / programme).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += [row | {"table": path.stem} for row in csv.DictReader(file)]
    return rows


def frames(case: dict[str, str]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, date]:
    """Persons, doses, conditions and as_of of one case."""
    birth, precision = day(case["birth"])
    sex = {"M": 1, "F": 2}.get(case["sex"], 0)
    doses = [
        (1, *day(on), None if product == "?" else product) for product, on in map(str.split, parts(case["history"]))
    ]
    conditions = [[*c.split(), "", ""][:3] for c in parts(case["conditions"])]
    return (
        pl.DataFrame(
            {"person": [1], "birth": [birth], "birth_precision": [precision], "sex": [sex]},
            schema_overrides={"sex": pl.Int8, "birth": pl.Date},
        ),
        pl.DataFrame(
            [(p, on, product, known, "history") for p, on, known, product in doses],
            schema={
                "person": pl.Int64,
                "given_on": pl.Date,
                "product": pl.String,
                "precision": pl.String,
                "source": pl.String,
            },
            orient="row",
        ),
        pl.DataFrame(
            [(1, kind, day(since)[0], day(until)[0]) for kind, since, until in conditions],
            schema={"person": pl.Int64, "kind": pl.String, "since": pl.Date, "until": pl.Date},
            orient="row",
        ),
        date.fromisoformat(case["as_of"]),
    )
