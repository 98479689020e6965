"""The room's own rules as data: what a site needs to open, who must stand there, how fast a station can be."""

import csv
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from math import ceil
from pathlib import Path

from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.terms.names import Name
from seawall.terms.sites import CheckRow, DoorReason

FOLDER = Path(__file__).with_name("tables")
KM_OF_A_DEGREE = 111.2  # of latitude
ENDLESS = "9999-12-31"


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
    """How many of a role the team of a site has, at least and at most; of a site of `stations` or more."""

    role: str
    stations: int
    least: int
    most: int | None
    per_station: int
    certified: bool

    def needed(self, stations: int) -> int:
        return max(self.least, self.per_station * stations)


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def seats_return(now: datetime, starts_at: datetime) -> datetime | None:
    """When a seat that is cancelled now may be booked again: at the city's next announced time of day before the seat's own.

    None: at once, as where the city announces no times, or none is left before the seat's.
    """
    today, zone = clock.civil_day(now), clock.zone()
    days = (today, today + timedelta(days=1))
    moments = (datetime.combine(day, at, zone) for day in days for at in return_times(day))
    return next((moment for moment in moments if now < moment < starts_at), None)


def return_times(on: date) -> tuple[time, ...]:
    """The times of a day at which cancelled seats return, as the city announces them; none: at once."""
    return _return_times(reference.city(), on)


@lru_cache(maxsize=64)
def _return_times(city: reference.City, on: date) -> tuple[time, ...]:
    return tuple(sorted(time.fromisoformat(row["at"]) for row in _in_force("seat_returns", city, on)))


def _in_force(table: str, city: reference.City, on: date | None) -> list[dict[str, str]]:
    """The city's rows of a table in force on a day; on any, without one."""
    return [r for r in city.table(table) if on is None or r["valid_from"] <= f"{on}" <= (r["valid_to"] or ENDLESS)]


def _held(table: str, city: reference.City, on: date | None) -> list[dict[str, str]]:
    """As the city has them; where it says nothing, those of the program."""
    return _in_force(table, city, on) or _rows(table)


def needs(on: date) -> dict[str, Need]:
    """What a site needs on a day."""
    return _needs(reference.city(), on)


@lru_cache(maxsize=64)
def _needs(city: reference.City, on: date | None) -> dict[str, Need]:
    found = {}
    for row in _held("readiness", city, on):
        name = reference.named(row, city.languages) if "name_en" in row else Name(row["zh"], row["en"])
        found[row["code"]] = Need(row["code"], row["severity"] == "stop", row["by_role"], name.zh, name.en)
    return found


def need_names() -> dict[str, Name]:
    """What everything is called that a site ever needed."""
    shipped = {row["code"]: Name(row["zh"], row["en"]) for row in _rows("readiness")}
    return shipped | {need.code: Name(need.zh, need.en) for need in _needs(reference.city(), None).values()}


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


def team(on: date, stations: int) -> dict[str, Role]:
    """The roles that the team of a site of so many stations has on a day."""
    return {row.role: row for row in _team(reference.city(), on) if row.stations <= stations}


@lru_cache(maxsize=64)
def _team(city: reference.City, on: date) -> list[Role]:
    """Rows of larger sites after those of smaller ones."""
    rows = [
        Role(
            row["role"],
            int(row["stations"] or 0),
            int(row["least"]),
            int(row["most"]) if row["most"] else None,
            int(row["per_station"] or 0),
            row["certified"] == "yes",
        )
        for row in _held("team", city, on)
    ]
    return sorted(rows, key=lambda row: row.stations)


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
