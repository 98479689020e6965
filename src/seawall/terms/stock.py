"""Rows about lots, packs and the dose ledger. Quantities are whole doses; a pack knows how many it holds (vial is not dose).

Of ancillary goods, as syringes and forms, what is called doses is units.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from .acts import Item
from .codes import LotState, PlaceKind, StockState
from .rosters import NO_PICTURE, Picture

NEVER = date.max
"""The last day of use of what has none, so that every comparison of days holds for it too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CartonMark:
    """A carton or box of a delivery: the packs in it follow each other, from `first_code` or after those of the case before."""

    code: str
    packs: int = 0
    parent: str = ""  # code of the larger case that holds it, named before it
    first_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotReceive(Item):
    """A lot arrives at a store from its maker, with its papers and the names of who handed it over and who took it."""

    lot: str
    product: str
    place_id: int
    expires: date = NEVER  # last day of use; what has none, as a form, is left without
    release_certificate: str = ""  # 批签发: of a vaccine, empty is refused unless an emergency decision replaces it
    temperature_record: str = ""  # reference of the transport record: of a vaccine, empty is refused
    max_celsius: float | None = None
    min_celsius: float | None = None
    doses_per_pack: int  # of ancillary goods, units in a box
    packs: int
    handed_by: str  # who handed the goods over, by name: empty is refused
    taken_by: str  # who took them, by name: empty is refused
    first_code: str = ""  # 20-character trace code of the first pack, the others follow; empty: packs are numbered here
    codes: tuple[str, ...] = ()  # code of every pack, where they do not follow each other
    cartons: tuple[CartonMark, ...] = ()
    emergency_decision: str = ""  # decision of emergency use, which replaces the release certificate
    diluent: str = ""  # lot of the diluent that came with a vaccine that needs one
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentSend(Item):
    """Whole packs of one lot leave a place for another. The act is the shipment's id.

    `codes`: what was scanned, packs or whole cartons; empty: so many packs as stated, in the order of their codes.
    """

    from_place_id: int
    to_place_id: int
    lot: str
    packs: int
    expected_on: date
    order: str = ""
    codes: tuple[str, ...] = ()
    ordered_at: datetime | None = None
    picked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentAccept(Item):
    """The receiver takes a shipment in, with its papers; out of its temperature it is accepted into quarantine.

    `codes`: what was scanned, packs or whole cartons; what was sent and not scanned stays on its way. Empty: all of it came.
    `typed`: those of them that no scanner read; a second person must have confirmed each.
    """

    shipment: str  # the act of ShipmentSend, as text
    place_id: int
    temperature_record: str = ""  # of a vaccine, empty is refused
    max_celsius: float | None = None
    min_celsius: float | None = None
    handed_by: str  # who handed the goods over, by name: empty is refused
    taken_by: str  # who took them, by name: empty is refused
    codes: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()
    arrived_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentRefuse(Item):
    """The receiver sends a shipment back to where it came from, whole, with the reason; the act is the shipment that goes back."""

    shipment: str
    place_id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CartonOpen(Item):
    """A carton or box is opened at a place: from then on what is in it is scanned by itself."""

    place_id: int
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VialOpen(Item):
    """A pack of several doses is opened before its first dose: the stage of its vial monitor and the diluent that was put in."""

    place_id: int
    code: str
    vvm_stage: int | None = None
    diluent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeType(Item):
    """A code was typed by hand because no scanner reads it; a second person, by their post, has compared it with the pack."""

    place_id: int
    code: str
    confirmed_by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseUse(Item):
    """Doses leave a pack at a place: one into an arm, or as many as a tally says. Called by `clinic` in its own transaction.

    `happened`: it was given before anyone could ask (offline, on paper); what would have stopped it comes back as `incident`.
    `later`: a dose after the first of a series, which may take what is reserved for such doses.
    """

    place_id: int
    code: str
    product: str
    happened: bool = False
    typed: bool = False  # the code was typed by hand: a second person must have confirmed it
    later: bool = False
    doses: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsConsume(Item):
    """A site's day used up the ancillary goods that its doses needed. Called by `clinic` in the transaction of the closing.

    `doses`: given on that day, by vaccine.
    """

    place_id: int
    day: date
    doses: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class DosePutBack(Item):
    """What was booked as given is in its pack after all. Called by `clinic` in the transaction of the reversal."""

    place_id: int
    used: UUID  # the act by which it left its pack
    later: bool = False
    doses: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StockAsk(Item):
    """A place asks whoever has them for doses of a product by a day."""

    place_id: int
    product: str
    doses: int
    needed_on: date
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskWithdraw(Item):
    """What was asked for is needed no longer."""

    place_id: int
    ask: str  # the act of StockAsk, as text


@dataclass(frozen=True, slots=True, kw_only=True)
class StockOffer(Item):
    """Whole packs of a lot for another place, for good or as a loan; the packs leave once the other place accepts."""

    from_place_id: int
    to_place_id: int
    lot: str
    packs: int
    settle_by: date | None = None  # given: a loan, to be settled by that day
    ask: str = ""  # the act of StockAsk that it answers, as text


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAnswer(Item):
    """The place that was offered packs takes them or does not."""

    place_id: int
    offer: str  # the act of StockOffer, as text
    accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanSettle(Item):
    """The borrower gives doses of the same product back, of whatever lot."""

    place_id: int
    offer: str  # the act of StockOffer, as text
    lot: str
    packs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DosesReserve(Item):
    """Doses of a product kept at a place for later doses due until a day, in place of what was kept there; none: all are free."""

    place_id: int
    product: str
    doses: int
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseWaste(Item):
    """Doses of one pack are lost: OPEN_VIAL, BROKEN, EXPIRED, COLD_CHAIN. `witness`, `photo`: where much is lost."""

    place_id: int
    code: str
    doses: int
    reason: str
    witness: str = ""
    photo: Picture = NO_PICTURE


@dataclass(frozen=True, slots=True, kw_only=True)
class PacksWaste(Item):
    """Packs of one lot are lost together, as where a refrigerator failed.

    `codes`: whole packs or cartons that were scanned. Without: so many whole `packs`, those kept apart first; 0: everything
    that is left of the lot here, begun packs too.
    """

    place_id: int
    lot: str
    reason: str
    packs: int = 0
    codes: tuple[str, ...] = ()
    witness: str = ""
    photo: Picture = NO_PICTURE


@dataclass(frozen=True, slots=True, kw_only=True)
class LotHold(Item):
    """A lot is stopped (quarantine, recall) or released again, everywhere or at one place."""

    lot: str
    place_id: int | None
    state: LotState
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductHold(Item):
    """Every lot of a product is stopped (quarantine, recall) everywhere, with those still to come, or freed again."""

    product: str
    state: LotState
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StockReturn(Item):
    """Whole packs leave the chain for good: back to the maker, or to be destroyed. Quarantined packs go first."""

    place_id: int
    lot: str
    packs: int
    to: PlaceKind  # MAKER | DESTROYED
    reason: str
    certificate: str = ""  # of the destruction: empty is refused
    witness: str = ""  # who stood by as it was destroyed: empty is refused
    photo: Picture = NO_PICTURE  # of what was destroyed, or of the certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class StockCount(Item):
    """Doses of a lot counted by hand at a place; a difference from the book stays open until its cause is signed or a count agrees.

    `seal`: the number of the seal under which what remains is locked away for the night.
    """

    place_id: int
    lot: str
    counted: int
    seal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceExplain(Item):
    """Why a count differs from the book: doses of one pack that are missing (below zero) or were found, and the cause."""

    place_id: int
    count: UUID  # the act of the count
    code: str
    doses: int
    cause: str
    typed: bool = False  # no scanner read the code: a second person must have compared it with the pack


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceSign(Item):
    """A second person agrees with an explanation; only then the book follows."""

    place_id: int
    explanation: UUID  # the act of DifferenceExplain


@dataclass(frozen=True, slots=True)
class StockRow:
    """Balance of one lot in one state at one place."""

    place_id: int
    product: str
    lot: str
    expires: date
    lot_state: LotState
    state: StockState
    doses: int


@dataclass(frozen=True, slots=True)
class ShortfallRow:
    """Units of ancillary goods that days at a place needed and its book did not have, since a lot of them was last counted there."""

    place_id: int
    product: str
    units: int
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class PackRow:
    """A pack that may be opened now, first expired first."""

    code: str
    lot: str
    product: str
    expires: date
    place_id: int
    doses_left: int
    opened: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A line of the nightly proof that did not balance; where an act's lines are not what it said: that act, its verb, its day."""

    place_id: int
    lot: str
    state: str
    booked: int
    proven: int
    act: UUID | None = None
    verb: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot, its papers and whether it may be used."""

    lot: str
    product: str
    expires: date
    state: LotState
    release_certificate: str
    doses_per_pack: int


@dataclass(frozen=True, slots=True)
class ShipmentRow:
    """Packs on their way, or arrived; late when expected before the day asked about and not yet taken in."""

    shipment: UUID
    from_place_id: int
    to_place_id: int
    lot: str
    product: str
    packs: int
    doses: int
    sent_at: datetime
    expected_on: date
    accepted_at: datetime | None
    order: str
    late: bool
    ordered_at: datetime | None
    picked_at: datetime | None
    arrived_at: datetime | None
    state: str

    @property
    def moments(self) -> tuple[tuple[str, datetime], ...]:
        """What happened to it so far, in its order."""
        steps = (
            ("ordered", self.ordered_at),
            ("picked", self.picked_at),
            ("left", self.sent_at),
            ("arrived", self.arrived_at),
            ("accepted", self.accepted_at),
        )
        return tuple((step, at) for step, at in steps if at is not None)


@dataclass(frozen=True, slots=True)
class AskRow:
    """Doses that a place asked for, and what it was offered so far."""

    ask: UUID
    place_id: int
    product: str
    doses: int
    needed_on: date
    note: str
    state: str
    asked_at: datetime
    offered: int


@dataclass(frozen=True, slots=True)
class OfferRow:
    """Packs offered from one place to another; a loan has a day to settle by."""

    offer: UUID
    from_place_id: int
    to_place_id: int
    lot: str
    product: str
    packs: int
    doses: int
    settle_by: date | None
    returned: int
    state: str
    offered_at: datetime
    answered_at: datetime | None

    @property
    def owed(self) -> int:
        """Doses of a loan that are still to be given back."""
        return max(0, self.doses - self.returned) if self.state == "lent" else 0


@dataclass(frozen=True, slots=True)
class ReserveRow:
    """Doses of a product kept at a place for later doses, and those on hand there that may be given."""

    place_id: int
    product: str
    doses: int
    until: date
    on_hand: int

    @property
    def lacking(self) -> int:
        """Due doses for which no dose is there."""
        return max(0, self.doses - self.on_hand)

    @property
    def free(self) -> int:
        """Doses that first doses may take."""
        return max(0, self.on_hand - self.doses)


@dataclass(frozen=True, slots=True)
class PickRow:
    """Packs of a lot that a store was asked to send; the shipment that carries them has the pick's id."""

    pick: UUID
    from_place_id: int
    to_place_id: int
    lot: str
    product: str
    packs: int
    doses: int
    expected_on: date
    order: str
    sent: bool


@dataclass(frozen=True, slots=True)
class CountRow:
    """A count by hand that did not agree with the book and has not been followed by one that does.

    `explained`: doses whose cause two people signed, of the same sign as the difference.
    """

    place_id: int
    lot: str
    counted_at: datetime
    booked: int
    counted: int
    count: UUID
    explained: int


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """received = given + wasted + returned + on hand, for one lot at one place. `returned` is all that was sent on."""

    place_id: int
    lot: str
    received: int
    given: int
    wasted: int
    returned: int
    on_hand: int

    @property
    def holds(self) -> bool:
        return self.received == self.given + self.wasted + self.returned + self.on_hand


@dataclass(frozen=True, slots=True)
class CoverRow:
    """How long a product lasts at a place at the pace of the last days; no days where none was used."""

    place_id: int
    product: str
    on_hand: int
    used_per_day: float
    days: float | None
