"""From the plan's shipments to units to whole packs for the sites in them: who has least for each station comes first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Leg:
    """Whole packs of one lot for one site."""

    site_id: int
    lot: str
    packs: int


def split(
    rows: Iterable[tuple[str, str, str, int]],
    stations: Mapping[str, Mapping[int, int]],
    here: Mapping[tuple[int, str], int],
    pack: Mapping[str, int],
) -> list[Leg]:
    """Split shipments [unit, product, lot, doses] over the unit's sites, pack by pack.

    `stations`: unit -> site -> stations; `here`: (site, product) -> doses on hand or on their way; `pack`: lot -> doses in a pack.
    Each pack goes to the site with the fewest doses per station, so that sites of a unit last equally long.
    """
    held = defaultdict(int, here)
    packs: dict[tuple[int, str], int] = defaultdict(int)
    for unit, product, lot, doses in rows:
        open_here = stations.get(unit)
        if not open_here:
            continue
        for _ in range(doses // pack[lot]):
            site = min(open_here, key=lambda s: (held[s, product] / open_here[s], s))
            held[site, product] += pack[lot]
            packs[site, lot] += 1
    return [Leg(site, lot, count) for (site, lot), count in sorted(packs.items())]


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
                out.append((store, Leg(leg.site_id, leg.lot, taken)))
                open_packs -= taken
        if open_packs:
            out.append((stores[0], Leg(leg.site_id, leg.lot, open_packs)))
    return out
