"""The picture of a lot's journey: one column for each station, as high as what came to it, parted by what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from seawall.supply.boards.journey import Station

COLUMN, BAR, HIGH, TOP = 210, 64, 190, 68
PARTS = ("given", "on_hand", "apart", "wasted", "returned", "passed")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a column: what became of so many doses."""

    what: str
    doses: int
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Band:
    """What went from one station to the next, as the corners of a polygon."""

    points: str


@dataclass(frozen=True, slots=True)
class Column:
    """A station as it is drawn."""

    station: Station
    left: float
    x: float
    middle: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Columns from left to right in a box of so many units, which stand on `base`."""

    width: int
    height: int
    base: int
    columns: tuple[Column, ...]
    bands: tuple[Band, ...]


def picture(stations: Sequence[Station]) -> Picture | None:
    """None where nothing of the lot was ever seen."""
    most = max((s.came + s.coming for s in stations), default=0)
    if not most:
        return None
    columns, bands, before = [], [], None
    for n, station in enumerate(stations):
        x, y, parts = n * COLUMN + (COLUMN - BAR) / 2, float(TOP), []
        for what in PARTS:
            doses = max(0, getattr(station, what))
            height = HIGH * doses / most
            if doses:
                parts.append(Part(what, doses, round(x, 1), round(y, 1), round(max(height, 1.5), 1)))
            y += height
        if before is not None:
            left, top, low = before
            arrived = HIGH * min(1.0, (station.came + station.coming) / most)
            bands.append(Band(f"{left:.1f},{top:.1f} {x:.1f},{TOP} {x:.1f},{TOP + arrived:.1f} {left:.1f},{low:.1f}"))
        passed = HIGH * station.passed / most
        before = (x + BAR, y - passed, y)
        columns.append(Column(station, float(n * COLUMN), round(x, 1), round(x + BAR / 2, 1), tuple(parts)))
    return Picture(COLUMN * len(columns), TOP + HIGH + 70, TOP + HIGH, tuple(columns), tuple(bands))
