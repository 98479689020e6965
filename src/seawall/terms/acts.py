"""The shape of every act: an id made by the client, the time it happened, and what came of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

Params = Mapping[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One act in a batch. `act` makes it repeatable; `occurred_at` (aware) is when it happened, by the business clock.

    With `dated_here` the door dated it on arrival, not its client: the moment is then no part of what a repeat must match.
    """

    __pydantic_config__: ClassVar[Mapping[str, str]] = {"extra": "forbid"}  # doors refuse a field that is not there

    act: UUID
    occurred_at: datetime
    dated_here: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an act was not done: a code of the reason registry and its parameters (ids, codes, dates, counts; never names)."""

    code: str
    params: Params = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one item, in the order given. `answer` holds what the verb made (ids, tickets); `replayed` means done before."""

    act: UUID
    refusal: Refusal | None = None
    answer: Params = field(default_factory=dict)
    replayed: bool = False

    @property
    def done(self) -> bool:
        return self.refusal is None


class Refused(Exception):
    """Raised by selectors and single-form doors when the whole request is refused."""

    def __init__(self, code: str, /, **params: str | int | float | bool | None) -> None:
        super().__init__(code)
        self.refusal = Refusal(code, params)


def text_key(text: str) -> int:
    """The owner's id of a thing that is known by a text, such as a lot: 63 bits of its digest."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1
