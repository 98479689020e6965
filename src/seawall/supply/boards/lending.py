"""Between places: what others ask for, what was offered here, what is lent and owed; and the slip of a loan."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from seawall.platform import access, clock
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.codes import VIRTUAL, LotState, StockState
from seawall.terms.names import Name
from seawall.terms.stock import AskRow, OfferRow, StockRow

from .. import selectors

WAITS, LENT = "offered", "lent"


@dataclass(frozen=True, slots=True)
class AskSeen:
    """A request with names."""

    row: AskRow
    place: Name
    product: Name
    lots: tuple[StockRow, ...]  # of the product, here, that may be offered

    @property
    def open_doses(self) -> int:
        return max(0, self.row.doses - self.row.offered)


@dataclass(frozen=True, slots=True)
class OfferSeen:
    """An offer or loan with names; `lots`: of the product, here, with which it may be settled."""

    row: OfferRow
    giver: Name
    receiver: Name
    product: Name
    lots: tuple[StockRow, ...]
    overdue: bool


@dataclass(frozen=True, slots=True)
class LendingPage:
    """Requests and loans as one place sees them."""

    place: reference.PlaceRow
    day: date
    products: tuple[reference.ProductRow, ...]
    places: tuple[reference.PlaceRow, ...]
    lots: tuple[StockRow, ...]
    asks: tuple[AskSeen, ...]
    own_asks: tuple[AskSeen, ...]
    offers: tuple[OfferSeen, ...]

    @property
    def waiting(self) -> tuple[OfferSeen, ...]:
        """Offers to this place that it has not answered."""
        return tuple(o for o in self.offers if o.row.state == WAITS and o.row.to_place_id == self.place.place_id)

    @property
    def made(self) -> tuple[OfferSeen, ...]:
        """Offers of this place that wait for the other's answer."""
        return tuple(o for o in self.offers if o.row.state == WAITS and o.row.from_place_id == self.place.place_id)

    @property
    def borrowed(self) -> tuple[OfferSeen, ...]:
        return tuple(o for o in self.offers if o.row.state == LENT and o.row.to_place_id == self.place.place_id)

    @property
    def lent(self) -> tuple[OfferSeen, ...]:
        return tuple(o for o in self.offers if o.row.state == LENT and o.row.from_place_id == self.place.place_id)

    @property
    def done(self) -> tuple[OfferSeen, ...]:
        return tuple(o for o in self.offers if o.row.state not in (WAITS, LENT))

    @property
    def overdue(self) -> bool:
        return any(o.overdue for o in self.borrowed)


def lending_page(actor: Actor, place_id: int) -> LendingPage:
    """Requests of everybody, offers and loans of this place."""
    place = reference.place(place_id)
    if place is None or place.kind in VIRTUAL or not access.sees_site(actor, place_id):
        raise Refused(access.OUT_OF_AREA)
    day = clock.today()
    asks, offers = selectors.asks(), selectors.offers([place_id])
    here = tuple(
        row
        for row in selectors.stock([place_id], ancillary=True)
        if row.state == StockState.ON_HAND and row.lot_state == LotState.RELEASED and row.expires >= day
    )
    everybody = [p for p in reference.places() if p.kind not in VIRTUAL]
    names, products = {p.place_id: Name.of(p) for p in everybody}, reference.goods_names(day)

    def named(row: AskRow) -> AskSeen:
        lots = tuple(s for s in here if s.product == row.product)
        return AskSeen(row, names[row.place_id], products.get(row.product, Name.code(row.product)), lots)

    return LendingPage(
        place=place,
        day=day,
        products=tuple(reference.goods(day)),
        places=tuple(p for p in everybody if p.place_id != place_id),
        lots=here,
        asks=tuple(named(a) for a in asks if a.place_id != place_id),
        own_asks=tuple(named(a) for a in asks if a.place_id == place_id),
        offers=tuple(_seen(o, names, products, here, day) for o in offers),
    )


def _seen(
    row: OfferRow, names: dict[int, Name], products: dict[str, Name], here: tuple[StockRow, ...], day: date
) -> OfferSeen:
    return OfferSeen(
        row=row,
        giver=names[row.from_place_id],
        receiver=names[row.to_place_id],
        product=products.get(row.product, Name.code(row.product)),
        lots=tuple(s for s in here if s.product == row.product),
        overdue=row.state == LENT and row.settle_by is not None and row.settle_by < day,
    )


def loan_slip(actor: Actor, offer: UUID) -> OfferSeen:
    """One offer for its printed slip, seen by either of its places."""
    row = next(iter(selectors.offers(act=offer)), None)
    if row is None or not any(access.sees_site(actor, place) for place in (row.from_place_id, row.to_place_id)):
        raise Refused(access.OUT_OF_AREA)
    day = clock.today()
    names = reference.place_names({row.from_place_id, row.to_place_id})
    return _seen(row, names, reference.goods_names(day), (), day)
