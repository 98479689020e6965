"""Reads the tables of facts beside this file, and what the front-end build made from packages."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
BUILT = FOLDER.parent / "built"

Line = dict[str, str]


@cache
def read(name: str) -> list[Line]:
    """Lines of one table."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def day_from(text: str) -> date:
    return date.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Street:
    """A street as the national list names it."""

    code: str
    name: str
    area: str


@dataclass(frozen=True, slots=True)
class Divisions:
    """The national list of the build, with its own words about where it comes from."""

    source: str
    areas: dict[str, str]
    streets: tuple[Street, ...]


class NotBuilt(RuntimeError):
    """The front-end build has not written its data yet."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.name} is missing: run `npm ci --ignore-scripts && node frontend/build.mjs`, or ./dev")


def _built(name: str) -> dict[str, object]:
    path = BUILT / name
    if not path.exists():
        raise NotBuilt(path)
    loaded: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def divisions() -> Divisions:
    raw = _built("divisions.json")
    areas = {row["code"]: row["name"] for row in _rows(raw["areas"])}
    streets = tuple(Street(row["code"], row["name"], row["area"]) for row in _rows(raw["streets"]))
    return Divisions(str(raw["source"]), areas, streets)


def centres() -> dict[str, tuple[float, float, float]]:
    """Longitude and latitude in degrees and area in km2 of each district, approximate."""
    return {
        row["code"]: (float(row["lon"]), float(row["lat"]), float(row["km2"]))
        for row in _rows(_built("centres.json")["centres"])
    }


def _rows(value: object) -> Iterator[Line]:
    assert isinstance(value, list)
    yield from value
