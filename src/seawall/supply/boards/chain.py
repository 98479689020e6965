"""The way of one pack from its maker to arms: every hand-over with its papers, the worst temperatures, and where a link is missing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from seawall.platform import access, clock, sql
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.codes import PlaceKind
from seawall.terms.names import Name

from .. import scanning
from ..virtual import virtual_places

PACK = """
SELECT p.lot, p.product, p.expires, p.place_id, p.state, p.doses, p.doses_left, p.parent, p.gap, p.vvm, p.diluent
FROM supply_pack p WHERE p.code = %s
"""
HOPS = """
SELECT h.from_place_id, h.place_id, h.document, h.temperature_record, h.min_celsius, h.max_celsius, h.handed_by, h.taken_by,
    h.left_at, h.arrived_at
FROM supply_handover h WHERE h.lot = %(lot)s AND EXISTS (
    SELECT FROM unnest(h.first_codes, h.last_codes) AS r(first, last) WHERE %(code)s BETWEEN r.first AND r.last)
ORDER BY h.arrived_at, h.left_at
"""
ENDS = """
SELECT kind, -sum(delta)::int, max(occurred_at) FROM supply_stockline
WHERE place_id = %s AND lot = %s AND code = %s AND delta < 0 GROUP BY kind ORDER BY max(occurred_at)
"""


@dataclass(frozen=True, slots=True)
class Hop:
    """One hand-over; `gap`: whoever gave the pack had not received it, or the times do not follow each other."""

    sender: Name | None
    receiver: Name | None
    document: str
    temperature_record: str
    low: float | None
    high: float | None
    handed_by: str
    taken_by: str
    left_at: datetime | None
    arrived_at: datetime
    gap: bool


@dataclass(frozen=True, slots=True)
class PackEnd:
    """Doses of the pack that were given or lost."""

    kind: str
    doses: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ChainPage:
    """A pack, its hand-overs from the first, and what became of its doses."""

    code: str
    lot: str
    product: Name
    expires: date
    place: Name | None
    state: str
    doses: int
    doses_left: int
    carton: str
    vvm: int | None
    diluent: str
    hops: tuple[Hop, ...]
    ends: tuple[PackEnd, ...]
    held: bool

    @property
    def whole(self) -> bool:
        """Every hand-over from the maker on is on record."""
        return bool(self.hops) and not self.held and not any(hop.gap for hop in self.hops)

    @property
    def low(self) -> float | None:
        return min((hop.low for hop in self.hops if hop.low is not None), default=None)

    @property
    def high(self) -> float | None:
        return max((hop.high for hop in self.hops if hop.high is not None), default=None)


def chain_page(actor: Actor, text: str) -> ChainPage:
    """The way of a pack that stands in the actor's reach, by its code however it was scanned."""
    code = scanning.keys([text], 0)[text]
    found = sql.fetch(PACK, [code])
    if not found:
        why = scanning.strangers([text])[text]
        raise Refused(why.code, **why.params)
    lot, product, expires, place_id, state, doses, left, parent, gap, vvm, diluent = found[0]
    if not access.sees_site(actor, place_id):
        raise Refused(access.OUT_OF_AREA)
    rows = sql.fetch(HOPS, {"lot": lot, "code": code})
    names = reference.place_names({place_id} | {end for row in rows for end in row[:2]})
    return ChainPage(
        code=code,
        lot=lot,
        product=reference.goods_names(clock.today()).get(product, Name.code(product)),
        expires=expires,
        place=names.get(place_id),
        state=state,
        doses=doses,
        doses_left=left,
        carton=parent or "",
        vvm=vvm,
        diluent=diluent or "",
        hops=tuple(_hops(rows, names)),
        ends=tuple(PackEnd(*row) for row in sql.fetch(ENDS, [place_id, lot, code])),
        held=gap,
    )


def _hops(rows: Sequence[tuple[Any, ...]], names: dict[int, Name]) -> Iterator[Hop]:
    last: int | None = virtual_places()[PlaceKind.MAKER]
    for sender, receiver, document, record, low, high, gave, took, left, arrived in rows:
        gap = sender != last and receiver != last  # a shipment refused at the door comes back to who sent it
        last = receiver
        late = (left or arrived) > arrived
        ends, papers = (names.get(sender), names.get(receiver)), (document, record, low, high)
        yield Hop(*ends, *papers, gave, took, left, arrived, gap or late)
