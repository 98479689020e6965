"""What providers know later: delivered or not. Read from a place on, so that a crash reads it again and changes nothing."""

from django.db import transaction

from .. import clock, sql
from .letters import Receipts
from .providers import carriers

PLACE = "SELECT place FROM platform_receiptplace WHERE channel = %s"
READ = """
INSERT INTO platform_receiptplace AS r (channel, place, answered_at, failure) VALUES (%(channel)s, %(place)s, %(at)s, %(failure)s)
ON CONFLICT (channel) DO UPDATE SET place = excluded.place, failure = excluded.failure,
    answered_at = coalesce(excluded.answered_at, r.answered_at)
"""
KNOWN = """
UPDATE platform_message m SET state = u.state, reason = u.reason, settled_at = %s
FROM {rows} WHERE m.message = u.message AND m.channel = %s AND m.state IN ('sent', 'unsure', 'delivered')
""".format(rows=sql.unnest({"message": "uuid", "state": "text", "reason": "text"}))
MOST = 100  # pages of receipts in a round


def receipts_round() -> int:
    """Read the receipts of every channel's provider; how many."""
    return sum(_channel(channel) for channel in sorted(carriers()))


def _channel(channel: str) -> int:
    total = 0
    for _ in range(MOST):
        found = sql.fetch(PLACE, [channel])
        place = found[0][0] if found else ""
        try:
            told = carriers()[channel].receipts(place)
        except OSError as error:
            _note(channel, place, None, f"{type(error).__name__}"[:200])
            return total
        if told is None:
            return total
        _keep(channel, told)
        total += len(told.states)
        if not told.states or told.place == place:
            return total
    return total


def _keep(channel: str, told: Receipts) -> None:
    rows = [(message, answer.state.value, answer.reason) for message, answer in told.states.items()]
    with transaction.atomic():
        sql.execute(KNOWN, [clock.now(), *sql.turn(rows, 3), channel])
        _note(channel, told.place, clock.system_now(), "")


def _note(channel: str, place: str, at: object, failure: str) -> None:
    sql.execute(READ, {"channel": channel, "place": place, "at": at, "failure": failure})
