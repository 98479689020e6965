"""Whole packs on their way: sent, or handed on between sites."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple
from uuid import UUID

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import LotState, MovementKind, Owner, StockState
from seawall.terms.stock import ShipmentSend

from .. import events, leaving, ledger, reserves, scanning, whole_packs
from ..virtual import virtual_places

ASKED = "SELECT act, asked_at FROM supply_pick WHERE act = ANY(%s) AND place_id = ANY(%s) AND asked_at IS NOT NULL"
LOTS = "SELECT lot, product, expires, doses_per_pack, state FROM supply_lot WHERE lot = ANY(%s)"


class LotFacts(NamedTuple):
    lot: str
    product: str
    expires: date
    doses_per_pack: int
    state: str


@verb(Owner.PLACE, zh="发运", en="Send shipments", key="from_place_id", tells=(events.SHIPMENT_SENT,))
def shipment_send(w: Work, items: list[ShipmentSend]) -> Answers:
    """Send whole packs to another place; until taken in they stand there as in transit."""
    return _send(w, "shipment_send", items)


@verb(
    Owner.PLACE, zh="调拨", en="Transfer stock between sites", key="from_place_id", tells=(events.SHIPMENT_SENT,),
    grants=("moves_approve",), inside=True,
)  # fmt: skip
def stock_transfer(w: Work, items: list[ShipmentSend]) -> Answers:
    """The same movement between two sites, under the right to approve moves."""
    return _send(w, "stock_transfer", items)


@verb(
    Owner.PLACE, zh="借出借还", en="Lend stock and give it back", key="from_place_id", tells=(events.SHIPMENT_SENT,),
    grants=("offer_answer",), inside=True,
)  # fmt: skip
def stock_lend(w: Work, items: list[ShipmentSend]) -> Answers:
    """The same movement between two places that agreed on it."""
    return _send(w, "stock_lend", items)


def _send(w: Work, verb: str, items: list[ShipmentSend]) -> Answers:
    lots = {row[0]: LotFacts(*row) for row in sql.fetch(LOTS, [sorted({i.lot for i in items})])}
    known = {p.place_id for p in reference.places(place_ids={i.to_place_id for i in items})}
    real = known - set(virtual_places().values())
    answers: dict[UUID, Refusal | Params] = {}
    for item in items:
        refusal = _sendable(item, lots.get(item.lot)) or _nowhere(item, real)
        if refusal:
            answers[item.act] = refusal
    sound = [i for i in items if i.act not in answers]
    if verb in ("stock_transfer", "stock_lend"):
        stranding = _stranding(sound, lots)
        answers |= stranding
        sound = [i for i in sound if i.act not in stranding]
    scanned, wrong = _scanned([i for i in sound if i.codes])
    counted = [whole_packs.Wanted(i.act, i.from_place_id, i.lot, i.packs) for i in sound if not i.codes]
    shares, short = whole_packs.share_out(counted, quarantined=False)
    shares |= scanned
    good = [replace(i, packs=len(shares[i.act])) for i in sound if i.act in shares]
    whole_packs.relocate(
        [(code, i.to_place_id, StockState.IN_TRANSIT, i.act) for i in good for code, _ in shares[i.act]]
    )
    _book(w, verb, good, lots)
    made: dict[UUID, Refusal | Params] = {
        i.act: {"shipment": str(i.act), "packs": i.packs, "doses": _doses(i, lots)} for i in good
    }
    return answers | short | wrong | made


def _scanned(items: list[ShipmentSend]) -> tuple[dict[UUID, list[whole_packs.Chosen]], dict[UUID, Refusal | Params]]:
    """The packs under the codes that were scanned, each given to one act."""
    codes = {code for i in items for code in i.codes}
    seen = scanning.scan(codes, lock=True)
    shares: dict[UUID, list[whole_packs.Chosen]] = {}
    wrong: dict[UUID, Refusal | Params] = {}
    gone: set[str] = set()
    for item in items:
        packs = [pack for code in item.codes for pack in seen.packs(code)]
        refusal = scanning.not_whole(item.codes, seen, item.from_place_id, (StockState.ON_HAND,))
        refusal = refusal or scanning.not_as_said(item.lot, item.packs, packs, gone)
        if refusal:
            wrong[item.act] = refusal
        else:
            gone |= {pack.code for pack in packs}
            shares[item.act] = [(pack.code, StockState.ON_HAND) for pack in packs]
    return shares, wrong


def _stranding(items: list[ShipmentSend], lots: Mapping[str, LotFacts]) -> dict[UUID, Refusal]:
    """Moves that would take what their place keeps for later doses, after the moves before them."""
    kept = reserves.locked({(i.from_place_id, lots[i.lot].product) for i in items}, clock.today())
    free = {key: row.free for key, row in kept.items()}
    found: dict[UUID, Refusal] = {}
    for item in items:
        key = (item.from_place_id, lots[item.lot].product)
        if key in free and _doses(item, lots) > free[key]:
            told: Params = {"product": key[1], "doses": _doses(item, lots), "free": free[key]}
            found[item.act] = Refusal("MOVE_STRANDS_LATER", told)
        elif key in free:
            free[key] -= _doses(item, lots)
    return found


def _sendable(item: ShipmentSend, lot: LotFacts | None) -> Refusal | None:
    if lot is None:
        return Refusal("LOT_UNKNOWN", {"lot": item.lot})
    if item.from_place_id == item.to_place_id:
        return Refusal("SAME_PLACE", {"place_id": item.from_place_id})
    if item.packs < 1:
        return Refusal("NOTHING_TO_SEND", {"lot": item.lot})
    if max(filter(None, (item.ordered_at, item.picked_at)), default=item.occurred_at) > item.occurred_at:
        return Refusal("PICKED_AFTER_IT_LEFT", {"lot": item.lot})
    if lot.state != LotState.RELEASED:
        return Refusal("LOT_RECALLED" if lot.state == LotState.RECALLED else "LOT_QUARANTINED", {"lot": item.lot})
    if lot.expires < clock.civil_day(item.occurred_at):
        return Refusal("LOT_EXPIRED", {"lot": item.lot, "expires": lot.expires.isoformat()})
    return None


def _nowhere(item: ShipmentSend, real: Collection[int]) -> Refusal | None:
    return None if item.to_place_id in real else Refusal("PLACE_HOLDS_NO_STOCK", {"place_id": item.to_place_id})


def _doses(item: ShipmentSend, lots: Mapping[str, LotFacts]) -> int:
    return item.packs * lots[item.lot].doses_per_pack


def _book(w: Work, verb: str, items: list[ShipmentSend], lots: Mapping[str, LotFacts]) -> None:
    asked = dict(sql.fetch(ASKED, [[i.act for i in items], [i.from_place_id for i in items]]))
    kind = verb.removeprefix("stock_").removesuffix("_send")
    leaving.write(
        leaving.Leaving(
            i.from_place_id, i.act, i.to_place_id, i.lot, lots[i.lot].product, i.packs, _doses(i, lots), kind, i.order,
            i.expected_on, i.occurred_at, i.ordered_at or asked.get(i.act), i.picked_at,
        )
        for i in items
    )  # fmt: skip
    ledger.post(
        w,
        [
            ledger.Move(
                i,
                MovementKind.SEND,
                i.lot,
                _doses(i, lots),
                (i.from_place_id, StockState.ON_HAND),
                (i.to_place_id, StockState.IN_TRANSIT),
            )
            for i in items
        ],
        virtual_places().values(),
    )
    for i in items:
        told: Params = {"to_place_id": i.to_place_id, "lot": i.lot, "doses": _doses(i, lots), "order": i.order}
        w.announce(events.SHIPMENT_SENT, "place", i.from_place_id, i, told)
