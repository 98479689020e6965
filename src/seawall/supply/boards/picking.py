"""The pick list of a store: what it is asked to send, the first to expire first, pack by pack."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from seawall.platform import access, clock, sql
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.codes import VIRTUAL
from seawall.terms.names import Name
from seawall.terms.stock import PickRow

from .. import selectors

CODES_SHOWN = 12
NEXT_PACKS = """
SELECT u.lot, k.code FROM unnest(%s::text[]) AS u(lot), LATERAL (
    SELECT p.code FROM supply_pack p WHERE p.lot = u.lot AND p.place_id = %s AND p.state = 'on_hand'
      AND p.doses_left > 0 AND p.doses_left = p.doses ORDER BY p.code LIMIT %s) k ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class PickLine:
    """Packs of one lot for one place: `codes` are the first of them in the order in which they leave, where they are here."""

    row: PickRow
    product: Name
    expires: date | None
    codes: tuple[str, ...]
    here: bool


@dataclass(frozen=True, slots=True)
class PickStop:
    """What goes to one place."""

    place: Name
    lines: tuple[PickLine, ...]

    @property
    def doses(self) -> int:
        return sum(line.row.doses for line in self.lines)


@dataclass(frozen=True, slots=True)
class PickList:
    """The list of a store for today and the coming morning: what is to leave, by place, and what has left."""

    place: reference.PlaceRow
    day: date
    stops: tuple[PickStop, ...]
    sent: tuple[PickStop, ...]

    @property
    def open_doses(self) -> int:
        return sum(stop.doses for stop in self.stops)

    @property
    def missing(self) -> int:
        """Packs asked for that are not here yet."""
        return sum(line.row.packs for stop in self.stops for line in stop.lines if not line.here)


def pick_list(actor: Actor, place_id: int) -> PickList:
    """What the evening asked this store to send from today on."""
    place, day = _store(actor, place_id), clock.today()
    rows = selectors.picks(day, [place_id])
    expires = {row.lot: row.expires for row in selectors.lots({r.lot for r in rows})}
    products, names = reference.goods_names(day), reference.place_names({r.to_place_id for r in rows})
    packs = _next_packs(place_id, [r for r in rows if not r.sent])
    lines: dict[tuple[bool, int], list[PickLine]] = {}
    for row in sorted(rows, key=lambda r: (expires.get(r.lot, date.max), r.lot)):
        codes = [] if row.sent else [packs[row.lot].pop(0) for _ in range(min(row.packs, len(packs.get(row.lot, []))))]
        line = PickLine(
            row,
            products.get(row.product, Name.code(row.product)),
            expires.get(row.lot),
            tuple(codes[:CODES_SHOWN]),
            here=row.sent or len(codes) == row.packs,
        )
        lines.setdefault((row.sent, row.to_place_id), []).append(line)
    stops = {key: PickStop(names.get(key[1], Name.code(str(key[1]))), tuple(found)) for key, found in lines.items()}
    return PickList(
        place,
        day,
        tuple(stop for (sent, _), stop in stops.items() if not sent),
        tuple(stop for (sent, _), stop in stops.items() if sent),
    )


def picks_chosen(actor: Actor, place_id: int, picks: Collection[UUID]) -> list[PickRow]:
    """Of these picks those that may leave, and those that have left: pressed again, they get their first answer."""
    _store(actor, place_id)
    return [row for row in selectors.picks_named(place_id, picks) if row.sent or row.expected_on >= clock.today()]


def _store(actor: Actor, place_id: int) -> reference.PlaceRow:
    place = reference.place(place_id)
    if place is None or place.kind in VIRTUAL or not access.sees_site(actor, place_id):
        raise Refused(access.OUT_OF_AREA)
    return place


def _next_packs(place_id: int, rows: Sequence[PickRow]) -> dict[str, list[str]]:
    """Whole packs on hand by lot in the order in which they leave."""
    wanted: dict[str, int] = {}
    for row in rows:
        wanted[row.lot] = wanted.get(row.lot, 0) + row.packs
    found: dict[str, list[str]] = {lot: [] for lot in wanted}
    most = max(wanted.values(), default=0)
    for lot, code in sql.fetch(NEXT_PACKS, [list(wanted), place_id, most]):
        found[lot].append(code)
    return found
