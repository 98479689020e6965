"""Moves of vaccine that cure a place that runs out or use up what would expire, as the supply page proposes them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from seawall.engines.siting import great_circle_km
from seawall.reference.selectors import PlaceRow
from seawall.supply.boards.cover import Cover, Names, product_name
from seawall.terms.acts import Refusal
from seawall.terms.codes import LotState, PlaceKind, StockState
from seawall.terms.names import Name
from seawall.terms.stock import CoverRow, ReserveRow, StockRow

from ..watch import limits

PLENTY, MOST = 7.0, 20  # days of cover that the giver keeps, and moves of a page
Key = tuple[int, str]  # place and product
Points = Mapping[int, tuple[float, float]]  # site -> longitude, latitude


@dataclass(frozen=True, slots=True)
class Move:
    """Doses of one lot from a site that can spare them to one that uses them; `key` says the same move again.

    `kept`: doses that stay at the sender for later doses; no move touches them.
    """

    sender_id: int
    receiver_id: int
    sender: Name
    receiver: Name
    lot: str
    expires: date
    product: Name
    doses: int
    minutes: int | None
    kept: int
    why: Refusal

    @property
    def key(self) -> str:
        return f"{self.sender_id}/{self.receiver_id}/{self.lot}/{self.doses}"


@dataclass(frozen=True, slots=True)
class Unused:
    """Doses that expire before any place uses them at its pace: sessions are needed. `kept`: later doses there, no part of them."""

    site_id: int
    place: Name
    lot: str
    code: str  # of the product
    product: Name
    expires: date
    doses: int
    kept: int


@dataclass(frozen=True, slots=True)
class Proposals:
    """Moves; of the doses that places lack, how many they bring and how many any moves could; what no move uses up."""

    moves: tuple[Move, ...]
    cured: int
    curable: int
    unused: tuple[Unused, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """What may still be moved while proposals are made: doses of lots at sites, and what each site can spare."""

    sites: Mapping[int, Name]
    cover: Cover
    products: Names
    points: Points
    kept: Mapping[Key, int]
    day: date
    lots: dict[Key, list[StockRow]] = field(default_factory=dict)
    left: Counter[tuple[int, str]] = field(default_factory=Counter)  # (site, lot) -> doses
    spare: Counter[Key] = field(default_factory=Counter)

    def minutes(self, one: int, other: int) -> int | None:
        """On the road between two sites at the usual speed, as the crow flies; unknown where a site has no point."""
        if one not in self.points or other not in self.points:
            return None
        ends = (np.array([x]) for x in (*self.points[one], *self.points[other]))
        return round(float(great_circle_km(*ends)[0]) / limits()["ROAD_KMH"] * 60)

    def move(self, giver: int, receiver: int, row: StockRow, doses: int, why: Refusal) -> Move:
        self.left[giver, row.lot] -= doses
        self.spare[giver, row.product] -= doses
        return Move(
            sender_id=giver,
            receiver_id=receiver,
            sender=self.sites[giver],
            receiver=self.sites[receiver],
            lot=row.lot,
            expires=row.expires,
            product=product_name(self.products, row.product),
            doses=doses,
            minutes=self.minutes(giver, receiver),
            kept=self.kept.get((giver, row.product), 0),
            why=why,
        )


def proposals(
    places: Sequence[PlaceRow],
    cover: Cover,
    stock: Sequence[StockRow],
    reserves: Iterable[ReserveRow],
    points: Points,
    products: Names,
    day: date,
) -> Proposals:
    """Between sites, no fewer doses than are worth a drive: to who has less than a day from the nearest who has more than a
    week, keeping the giver's week and its later doses; then what would expire unused to where it is used in time.
    """
    sites = {p.place_id: Name.of(p) for p in places if p.kind == PlaceKind.SITE}
    board = Board(sites, cover, products, points, {(r.place_id, r.product): r.doses for r in reserves}, day)
    for row in sorted(stock, key=lambda r: r.expires):
        usable = row.state == StockState.ON_HAND and row.lot_state == LotState.RELEASED and row.expires >= day
        if usable and row.place_id in sites:
            board.lots.setdefault((row.place_id, row.product), []).append(row)
            board.left[row.place_id, row.lot] += row.doses
    for key, found in cover.items():
        keeps = max(PLENTY * found.used_per_day, board.kept.get(key, 0))
        board.spare[key] = max(0, int(found.on_hand - keeps)) if key[0] in sites else 0
    poor = {key: _wanted(c) for key, c in cover.items() if key[0] in sites and _runs_out(c)}
    curable = _curable(poor, board.spare)
    moves = list(_cures(board, poor))
    cured = sum(move.doses for move in moves)
    cleared, unused = _clearing(board)
    return Proposals((*moves, *cleared)[:MOST], cured, curable, unused)


def _runs_out(row: CoverRow) -> bool:
    return row.days is not None and row.days < limits()["COVER_DAYS"]


def _wanted(row: CoverRow) -> int:
    """A week for who needs."""
    return round(PLENTY * max(1.0, row.used_per_day))


def _curable(poor: Mapping[Key, int], spare: Mapping[Key, int]) -> int:
    """The most that any moves could bring: of each product no more than is lacking, and no more than can be spared."""
    need, have = Counter[str](), Counter[str]()
    for (_, product), doses in poor.items():
        need[product] += doses
    for (_, product), doses in spare.items():
        have[product] += doses
    return sum(min(doses, have[product]) for product, doses in need.items())


def _cures(board: Board, poor: Mapping[Key, int]) -> Iterable[Move]:
    for (site, product), wanted in sorted(poor.items(), key=lambda row: (board.cover[row[0]].days or 0.0, row[0])):
        days = board.cover[site, product].days or 0.0
        for giver in _nearest(board, site, product):
            row = next((r for r in board.lots.get((giver, product), ()) if board.left[giver, r.lot] > 0), None)
            doses = min(wanted, board.spare[giver, product], board.left[giver, row.lot]) if row else 0
            if row and doses >= limits()["MOVE_LEAST"]:
                yield board.move(giver, site, row, doses, Refusal("STOCK_RUNS_OUT", {"days": round(days, 1)}))
                break


def _nearest(board: Board, site: int, product: str) -> list[int]:
    """Sites that can spare a product, the nearest first, those whose way is unknown last."""
    givers = [
        s for (s, p), doses in board.spare.items() if p == product and doses >= limits()["MOVE_LEAST"] and s != site
    ]
    ways = {giver: board.minutes(giver, site) for giver in givers}
    return sorted(givers, key=lambda g: (ways[g] is None, ways[g] or 0, -board.spare[g, product], g))


def _clearing(board: Board) -> tuple[list[Move], tuple[Unused, ...]]:
    """What a site will not use before it expires, at its pace: to sites that will, beyond what they hold; the rest by lot."""
    moves, unused = [], []
    room: dict[Key, float] = defaultdict(float)
    for key, found in board.cover.items():
        room[key] = found.used_per_day
    for (site, product), rows in sorted(board.lots.items()):
        pace, before = room[site, product], 0.0
        for row in rows:
            days = (row.expires - board.day).days
            here = board.left[site, row.lot]
            over = min(
                int(here + before - pace * days), here - max(0, board.kept.get((site, product), 0) - int(before))
            )
            before += here
            if days > limits()["CLEAR_DAYS"] or over < 1:
                continue
            for other in sorted({s for s, p in room if p == product and s in board.sites} - {site}):
                takes = int(room[other, product] * days - board.cover[other, product].on_hand)
                doses = min(over, takes)
                if doses >= limits()["MOVE_LEAST"]:
                    moves.append(board.move(site, other, row, doses, Refusal("STOCK_UNUSED", {"days": days})))
                    over -= doses
            if over >= 1:
                name = product_name(board.products, product)
                kept = board.kept.get((site, product), 0)
                unused.append(Unused(site, board.sites[site], row.lot, product, name, row.expires, over, kept))
    return moves, tuple(sorted(unused, key=lambda u: (u.expires, -u.doses))[:MOST])
