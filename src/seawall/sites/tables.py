"""The room's own rules as data: what a site needs to open, who must stand there, how fast a station can be."""

import csv
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from math import ceil
from pathlib import Path

from seawall.terms.sites import CheckRow, DoorReason

FOLDER = Path(__file__).with_name("tables")
KM_OF_A_DEGREE = 111.2  # of latitude


@dataclass(frozen=True, slots=True)
class Need:
    """Something a site needs; `by_role` says that a member of the team in that role meets it."""

    code: str
    stops: bool
    by_role: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Role:
    """How many of a role a team has, at least and at most."""

    role: str
    least: int
    most: int | None
    per_station: int
    certified: bool

    def needed(self, stations: int) -> int:
        return max(self.least, self.per_station * stations)


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def needs() -> dict[str, Need]:
    return {
        row["code"]: Need(row["code"], row["severity"] == "stop", row["by_role"], row["zh"], row["en"])
        for row in _rows("readiness")
    }


@cache
def checks() -> dict[str, CheckRow]:
    """What an inspector looks for where a site is proposed."""
    return {
        row["code"]: CheckRow(row["code"], row["severity"] == "stop", row["zh"], row["en"]) for row in _rows("checks")
    }


@cache
def door_reasons() -> tuple[DoorReason, ...]:
    """Why the door is set to a state: what the post has to choose from."""
    return tuple(DoorReason(r["code"], frozenset(r["states"].split()), r["zh"], r["en"]) for r in _rows("door"))


@cache
def roles() -> dict[str, Role]:
    return {
        row["role"]: Role(
            row["role"],
            int(row["least"]),
            int(row["most"]) if row["most"] else None,
            int(row["per_station"]),
            row["certified"] == "yes",
        )
        for row in _rows("team")
    }


@cache
def rates() -> dict[str, float]:
    return {row["measure"]: float(row["value"]) for row in _rows("rates")}


def slot() -> timedelta:
    """How long one slot is: sites plan in it, booking books it, clinic lets walk-ins into the one that is running."""
    return timedelta(minutes=rates()["slot"])


def most_seats(stations: int) -> int:
    """Seats that a slot may have at the fastest rate seen."""
    return int(stations * rates()["stress_rate"] * (slot() / timedelta(hours=1)))


def stations_for(doses: float, days: int) -> int:
    """Stations that give so many doses in so many days at the plan rate; one at least."""
    rate = rates()
    return max(1, ceil(doses / (days * rate["plan_rate"] * rate["open_hours"])))


def seats_for(stations: int) -> int:
    """Observation seats of so many stations at the plan rate: arrivals an hour x half an hour, and a margin."""
    rate = rates()
    return ceil(stations * rate["plan_rate"] * rate["observe_hours"] * rate["seat_margin"])
