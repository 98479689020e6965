"""The business clock, which a rehearsal may set; it dates acts. Logins, locks and jobs use the system's."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from . import snapshot
from .models import Zone

snapshot.register("zone", "SELECT name FROM platform_zone WHERE id = 1")
snapshot.register("clock", "SELECT shown FROM platform_clock WHERE id = 1")
snapshot.register("clock_anchored", "SELECT anchored FROM platform_clock WHERE id = 1 AND running")

_zones: dict[str, ZoneInfo] = {}  # by database: read once, and again at each request


def zone() -> ZoneInfo:
    """The city's time zone, in which a civil day begins and ends; UTC while no city is loaded. A setting goes before it."""
    if settings.CAMPAIGN_TIME_ZONE:
        return ZoneInfo(settings.CAMPAIGN_TIME_ZONE)
    database = str(connection.settings_dict["NAME"])
    if database not in _zones:
        name = snapshot.value("zone")
        if name is None:
            return ZoneInfo("UTC")
        _zones[database] = ZoneInfo(name)
    return _zones[database]


def zone_set(name: str) -> None:
    """A city's time zone, as its folder says it."""
    Zone.objects.update_or_create(pk=1, defaults={"name": name})
    zone_forget()
    snapshot.forget()


def zone_forget(**_: object) -> None:
    """Another process may have loaded a city: ask the database again."""
    _zones.clear()


def system_now() -> datetime:
    return datetime.now(UTC)


def now() -> datetime:
    """Business time, aware."""
    shown: datetime | None = snapshot.value("clock")
    if shown is None:
        return system_now()
    anchored: datetime | None = snapshot.value("clock_anchored")
    return shown if anchored is None else shown + (system_now() - anchored)


def simulated() -> bool:
    return snapshot.value("clock") is not None


def civil_day(moment: datetime) -> date:
    """The campaign's day on which a moment falls."""
    return moment.astimezone(zone()).date()


def today() -> date:
    return civil_day(now())


def set_to(moment: datetime, *, running: bool = False) -> None:
    """Set the business clock of a synthetic database; held still unless `running`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO platform_clock (id, shown, anchored, running) VALUES (1, %s, %s, %s) "
            "ON CONFLICT (id) DO UPDATE SET shown = excluded.shown, anchored = excluded.anchored, running = excluded.running",
            [moment, system_now(), running],
        )
    snapshot.forget()
