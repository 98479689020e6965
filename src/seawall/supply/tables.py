"""The room's own rules as data: temperatures, how long an opened pack lasts, reasons for waste."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import ceil
from pathlib import Path

from seawall.terms import interlocks as locks
from seawall.terms.cold import ExcursionKind
from seawall.terms.interlocks import Interlock

from .excursions import Limit

FOLDER = Path(__file__).with_name("tables")
ANY = "*"


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def interlocks() -> tuple[Interlock, ...]:
    """What keeps a dose in its pack, in the order in which it is asked."""
    return locks.read(FOLDER / "interlocks.csv")


def _for(name: str, platform: str) -> dict[str, str]:
    rows = {row["platform"]: row for row in _rows(name)}
    return rows.get(platform, rows[ANY])


def cold_limits(platform: str = ANY) -> tuple[float, float]:
    """Lowest and highest temperature allowed, in degrees Celsius."""
    row = _for("cold_chain", platform)
    return float(row["min_celsius"]), float(row["max_celsius"])


def within(low: float, high: float, platform: str = ANY) -> bool:
    allowed_low, allowed_high = cold_limits(platform)
    return allowed_low <= low <= high <= allowed_high


@dataclass(frozen=True, slots=True)
class Vial:
    """How an opened pack of a product is used: minutes, whether a diluent goes in first, the last stage of its vial monitor."""

    minutes: int
    diluent: bool
    vvm: int | None


@cache
def vial(product: str, platform: str, day: date) -> Vial:
    """The rule of a product, else of its platform, else of any, in force on a day."""
    rows = [row for row in _rows("open_pack") if row["valid_from"] <= day.isoformat()]
    fits = [row for row in rows if row["product"] == product and row["platform"] in (platform, ANY)]
    fits = fits or [row for row in rows if row["product"] == ANY and row["platform"] == platform]
    fits = fits or [row for row in _rows("open_pack") if row["product"] == row["platform"] == ANY]
    row = max(fits, key=lambda row: row["valid_from"])
    return Vial(int(row["minutes"]), row["diluent"] == "1", int(row["vvm"]) if row["vvm"] else None)


@cache
def difference_causes() -> dict[str, tuple[str, str]]:
    """Code to its words in Chinese and English."""
    return {row["code"]: (row["zh"], row["en"]) for row in _rows("difference_causes")}


def much_lost_from(asks: str, on: date) -> int:
    """Doses of one lot lost at one place in one day from which a `witness` or a `photo` is asked for."""
    rows = [row for row in _rows("much_lost") if row["asks"] == asks and row["valid_from"] <= on.isoformat()]
    return int(max(rows, key=lambda row: row["valid_from"])["doses"])


@cache
def waste_reasons() -> dict[str, tuple[str, str]]:
    """Code to its words in Chinese and English."""
    return {row["code"]: (row["zh"], row["en"]) for row in _rows("waste_reasons")}


@cache
def pictured(reason: str) -> bool:
    """Whether what is lost for this reason is still there to be photographed."""
    return any(row["code"] == reason and row["picture"] == "yes" for row in _rows("waste_reasons"))


@dataclass(frozen=True, slots=True)
class Kind:
    """What goods of a kind bring and bear: lot release, a cold chain with its records, an expiry."""

    release: bool
    cold: bool
    expires: bool


@cache
def kind(code: str) -> Kind:
    """The rules of a kind of product."""
    row = next(row for row in _rows("kinds") if row["kind"] == code)
    return Kind(row["release"] == "1", row["cold"] == "1", row["expires"] == "1")


def temperatures() -> dict[str, tuple[float, float]]:
    """Lowest and highest of each temperature class, in degrees Celsius."""
    return {row["temperature"]: (float(row["min_celsius"]), float(row["max_celsius"])) for row in _rows("temperatures")}


def fits(temperature: str, platform: str) -> bool:
    """Whether a device of this class keeps a vaccine of this platform inside its limits."""
    return within(*temperatures()[temperature], platform)


@cache
def excursion_limits(temperature: str, platform: str, *, logged: bool, on: date) -> tuple[Limit, ...]:
    """When a device of a class is out of its limits, for a platform and day; a kind without a row of the platform takes that of any."""
    read = "logged" if logged else "hand"
    rows = [
        row
        for row in _rows("excursions")
        if (row["temperature"], row["read"]) == (temperature, read)
        and row["valid_from"] <= on.isoformat()
        and (not row["valid_to"] or on.isoformat() <= row["valid_to"])
    ]
    own = {row["kind"] for row in rows if row["platform"] == platform}
    return tuple(
        Limit(
            ExcursionKind(row["kind"]),
            float(row["celsius"]) if row["celsius"] else None,
            int(row["minutes"]),
            int(row["window_minutes"] or 0),
        )
        for row in rows
        if row["platform"] == (platform if row["kind"] in own else ANY)
    )


@cache
def bound(name: str) -> float:
    """A bound of what is taken for a reading, by name."""
    return next(float(row["value"]) for row in _rows("reading_bounds") if row["name"] == name)


def packed_litres(doses: int, doses_per_pack: int) -> float:
    """Room that doses take in their packs, in litres."""
    sizes = {int(row["doses_per_pack"]): float(row["cm3_per_dose"]) for row in _rows("volumes")}
    nearest = max((size for size in sizes if size <= max(1, doses_per_pack)), default=1)
    return doses * sizes[nearest] / 1000


def logger_layouts() -> dict[str, dict[str, str]]:
    """How each kind of logger writes its file, by the layout's name."""
    return {row["layout"]: row for row in _rows("logger_layouts")}


def message_layouts() -> dict[str, dict[str, str]]:
    """How each kind of broker names a device and writes a reading, by the layout's name."""
    return {row["layout"]: row for row in _rows("mqtt_layouts")}


def open_share(pack: int, on: date) -> float:
    """Share of opened doses that a pack of this size is expected to lose at most."""
    rows = [r for r in _rows("wastage") if r["valid_from"] <= on.isoformat() and int(r["from_doses"]) <= pack]
    return float(max(rows, key=lambda row: (int(row["from_doses"]), row["valid_from"]))["open_share"])


def fill_from(pack: int, on: date) -> int:
    """For how many people a pack of so many doses is opened without asking."""
    rows = [row for row in _rows("open_another") if row["valid_from"] <= on.isoformat()]
    return ceil(pack * float(max(rows, key=lambda row: row["valid_from"])["share"]))
