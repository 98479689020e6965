"""Shipments as they leave, of whatever kind, each with the moments of its order, its picking and its leaving."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from seawall.platform import sql

from .models import Shipment

SENT = "sent"
COLUMNS: tuple[str, ...] = (
    "place_id",
    "act",
    "to_place_id",
    "lot",
    "product",
    "packs",
    "doses",
    "kind",
    "order",
    "expected_on",
)
COLUMNS += ("sent_at", "ordered_at", "picked_at", "state", "temperature_record")


class Leaving(NamedTuple):
    """Packs of one lot that leave a place under an act.

    ordered_at: when somebody said that they should; what nobody asked for is ordered by sending it.
    picked_at: when the packs were chosen; where nobody says it, the books choose them as they leave.
    """

    place_id: int
    act: UUID
    to_place_id: int
    lot: str
    product: str
    packs: int
    doses: int
    kind: str
    order: str
    expected_on: date
    left_at: datetime
    ordered_at: datetime | None = None
    picked_at: datetime | None = None


def write(rows: Iterable[Leaving]) -> None:
    """One statement for all of them."""
    moments = [(row[:10], (row.left_at, row.ordered_at or row.left_at, row.picked_at or row.left_at)) for row in rows]
    sql.insert(Shipment, COLUMNS, [(*what, *when, SENT, "") for what, when in moments])
