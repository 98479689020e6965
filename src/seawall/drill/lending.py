"""Keepers of district stores help each other: a loan that is given back on its day, a request met for good, and one declined."""

from datetime import date, timedelta

from seawall.reference import selectors as reference
from seawall.supply import selectors as supply
from seawall.supply import services as supply_services
from seawall.terms.codes import LotState, PlaceKind, StockState
from seawall.terms.stock import LoanSettle, OfferAnswer, StockAsk, StockOffer, StockRow

from .acts import Acts, after, at, holding
from .morning import KEEPER, store_id
from .world import World

LOAN_DAY, GIFT_DAY, DECLINED_DAY = 5, 7, 8  # days after the opening, and of every round of days after it
ROUND = 24
LENT_FOR, PACKS = timedelta(days=14), 1


def lend(world: World, day: date) -> None:
    """On these days the store that holds most of a product offers a pack to the one that holds least of it; what is due goes back."""
    settle(world, day)
    number = (day - world.opens).days % ROUND
    if number not in (LOAN_DAY, GIFT_DAY, DECLINED_DAY):
        return
    ends = _ends(day)
    if ends is None:
        return
    row, poor = ends
    acts, moment, keeper = Acts(world.seed, day), at(day, 10), holding(KEEPER)
    ask = StockAsk(
        act=acts("ask"),
        occurred_at=moment,
        place_id=poor,
        product=row.product,
        doses=PACKS,
        needed_on=day + timedelta(days=1),
    )
    supply_services.stock_ask(keeper, [ask])
    offer = StockOffer(
        act=acts("offer"),
        occurred_at=after(moment, 5),
        from_place_id=row.place_id,
        to_place_id=poor,
        lot=row.lot,
        packs=PACKS,
        settle_by=day + LENT_FOR if number == LOAN_DAY else None,
        ask=str(ask.act),
    )
    supply_services.stock_offer(keeper, [offer])
    answer = OfferAnswer(
        act=acts("answer"),
        occurred_at=after(moment, 8),
        place_id=poor,
        offer=str(offer.act),
        accepted=number != DECLINED_DAY,
    )
    supply_services.offer_answer(keeper, [answer])


def settle(world: World, day: date) -> None:
    """Who borrowed until today gives as much back, of whatever lot is there; who has none tries again tomorrow."""
    below = [p.place_id for p in reference.places([PlaceKind.STORE]) if p.place_id != store_id()]
    due = [o for o in supply.offers(below) if o.owed and o.settle_by and o.settle_by <= day and o.to_place_id in below]
    acts, items = Acts(world.seed, day), []
    for loan in due:
        packs = supply.packs([loan.to_place_id], loan.product)
        whole = [pack for pack in packs if not pack.opened and pack.doses_left >= loan.owed]
        if whole:
            items.append(LoanSettle(act=acts("settle", loan.offer), occurred_at=at(day, 9, 30), place_id=loan.to_place_id,
                                    offer=str(loan.offer), lot=whole[0].lot, packs=1))  # fmt: skip
    supply_services.loan_settle(holding(KEEPER), items)


def _ends(day: date) -> tuple[StockRow, int] | None:
    """A lot at the district store that holds most of it, and the district store that holds least of its product."""
    below = [p.place_id for p in reference.places([PlaceKind.STORE]) if p.place_id != store_id()]
    usable = [
        row
        for row in supply.stock(below)
        if row.state == StockState.ON_HAND and row.lot_state == LotState.RELEASED and row.expires > day
    ]
    if not usable:
        return None
    rich = max(usable, key=lambda row: (row.doses, row.lot))
    held = {place: sum(r.doses for r in usable if r.place_id == place and r.product == rich.product) for place in below}
    return rich, min((p for p in below if p != rich.place_id), key=lambda place: (held[place], place))
