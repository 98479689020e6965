"""What becomes of doses that were too warm or too cold: a decision by a named post, and a device emptied into another."""

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID, uuid5

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import MovementKind, Owner, PlaceKind, StockState
from seawall.terms.cold import DeviceEmpty, ExcursionDecide, ExcursionDecision, ExcursionState

from .. import events, inside, leaving, ledger, room, tables, whole_packs
from ..inside import DeviceRow, LotInside
from ..virtual import virtual_places
from .devices import missing, stand

RESCUE = "rescue"
STEADY = "SELECT lot FROM supply_lot WHERE lot = ANY(%s) ORDER BY lot FOR SHARE"
WAITING = f"""
SELECT e.excursion, e.state, e.ended FROM supply_excursion e
JOIN {sql.unnest({"place_id": "bigint", "excursion": "uuid"})} ON e.place_id = u.place_id AND e.excursion = u.excursion
ORDER BY e.place_id, e.excursion FOR UPDATE OF e
"""
DECIDE = f"""
UPDATE supply_excursion e SET state = u.state, decided_at = u.at, decided_by = u.post, reason = u.reason
FROM {
    sql.unnest(
        {"place_id": "bigint", "excursion": "uuid", "state": "text", "at": "timestamptz", "post": "bigint"}
        | {"reason": "text"}
    )
} WHERE e.place_id = u.place_id AND e.excursion = u.excursion
"""
HELD = f"""
SELECT h.place_id, h.excursion, h.lot, l.product FROM supply_heldlot h JOIN supply_lot l ON l.lot = h.lot
JOIN {sql.unnest({"place_id": "bigint", "excursion": "uuid"})} ON h.place_id = u.place_id AND h.excursion = u.excursion
WHERE NOT EXISTS (SELECT FROM supply_heldlot o JOIN supply_excursion e ON e.place_id = o.place_id AND e.excursion = o.excursion
    WHERE o.place_id = h.place_id AND o.lot = h.lot AND o.excursion <> h.excursion AND e.state IN ('open', 'watched'))
"""
FREED = f"""
WITH seen AS MATERIALIZED (
    SELECT p.code, p.state, u.act FROM {
    sql.unnest({"place_id": "bigint", "lot": "text", "act": "uuid", "low": "float8", "high": "float8"})
}
    JOIN supply_pack p ON p.lot = u.lot LEFT JOIN supply_shipment s ON s.act = p.shipment
    WHERE p.cold AND p.doses_left > 0 AND (p.place_id = u.place_id OR (s.place_id = u.place_id AND s.kind = '{RESCUE}'))
      AND coalesce(s.min_celsius >= u.low AND s.max_celsius <= u.high, true)
    ORDER BY p.code FOR UPDATE OF p),
freed AS (
    UPDATE supply_pack p SET cold = false, state = CASE
        WHEN seen.state = 'in_transit' THEN 'in_transit'
        WHEN p.gap OR l.state <> 'released' OR EXISTS (SELECT FROM supply_hold h WHERE h.place_id = p.place_id AND h.lot = p.lot)
        THEN 'quarantined' ELSE 'on_hand' END
    FROM seen, supply_lot l WHERE p.code = seen.code AND l.lot = p.lot
    RETURNING seen.act, p.place_id, p.lot, seen.state AS was, p.state AS now, p.doses_left)
SELECT act, place_id, lot, was, now, sum(doses_left)::int FROM freed GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3
"""
GONE = f"""
WITH seen AS MATERIALIZED (
    SELECT p.code, p.place_id, p.state, u.act FROM {
    sql.unnest({"place_id": "bigint", "lot": "text", "act": "uuid"})
} JOIN supply_pack p ON p.lot = u.lot LEFT JOIN supply_shipment s ON s.act = p.shipment
    WHERE p.cold AND p.doses_left > 0 AND p.state = 'quarantined'
      AND (p.place_id = u.place_id OR (s.place_id = u.place_id AND s.kind = '{RESCUE}'))
    ORDER BY p.code FOR UPDATE OF p),
gone AS (
    UPDATE supply_pack p SET place_id = %s, state = 'on_hand', shipment = seen.act FROM seen WHERE p.code = seen.code
    RETURNING seen.act, seen.place_id, p.lot, p.doses_left)
SELECT act, place_id, lot, sum(doses_left)::int FROM gone GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
UNOPENED = f"""
SELECT p.place_id, p.lot, count(*)::int FROM supply_pack p
JOIN {sql.unnest({"place_id": "bigint", "lot": "text"})} ON p.place_id = u.place_id AND p.lot = u.lot
WHERE p.doses_left = p.doses AND p.doses_left > 0 AND p.state IN ('on_hand', 'quarantined') GROUP BY 1, 2
"""
STATES = {
    ExcursionDecision.RELEASE: ExcursionState.RELEASED,
    ExcursionDecision.DESTROY: ExcursionState.DESTROYED,
    ExcursionDecision.WATCH: ExcursionState.WATCHED,
}


@verb(Owner.PLACE, zh="处置温度异常", en="Decide excursions", destroys=True)
def excursion_decide(w: Work, items: list[ExcursionDecide]) -> Answers:
    """The doses that an excursion holds are released, destroyed, or watched on; with the reason, under the post's name."""
    keys = sorted({(i.place_id, i.excursion) for i in items})
    waiting = {act: (ExcursionState(state), ended) for act, state, ended in sql.fetch(WAITING, sql.turn(keys, 2))}
    answers: dict[UUID, Refusal | Params] = {}
    good: dict[UUID, ExcursionDecide] = {}
    for i in items:
        state, ended = waiting.get(i.excursion, (None, None))
        if state is None:
            answers[i.act] = Refusal("EXCURSION_UNKNOWN")
        elif state not in {ExcursionState.OPEN, ExcursionState.WATCHED} or i.excursion in good:
            answers[i.act] = Refusal("EXCURSION_DECIDED")
        elif not i.reason.strip():
            answers[i.act] = Refusal("DECISION_WITHOUT_REASON")
        elif i.decision == ExcursionDecision.RELEASE and ended is None:
            answers[i.act] = Refusal("EXCURSION_GOES_ON")
        else:
            good[i.excursion] = i
    rows = [
        (i.place_id, i.excursion, STATES[i.decision], i.occurred_at, w.actor.post_id, i.reason) for i in good.values()
    ]
    sql.execute(DECIDE, sql.turn(rows, 6))
    doses = _carry_out(w, good)
    return answers | {i.act: {"doses": doses[i.act]} for i in good.values()}


def _carry_out(w: Work, good: Mapping[UUID, ExcursionDecide]) -> Mapping[UUID, int]:
    """Packs held by these excursions and by no other go back to use, or to be destroyed; doses moved per act."""
    ending = [i for i in good.values() if i.decision != ExcursionDecision.WATCH]
    held = sql.fetch(HELD, sql.turn([(i.place_id, i.excursion) for i in ending], 2)) if ending else []
    sql.fetch(STEADY, [sorted({lot for _, _, lot, _ in held})])
    platforms = {p.code: p.platform for p in reference.products(clock.civil_day(w.recorded_at))}
    acts = {i.act: i for i in ending}
    freed, gone = [], []
    for place, excursion, lot, product in held:
        item = good[excursion]
        if item.decision == ExcursionDecision.RELEASE:
            freed.append((place, lot, item.act, *tables.cold_limits(platforms.get(product, tables.ANY))))
        else:
            gone.append((place, lot, item.act))
    moves, doses, virtual = [], defaultdict[UUID, int](int), virtual_places()
    for act, place, lot, was, now, count in sql.fetch(FREED, sql.turn(freed, 5)) if freed else ():
        if was != now:
            ends = (place, StockState(was)), (place, StockState(now))
            moves.append(ledger.Move(acts[act], MovementKind.HOLD, lot, count, *ends, reason="released"))
        doses[act] += count
    end = virtual[PlaceKind.DESTROYED]
    for act, place, lot, count in sql.fetch(GONE, [*sql.turn(gone, 3), end]) if gone else ():
        ends = (place, StockState.QUARANTINED), (end, StockState.ON_HAND)
        moves.append(ledger.Move(acts[act], MovementKind.RETURN, lot, count, *ends, reason="COLD_CHAIN"))
        doses[act] += count
    ledger.post(w, moves, virtual.values())
    return doses


@verb(Owner.PLACE, zh="封存并转移", en="Seal and move to another device", tells=(events.SHIPMENT_SENT,))
def device_empty(w: Work, items: list[DeviceEmpty]) -> Answers:
    """Everything in a device goes into a named one with room: at the same place at once, at another one as a shipment of whole packs."""
    rows = [row for row in inside.devices() if row.in_use]
    known, stands = {row.key: row for row in rows}, inside.lots_inside(rows)
    warm = room.out_of_range()
    answers: dict[UUID, Refusal | Params] = {}
    taken: dict[inside.Key, float] = defaultdict(float)
    good: list[DeviceEmpty] = []
    for i in items:
        source, target = known.get((i.place_id, i.device)), known.get((i.to_place_id, i.to_device))
        if source is None or target is None or source is target:
            answers[i.act] = missing(i.device if source is None else i.to_device)
            continue
        lots = stands.get(source.key, [])
        need = sum(lot.litres for lot in lots)
        free = inside.room(target, stands.get(target.key, ())) - taken[target.key]
        if not lots:
            answers[i.act] = Refusal("DEVICE_HOLDS_NOTHING", {"device": i.device})
        elif not _keeps(target, lots) or target.key in warm or free < need:
            nearest = next(iter(room.nearest(source, rows, stands, warm)), None)
            other = nearest.row if nearest else None
            told: Params = {
                "device": i.to_device, "litres": round(need, 1), "free": round(max(0.0, free), 1),
                "place": other.place_id if other else None, "nearest": other.device if other else None,
            }  # fmt: skip
            answers[i.act] = Refusal("NO_ROOM_THERE" if other else "NO_ROOM_ANYWHERE", told)
        else:
            taken[target.key] += need
            good.append(i)
            answers[i.act] = {"device": i.to_device, "doses": sum(lot.doses for lot in lots)}
    here = [i for i in good if i.place_id == i.to_place_id]
    stand([(i.place_id, lot.lot, i.occurred_at, i.to_device) for i in here for lot in stands[i.place_id, i.device]])
    away = [(i, lot) for i in good if i.place_id != i.to_place_id for lot in stands[i.place_id, i.device]]
    return answers | _send_away(w, away)


def _keeps(target: DeviceRow, lots: list[LotInside]) -> bool:
    return all(tables.fits(target.temperature, lot.platform) for lot in lots)


def _send_away(w: Work, away: list[tuple[DeviceEmpty, LotInside]]) -> dict[UUID, Params]:
    """Whole packs leave for the other place as they are, held ones held; opened ones stay where they are."""
    if not away:
        return {}
    counts = {
        (place, lot): n for place, lot, n in sql.fetch(UNOPENED, sql.turn([(i.place_id, x.lot) for i, x in away], 2))
    }
    acts = {(i.act, lot.lot): uuid5(i.act, lot.lot) for i, lot in away}
    wanted = [
        whole_packs.Wanted(acts[i.act, lot.lot], i.place_id, lot.lot, n)
        for i, lot in away
        if (n := counts.get((i.place_id, lot.lot), 0))
    ]
    shares, _ = whole_packs.share_out(wanted, quarantined=True)
    moves, shipments, doses = [], [], defaultdict[UUID, int](int)
    packs: list[tuple[str, int, StockState, UUID]] = []
    sizes = dict(
        sql.fetch("SELECT lot, doses_per_pack FROM supply_lot WHERE lot = ANY(%s)", [[x.lot for _, x in away]])
    )
    for i, lot in away:
        act = acts[i.act, lot.lot]
        chosen = shares.get(act, [])
        packs += [(code, i.to_place_id, StockState.IN_TRANSIT, act) for code, _ in chosen]
        for state in sorted({state for _, state in chosen}):
            count = sizes[lot.lot] * sum(found == state for _, found in chosen)
            ends = (i.place_id, state), (i.to_place_id, StockState.IN_TRANSIT)
            moves.append(ledger.Move(i, MovementKind.SEND, lot.lot, count, *ends, reason="COLD_CHAIN"))
            doses[i.act] += count
        if chosen:
            total = sizes[lot.lot] * len(chosen)
            row = (i.place_id, act, i.to_place_id, lot.lot, lot.product, len(chosen), total, RESCUE, i.to_device)
            shipments.append(leaving.Leaving(*row, clock.civil_day(i.occurred_at), i.occurred_at))
            told: Params = {"to_place_id": i.to_place_id, "lot": lot.lot, "doses": total, "order": i.to_device}
            w.announce(events.SHIPMENT_SENT, "place", i.place_id, i, told)
    whole_packs.relocate(packs)
    leaving.write(shipments)
    ledger.post(w, moves, virtual_places().values())
    return {i.act: {"device": i.to_device, "doses": doses[i.act]} for i, _ in away}
