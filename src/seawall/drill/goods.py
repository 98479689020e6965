"""Syringes, boxes, forms and drugs of a rehearsal: with the vaccine that comes, and a first supply at every site."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from seawall.reference import selectors as reference
from seawall.supply import selectors as supply
from seawall.supply import services as supply_services
from seawall.terms.stock import NEVER, LotReceive

from .acts import Acts, at, holding
from .crew import Crew
from .world import World

GAVE, TOOK = "A", "B"
FIRST_BOXES = 2  # of each at a site before its first delivery
GOOD_FOR, SOON = timedelta(days=900), timedelta(days=20)  # until they expire; a few drugs do so during the rehearsal


def with_vaccine(acts: Acts, day: date, vaccine: Iterable[LotReceive], sites: int) -> list[LotReceive]:
    """What the doses that arrive at a store need, and at the first of them what all sites keep."""
    doses, store = Counter[str](), 0
    for item in vaccine:
        doses[item.product] += item.packs * item.doses_per_pack
        store = item.place_id
    if not store:
        return []
    needed = supply.goods_needed(day, doses, sites)
    sizes = {row.code: row for row in reference.goods(day)}
    return [
        _received(acts, day, store, row, -(-units // row.doses_per_pack))
        for good, units in sorted(needed.items())
        if (row := sizes[good])
    ]


def first_supply(world: World, crew: Crew, day: date) -> None:
    """Every site has a few boxes of each before its first delivery, from its own purchase."""
    wanted = supply.goods_needed(day, {row.code: 1 for row in reference.products(day)}, 1)
    rows = [row for row in reference.goods(day) if row.code in wanted]
    acts = Acts(world.seed, day)
    items = [
        _received(acts, day, site, row, FIRST_BOXES, soon=n == 0)
        for n, site in enumerate(sorted(crew.units))
        for row in rows
    ]
    supply_services.lot_receive(holding("CDC_COLD_CHAIN"), items)


def _received(
    acts: Acts, day: date, place: int, row: reference.ProductRow, packs: int, *, soon: bool = False
) -> LotReceive:
    """A lot of its own for each place and day: bought by the box."""
    lot = f"{row.code}-{place}-{day:%y%m%d}"
    expires = day + (SOON if soon else GOOD_FOR) if supply.expires(row.kind) else NEVER
    return LotReceive(
        act=acts("goods", lot), occurred_at=at(day, 7), lot=lot, product=row.code, place_id=place, expires=expires,
        doses_per_pack=row.doses_per_pack, packs=packs, handed_by=GAVE, taken_by=TOOK,
    )  # fmt: skip
