"""The shape of every act: an id made by the client, the time it happened, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

Params = Mapping[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One act in a batch. `act` makes it repeatable; `occurred_at` (aware) is when it happened, by the business clock."""

    act: UUID
    occurred_at: datetime


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

    def __init__(self, code: str, **params: str | int | float | bool | None) -> None:
        super().__init__(code)
        self.refusal = Refusal(code, params)
