"""The cold chain at a glance: every device by its state, alarms first, what it holds and where that could go."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from seawall.platform import access, clock, sql
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.names import Name

from .. import degrees, inside, room, selectors, tables
from ..degrees import Latest
from ..inside import DeviceRow, Key, LotInside
from ..room import Room
from ..rows import RefusedRow

State = Literal["stop", "attention", "normal", "closed"]
Word = Literal["out_of_range", "undecided", "silent", "calibration", "in_range", "unread"]
SILENT_HAND = timedelta(hours=24)
REFUSED_DAYS = timedelta(days=7)
WAITING = """
SELECT place_id, device, count(*) FILTER (WHERE ended IS NULL)::int, sum(minutes)::int, min(began)
FROM supply_excursion WHERE state IN ('open', 'watched') GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Excursions of a device that wait for a decision: how many go on, minutes out of range together, since when."""

    going_on: int
    minutes: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest device that could take what another holds."""

    place: Name
    room: Room


@dataclass(frozen=True, slots=True)
class DeviceTile:
    """One device on the wall."""

    row: DeviceRow
    place: Name
    state: State
    word: Word
    latest: Latest | None
    waiting: Waiting | None
    lots: tuple[LotInside, ...]
    free: float
    nearest: Nearest | None

    @property
    def doses(self) -> int:
        return sum(lot.doses for lot in self.lots)


@dataclass(frozen=True, slots=True)
class ClassRoom:
    """Room of all devices of one temperature class, and what of it is free, in litres."""

    temperature: str
    litres: float
    free: float


@dataclass(frozen=True, slots=True)
class WallPage:
    """Devices in the actor's reach; `kept` are the places at which the actor may register one."""

    tiles: tuple[DeviceTile, ...]
    rooms: tuple[ClassRoom, ...]
    refused: tuple[RefusedRow, ...]
    places: tuple[reference.PlaceRow, ...]

    @property
    def alarms(self) -> tuple[DeviceTile, ...]:
        return tuple(tile for tile in self.tiles if tile.state == "stop")

    @property
    def attention(self) -> int:
        return sum(tile.state == "attention" for tile in self.tiles)

    @property
    def held(self) -> int:
        return sum(tile.doses for tile in self.tiles if tile.waiting)

    @property
    def minutes(self) -> int:
        return sum(tile.waiting.minutes for tile in self.tiles if tile.waiting)


def wall_page(actor: Actor, places: Sequence[reference.PlaceRow]) -> WallPage:
    """The wall of the devices in reach; `places` are those that the actor keeps."""
    everywhere = [row for row in inside.devices() if row.in_use]
    names = reference.place_names({row.place_id for row in everywhere})
    stands, warm = inside.lots_inside(everywhere), room.out_of_range()
    rows = [row for row in everywhere if access.sees_site(actor, row.place_id)]
    now, latest, waiting = clock.now(), degrees.latest(), waiting_excursions()
    tiles = []
    for row in rows:
        state, word = state_of(row, latest.get(row.key), waiting.get(row.key), now)
        near = next(iter(room.nearest(row, everywhere, stands, warm)), None) if state == "stop" else None
        lots = tuple(stands.get(row.key, ()))
        tiles.append(
            DeviceTile(
                row=row, place=names[row.place_id], state=state, word=word, latest=latest.get(row.key),
                waiting=waiting.get(row.key), lots=lots, free=inside.room(row, lots),
                nearest=Nearest(names[near.row.place_id], near) if near else None,
            )
        )  # fmt: skip
    whole = actor.reach.everywhere
    return WallPage(
        tiles=tuple(sorted(tiles, key=_trouble)),
        rooms=class_rooms(rows, stands),
        refused=tuple(selectors.refused_readings(clock.today() - REFUSED_DAYS)) if whole else (),
        places=tuple(places),
    )


def class_rooms(rows: Collection[DeviceRow], stands: Mapping[Key, Sequence[LotInside]]) -> tuple[ClassRoom, ...]:
    """The capacity of these devices: the sum of their litres, by temperature class."""
    litres, free = defaultdict[str, float](float), defaultdict[str, float](float)
    for row in rows:
        litres[row.temperature] += row.litres
        free[row.temperature] += max(0.0, inside.room(row, stands.get(row.key, ())))
    return tuple(ClassRoom(name, litres[name], free[name]) for name in tables.temperatures() if name in litres)


def waiting_excursions() -> dict[Key, Waiting]:
    return {(place, device): Waiting(*rest) for place, device, *rest in sql.fetch(WAITING)}


def state_of(row: DeviceRow, latest: Latest | None, waiting: Waiting | None, now: datetime) -> tuple[State, Word]:
    """A device's state and its word: what is out of range, then what waits, then what is not known."""
    if waiting and waiting.going_on:
        return "stop", "out_of_range"
    if waiting:
        return "stop", "undecided"
    if latest is None:
        return "closed", "unread"
    if now - latest.at > silence(row, now.date()):
        return "attention", "silent"
    if row.calibration_due and row.calibration_due < clock.civil_day(now):
        return "attention", "calibration"
    return "normal", "in_range"


def silence(row: DeviceRow, on: date) -> timedelta:
    """How long a device may say nothing before that is named."""
    if not row.logged:
        return SILENT_HAND
    limits = tables.excursion_limits(row.temperature, tables.ANY, logged=True, on=on)
    return timedelta(minutes=next((x.minutes for x in limits if x.kind == "missing"), 24 * 60))


ORDER = ("stop", "attention", "closed", "normal")


def _trouble(tile: DeviceTile) -> tuple[int, int, str, str]:
    return ORDER.index(tile.state), -(tile.waiting.minutes if tile.waiting else 0), tile.place.en, tile.row.device
