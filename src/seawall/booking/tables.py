"""The room's own rules as data."""

import csv
import os
from datetime import timedelta
from functools import cache
from pathlib import Path

from seawall.platform.turns import Rules

LINE = "booking"  # the one line of the public before the booking pages


def resupply() -> timedelta:
    """How long a site lives on what it has: what is sent this evening arrives then."""
    return limits()["resupply"]


@cache
def opening() -> dict[str, float]:
    """How the public's line before the booking pages is let in: people a second and core, seconds, minutes, hours."""
    with Path(__file__).with_name("tables").joinpath("opening.csv").open(encoding="utf-8", newline="") as file:
        return {row["measure"]: float(row["value"]) for row in csv.DictReader(file)}


@cache
def line_rules() -> Rules:
    """The same for this machine, as the line takes it."""
    rule = opening()
    return Rules(rule["pace"] * (os.cpu_count() or 1), rule["ahead"], timedelta(minutes=rule["early"]))


@cache
def limits() -> dict[str, timedelta]:
    with Path(__file__).with_name("tables").joinpath("limits.csv").open(encoding="utf-8", newline="") as file:
        return {row["measure"]: timedelta(minutes=int(row["value"])) for row in csv.DictReader(file)}
