"""A shipment at its receiver's scanner: what was scanned against what was sent, each difference by name."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from seawall.platform import access, clock, sql
from seawall.reference import selectors as reference
from seawall.staff.selectors import PostRow
from seawall.terms.actor import Actor
from seawall.terms.acts import Refusal, Refused
from seawall.terms.codes import StockState
from seawall.terms.names import Name
from seawall.terms.stock import ShipmentRow

from .. import codes, scanning, selectors, typed_codes
from ..natures import VACCINE, natures
from .seconds import seconds

SENT = """
SELECT p.code FROM supply_pack p WHERE p.lot = %s AND p.place_id = %s AND p.shipment = %s AND p.state = 'in_transit'
AND p.doses_left > 0 ORDER BY p.code
"""
MOST = 40  # codes named on the page; the rest is counted


@dataclass(frozen=True, slots=True)
class Scanned:
    """One code that was read: how many packs of this shipment it holds, or why none may be taken in with it.

    `text`: as it was read. `closed`: a carton or box that nobody has opened.
    `alone`: typed by hand, and nobody else has compared it with the pack.
    """

    text: str
    code: str
    symbology: str
    packs: int
    why: Refusal | None
    closed: bool
    typed: bool
    alone: bool


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """The shipment with what was scanned so far; `missing` are codes that were sent and not scanned.

    `seconds`: who may compare a typed code with its pack, where one waits for that.
    """

    shipment: ShipmentRow
    sender: Name | None
    place: Name | None
    product: Name
    cold: bool  # its temperatures must come with it
    waiting: int
    scanned: tuple[Scanned, ...]
    missing: tuple[str, ...]
    missing_count: int
    seconds: tuple[PostRow, ...]

    @property
    def good(self) -> tuple[str, ...]:
        """Codes that may be taken in."""
        return tuple(row.code for row in self.scanned if row.why is None)

    @property
    def typed(self) -> tuple[str, ...]:
        """Of the codes that may be taken in, those that were typed by hand."""
        return tuple(row.code for row in self.scanned if row.why is None and row.typed)

    @property
    def taken(self) -> int:
        return sum(row.packs for row in self.scanned)


def receipt_page(actor: Actor, shipment: UUID, texts: Sequence[str], typed: Collection[str] = ()) -> ReceiptPage:
    """What stands in front of the receiver, with the codes read so far; `typed`: those that were typed by hand."""
    row = selectors.shipment(shipment)
    if row is None:
        raise Refused("SHIPMENT_UNKNOWN", shipment=str(shipment))
    if not access.sees_site(actor, row.to_place_id):
        raise Refused(access.OUT_OF_AREA)
    sent = [code for (code,) in sql.fetch(SENT, [row.lot, row.to_place_id, shipment])]
    seen = scanning.scan(texts)
    alone = typed_codes.unconfirmed({(row.to_place_id, clock.today(), text) for text in texts if text in typed})
    found = tuple(_scanned(texts, seen, shipment, typed, {text for _, _, text in alone}))
    here = {pack.code for line, text in zip(found, texts, strict=True) if not line.why for pack in seen.packs(text)}
    missing = [code for code in sent if code not in here]
    names = reference.place_names({row.from_place_id, row.to_place_id})
    products = reference.goods_names(clock.today())
    return ReceiptPage(
        shipment=row,
        sender=names.get(row.from_place_id),
        place=names.get(row.to_place_id),
        product=products.get(row.product, Name.code(row.product)),
        cold=natures(clock.today()).get(row.product, VACCINE).rules.cold,
        waiting=len(sent),
        scanned=found,
        missing=tuple(missing[:MOST]) if texts else (),
        missing_count=len(missing),
        seconds=seconds(actor, row.to_place_id) if alone else (),
    )


def _scanned(
    texts: Sequence[str], seen: scanning.Scan, shipment: UUID, typed: Collection[str], alone: Collection[str]
) -> list[Scanned]:
    once: set[str] = set()
    rows = []
    for text in texts:
        code, packs = codes.read(text), seen.packs(text)
        why = Refusal("CARTON_OPENED", {"code": codes.key(text)}) if seen.opened(text) else seen.unknown.get(text)
        astray = next((p for p in packs if p.shipment != shipment or p.state != StockState.IN_TRANSIT), None)
        if why is None and astray:
            why = Refusal("NOT_OF_SHIPMENT", {"code": astray.code, "place_id": astray.place_id})
        elif why is None and (twice := next((p.code for p in packs if p.code in once), None)):
            why = Refusal("SCANNED_TWICE", {"code": twice})
        once |= {p.code for p in packs} if why is None else set()
        symbology = code.symbology if isinstance(code, codes.Code) else ""
        closed = codes.key(text) in seen.cases and not seen.opened(text)
        held = 0 if why else len(packs)
        rows.append(
            Scanned(text, codes.key(text), symbology, held, why, closed, text in typed, text in alone and why is None)
        )
    return rows
