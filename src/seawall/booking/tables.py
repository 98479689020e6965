"""The room's own rules as data."""

import csv
from datetime import timedelta
from functools import cache
from pathlib import Path


def resupply() -> timedelta:
    """How long a site lives on what it has: what is sent this evening arrives then."""
    return limits()["resupply"]


@cache
def limits() -> dict[str, timedelta]:
    with Path(__file__).with_name("tables").joinpath("limits.csv").open(encoding="utf-8", newline="") as file:
        return {row["measure"]: timedelta(minutes=int(row["value"])) for row in csv.DictReader(file)}
