"""What a sender hands to a provider, and what the provider says to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class State(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    REFUSED = "refused"  # the provider's answer: this number takes none
    FAILED = "failed"  # no answer after every try
    UNSURE = "unsure"  # a sender broke off where a second try could send twice: a person decides
    DROPPED = "dropped"  # not wanted any more, or too late


@dataclass(frozen=True, slots=True)
class Letter:
    """A message with its address in clear: it lives as long as the call to the provider, and is never printed."""

    message: UUID
    to: str
    text: str
    language: str
    subject: str = ""

    def __repr__(self) -> str:
        return f"Letter({self.message})"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider said to one message. SENT, REFUSED and DELIVERED settle it, WAITING asks for another try, UNSURE for a person."""

    state: State
    reason: str = ""
    reference: str = ""
    after: float = 0
    """Seconds that the provider asks to wait before the next try."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a channel may do on a day: quiet from and until (local time), the cost of one message and of a day, in hundredths."""

    quiet_from: time
    quiet_until: time
    cost: int
    cap: int

    def quiet(self, at: time) -> bool:
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= at < self.quiet_until
        return at >= self.quiet_from or at < self.quiet_until


@dataclass(frozen=True, slots=True)
class Receipts:
    """What a provider knows of messages since a place: state by message, and the place after them."""

    states: Mapping[UUID, Answer]
    place: str


class Provider(Protocol):
    """Carries letters of a channel. `repeats`: the same message handed over twice is sent once. `batch`: most at once."""

    name: str
    repeats: bool
    batch: int

    def send(self, letters: Sequence[Letter]) -> Mapping[UUID, Answer]:
        """An answer for each letter; a letter without one is tried again. Never raises for what a provider may do."""

    def receipts(self, place: str) -> Receipts | None:
        """What is known since a place; None where the provider gives none. OSError when it cannot be asked."""
