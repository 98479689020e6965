"""Later doses that are due where no dose waits for them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from seawall.reference import selectors as reference
from seawall.supply import selectors as supply
from seawall.supply.boards.cover import Names, product_name
from seawall.terms.codes import StockState
from seawall.terms.names import Name
from seawall.terms.stock import ReserveRow


@dataclass(frozen=True, slots=True)
class Lacking:
    """Later doses due at a place that have no dose there, on hand or on its way."""

    place_id: int
    place: Name
    product: Name
    doses: int


@dataclass(frozen=True, slots=True)
class LaterDoses:
    """Every place where later doses lack, the most first."""

    rows: tuple[Lacking, ...]

    @property
    def doses(self) -> int:
        return sum(row.doses for row in self.rows)

    @property
    def places(self) -> int:
        return len({row.place_id for row in self.rows})


def later_doses(reserves: Sequence[ReserveRow], names: Names) -> LaterDoses:
    """Of these claims, those for which too little is on hand and on its way there now."""
    short = [row for row in reserves if row.lacking]
    coming = Counter[tuple[int, str]]()
    for row in supply.stock({r.place_id for r in short}):
        if row.state == StockState.IN_TRANSIT:
            coming[row.place_id, row.product] += row.doses
    places = reference.place_names({r.place_id for r in short})
    found = [
        Lacking(
            place_id=r.place_id,
            place=places[r.place_id],
            product=product_name(names, r.product),
            doses=r.lacking - coming[r.place_id, r.product],
        )
        for r in short
    ]
    return LaterDoses(tuple(sorted((row for row in found if row.doses > 0), key=lambda row: -row.doses)))
