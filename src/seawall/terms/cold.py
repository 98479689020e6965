"""Rows about the cold chain: what keeps vaccine cold, how warm it was, and what was decided when it was too warm."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from .acts import Item
from .rosters import FileContent


class DeviceKind(StrEnum):
    REFRIGERATOR = "refrigerator"
    FREEZER = "freezer"
    COLD_BOX = "cold_box"
    VEHICLE = "vehicle"


class TemperatureClass(StrEnum):
    """What a device is set to; its limits are rows of supply/tables/temperatures.csv."""

    COOL = "cool"
    FROZEN = "frozen"
    DEEP = "deep"


class DeviceState(StrEnum):
    IN_USE = "in_use"
    RETIRED = "retired"


class ExcursionKind(StrEnum):
    HOT = "hot"
    COLD = "cold"
    CUMULATIVE = "cumulative"
    DOOR = "door"
    MISSING = "missing"


class ExcursionState(StrEnum):
    """`noted` asks for nothing: a door, or readings that are missing."""

    OPEN = "open"
    WATCHED = "watched"
    RELEASED = "released"
    DESTROYED = "destroyed"
    NOTED = "noted"


class ExcursionDecision(StrEnum):
    RELEASE = "release"
    DESTROY = "destroy"
    WATCH = "watch"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRegister(Item):
    """A refrigerator, freezer, cold box or vehicle at a place. `every_minutes`: how often its logger measures; 0 is by hand."""

    place_id: int
    device: str
    kind: DeviceKind
    temperature: TemperatureClass
    litres: float
    every_minutes: int = 0
    calibrated_on: date | None = None
    calibration_due: date | None = None
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceChange(Item):
    """What of a device may change: its room, its logger, its point on the map."""

    place_id: int
    device: str
    litres: float
    every_minutes: int = 0
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRetire(Item):
    """A device leaves use; it must stand empty."""

    place_id: int
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCalibrate(Item):
    """A device was calibrated, and until when that holds."""

    place_id: int
    device: str
    calibrated_on: date
    calibration_due: date
    certificate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LotShelve(Item):
    """A lot at a place stands in this device from now on."""

    place_id: int
    lot: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColdReading(Item):
    """One temperature of one device at a place, read by hand; `occurred_at` is when it was read."""

    place_id: int
    device: str
    celsius: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One temperature that a logger measured; the place by its code."""

    place: str
    device: str
    at: datetime
    celsius: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A message that says no temperature: where it came from, and why it cannot be read."""

    name: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingsTake(Item):
    """What loggers sent since the last time, of many devices at once, with the messages that could not be read."""

    source: str
    readings: tuple[Measured, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggerStage(Item):
    """A file of a logger, in one of the layouts of supply/tables/logger_layouts.csv, is read and shown; nothing is kept yet."""

    place_id: int
    device: str
    layout: str
    filename: str
    content: FileContent


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggerCommit(Item):
    """The readings of a staged file are kept."""

    place_id: int
    file: UUID  # the act of LoggerStage


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcursionDecide(Item):
    """What becomes of the doses that an excursion holds, by a named post with its reason."""

    place_id: int
    excursion: UUID
    decision: ExcursionDecision
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceEmpty(Item):
    """Everything in a device goes to another one with room, here or at another place."""

    place_id: int
    device: str
    to_place_id: int
    to_device: str
