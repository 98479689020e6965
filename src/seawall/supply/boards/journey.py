"""A lot's way from its maker to arms: its places in the order of their distance from the maker, what came to each and what became of it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from seawall.platform import sql
from seawall.reference import selectors as reference
from seawall.terms.codes import MovementKind, StockState
from seawall.terms.names import Name
from seawall.terms.stock import StockRow

FLOWS = """
SELECT place_id, other_place_id, kind, state, sum(delta)::int FROM supply_stockline
WHERE lot = %(lot)s AND kind <> 'use' AND kind <> 'consume' AND (%(all)s OR place_id = ANY(%(places)s)) GROUP BY 1, 2, 3, 4
"""
WARMTH = """
SELECT to_place_id, min(min_celsius), max(max_celsius) FROM supply_shipment
WHERE lot = %s AND min_celsius IS NOT NULL GROUP BY 1
"""
NAMED = 3


@dataclass(frozen=True, slots=True)
class Station:
    """The places so many hand-overs from the maker: doses that came, stand there, or left; the degrees on the way there."""

    depth: int
    places: int
    names: tuple[Name, ...]
    came: int
    coming: int
    on_hand: int
    apart: int
    passed: int
    given: int
    wasted: int
    returned: int
    min_celsius: float | None
    max_celsius: float | None


def journey(lot: str, stock: Sequence[StockRow], *, whole: bool, reach: Collection[int]) -> tuple[Station, ...]:
    """Stations of a lot, the maker's customers first. What arms took is what came less all that is there or left otherwise."""
    flows = sql.fetch(FLOWS, {"lot": lot, "all": whole, "places": list(reach)})
    depth = _depths(flows)
    moved: dict[int, Counter[str]] = defaultdict(Counter)
    total = Counter[int]()
    for place, _other, kind, state, doses in flows:
        total[place] += doses
        if not (state == StockState.IN_TRANSIT and kind in {MovementKind.SEND, MovementKind.ACCEPT}):
            moved[place][kind] += doses
    held: dict[int, Counter[StockState]] = defaultdict(Counter)
    for row in stock:
        held[row.place_id][row.state] += row.doses
    names = reference.place_names(set(depth))
    warmth = {place: (low, high) for place, low, high in sql.fetch(WARMTH, [lot])}
    stations: dict[int, list[int]] = defaultdict(list)
    for place, step in sorted(depth.items()):
        stations[step].append(place)
    made = []
    for step, places in sorted(stations.items()):
        here, gone = Counter[StockState](), Counter[str]()
        for place in places:
            here += held[place]
            gone.update(moved[place])
        degrees = [warmth[place] for place in places if place in warmth]
        made.append(
            Station(
                depth=step,
                places=len(places),
                names=tuple(names[place] for place in places[:NAMED] if place in names),
                came=gone[MovementKind.RECEIVE] + gone[MovementKind.ACCEPT],
                coming=here[StockState.IN_TRANSIT],
                on_hand=here[StockState.ON_HAND],
                apart=here[StockState.QUARANTINED],
                passed=-gone[MovementKind.SEND],
                given=sum(total[place] for place in places) - here.total(),
                wasted=-gone[MovementKind.WASTE] - gone[MovementKind.DIFFERENCE],
                returned=-gone[MovementKind.RETURN],
                min_celsius=min((low for low, _ in degrees), default=None),
                max_celsius=max((high for _, high in degrees), default=None),
            )
        )
    return tuple(made)


def _depths(flows: Iterable[tuple[int, int, str, str, int]]) -> dict[int, int]:
    """How many hand-overs lie between the maker and each place, by the shortest way; a place nobody sent to stands first."""
    rows = list(flows)
    sent: dict[int, set[int]] = defaultdict(set)
    for place, other, kind, state, doses in rows:
        if kind == MovementKind.SEND and doses < 0:
            sent[place].add(other)
        elif kind == MovementKind.SEND and state == StockState.IN_TRANSIT:
            sent[other].add(place)
    first = {place for place, _other, kind, _state, _doses in rows if kind == MovementKind.RECEIVE}
    reached = {place for places in sent.values() for place in places}
    wave = first or set(sent) - reached
    depth = dict.fromkeys(wave, 0)
    while wave:
        wave = {to for place in wave for to in sent[place]} - depth.keys()
        depth |= dict.fromkeys(wave, max(depth.values()) + 1)
    return depth | {row[0]: depth.get(row[0], 0) for row in rows}
