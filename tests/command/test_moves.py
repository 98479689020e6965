"""Proposed moves: the nearest giver, no dose twice, later doses untouched, and what would expire goes where it is used."""

from datetime import date, timedelta

from seawall.command.boards.moves import proposals
from seawall.reference.selectors import PlaceRow
from seawall.terms.codes import LotState, PlaceKind, StockState
from seawall.terms.stock import CoverRow, ReserveRow, StockRow

DAY = date(2021, 4, 10)
PLACES = [PlaceRow(n, f"S{n}", PlaceKind.SITE, f"点{n}", f"Site {n}", n, 1) for n in (1, 2, 3, 4)]
POINTS = {1: (106.5, 29.5), 2: (106.6, 29.5), 3: (107.5, 29.5)}


def cover(place: int, hand: int, pace: float) -> CoverRow:
    return CoverRow(place, "P", hand, pace, hand / pace if pace else None)


def stock(place: int, lot: str, doses: int, days: int = 300) -> StockRow:
    return StockRow(place, "P", lot, DAY + timedelta(days=days), LotState.RELEASED, StockState.ON_HAND, doses)


def proposed(covers: list[CoverRow], lots: list[StockRow], kept: dict[int, int] | None = None):
    reserves = [ReserveRow(place, "P", doses, DAY, 0) for place, doses in (kept or {}).items()]
    return proposals(PLACES, {(c.place_id, c.product): c for c in covers}, lots, reserves, POINTS, {}, DAY)


def told(found) -> list[tuple[int, int, str, int, int | None, str]]:
    return [(m.sender_id, m.receiver_id, m.lot, m.doses, m.minutes, m.why.code) for m in found.moves]


def test_the_nearest_who_can_spare_gives_and_unknown_ways_come_last() -> None:
    covers = [cover(1, 0, 3.0), cover(2, 60, 2.0), cover(3, 400, 2.0), cover(4, 500, 2.0)]
    found = proposed(covers, [stock(2, "B", 60), stock(3, "C", 400), stock(4, "D", 500)])
    assert told(found) == [(2, 1, "B", 21, 23, "STOCK_RUNS_OUT")]
    assert (found.cured, found.curable) == (21, 21)


def test_a_giver_keeps_its_later_doses_and_gives_no_dose_twice() -> None:
    covers = [cover(1, 0, 3.0), cover(4, 0, 3.0), cover(2, 60, 0.0)]
    found = proposed(covers, [stock(2, "B", 60)], kept={2: 30})
    assert sum(m.doses for m in found.moves) == 21 and found.curable == 30 and found.moves[0].kept == 30
    found = proposed(covers, [stock(2, "B", 60)], kept={2: 10})
    assert [m.doses for m in found.moves] == [21, 21]
    assert proposed(covers, [stock(2, "B", 60)], kept={2: 60}).moves == ()


def test_what_would_expire_unused_goes_where_it_is_used_and_the_rest_needs_sessions() -> None:
    covers = [cover(1, 100, 2.0), cover(2, 60, 4.0)]
    found = proposed(covers, [stock(1, "OLD", 100, days=20), stock(2, "B", 60)])
    assert told(found) == [(1, 2, "OLD", 20, 23, "STOCK_UNUSED")]
    assert [(u.lot, u.doses) for u in found.unused] == [("OLD", 40)]
    assert proposed(covers, [stock(1, "OLD", 40, days=20)]).unused == ()
