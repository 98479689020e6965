"""One lot: its papers, where it still is, what became of it, and so what stopping it would touch."""

from dataclasses import dataclass

from seawall.platform import access, clock, sql
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.codes import LotState, MovementKind, StockState
from seawall.terms.stock import LotRow, StockRow

from .. import selectors
from .journey import Station, journey

GONE = """
SELECT kind, coalesce(-sum(delta) FILTER (WHERE delta < 0), 0)::int, sum(delta)::int FROM supply_stockline
WHERE lot = %(lot)s AND kind <> 'use' AND kind <> 'consume' AND (%(all)s OR place_id = ANY(%(places)s)) GROUP BY kind
"""
LAST_WORD = "SELECT authority FROM supply_lot WHERE lot = %s"
HOLDS = "SELECT place_id, state, authority FROM supply_hold WHERE lot = %s"


@dataclass(frozen=True, slots=True)
class LotAt:
    """Doses of the lot in one state at one place."""

    place: reference.PlaceRow
    row: StockRow


@dataclass(frozen=True, slots=True)
class HoldRow:
    """The lot stopped at one place."""

    place: reference.PlaceRow
    state: LotState
    authority: str


@dataclass(frozen=True, slots=True)
class LotPage:
    """A lot inside the actor's reach; `whole` says that the reach is everywhere."""

    lot: LotRow
    product: reference.ProductRow | None
    authority: str
    at: tuple[LotAt, ...]
    holds: tuple[HoldRow, ...]
    given: int
    wasted: int
    returned: int
    whole: bool
    expired: bool
    journey: tuple[Station, ...]

    @property
    def places(self) -> tuple[reference.PlaceRow, ...]:
        """Places that hold doses of it, each once."""
        return tuple({at.place.place_id: at.place for at in self.at}.values())

    def doses(self, *states: StockState) -> int:
        return sum(at.row.doses for at in self.at if at.row.state in states)

    @property
    def on_hand(self) -> int:
        return self.doses(StockState.ON_HAND)

    @property
    def in_transit(self) -> int:
        return self.doses(StockState.IN_TRANSIT)

    @property
    def apart(self) -> int:
        return self.doses(StockState.QUARANTINED)


def lot_page(actor: Actor, lot: str) -> LotPage:
    """A lot that stands at a place in the actor's reach, or any lot for who reaches everywhere.

    What was given is what came less what is there and what left otherwise: a lot has few lines but those of arms.
    """
    found = next(iter(selectors.lots([lot])), None)
    whole, reach = actor.reach.everywhere, actor.reach.sites
    stock = [row for row in selectors.lot_places(lot) if whole or row.place_id in reach] if found else []
    moved = {row[0]: row[1:] for row in sql.fetch(GONE, {"lot": lot, "all": whole, "places": list(reach)})}
    if found is None:
        raise Refused("LOT_UNKNOWN", lot=lot[:30])
    if not (whole or stock or moved):
        raise Refused(access.OUT_OF_AREA)
    holds = [row for row in sql.fetch(HOLDS, [lot]) if whole or row[0] in reach]
    names = {p.place_id: p for p in reference.places(place_ids={r.place_id for r in stock} | {h[0] for h in holds})}
    today = clock.today()
    return LotPage(
        lot=found,
        product=next((row for row in reference.goods(today) if row.code == found.product), None),
        authority=sql.fetch(LAST_WORD, [lot])[0][0],
        at=tuple(LotAt(names[row.place_id], row) for row in stock),
        holds=tuple(HoldRow(names[place], LotState(state), authority) for place, state, authority in holds),
        given=sum(total for _, total in moved.values()) - sum(row.doses for row in stock),
        wasted=moved.get(MovementKind.WASTE, (0, 0))[0],
        returned=moved.get(MovementKind.RETURN, (0, 0))[0],
        whole=whole,
        expired=found.expires < today,
        journey=journey(lot, stock, whole=whole, reach=reach),
    )
