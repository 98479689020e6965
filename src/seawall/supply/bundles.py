"""Ancillary goods that travel with vaccine: after a delivery its receiver has what all of its doses need.

"Bundling" of WHO and UNICEF: vaccine, syringes and safety boxes are supplied together, in matching numbers, in whole packs.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from seawall.reference import selectors as reference
from seawall.terms.codes import LotState, StockState
from seawall.terms.stock import PickRow, StockRow

from . import needs


class Along(NamedTuple):
    """Packs of ancillary goods to send along from one place to another, and the day on which they come."""

    from_place_id: int
    to_place_id: int
    lot: str
    packs: int
    expected_on: date


class Shelves:
    """What may be used at each place and comes to it by the picks that are not sent, by lot and by product."""

    def __init__(
        self, stock: Collection[StockRow], picks: Collection[PickRow], sizes: dict[str, int], on: date
    ) -> None:
        self.sizes, self.on = sizes, on
        self.doses: dict[int, Counter[str]] = defaultdict(Counter)
        self._packs: Counter[tuple[int, str]] = Counter()
        self._lots: dict[str, list[str]] = defaultdict(list)  # of each product, the first to expire first
        for row in sorted(stock, key=lambda row: (row.expires, row.lot)):
            if row.lot_state != LotState.RELEASED or row.expires <= on:
                continue
            if row.lot not in self._lots[row.product]:
                self._lots[row.product].append(row.lot)
            if row.state in {StockState.ON_HAND, StockState.IN_TRANSIT}:
                self.doses[row.place_id][row.product] += row.doses
            if row.state == StockState.ON_HAND:
                self._packs[row.place_id, row.lot] += row.doses // sizes[row.lot]
        for pick in picks:
            if not pick.sent:
                self.doses[pick.to_place_id][pick.product] += pick.doses
                self._packs[pick.from_place_id, pick.lot] -= pick.packs

    def take(self, way: tuple[int, int], good: str, units: int, comes: date) -> list[Along]:
        """Whole packs of the goods for so many units, as far as they lie there."""
        start, end = way
        taken = []
        for lot in self._lots[good]:
            packs = min(-(-units // self.sizes[lot]), self._packs[start, lot])
            if packs > 0:
                taken.append(Along(start, end, lot, packs, comes))
                units -= packs * self.sizes[lot]
                self._packs[start, lot] -= packs
                self.doses[end][good] += packs * self.sizes[lot]
                if comes <= self.on + timedelta(days=1):  # in time to be sent on with what follows
                    self._packs[end, lot] += packs
        return taken


def along(
    legs: Sequence[tuple[int, int, date]],
    stock: Collection[StockRow],
    picks: Collection[PickRow],
    sizes: dict[str, int],
    on: date,
) -> list[Along]:
    """What goes with the legs of an evening (from, to, day of arrival), the first stores' before those that they supply."""
    rules, levels = reference.needs(on), reference.levels(on)
    shelves, kept = Shelves(stock, picks, sizes, on), needs.kept(rules)
    vaccines = {row.code for row in reference.products(on)}
    found: list[Along] = []
    for start, end, comes in sorted(set(legs), key=lambda leg: (leg[0] not in levels.first, leg)):
        there = shelves.doses[end]
        wanted = needs.to_send(rules, {code: there[code] for code in vaccines if there[code]})
        if end not in levels.stores:
            wanted.update(kept)
        for good, units in sorted(wanted.items()):
            if units > there[good]:
                found += shelves.take((start, end), good, units - there[good], comes)
    return found
