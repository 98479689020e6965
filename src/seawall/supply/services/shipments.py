"""Whole packs on their way: sent, handed on between sites, taken in."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import LotState, MovementKind, Owner, StockState
from seawall.terms.stock import ShipmentAccept, ShipmentSend

from .. import events, ledger, reserves, tables, whole_packs
from ..models import Shipment
from ..virtual import virtual_places

SENT, ACCEPTED = "sent", "accepted"
LOTS = "SELECT lot, product, expires, doses_per_pack, state FROM supply_lot WHERE lot = ANY(%s)"
STEADY = "SELECT lot FROM supply_lot WHERE lot = ANY(%s) ORDER BY lot FOR SHARE"
WAITING = """
SELECT s.act, s.place_id, s.to_place_id, s.lot, s.product, s.packs, s.doses, s.state FROM supply_shipment s
WHERE s.act = ANY(%s) ORDER BY s.place_id, s.act FOR UPDATE
"""
TAKE_IN = f"""
WITH arrived AS (
    UPDATE supply_pack p SET cold = p.cold OR u.cold,
        state = CASE WHEN p.cold OR u.cold OR h.lot IS NOT NULL OR l.state <> 'released' THEN 'quarantined' ELSE 'on_hand' END
    FROM {sql.unnest({"act": "uuid", "place_id": "bigint", "lot": "text", "cold": "boolean"})}
    JOIN supply_lot l ON l.lot = u.lot LEFT JOIN supply_hold h ON h.lot = u.lot AND h.place_id = u.place_id
    WHERE p.lot = u.lot AND p.place_id = u.place_id AND p.doses_left > 0 AND p.state = 'in_transit' AND p.shipment = u.act
    RETURNING p.shipment, p.state, p.doses_left)
SELECT shipment, state, sum(doses_left)::int FROM arrived GROUP BY shipment, state
"""
CLOSE = f"""
UPDATE supply_shipment s SET state = '{
    ACCEPTED
}', accepted_at = u.at, accepted_by = u.act, temperature_record = u.record,
    min_celsius = u.low, max_celsius = u.high
FROM {
    sql.unnest(
        {"place_id": "bigint", "shipment": "uuid", "at": "timestamptz", "act": "uuid", "record": "text"}
        | {"low": "float8", "high": "float8"}
    )
} WHERE s.place_id = u.place_id AND s.act = u.shipment
"""


class LotFacts(NamedTuple):
    lot: str
    product: str
    expires: date
    doses_per_pack: int
    state: str


class Waiting(NamedTuple):
    act: UUID
    place_id: int
    to_place_id: int
    lot: str
    product: str
    packs: int
    doses: int
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
    if verb == "stock_transfer":
        stranding = _stranding(sound, lots)
        answers |= stranding
        sound = [i for i in sound if i.act not in stranding]
    wanted = [whole_packs.Wanted(i.act, i.from_place_id, i.lot, i.packs) for i in sound]
    shares, short = whole_packs.share_out(wanted, quarantined=False)
    good = [i for i in sound if i.act in shares]
    whole_packs.relocate(
        [(code, i.to_place_id, StockState.IN_TRANSIT, i.act) for i in good for code, _ in shares[i.act]]
    )
    _book(w, verb, good, lots)
    made: dict[UUID, Refusal | Params] = {
        i.act: {"shipment": str(i.act), "packs": i.packs, "doses": _doses(i, lots)} for i in good
    }
    return answers | short | made


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
    columns: tuple[str, ...] = (
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
    columns += ("sent_at", "state", "temperature_record")
    kind = verb.removeprefix("stock_").removesuffix("_send")
    sql.insert(
        Shipment,
        columns,
        [
            (i.from_place_id, i.act, i.to_place_id, i.lot, lots[i.lot].product, i.packs, _doses(i, lots), kind, i.order)
            + (i.expected_on, i.occurred_at, SENT, "")
            for i in items
        ],
    )
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


@verb(Owner.PLACE, zh="验收到货", en="Accept shipments", tells=(events.SHIPMENT_ACCEPTED,))
def shipment_accept(w: Work, items: list[ShipmentAccept]) -> Answers:
    """Take shipments in with their temperature records; what left 2-8 C goes into quarantine."""
    named = {i.act: _uuid(i.shipment) for i in items}
    acts = sorted({u for u in named.values() if u})
    waiting = {row[0]: Waiting(*row) for row in sql.fetch(WAITING, [acts])}
    sql.fetch(
        STEADY, [sorted({s.lot for s in waiting.values()})]
    )  # no lot is stopped between the question and the shelf
    platforms = {p.code: p.platform for p in reference.products(clock.civil_day(w.recorded_at))}
    answers: dict[UUID, Refusal | Params] = {}
    good: dict[UUID, tuple[ShipmentAccept, Waiting, bool]] = {}
    for item in items:
        shipment = waiting.get(named[item.act] or item.act)
        refusal = _acceptable(item, shipment)
        if refusal or shipment is None:
            answers[item.act] = refusal or Refusal("SHIPMENT_UNKNOWN", {"shipment": item.shipment})
        elif shipment.act in good:
            answers[item.act] = Refusal("SHIPMENT_ALREADY_ACCEPTED", {"shipment": item.shipment})
        else:
            cold = not tables.within(item.min_celsius, item.max_celsius, platforms.get(shipment.product, tables.ANY))
            good[shipment.act] = (item, shipment, cold)
    return answers | _take_in(w, good)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _acceptable(item: ShipmentAccept, shipment: Waiting | None) -> Refusal | None:
    if shipment is None:
        return Refusal("SHIPMENT_UNKNOWN", {"shipment": item.shipment})
    if shipment.to_place_id != item.place_id:
        return Refusal("SHIPMENT_NOT_FOR_HERE", {"shipment": item.shipment, "place_id": shipment.to_place_id})
    if shipment.state != SENT:
        return Refusal("SHIPMENT_ALREADY_ACCEPTED", {"shipment": item.shipment})
    if not item.temperature_record.strip():
        return Refusal("NO_TEMPERATURE_RECORD", {"lot": shipment.lot})
    return None


def _take_in(w: Work, good: Mapping[UUID, tuple[ShipmentAccept, Waiting, bool]]) -> dict[UUID, Params]:
    rows = [(act, shipment.to_place_id, shipment.lot, cold) for act, (_, shipment, cold) in sorted(good.items())]
    moves = []
    quarantined: dict[UUID, int] = dict.fromkeys(good, 0)
    for act, state, doses in sql.fetch(TAKE_IN, sql.turn(rows, 4)):
        item, shipment, cold = good[act]
        source, target = (item.place_id, StockState.IN_TRANSIT), (item.place_id, StockState(state))
        reason = "COLD_CHAIN" if cold else ""
        moves.append(ledger.Move(item, MovementKind.ACCEPT, shipment.lot, doses, source, target, reason=reason))
        if state == StockState.QUARANTINED:
            quarantined[act] += doses
    closed = [
        (s.place_id, s.act, i.occurred_at, i.act, i.temperature_record, i.min_celsius, i.max_celsius)
        for i, s, _ in good.values()
    ]
    sql.execute(CLOSE, sql.turn(closed, 7))
    ledger.post(w, moves, virtual_places().values())
    answers: dict[UUID, Params] = {}
    for act, (item, s, cold) in good.items():
        told: Params = {"lot": s.lot, "doses": s.doses, "quarantined": quarantined[act], "cold_chain_broken": cold}
        w.announce(events.SHIPMENT_ACCEPTED, "place", item.place_id, item, told)
        answers[item.act] = told
    return answers
