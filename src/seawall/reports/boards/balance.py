"""账实相符: doses received = given + wasted + returned + on hand."""

from dataclasses import dataclass
from datetime import date, datetime

from seawall.reference import selectors as reference
from seawall.supply import selectors as supply
from seawall.terms.names import Name

from ..selectors.dispatch import dispatch_books


@dataclass(frozen=True, slots=True)
class Balance:
    """The two sides of the books, and at which place they differ, where that is known."""

    received: int
    given: int
    wasted: int
    returned: int
    on_hand: int
    where: Name | None = None

    @property
    def difference(self) -> int:
        return self.received - self.given - self.wasted - self.returned - self.on_hand


def city_balance(day: date) -> Balance | None:
    """Over the city at the day's closing, as frozen with its dispatch; None until that is made."""
    books = dispatch_books(day)
    if not books:
        return None
    where = books["where"]
    return Balance(
        received=books["received"],
        given=books["given"],
        wasted=books["wasted"],
        returned=books["returned"],
        on_hand=books["on_hand"],
        where=reference.place_names([where]).get(where) if where else None,
    )


def balance_of(place_ids: list[int], at: datetime) -> Balance:
    """Of these places as their books stand at a moment; what was sent on counts as returned."""
    rows = supply.identity(at, place_ids, ancillary=False)
    return Balance(
        received=sum(row.received for row in rows),
        given=sum(row.given for row in rows),
        wasted=sum(row.wasted for row in rows),
        returned=sum(row.returned for row in rows),
        on_hand=sum(row.on_hand for row in rows),
    )
