"""What stands in the outbox: by day, channel and state; what is in doubt; when receipts were last read. No names, no numbers."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from .. import sql


@dataclass(frozen=True, slots=True)
class StateCount:
    """So many messages of a channel and kind in a state, for one reason where there is one."""

    channel: str
    kind: str
    state: str
    reason: str
    count: int


def states(day: date) -> list[StateCount]:
    rows = sql.fetch(
        "SELECT channel, kind, state, reason, count(*) FROM platform_message WHERE day = %s GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
        [day],
    )
    return [StateCount(*row) for row in rows]


def spent(day: date) -> dict[str, int]:
    """Money taken on a day by channel, in hundredths."""
    return dict(sql.fetch("SELECT channel, spent FROM platform_dayspend WHERE day = %s", [day]))


def doubtful(most: int = 50) -> list[tuple[UUID, str, str, date]]:
    """Messages of which nobody knows whether they went: message, channel, kind, day."""
    rows = sql.fetch(
        "SELECT message, channel, kind, day FROM platform_message WHERE state = 'unsure' ORDER BY day DESC, message LIMIT %s",
        [most],
    )
    return [(message, channel, kind, day) for message, channel, kind, day in rows]


def receipt_places() -> dict[str, tuple[datetime | None, str]]:
    """When the receipts of a channel were last read, and what went wrong since."""
    rows = sql.fetch("SELECT channel, answered_at, failure FROM platform_receiptplace")
    return {channel: (at, failure) for channel, at, failure in rows}
