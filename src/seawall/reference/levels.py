"""The levels of supply: which store supplies which place on a day, from the first stores down to the sites."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from seawall.platform import sql
from seawall.terms.codes import VIRTUAL, PlaceKind

PLACES = "SELECT id, kind, leaf_id, unit_id FROM reference_place WHERE NOT kind = ANY(%s) ORDER BY code"
SUPPLIERS = """
SELECT place_id, supplier_id, lead_days FROM reference_supplier
WHERE valid_from <= %(on)s AND (valid_to IS NULL OR valid_to >= %(on)s)
"""


@dataclass(frozen=True, slots=True)
class Levels:
    """Who supplies whom on a day.

    `supplier`: the store of each place that has one; `lead`: days from its leaving there to its use, where the place says so.
    `first`: the stores that nobody supplies; each supplies whoever has no nearer store. `of_unit`: the store through which
    a planning unit is supplied, where it has one. `stores`: those of every level.
    """

    supplier: Mapping[int, int]
    lead: Mapping[int, int]
    first: tuple[int, ...]
    of_unit: Mapping[int, int]
    stores: frozenset[int]

    def way(self, place_id: int) -> tuple[int, ...]:
        """Places that a dose passes, the first store at the head and the place itself at the end."""
        way = [place_id]
        while (above := self.supplier.get(way[0])) is not None and above not in way:
            way.insert(0, above)
        return tuple(way)

    def days(self, place_id: int) -> int:
        """Days from the first store to use at a place, as far as the places on the way say it."""
        return sum(self.lead.get(step, 0) for step in self.way(place_id))


def levels(on: date) -> Levels:
    """The levels of a day. Who says nothing of its own is supplied by the nearest store: one of its street, else its unit's.

    A street's store is one that the unit's store supplies; where a unit has no store, the first stores supply its sites.
    """
    places = sql.fetch(PLACES, [[kind.value for kind in VIRTUAL]])
    said = sql.fetch(SUPPLIERS, {"on": on})
    supplier = {place: store for place, store, _ in said}
    lead = {place: days for place, _, days in said}
    stores = {key: (leaf, unit) for key, kind, leaf, unit in places if kind == PlaceKind.STORE}
    above = Levels(supplier, lead, tuple(store for store in stores if store not in supplier), {}, frozenset(stores))
    of_unit = _of_units(above, {store: unit for store, (_, unit) in stores.items()})
    of_leaf = {leaf: store for store, (leaf, unit) in stores.items() if supplier.get(store) == of_unit.get(unit, 0)}
    near = {
        key: store
        for key, kind, leaf, unit in places
        if key not in stores and (store := of_leaf.get(leaf) or of_unit.get(unit))
    }
    return Levels(near | supplier, lead, above.first, of_unit, above.stores)


def _of_units(above: Levels, unit_of: Mapping[int, int | None]) -> dict[int, int]:
    """The uppermost store of each unit that is supplied by another and supplies no store of another unit."""
    wider = {
        store for place, store in above.supplier.items() if unit_of.get(place, unit_of.get(store)) != unit_of.get(store)
    }
    found: dict[int, int] = {}
    for store in sorted(unit_of, key=lambda store: len(above.way(store))):
        if (unit := unit_of[store]) and store in above.supplier and store not in wider:
            found.setdefault(unit, store)
    return found
