"""The room's own rules as data."""

import csv
from datetime import timedelta
from functools import cache
from pathlib import Path


@cache
def limits() -> dict[str, timedelta]:
    with Path(__file__).with_name("tables").joinpath("limits.csv").open(encoding="utf-8", newline="") as file:
        return {row["measure"]: timedelta(minutes=int(row["value"])) for row in csv.DictReader(file)}
