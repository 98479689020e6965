"""A stopped lot: what is still out and must come back, who received it, and what became of those who are booked."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid5

from seawall.people import selectors as people
from seawall.platform import access, clock
from seawall.platform import selectors as platform
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.supply import selectors as supply
from seawall.supply.boards.lot import LotPage, lot_page
from seawall.terms.actor import Actor
from seawall.terms.acts import text_key
from seawall.terms.codes import MovementKind, Owner, StockState
from seawall.terms.names import Name
from seawall.terms.people import PersonRow
from seawall.terms.stock import PackRow, ShipmentRow

from .. import selectors
from ..rows import GivenRow

AT_ONCE = 1_000  # people looked up together
BACK = frozenset({MovementKind.RETURN, MovementKind.WASTE})


@dataclass(frozen=True, slots=True)
class PlaceOut:
    """A place that holds doses of the lot, or gave them back since it was stopped. `booked` says what its stop did to bookings."""

    place: reference.PlaceRow
    left: int
    on_the_way: int
    back: int
    opened: int
    given_after: int
    recipients: int
    moved: "Moved | None"

    @property
    def settled(self) -> bool:
        return not self.left and not self.on_the_way


@dataclass(frozen=True, slots=True)
class Moved:
    """Bookings of a site: covered by other lots, moved to another session, withdrawn."""

    kept: int
    moved: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """A shipment of the lot that nobody has taken in."""

    row: ShipmentRow
    sender: Name | None
    receiver: Name | None


@dataclass(frozen=True, slots=True)
class OpenVial:
    """A pack of the lot that was begun."""

    row: PackRow
    place: Name | None


@dataclass(frozen=True, slots=True)
class RecallPage:
    """A recall inside the actor's reach, counted down to nothing."""

    lot: LotPage
    today: date
    since: datetime | None
    by: staff.Owner | None
    by_product: bool
    places: tuple[PlaceOut, ...]
    underway: tuple[OnItsWay, ...]
    opened: tuple[OpenVial, ...]
    first_day: date | None
    last_day: date | None

    @property
    def left(self) -> int:
        return sum(row.left + row.on_the_way for row in self.places)

    @property
    def back(self) -> int:
        return sum(row.back for row in self.places)

    @property
    def given_after(self) -> int:
        return sum(row.given_after for row in self.places)

    @property
    def total(self) -> int:
        """Doses that were out when the lot was stopped."""
        return self.left + self.back + self.given_after

    @property
    def recipients(self) -> int:
        return sum(row.recipients for row in self.places)

    @property
    def bookings(self) -> Moved:
        rows = [row.moved for row in self.places if row.moved]
        return Moved(sum(r.kept for r in rows), sum(r.moved for r in rows), sum(r.withdrawn for r in rows))


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who received the lot, as who follows up may see them."""

    dose: GivenRow
    person: PersonRow
    site: Name | None


def recall_page(actor: Actor, lot: str) -> RecallPage:
    """What a stopped lot touches, inside the actor's reach."""
    page, word = lot_page(actor, lot), supply.lot_word(lot)
    reached = actor.reach.sites
    since = word.at if word else None
    gone: dict[MovementKind, Counter[int]] = {kind: Counter() for kind in MovementKind}
    for place, kind, doses in supply.lot_gone(lot, since) if since else ():
        gone[kind][place] += doses
    days = [row for row in selectors.recipients(lot) if page.whole or row[0] in reached]
    given = Counter[int]()
    for site, _day, count in days:
        given[site] += count
    left, coming, opened = Counter[int](), Counter[int](), supply.lot_opened(lot)
    for at in page.at:
        (coming if at.row.state == StockState.IN_TRANSIT else left)[at.place.place_id] += at.row.doses
    vials = Counter(row.place_id for row in opened)
    ids = {
        p
        for p in {*left, *coming, *vials, *given, *(p for c in gone.values() for p in c)}
        if page.whole or p in reached
    }
    places = {row.place_id: row for row in reference.places(place_ids=ids)}
    underway = [row for row in supply.lot_underway(lot) if page.whole or {row.from_place_id, row.to_place_id} & reached]
    names = reference.place_names(ids | {p for row in underway for p in (row.from_place_id, row.to_place_id)})
    moved = _moved(word, ids) if word else {}
    rows = [
        PlaceOut(
            place=places[p],
            left=left[p],
            on_the_way=coming[p],
            back=sum(gone[kind][p] for kind in BACK),
            opened=vials[p],
            given_after=gone[MovementKind.USE][p],
            recipients=given[p],
            moved=moved.get(p),
        )
        for p in ids
    ]
    return RecallPage(
        lot=page,
        today=clock.today(),
        since=since,
        by=_who(word, lot),
        by_product=bool(word and word.by_product),
        places=tuple(sorted(rows, key=lambda r: (r.settled, -r.left - r.on_the_way, -r.recipients, r.place.code))),
        underway=tuple(OnItsWay(r, names.get(r.from_place_id), names.get(r.to_place_id)) for r in underway),
        opened=tuple(OpenVial(r, names.get(r.place_id)) for r in opened if r.place_id in ids),
        first_day=min((day for _, day, _ in days), default=None),
        last_day=max((day for _, day, _ in days), default=None),
    )


STOPPERS = ("lot_hold", "product_hold")


def recipients(actor: Actor, lot: str) -> Iterator[Recipient]:
    """Everybody in reach who received the lot, by day, with name and telephone; a look is on record before a row is out."""
    access.require(actor, "see:person")
    days = selectors.recipients(lot)
    names = reference.place_names({site for site, _, _ in days})
    for day in sorted({day for _, day, _ in days}):
        given = selectors.given_with_lot(lot, day)
        for start in range(0, len(given), AT_ONCE):
            rows = given[start : start + AT_ONCE]
            found = people.reached_out_to(actor, [row.person_id for row in rows], "recall", STOPPERS)
            for row in rows:
                if row.person_id in found:
                    yield Recipient(row, found[row.person_id], names.get(row.site_id))


def _moved(word: supply.LotWord, site_ids: set[int]) -> Mapping[int, Moved]:
    """What `booking` answered when it heard of the stop, by site."""
    if word.act is None:
        return {}
    told = platform.answers("short_withdraw", Owner.SITE, [(s, uuid5(word.act, str(s))) for s in site_ids])
    return {
        site: Moved(*(int(str(answer[k])) for k in ("kept", "moved", "withdrawn")))
        for (site, _), answer in told.items()
    }


def _who(word: supply.LotWord | None, lot: str) -> staff.Owner | None:
    """The post whose word it was: on the lot, or on its product."""
    if word is None or word.act is None:
        return None
    return staff.owner(platform.actor_of(word.act, [(Owner.LOT, text_key(lot)), (Owner.CITY, 0)]))
