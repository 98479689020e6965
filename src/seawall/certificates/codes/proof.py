"""What is proven: who, which doses that count, by whom, from when until when."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from seawall.terms.codes import Precision

from ..tables import DccCodes


@dataclass(frozen=True, slots=True)
class Given:
    """A dose that counts. `cvx` and `dcc` are empty for a vaccine that those lists do not name."""

    given_on: date
    precision: Precision
    vaccine: str
    cvx: str
    dcc: DccCodes | None
    lot: str
    place: str
    country: str
    dose_rank: int


@dataclass(frozen=True, slots=True)
class Proof:
    """`spelt` is the name in Latin capitals, words parted by a space; `of` is how many doses the series has."""

    certificate: UUID
    name: str
    spelt: str
    birth: date
    birth_precision: Precision
    doses: tuple[Given, ...]
    of: int
    issuer: str
    address: str
    country: str
    issued_at: datetime
    expires_at: datetime


def partial(day: date, precision: Precision) -> str:
    """As much of a date as is known, in ISO 8601: 2021, 2021-03, 2021-03-09."""
    return day.isoformat()[: {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10}[precision]]
