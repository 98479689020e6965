"""Presses at the cold chain: devices, their temperatures, a logger's file, an excursion."""

from collections.abc import Callable
from datetime import timedelta

from seawall.platform import clock
from tests.clinic.world import World

from .pages import Visitor
from .pressing import CITY, Enter, Press, answered, from_page, once_more

WALL = "/console/supply/cold"
DEVICE = "console/supply/cold/<int:place_id>/<str:device>/<slug:task>"
READINGS = b"timestamp,celsius\n2021-04-10T03:00:00,4.5\n2021-04-10T03:20:00,4.7\n"


def registered(hall: World, enter: Enter) -> Press:
    told = {"place_id": str(hall.site), "device": "F1", "litres": "90", "every_minutes": "0"}
    return from_page(enter("CDC_COLD_CHAIN", CITY), WALL, "litres", **told)


def keeper(hall: World, enter: Enter) -> Visitor:
    """Who keeps the refrigerator of the site, with doses in it."""
    hall.packs(3)
    hall.device(name="F1")
    return enter("COLD_CHAIN_MANAGER", ("site", hall.site))


def measured(hall: World, visitor: Visitor, celsius: str) -> Press:
    return from_page(visitor, f"{WALL}/{hall.site}/F1", "celsius", celsius=celsius)


def temperature(hall: World, enter: Enter) -> Press:
    return measured(hall, keeper(hall, enter), "4.5")


def empty(hall: World, enter: Enter) -> Press:
    visitor = keeper(hall, enter)
    hall.device(hall.other, "F2")
    return from_page(visitor, f"{WALL}/{hall.site}/F1", "to")


def logger_file(hall: World, enter: Enter) -> Press:
    press = from_page(keeper(hall, enter), f"{WALL}/{hall.site}/F1", "layout", layout="comma", file=None)
    press.files = {"file": {"april.csv": READINGS}}
    return press


def logger_kept(hall: World, enter: Enter) -> Press:
    return from_page(once_more(logger_file(hall, enter)), f"{WALL}/{hall.site}/F1", "/commit")


def decide(hall: World, enter: Enter) -> Press:
    """It was warm for half an hour."""
    visitor = keeper(hall, enter)
    for celsius in ("4.5", "11.5", "5"):
        answered(measured(hall, visitor, celsius))
        clock.set_to(clock.now() + timedelta(minutes=30))
    officer = enter("CDC_COLD_CHAIN", CITY)
    return from_page(officer, f"{WALL}/{hall.site}/F1", "decision", decision="release", reason="the maker's data")


PRESSES: dict[tuple[str, str], Callable[[World, Enter], Press]] = {
    ("console/supply/cold/register", "device"): registered,
    (DEVICE, "temperature"): temperature,
    (DEVICE, "empty"): empty,
    (DEVICE, "logger_file"): logger_file,
    (DEVICE, "logger_kept"): logger_kept,
    (DEVICE, "decide"): decide,
}
