"""Names of acts: the same day lived again makes the same acts, so that what was done is not done twice."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings

from seawall.terms.actor import Actor, Reach

_NAMES = UUID("5ea3a110-d111-4000-8000-000000000000")

PLAYER = Actor(
    account_id=0, post_id=0, role="DRILL", grants=frozenset({"*"}), reach=Reach(everywhere=True), purpose="drill"
)


class Acts:
    """Act ids of one day of one rehearsal."""

    def __init__(self, seed: int, day: date) -> None:
        self._names = uuid5(_NAMES, f"{seed}/{day.isoformat()}")

    def __call__(self, *parts: object) -> UUID:
        return uuid5(self._names, "/".join(map(str, parts)))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of the campaign's day, aware."""
    zone = ZoneInfo(settings.CAMPAIGN_TIME_ZONE)
    return datetime.combine(day, time(hour, minute), zone).astimezone(UTC)


def after(moment: datetime, minutes: float) -> datetime:
    return moment + timedelta(minutes=float(minutes))
