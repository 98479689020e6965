"""What was sent today, what was not and why, what does a provider say, and which words are in force?"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from seawall.platform import clock
from seawall.platform.gateway.reading import StateCount
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Refusal
from seawall.terms.names import Name
from seawall.terms.outreach import LimitRow, TemplateRow

from .. import selectors
from ..selectors.messages import ProviderSeen


@dataclass(frozen=True, slots=True)
class StateLine:
    """So many messages of a kind in a state, with its reason."""

    row: StateCount
    kind: Name
    why: Refusal | None


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """A channel: who carries it, what it may do today, what it has cost."""

    provider: ProviderSeen
    limit: LimitRow
    spent: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """A message of which nobody knows whether it went."""

    message: UUID
    channel: str
    kind: Name
    day: date


@dataclass(frozen=True, slots=True)
class MessagesPage:
    """Messages of a day."""

    day: date
    today: date
    total: int
    states: tuple[StateLine, ...]
    channels: tuple[ChannelLine, ...]
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class WordLine:
    """Words of a kind in a language; `ours` were written by this post, which does not approve them."""

    row: TemplateRow
    kind: Name
    ours: bool
    in_force: bool


@dataclass(frozen=True, slots=True)
class WordsPage:
    """All words, proposed and approved; the kinds and languages for a new proposal."""

    day: date
    words: tuple[WordLine, ...]
    kinds: tuple[tuple[str, Name], ...]
    languages: tuple[str, ...]


def messages(actor: Actor, day: date) -> MessagesPage:
    rows, kinds = selectors.message_states(day), selectors.cadence()
    limits, spent = selectors.limits_on(day), selectors.spent(day)
    return MessagesPage(
        day=day,
        today=clock.today(),
        total=sum(row.count for row in rows),
        states=tuple(StateLine(r, kinds[r.kind].name, Refusal(r.reason) if r.reason else None) for r in rows),
        channels=tuple(
            ChannelLine(seen, limits[seen.channel], spent.get(seen.channel, 0)) for seen in selectors.providers_seen()
        ),
        doubts=tuple(Doubt(m, channel, kinds[kind].name, on) for m, channel, kind, on in selectors.doubtful()),
    )


def wording(actor: Actor) -> WordsPage:
    day, kinds = clock.today(), selectors.cadence()
    force = selectors.words_on(day)
    return WordsPage(
        day=day,
        words=tuple(
            WordLine(
                t, kinds[t.kind].name, t.proposed_by == actor.post_id,
                t.approved_at is not None and t.since <= day and force.get((t.kind, t.language)) == t.text,
            )
            for t in selectors.templates()
        ),
        kinds=tuple((kind, row.name) for kind, row in kinds.items()),
        languages=reference.city().languages,
    )  # fmt: skip
