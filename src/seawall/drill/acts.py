"""Names of acts: the same day lived again makes the same acts, so that what was done is not done twice."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5

from seawall.platform import clock
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor, Reach

_NAMES = UUID("5ea3a110-d111-4000-8000-000000000000")


def holding(role: str) -> Actor:
    """Everybody in the city who holds a role, acting in one batch: with the grants of the role and in all their places, no more."""
    grants = staff.roles(clock.today())[role].grants
    return Actor(0, 0, role, grants, Reach(everywhere=True), purpose="drill")


class Acts:
    """Act ids of one day of one rehearsal."""

    def __init__(self, seed: int, day: date) -> None:
        self._names = uuid5(_NAMES, f"{seed}/{day.isoformat()}")

    def __call__(self, *parts: object) -> UUID:
        return uuid5(self._names, "/".join(map(str, parts)))


def at(day: date, hour: int | time, minute: int = 0) -> datetime:
    """A moment of the campaign's day, aware."""
    zone = clock.zone()
    return datetime.combine(day, hour if isinstance(hour, time) else time(hour, minute), zone).astimezone(UTC)


def after(moment: datetime, minutes: float) -> datetime:
    return moment + timedelta(minutes=float(minutes))
