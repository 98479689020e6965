"""Shipments at their receiver: taken in with their papers, in part or whole, or sent back."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import MovementKind, Owner, StockState
from seawall.terms.stock import ShipmentAccept, ShipmentRefuse

from .. import codes, custody, events, leaving, ledger, scanning, typed_codes
from ..natures import VACCINE, Nature, natures
from ..virtual import virtual_places

STEADY = "SELECT lot FROM supply_lot WHERE lot = ANY(%s) ORDER BY lot FOR SHARE"
WAITING = """
SELECT s.act, s.place_id, s.to_place_id, s.lot, s.product, s.packs, s.doses, s.state, s.sent_at, s.taken_doses, s.kind
FROM supply_shipment s WHERE s.act = ANY(%s) ORDER BY s.place_id, s.act FOR UPDATE
"""
ON_THE_WAY = f"""
SELECT p.shipment, p.code FROM supply_pack p
JOIN {sql.unnest({"act": "uuid", "place_id": "bigint", "lot": "text", "whole": "boolean"})}
  ON p.lot = u.lot AND p.place_id = u.place_id AND p.shipment = u.act
WHERE p.doses_left > 0 AND p.state = 'in_transit' AND (u.whole OR p.code = ANY(%s)) ORDER BY p.code
"""
TAKE_IN = f"""
WITH arrived AS (
    UPDATE supply_pack p SET cold = p.cold OR u.cold, gap = p.gap OR u.gap,
        state = CASE WHEN p.cold OR u.cold OR p.gap OR u.gap OR h.lot IS NOT NULL OR l.state <> 'released'
                     THEN 'quarantined' ELSE 'on_hand' END
    FROM {
    sql.unnest(
        {"act": "uuid", "place_id": "bigint", "lot": "text", "cold": "boolean", "gap": "boolean", "whole": "boolean"}
    )
}
    JOIN supply_lot l ON l.lot = u.lot LEFT JOIN supply_hold h ON h.lot = u.lot AND h.place_id = u.place_id
    WHERE p.lot = u.lot AND p.place_id = u.place_id AND p.doses_left > 0 AND p.state = 'in_transit' AND p.shipment = u.act
      AND (u.whole OR p.code = ANY(%s))
    RETURNING p.shipment, p.state, p.doses_left)
SELECT shipment, state, sum(doses_left)::int FROM arrived GROUP BY shipment, state
"""
CLOSE = f"""
UPDATE supply_shipment s SET taken_doses = s.taken_doses + u.doses, temperature_record = u.record, accepted_by = u.act,
    min_celsius = least(s.min_celsius, u.low), max_celsius = greatest(s.max_celsius, u.high),
    arrived_at = coalesce(s.arrived_at, u.arrived),
    accepted_at = CASE WHEN s.taken_doses + u.doses >= s.doses THEN u.at END,
    state = CASE WHEN s.taken_doses + u.doses >= s.doses THEN 'accepted' ELSE s.state END
FROM {
    sql.unnest(
        {"place_id": "bigint", "shipment": "uuid", "at": "timestamptz", "arrived": "timestamptz", "act": "uuid"}
        | {"record": "text", "low": "float8", "high": "float8", "doses": "int"}
    )
} WHERE s.place_id = u.place_id AND s.act = u.shipment
"""
SEND_BACK = f"""
UPDATE supply_pack p SET place_id = u.to_place_id, shipment = u.act
FROM {sql.unnest({"was": "uuid", "place_id": "bigint", "lot": "text", "to_place_id": "bigint", "act": "uuid"})}
WHERE p.lot = u.lot AND p.place_id = u.place_id AND p.shipment = u.was AND p.state = 'in_transit' AND p.doses_left > 0
"""
REFUSED = f"""
UPDATE supply_shipment s SET state = 'refused', arrived_at = coalesce(s.arrived_at, u.at)
FROM {sql.unnest({"place_id": "bigint", "shipment": "uuid", "at": "timestamptz"})} WHERE s.place_id = u.place_id AND s.act = u.shipment
"""
PAPERS = "SELECT lot, coalesce(nullif(release_certificate, ''), emergency_decision) FROM supply_lot WHERE lot = ANY(%s)"
APART = frozenset({"NO_TEMPERATURE_RECORD", "HANDOVER_UNSIGNED", "SHIPMENT_NOT_FOR_HERE", "ARRIVED_BEFORE_IT_LEFT"})


class Waiting(NamedTuple):
    act: UUID
    place_id: int
    to_place_id: int
    lot: str
    product: str
    packs: int
    doses: int
    state: str
    sent_at: datetime
    taken_doses: int
    kind: str

    @property
    def on_the_way(self) -> int:
        return self.doses - self.taken_doses


class Receipt(NamedTuple):
    """A sound acceptance: what was scanned, or everything; and whether the goods left their temperature."""

    item: ShipmentAccept
    shipment: Waiting
    cold: bool
    scanned: tuple[str, ...]  # codes of packs; empty: all that was sent

    @property
    def key(self) -> tuple[UUID, int, str]:
        return self.shipment.act, self.shipment.to_place_id, self.shipment.lot

    @property
    def held_before(self) -> custody.Key:
        """Who held the packs last: the sender, or the place itself where its own shipment comes back refused."""
        back = self.shipment.kind == "refused"
        return (self.shipment.to_place_id if back else self.shipment.place_id, self.shipment.lot)


@verb(Owner.PLACE, zh="验收到货", en="Accept shipments", tells=(events.SHIPMENT_ACCEPTED,))
def shipment_accept(w: Work, items: list[ShipmentAccept]) -> Answers:
    """Take shipments in with their temperature records; what left 2-8 C goes into quarantine."""
    named = {i.act: _uuid(i.shipment) for i in items}
    acts = sorted({u for u in named.values() if u})
    waiting = {row[0]: Waiting(*row) for row in sql.fetch(WAITING, [acts])}
    sql.fetch(
        STEADY, [sorted({s.lot for s in waiting.values()})]
    )  # no lot is stopped between the question and the shelf
    known = natures(clock.civil_day(w.recorded_at))
    seen = scanning.scan({code for i in items for code in i.codes})
    alone = typed_codes.unconfirmed({row for i in items for row in _typed(i)})
    answers: dict[UUID, Refusal | Params] = {}
    good: dict[UUID, Receipt] = {}
    for item in items:
        shipment = waiting.get(named[item.act] or item.act)
        nature = known.get(shipment.product, VACCINE) if shipment else VACCINE
        refusal = _acceptable(item, shipment, nature, seen) or _alone(item, alone)
        if refusal or shipment is None:
            answers[item.act] = refusal or Refusal("SHIPMENT_UNKNOWN", {"shipment": item.shipment})
        elif shipment.act in good:
            answers[item.act] = Refusal("SHIPMENT_ALREADY_ACCEPTED", {"shipment": item.shipment})
        else:
            cold = not nature.kept(item.min_celsius, item.max_celsius)
            scanned = tuple(pack.code for code in item.codes for pack in seen.packs(code))
            good[shipment.act] = Receipt(item, shipment, cold, scanned)
    _keep_apart(w, items, {i.act: waiting.get(named[i.act] or i.act) for i in items}, answers)
    return answers | _take_in(w, good)


def _keep_apart(
    w: Work,
    items: list[ShipmentAccept],
    shipments: Mapping[UUID, Waiting | None],
    answers: Mapping[UUID, Refusal | Params],
) -> None:
    """Goods that came to the wrong place, or without what they must bring, stand apart there."""
    custody.set_apart(
        w,
        [
            custody.Standing(i, i.place_id, s.lot, s.product, s.on_the_way, s.act, why.code)
            for i in items
            if (s := shipments[i.act]) and isinstance(why := answers.get(i.act), Refusal) and why.code in APART
        ],
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _acceptable(item: ShipmentAccept, shipment: Waiting | None, nature: Nature, seen: scanning.Scan) -> Refusal | None:
    if shipment is None:
        return Refusal("SHIPMENT_UNKNOWN", {"shipment": item.shipment})
    if shipment.to_place_id != item.place_id:
        return Refusal("SHIPMENT_NOT_FOR_HERE", {"shipment": item.shipment, "place_id": shipment.to_place_id})
    if shipment.state != leaving.SENT:
        return Refusal("SHIPMENT_ALREADY_ACCEPTED", {"shipment": item.shipment})
    measured = item.temperature_record.strip() and None not in (item.min_celsius, item.max_celsius)
    if nature.rules.cold and not measured:
        return Refusal("NO_TEMPERATURE_RECORD", {"lot": shipment.lot})
    if not (item.handed_by.strip() and item.taken_by.strip()):
        return Refusal("HANDOVER_UNSIGNED", {"lot": shipment.lot})
    arrived = item.arrived_at or item.occurred_at
    if not shipment.sent_at <= arrived <= item.occurred_at:
        return Refusal("ARRIVED_BEFORE_IT_LEFT", {"lot": shipment.lot})
    return _not_sent(item.codes, shipment, seen)


def _typed(item: ShipmentAccept) -> list[typed_codes.Typed]:
    day = clock.civil_day(item.occurred_at)
    return [(item.place_id, day, code) for code in item.typed]


def _alone(item: ShipmentAccept, alone: Collection[typed_codes.Typed]) -> Refusal | None:
    """The first code that was typed by hand and that nobody else has compared with the pack."""
    code = next((row[2] for row in _typed(item) if row in alone), None)
    return Refusal("TYPED_ALONE", {"code": code}) if code else None


def _not_sent(texts: Sequence[str], shipment: Waiting, seen: scanning.Scan) -> Refusal | None:
    """The first code of which not everything travels with the shipment."""
    once: set[str] = set()
    for text in texts:
        if seen.opened(text):
            return Refusal("CARTON_OPENED", {"code": codes.key(text)})
        if text in seen.unknown:
            return seen.unknown[text]
        for pack in seen.packs(text):
            if pack.shipment != shipment.act or pack.state != StockState.IN_TRANSIT:
                return Refusal("NOT_OF_SHIPMENT", {"code": pack.code, "place_id": pack.place_id})
            if pack.code in once:
                return Refusal("SCANNED_TWICE", {"code": pack.code})
            once.add(pack.code)
    return None


def _take_in(w: Work, good: Mapping[UUID, Receipt]) -> dict[UUID, Params]:
    scanned = [code for r in good.values() for code in r.scanned]
    runs = _runs(good, scanned)
    gaps = custody.gaps({act: (r.held_before, runs[act]) for act, r in good.items()})
    rows = [(*r.key, r.cold, act in gaps, not r.scanned) for act, r in sorted(good.items())]
    moves = []
    arrived, quarantined = dict.fromkeys(good, 0), dict.fromkeys(good, 0)
    for act, state, doses in sql.fetch(TAKE_IN, [*sql.turn(rows, 6), scanned]):
        item, shipment, cold, _ = good[act]
        source, target = (item.place_id, StockState.IN_TRANSIT), (item.place_id, StockState(state))
        reason = "COLD_CHAIN" if cold else "CUSTODY_GAP" if act in gaps else ""
        moves.append(ledger.Move(item, MovementKind.ACCEPT, shipment.lot, doses, source, target, reason=reason))
        arrived[act] += doses
        if state == StockState.QUARANTINED:
            quarantined[act] += doses
    closed = [
        (s.place_id, s.act, i.occurred_at, i.arrived_at or i.occurred_at, i.act, i.temperature_record)
        + (i.min_celsius, i.max_celsius, arrived[s.act])
        for i, s, _, _ in good.values()
    ]
    sql.execute(CLOSE, sql.turn(closed, 9))
    ledger.post(w, moves, virtual_places().values())
    _hand_over(good, runs)
    answers: dict[UUID, Params] = {}
    for act, (item, s, cold, _) in good.items():
        told: Params = {
            "lot": s.lot, "doses": arrived[act], "quarantined": quarantined[act], "cold_chain_broken": cold,
            "missing": s.on_the_way - arrived[act],
        }  # fmt: skip
        w.announce(events.SHIPMENT_ACCEPTED, "place", item.place_id, item, told)
        answers[item.act] = told
    return answers


def _runs(good: Mapping[UUID, Receipt], scanned: list[str]) -> dict[UUID, list[custody.Run]]:
    """The packs that each receipt takes in, as runs of codes."""
    found: dict[UUID, list[str]] = {act: [] for act in good}
    rows = [(*r.key, not r.scanned) for r in good.values()]
    for act, code in sql.fetch(ON_THE_WAY, [*sql.turn(rows, 4), scanned]):
        found[act].append(code)
    return {act: custody.runs_of(runs) for act, runs in found.items()}


def _hand_over(good: Mapping[UUID, Receipt], runs: Mapping[UUID, list[custody.Run]]) -> None:
    papers: dict[str, str] = dict(sql.fetch(PAPERS, [sorted({r.shipment.lot for r in good.values()})]))
    custody.write(
        custody.GoodsTaken(
            i, i.place_id, s.place_id, s.lot, s.act, papers[s.lot], i.temperature_record, i.min_celsius, i.max_celsius,
            i.handed_by, i.taken_by, s.sent_at, i.arrived_at or i.occurred_at, runs[act],
        )
        for act, (i, s, _, _) in good.items()
    )  # fmt: skip
    custody.settle([], [(s.act, i.occurred_at) for i, s, _, _ in good.values()])


@verb(Owner.PLACE, zh="拒收退回", en="Refuse shipments", tells=(events.SHIPMENT_SENT,))
def shipment_refuse(w: Work, items: list[ShipmentRefuse]) -> Answers:
    """Send what has not been taken in of a shipment back to where it came from, as a shipment of its own."""
    named = {i.act: _uuid(i.shipment) for i in items}
    waiting = {row[0]: Waiting(*row) for row in sql.fetch(WAITING, [sorted({u for u in named.values() if u})])}
    answers: dict[UUID, Refusal | Params] = {}
    back: dict[UUID, tuple[ShipmentRefuse, Waiting]] = {}
    for item in items:
        shipment = waiting.get(named[item.act] or item.act)
        if shipment is None:
            answers[item.act] = Refusal("SHIPMENT_UNKNOWN", {"shipment": item.shipment})
        elif shipment.to_place_id != item.place_id:
            told: Params = {"shipment": item.shipment, "place_id": shipment.to_place_id}
            answers[item.act] = Refusal("SHIPMENT_NOT_FOR_HERE", told)
        elif shipment.state != leaving.SENT or shipment.act in back:
            answers[item.act] = Refusal("SHIPMENT_ALREADY_ACCEPTED", {"shipment": item.shipment})
        elif not item.reason.strip():
            answers[item.act] = Refusal("REFUSAL_WITHOUT_REASON", {"lot": shipment.lot})
        else:
            back[shipment.act] = (item, shipment)
    _return(w, list(back.values()))
    return answers | {i.act: {"shipment": str(i.act), "lot": s.lot, "doses": s.on_the_way} for i, s in back.values()}


def _return(w: Work, back: list[tuple[ShipmentRefuse, Waiting]]) -> None:
    sql.execute(SEND_BACK, sql.turn([(s.act, s.to_place_id, s.lot, s.place_id, i.act) for i, s in back], 5))
    sql.execute(REFUSED, sql.turn([(s.place_id, s.act, i.occurred_at) for i, s in back], 3))
    leaving.write(
        leaving.Leaving(
            s.to_place_id, i.act, s.place_id, s.lot, s.product, s.packs * s.on_the_way // s.doses, s.on_the_way, "refused",
            i.reason[:60], clock.civil_day(i.occurred_at), i.occurred_at,
        )
        for i, s in back
    )  # fmt: skip
    moves = []
    for i, s in back:
        source, target = (s.to_place_id, StockState.IN_TRANSIT), (s.place_id, StockState.IN_TRANSIT)
        moves.append(ledger.Move(i, MovementKind.SEND, s.lot, s.on_the_way, source, target, reason="REFUSED"))
        told: Params = {"to_place_id": s.place_id, "lot": s.lot, "doses": s.on_the_way, "order": ""}
        w.announce(events.SHIPMENT_SENT, "place", i.place_id, i, told)
    ledger.post(w, moves, virtual_places().values())
    custody.settle([], [(s.act, i.occurred_at) for i, s in back])
