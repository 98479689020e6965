"""Rows of campaigns that are counted without names: what came of a vial, and of the houses of a street."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from .acts import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyRecord(Item):
    """What a team counted in a street: doses of one vial by age band, and houses. Nobody is named. The act is the tally's id."""

    site_id: int
    campaign: str
    leaf_id: int
    team: int  # number of the team of the day
    code: str = ""  # trace code of the vial; empty where only houses are counted
    given: dict[str, int] = field(default_factory=dict)  # clinic/tables/tally_bands.csv -> doses
    zero_dose: int = 0  # of them to children who never had a dose of this vaccine
    marked: int = 0  # of them with the finger marked
    houses_visited: int = 0
    houses_closed: int = 0  # of them: nobody answers
    houses_absent: int = 0  # of them: somebody who is due was away

    @property
    def doses(self) -> int:
        return sum(self.given.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyWithdraw(Item):
    """A tally was counted wrong: it no longer counts and its doses return to their vial, until the day is closed."""

    site_id: int
    tally: UUID


@dataclass(frozen=True, slots=True)
class TallyRow:
    """A tally as it was recorded."""

    site_id: int
    tally: UUID
    campaign: str
    day: date
    leaf_id: int
    team: int
    product: str
    lot: str
    given: Mapping[str, int]
    zero_dose: int
    marked: int
    houses_visited: int
    houses_closed: int
    houses_absent: int
    occurred_at: datetime
    withdrawn: bool

    @property
    def doses(self) -> int:
        return sum(self.given.values())
