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
    """As of now, or of some seconds ago (SEAWALL_PUBLIC_SECONDS); while one reads anew the others get what is there."""
    key = str(connection.settings_dict["NAME"]), clock.today()
    read, found = _kept.get(key, (0.0, None))
    if found is not None and monotonic() - read < settings.PUBLIC_SECONDS:
        return found
    if found is not None and settings.PUBLIC_SECONDS and not _lock.acquire(blocking=False):
        return found
    if found is None or not settings.PUBLIC_SECONDS:
        _lock.acquire()
    try:
        now = clock.now()
        rows = near.public_sites(clock.civil_day(now))
        fresh = Listed(rows, near.taken_now([row.site_id for row in rows], now), now)
        _kept.clear()
        _kept[key] = monotonic(), fresh
        return fresh
    finally:
        _lock.release()
