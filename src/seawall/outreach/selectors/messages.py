"""Messages of a day by what became of them, the words and limits in force, and what providers last said."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from seawall.platform import sql
from seawall.platform.gateway import carriers, reading
from seawall.platform.selectors import nature
from seawall.reference import selectors as reference
from seawall.terms.outreach import LimitRow, TemplateRow

from .. import tables

TEMPLATE = "SELECT act, kind, language, text, since, source, proposed_by, proposed_at, approved_at FROM outreach_messagetemplate"
LIMITS = """
SELECT DISTINCT ON (channel) channel, since, quiet_from, quiet_until, cost, cap, source FROM outreach_messagelimit
WHERE since <= %s ORDER BY channel, since DESC, recorded_at DESC
"""


@dataclass(frozen=True, slots=True)
class ProviderSeen:
    """Who carries a channel, and when and how its receipts were last read."""

    channel: str
    provider: str
    answered_at: datetime | None
    failure: str


def templates() -> list[TemplateRow]:
    """All words, those in force last first."""
    return [TemplateRow(*row) for row in sql.fetch(f"{TEMPLATE} ORDER BY kind, language, since DESC, proposed_at DESC")]


def words_on(day: date) -> dict[tuple[str, str], str]:
    """Approved words in force on a day, by kind and language."""
    rows = sql.fetch(
        "SELECT DISTINCT ON (kind, language) kind, language, text FROM outreach_messagetemplate "
        "WHERE approved_at IS NOT NULL AND since <= %s ORDER BY kind, language, since DESC, approved_at DESC",
        [day],
    )
    return {(kind, language): text for kind, language, text in rows}


def limits_on(day: date) -> dict[str, LimitRow]:
    """What each channel may do on a day: as the city said last, else as usual."""
    said = {row[0]: LimitRow(*row) for row in sql.fetch(LIMITS, [day])}
    return {row.channel: said.get(row.channel, row) for row in tables.usual_limits()}


def message_states(day: date) -> list[reading.StateCount]:
    return reading.states(day)


def spent(day: date) -> dict[str, int]:
    return reading.spent(day)


def doubtful() -> list[tuple[UUID, str, str, date]]:
    return reading.doubtful()


def providers_seen() -> list[ProviderSeen]:
    """The provider of every channel as it stands."""
    known = reading.receipt_places()
    return [
        ProviderSeen(channel, provider.name, *known.get(channel, (None, "")))
        for channel, provider in carriers().items()
    ]


def helpline(day: date) -> str:
    """The number that messages name."""
    numbers = reference.telephones(reference.city(), day)
    return numbers.rehearsal if nature().synthetic else numbers.helpline
