"""Lots and products stopped by who may, everywhere or at one place, and released again by name."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from seawall.platform import access, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.actor import Actor
from seawall.terms.acts import Params, Refusal, text_key
from seawall.terms.codes import LotState, MovementKind, Owner, StockState
from seawall.terms.stock import LotHold, ProductHold

from .. import events, ledger
from ..models import Hold, ProductStop
from ..virtual import virtual_places

LOTS = "SELECT lot, product FROM supply_lot WHERE lot = ANY(%s) ORDER BY lot FOR UPDATE"
JUDGE = """
WITH seen AS MATERIALIZED (
    SELECT code, place_id, lot, state, cold, gap FROM supply_pack
    WHERE lot = ANY(%(lots)s) AND doses_left > 0 AND NOT place_id = ANY(%(virtual)s) ORDER BY code FOR UPDATE),
cleared AS (SELECT * FROM unnest(%(cleared_places)s::bigint[], %(cleared_lots)s::text[]) AS c(place_id, lot)),
judged AS (
    SELECT s.code, s.state AS old, s.cold AND c.lot IS NULL AS cold, s.gap AND c.lot IS NULL AS gap,
        CASE WHEN s.state = 'in_transit' THEN s.state
             WHEN ((s.cold OR s.gap) AND c.lot IS NULL) OR l.state <> 'released' OR h.lot IS NOT NULL THEN 'quarantined'
             ELSE 'on_hand' END AS new
    FROM seen s JOIN supply_lot l ON l.lot = s.lot
    LEFT JOIN supply_hold h ON h.place_id = s.place_id AND h.lot = s.lot
    LEFT JOIN cleared c ON c.place_id = s.place_id AND c.lot = s.lot),
changed AS (
    UPDATE supply_pack p SET state = j.new, cold = j.cold, gap = j.gap FROM judged j
    WHERE p.code = j.code AND (p.state <> j.new OR p.cold <> j.cold OR p.gap <> j.gap)
    RETURNING p.place_id, p.lot, j.old, j.new, p.doses_left)
SELECT place_id, lot, old, new, sum(doses_left)::int FROM changed WHERE old <> new GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3
"""
TOGETHER = "SELECT pg_advisory_xact_lock_shared(hashtext(p)) FROM (SELECT unnest(%s::text[]) AS p ORDER BY 1) u"
ALONE = TOGETHER.replace("_shared", "")
STOPPED = "SELECT product, state, authority FROM supply_productstop WHERE product = ANY(%s)"
SAY = f"""
UPDATE supply_lot l SET state = u.state, authority = u.authority, word_act = u.act, word_at = u.at, by_product = false
FROM {sql.unnest({"lot": "text", "state": "text", "authority": "text", "act": "uuid", "at": "timestamptz"})} WHERE l.lot = u.lot
"""
SAY_OF_PRODUCT = f"""
UPDATE supply_lot l SET state = u.state, authority = u.authority, word_act = u.act, word_at = u.at,
    by_product = u.state <> 'released'
FROM {sql.unnest({"product": "text", "state": "text", "authority": "text", "act": "uuid", "at": "timestamptz"})}
WHERE l.product = u.product AND (l.by_product OR (l.state = 'released' AND u.state <> 'released'))
RETURNING l.product, l.lot
"""
FACTS = {
    LotState.RECALLED: events.LOT_RECALLED,
    LotState.QUARANTINED: events.LOT_HELD,
    LotState.RELEASED: events.LOT_RELEASED,
}
Stop = LotHold | ProductHold


def lot_keys(items: Sequence[LotHold]) -> list[int]:
    return [text_key(item.lot) for item in items]


@verb(
    Owner.LOT,
    zh="封存、召回或解封批次",
    en="Hold, recall or release lots",
    key=lot_keys,
    judged_by_room="supply judges by the place; a lot is stopped everywhere only by who reaches everywhere",
    tells=(*FACTS.values(),),
    destroys=True,
)
def lot_hold(w: Work, items: list[LotHold]) -> Answers:
    """Stop lots, or let them go again, everywhere or at one place; a release at one place also ends a hold for cold or custody there."""
    known = dict(sql.fetch(LOTS, [sorted({i.lot for i in items})]))
    answers: dict[UUID, Refusal | Params] = {}
    good: dict[tuple[str, int | None], Stop] = {}
    for item in items:
        if item.lot not in known:
            answers[item.act] = Refusal("LOT_UNKNOWN", {"lot": item.lot})
        elif not _reached(w.actor, item.place_id):
            answers[item.act] = Refusal(access.OUT_OF_AREA)
        else:
            good[item.lot, item.place_id] = item
            answers[item.act] = {"lot": item.lot, "doses": 0}
    _mark([i for i in good.values() if isinstance(i, LotHold)])
    moved = _judge_packs(w, good)
    for item in (i for i in items if not isinstance(answers[i.act], Refusal)):
        answers[item.act] = {"lot": item.lot, "doses": moved.get(item.act, 0)}
        told: Params = {
            "lot": item.lot,
            "product": known[item.lot],
            "place_id": item.place_id,
            "authority": item.authority,
        }
        w.announce(FACTS[item.state], "lot", text_key(item.lot), item, told)
    return answers


@verb(
    Owner.CITY,
    zh="停用、召回或恢复疫苗品种",
    en="Stop, recall or free products",
    tells=(events.PRODUCT_STOPPED, events.PRODUCT_FREED),
    destroys=True,
)
def product_hold(w: Work, items: list[ProductHold]) -> Answers:
    """Stop every lot of a product everywhere, those still to come too; freeing it frees the lots that it stopped, no others."""
    sql.fetch(ALONE, [sorted({i.product for i in items})])
    known = dict(
        sql.fetch(
            "SELECT DISTINCT product, product FROM supply_lot WHERE product = ANY(%s)", [[i.product for i in items]]
        )
    )
    last = {i.product: i for i in items if i.product in known}
    rows = [(i.product, i.state.value, i.authority, i.act, i.occurred_at) for i in last.values()]
    stopping = [(p, state, authority, at) for p, state, authority, _, at in rows if state != LotState.RELEASED]
    sql.insert(
        ProductStop,
        ("product", "state", "authority", "since"),
        stopping,
        on_conflict="(product) DO UPDATE SET state = excluded.state, authority = excluded.authority, since = excluded.since",
    )
    freed = sorted(set(last) - {row[0] for row in stopping})
    sql.execute("DELETE FROM supply_productstop WHERE product = ANY(%s)", [freed])
    lots = [(lot, product) for product, lot in sql.fetch(SAY_OF_PRODUCT, sql.turn(sorted(rows), 5))]
    moved = _judge_packs(w, {(lot, None): last[product] for lot, product in sorted(lots)})
    answers: dict[UUID, Refusal | Params] = {}
    for item in items:
        if item.product not in known:
            answers[item.act] = Refusal("PRODUCT_WITHOUT_LOTS", {"product": item.product})
            continue
        count = sum(product == item.product for _, product in lots) if last[item.product] is item else 0
        answers[item.act] = {"product": item.product, "lots": count, "doses": moved.get(item.act, 0)}
        fact = events.PRODUCT_FREED if item.state == LotState.RELEASED else events.PRODUCT_STOPPED
        w.announce(
            fact, "city", 0, item, {"product": item.product, "state": item.state.value, "authority": item.authority}
        )
    return answers


def products_stopped(products: Collection[str]) -> dict[str, tuple[str, str]]:
    """State and authority of those that are stopped; none of them is stopped or freed until this transaction ends."""
    sql.fetch(TOGETHER, [sorted(set(products))])
    return {product: (state, authority) for product, state, authority in sql.fetch(STOPPED, [sorted(set(products))])}


def _reached(actor: Actor, place_id: int | None) -> bool:
    """A lot is stopped or freed everywhere only by who reaches everywhere."""
    return actor.reach.everywhere if place_id is None else access.sees_site(actor, place_id)


def _mark(items: list[LotHold]) -> None:
    """Write on the lot, or on the lot at one place, that it is stopped or free."""
    everywhere = [(i.lot, i.state.value, i.authority, i.act, i.occurred_at) for i in items if i.place_id is None]
    sql.execute(SAY, sql.turn(everywhere, 5))
    local = [i for i in items if i.place_id is not None]
    stopped = [(i.place_id, i.lot, i.state, i.authority, i.occurred_at) for i in local if i.state != LotState.RELEASED]
    sql.insert(
        Hold,
        ("place_id", "lot", "state", "authority", "since"),
        stopped,
        on_conflict="(place_id, lot) DO UPDATE SET state = excluded.state, authority = excluded.authority",
    )
    sql.execute(
        f"DELETE FROM supply_hold h USING {sql.unnest({'place_id': 'bigint', 'lot': 'text'})} "
        "WHERE h.place_id = u.place_id AND h.lot = u.lot",
        sql.turn([(i.place_id, i.lot) for i in local if i.state == LotState.RELEASED], 2),
    )


def _judge_packs(w: Work, good: Mapping[tuple[str, int | None], Stop]) -> dict[UUID, int]:
    """Bring every pack of these lots to the state that lot, place and cold chain ask for; doses moved per act."""
    virtual = virtual_places()
    cleared = [(place, lot) for (lot, place), i in good.items() if place is not None and i.state == LotState.RELEASED]
    places, lots = sql.turn(cleared, 2)
    params = {
        "lots": sorted({lot for lot, _ in good}),
        "virtual": list(virtual.values()),
        "cleared_places": places,
        "cleared_lots": lots,
    }
    moves, moved = [], dict.fromkeys((i.act for i in good.values()), 0)
    for place, lot, old, new, doses in sql.fetch(JUDGE, params):
        item = good.get((lot, place)) or good.get((lot, None)) or next(i for k, i in good.items() if k[0] == lot)
        ends = (place, StockState(old)), (place, StockState(new))
        moves.append(ledger.Move(item, MovementKind.HOLD, lot, doses, *ends, reason=item.state.value))
        moved[item.act] += doses
    ledger.post(w, moves, virtual.values())
    return moved
