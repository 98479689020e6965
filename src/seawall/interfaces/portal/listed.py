"""The public list of sites as this process read it a few seconds ago: what everybody asks for is not worked out for each."""

from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from time import monotonic

from django.conf import settings
from django.db import connection

from seawall.platform import clock
from seawall.sites.boards import near
from seawall.sites.boards.near import PublicSite


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """The open sites, the share of this quarter-hour's seats that is taken at each, and when this was so. Equal to itself alone."""

    sites: tuple[PublicSite, ...]
    taken: dict[int, float]
    as_of: datetime


_lock = Lock()
_kept: dict[tuple[str, date], tuple[float, Listed]] = {}


def sites() -> Listed:
    """As of now, or of some seconds ago: read anew after half of SEAWALL_PUBLIC_SECONDS, by one while the others take what is there."""
    found, age = _found()
    if found is not None and age < settings.PUBLIC_SECONDS / 2:
        return found
    old = found is None or age >= settings.PUBLIC_SECONDS
    if not _lock.acquire(blocking=old) and found is not None:
        return found
    try:
        found, age = _found()  # whoever had to wait has it from the one before
        return found if found is not None and age < settings.PUBLIC_SECONDS / 2 else _read()
    finally:
        _lock.release()


def _found() -> tuple[Listed | None, float]:
    """What is kept of this day, and how many seconds ago it was read."""
    read, found = _kept.get(_key(), (0.0, None))
    return found, monotonic() - read


def _read() -> Listed:
    now = clock.now()
    rows = near.public_sites(clock.civil_day(now))
    fresh = Listed(rows, near.taken_now([row.site_id for row in rows], now), now)
    _kept.clear()
    _kept[_key()] = monotonic(), fresh
    return fresh


def _key() -> tuple[str, date]:
    return str(connection.settings_dict["NAME"]), clock.today()
