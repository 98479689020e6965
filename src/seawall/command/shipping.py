"""From the plan's shipments to whole packs for the places below: who has least for each station comes first."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Leg:
    """Whole packs of one lot for one place."""

    place_id: int
    lot: str
    packs: int


@dataclass(frozen=True)
class Below:
    """What stands below the first stores. `stations`: unit -> open site -> stations; `here`: (site, product) -> doses on hand
    or on their way; `ways`: site -> stores from its unit's down to the one that supplies it.
    """

    stations: Mapping[str, Mapping[int, int]]
    here: dict[tuple[int, str], int]
    ways: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    def least(self, unit: str, product: str) -> int:
        """The open site of a unit with the fewest doses per station, so that sites of a unit last equally long."""
        open_here = self.stations[unit]
        return min(open_here, key=lambda site: (self.here.get((site, product), 0) / open_here[site], site))

    def give(self, site: int, product: str, doses: int) -> None:
        self.here[site, product] = self.here.get((site, product), 0) + doses


def split(rows: Iterable[tuple[str, str, str, int]], below: Below, pack: Mapping[str, int]) -> list[Leg]:
    """Shipments [unit, product, lot, doses] to units without a store, over their sites pack by pack. `pack`: lot -> doses in one."""
    packs: dict[tuple[int, str], int] = defaultdict(int)
    for unit, product, lot, doses in rows:
        for _ in range(doses // pack[lot] if below.stations.get(unit) else 0):
            site = below.least(unit, product)
            below.give(site, product, pack[lot])
            packs[site, lot] += 1
    return [Leg(site, lot, count) for (site, lot), count in sorted(packs.items())]


def onward(
    needs: Mapping[tuple[str, str], int],
    below: Below,
    held: Mapping[tuple[int, str], Sequence[tuple[str, int]]],
    pack: Mapping[str, int],
) -> list[tuple[int, Leg]]:
    """What the stores of units send to their sites, hop by hop: (store, leg).

    `needs`: (unit, product) -> doses that its sites lack; `held`: (store, product) -> lots with the packs that may leave, the
    first to expire first. A site is served by the nearest store of its way that has any.
    """
    left = {key: deque(lot for lot, packs in lots for _ in range(packs)) for key, lots in held.items()}
    legs: dict[tuple[int, int, str], int] = defaultdict(int)
    for (unit, product), lacking in sorted(needs.items()):
        while lacking > 0 and below.stations.get(unit):
            site = below.least(unit, product)
            way = below.ways[site]
            store = next((s for s in reversed(way) if left.get((s, product))), None)
            if store is None:
                break
            lot = left[store, product].popleft()
            lacking -= pack[lot]
            below.give(site, product, pack[lot])
            for start, end in pairwise((*way[way.index(store) :], site)):
                legs[start, end, lot] += 1
    return [(start, Leg(end, lot, packs)) for (start, end, lot), packs in sorted(legs.items())]


def sources(legs: Iterable[Leg], stores: Sequence[int], held: Mapping[tuple[int, str], int]) -> list[tuple[int, Leg]]:
    """The store that each leg leaves: the one that holds most of its lot, then the next. `held`: (store, lot) -> packs on hand.

    What no store holds is asked of the first, which refuses it.
    """
    left, out = dict(held), []
    for leg in legs:
        open_packs = leg.packs
        for store, lot in sorted((key for key in left if key[1] == leg.lot), key=lambda key: (-left[key], key)):
            taken = min(open_packs, left[store, lot])
            if taken:
                left[store, lot] -= taken
                out.append((store, Leg(leg.place_id, leg.lot, taken)))
                open_packs -= taken
        if open_packs:
            out.append((stores[0], Leg(leg.place_id, leg.lot, open_packs)))
    return out
