"""What came in, by place and days: each receipt with what it brought, its papers, who signed, and when."""

from dataclasses import dataclass
from datetime import date, timedelta

from seawall.platform import access, clock
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.names import Name

from ..received import ReceivedRow, received
from .place import kept_places

DAYS, SPAN = 7, 92  # shown where nobody says from when; and at most


@dataclass(frozen=True, slots=True)
class CameIn:
    """One receipt with the names of its ends and its product."""

    row: ReceivedRow
    place: Name
    sender: Name
    product: Name


@dataclass(frozen=True, slots=True)
class ReceivedPage:
    """Receipts of one place, or of all in reach (`place_id` none); `cut`: there are more than were asked for."""

    place_id: int | None
    places: tuple[reference.PlaceRow, ...]
    first: date
    last: date
    rows: tuple[CameIn, ...]
    cut: bool

    @property
    def doses(self) -> int:
        return sum(came.row.doses for came in self.rows)

    @property
    def apart(self) -> int:
        return sum(came.row.apart for came in self.rows)


def received_page(actor: Actor, place_id: int | None, first: date | None, last: date | None, most: int) -> ReceivedPage:
    """What came in between two days, both counted; at most so many receipts. Raises Refused outside the actor's reach."""
    until = last or clock.today()
    since = first or until - timedelta(days=DAYS - 1)
    if not since <= until <= since + timedelta(days=SPAN):
        raise Refused("SPAN_TOO_LONG", days=SPAN)
    places = kept_places(actor)
    kept = [place.place_id for place in places if place_id in (None, place.place_id)]
    if place_id is not None and not kept:
        raise Refused(access.OUT_OF_AREA)
    found = received(kept, since, until, most + 1)
    rows = found[:most]
    names = reference.place_names({end for row in rows for end in (row.place_id, row.from_place_id)})
    products = reference.goods_names(clock.today())
    came = tuple(
        CameIn(
            row,
            names.get(row.place_id, Name.code(str(row.place_id))),
            names.get(row.from_place_id, Name.code(str(row.from_place_id))),
            products.get(row.product, Name.code(row.product)),
        )
        for row in rows
    )
    return ReceivedPage(place_id, places, since, until, came, len(found) > most)
