"""A correction of one dose with everything that it touches: what is due, the stock it came from, the days that counted it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from seawall.people import boards as people
from seawall.people.boards import Change
from seawall.reference import selectors as reference
from seawall.supply import selectors as supply
from seawall.terms.actor import Actor
from seawall.terms.codes import DoseSource, StockState

from ..selectors.series import counted_at


@dataclass(frozen=True, slots=True)
class StockTouched:
    """The lot from which the ledger took this dose, and what is on hand of it there."""

    place_zh: str
    place_en: str
    lot: str
    doses: int


@dataclass(frozen=True, slots=True)
class Correcting:
    """The line, what is due now and afterwards, and where else the dose was counted."""

    board: people.CorrectionBoard
    stock: StockTouched | None
    closed_at: datetime | None


def correcting(actor: Actor, person_id: int, act: UUID, asked: Change | None = None) -> Correcting:
    board = people.correction(actor, person_id, act, asked)
    return Correcting(board, _stock(board), counted_at(board.programme.code, board.line.given_on))


def _stock(board: people.CorrectionBoard) -> StockTouched | None:
    """A dose given here left a place's stock; one told from elsewhere never was in it."""
    line = board.line
    place = reference.place(line.place_id) if line.place_id and line.source == DoseSource.CLINIC else None
    if place is None or line.lot is None:
        return None
    rows = [r for r in supply.stock([place.place_id]) if r.lot == line.lot and r.state == StockState.ON_HAND]
    return StockTouched(place.name_zh, place.name_en, line.lot, sum(r.doses for r in rows))
