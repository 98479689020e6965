"""Moves of vaccine that would cure a place that runs out, as the supply page proposes them."""

from collections.abc import Sequence
from dataclasses import dataclass

from seawall.reference.selectors import PlaceRow
from seawall.supply.boards.cover import Cover, Names, product_name
from seawall.terms.acts import Refusal
from seawall.terms.codes import PlaceKind, StockState
from seawall.terms.names import Name
from seawall.terms.stock import CoverRow, StockRow

from ..watch import limits

PLENTY, MOST = 7.0, 20  # days of cover that the giver keeps, and moves of a page


@dataclass(frozen=True, slots=True)
class Move:
    """Doses of one lot from a site that has plenty to one that runs out; `key` says the same move again."""

    sender_id: int
    receiver_id: int
    sender: Name
    receiver: Name
    lot: str
    product: Name
    doses: int
    why: Refusal

    @property
    def key(self) -> str:
        return f"{self.sender_id}/{self.receiver_id}/{self.lot}/{self.doses}"


def moves(places: Sequence[PlaceRow], cover: Cover, stock: Sequence[StockRow], products: Names) -> tuple[Move, ...]:
    """Between sites: from who has more than a week to who has less than a day, keeping the giver's week; no fewer doses
    than are worth a drive."""
    sites = {p.place_id: Name.of(p) for p in places if p.kind == PlaceKind.SITE}
    here = [c for c in cover.values() if c.place_id in sites]
    poor = [(c, c.days) for c in here if c.days is not None and c.days < limits()["COVER_DAYS"]]
    found = []
    for need, days in sorted(poor, key=lambda pair: pair[1]):
        giver = _giver(here, need.product)
        lot = _first_to_expire(stock, giver) if giver else None
        doses = _doses(need, giver, lot) if giver and lot else 0
        if giver and lot and doses >= limits()["MOVE_LEAST"]:
            found.append(
                Move(
                    sender_id=giver.place_id,
                    receiver_id=need.place_id,
                    sender=sites[giver.place_id],
                    receiver=sites[need.place_id],
                    lot=lot.lot,
                    product=product_name(products, need.product),
                    doses=doses,
                    why=Refusal("STOCK_RUNS_OUT", {"days": round(days, 1)}),
                )
            )
    return tuple(found[:MOST])


def _giver(here: Sequence[CoverRow], product: str) -> CoverRow | None:
    """Who can spare most of a product."""
    rich = [c for c in here if c.product == product and (c.days is None or c.days > PLENTY) and c.on_hand > 0]
    return max(rich, key=lambda c: c.on_hand - PLENTY * c.used_per_day, default=None)


def _first_to_expire(stock: Sequence[StockRow], giver: CoverRow) -> StockRow | None:
    rows = (
        r
        for r in stock
        if r.place_id == giver.place_id and r.product == giver.product and r.state == StockState.ON_HAND
    )
    return min(rows, key=lambda r: r.expires, default=None)


def _doses(need: CoverRow, giver: CoverRow, lot: StockRow) -> int:
    """A week for who needs, no more than the giver can spare or the lot holds."""
    wanted = round(PLENTY * max(1.0, need.used_per_day))
    return min(wanted, int(giver.on_hand - PLENTY * giver.used_per_day), lot.doses)
