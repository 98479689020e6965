"""Lots: taken in from their makers, stopped and released again."""

from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import replace
from string import ascii_uppercase, digits
from uuid import UUID

from seawall.platform import access, clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Params, Refusal, text_key
from seawall.terms.codes import LotState, MovementKind, Owner, PlaceKind, StockState
from seawall.terms.stock import LotHold, LotReceive

from .. import events, ledger, tables
from ..models import Hold, Lot
from ..usable import TRACE_CODE
from ..virtual import virtual_places

SERIAL, HEAD_LENGTH = 13, 7
SIGNS, OURS = digits + ascii_uppercase, "N"

TAKEN = f"""
SELECT u.n FROM {sql.unnest({"n": "int", "first": "text", "last": "text"})}
WHERE EXISTS (SELECT 1 FROM supply_pack p WHERE p.code BETWEEN u.first AND u.last)
"""
REGISTER = f"""
INSERT INTO supply_pack (code, lot, product, expires, place_id, state, cold, doses, doses_left)
SELECT left(u.first, 7) || lpad((right(u.first, {SERIAL})::bigint + g)::text, {SERIAL}, '0'),
       u.lot, u.product, u.expires, u.place_id, u.state, false, u.doses, u.doses
FROM {
    sql.unnest(
        {"first": "text", "packs": "int", "lot": "text", "product": "text", "expires": "date"}
        | {"place_id": "bigint", "state": "text", "doses": "int"}
    )
}, generate_series(0, u.packs - 1) g
"""
LOTS = "SELECT lot, product, expires, doses_per_pack, state FROM supply_lot WHERE lot = ANY(%s) ORDER BY lot FOR UPDATE"
HELD = f"""
SELECT h.place_id, h.lot FROM supply_hold h
JOIN {sql.unnest({"place_id": "bigint", "lot": "text"})} ON h.place_id = u.place_id AND h.lot = u.lot
"""

JUDGE = """
WITH seen AS MATERIALIZED (
    SELECT code, place_id, lot, state, cold FROM supply_pack
    WHERE lot = ANY(%(lots)s) AND doses_left > 0 AND NOT place_id = ANY(%(virtual)s) ORDER BY code FOR UPDATE),
cleared AS (SELECT * FROM unnest(%(cleared_places)s::bigint[], %(cleared_lots)s::text[]) AS c(place_id, lot)),
judged AS (
    SELECT s.code, s.state AS old, s.cold AND c.lot IS NULL AS cold,
        CASE WHEN s.state = 'in_transit' THEN s.state
             WHEN (s.cold AND c.lot IS NULL) OR l.state <> 'released' OR h.lot IS NOT NULL THEN 'quarantined'
             ELSE 'on_hand' END AS new
    FROM seen s JOIN supply_lot l ON l.lot = s.lot
    LEFT JOIN supply_hold h ON h.place_id = s.place_id AND h.lot = s.lot
    LEFT JOIN cleared c ON c.place_id = s.place_id AND c.lot = s.lot),
changed AS (
    UPDATE supply_pack p SET state = j.new, cold = j.cold FROM judged j
    WHERE p.code = j.code AND (p.state <> j.new OR p.cold <> j.cold)
    RETURNING p.place_id, p.lot, j.old, j.new, p.doses_left)
SELECT place_id, lot, old, new, sum(doses_left)::int FROM changed WHERE old <> new GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3
"""


@verb(Owner.PLACE, zh="接收批次", en="Receive lots", tells=(events.LOT_RECEIVED,))
def lot_receive(w: Work, items: list[LotReceive]) -> Answers:
    """Take lots in from their makers: the lot, its register of packs, and the movement from the maker to the store."""
    platforms = {p.code: p.platform for p in reference.products(clock.civil_day(w.recorded_at))}
    answers: dict[UUID, Refusal | Params] = {}
    sound: list[LotReceive] = []
    for item in map(_coded, items):
        refusal = _papers(item, platforms)
        if refusal:
            answers[item.act] = refusal
        else:
            sound.append(item)
    taken = _taken(sound)
    known = {row[0]: row[1:] for row in sql.fetch(LOTS, [sorted({i.lot for i in sound})])}
    fresh: dict[str, LotReceive] = {}
    good: list[LotReceive] = []
    for item in sound:
        same = known.get(item.lot, (item.product, item.expires, item.doses_per_pack, LotState.RELEASED))
        first = fresh.get(item.lot, item)
        if item.act in taken:
            answers[item.act] = Refusal("CODE_ALREADY_KNOWN", {"code": taken[item.act]})
        elif same[:3] != _nature(item) or _nature(first) != _nature(item):
            answers[item.act] = Refusal("LOT_DIFFERS", {"lot": item.lot})
        else:
            if item.lot not in known:
                fresh.setdefault(item.lot, item)
            good.append(item)
    held = set(sql.fetch(HELD, sql.turn([(i.place_id, i.lot) for i in good], 2)))
    state = {
        i.act: StockState.QUARANTINED
        if (i.place_id, i.lot) in held or (i.lot in known and known[i.lot][3] != LotState.RELEASED)
        else StockState.ON_HAND
        for i in good
    }
    _store(w, good, list(fresh.values()), platforms, state)
    return answers | {
        i.act: {"lot": i.lot, "packs": i.packs, "doses": i.packs * i.doses_per_pack, "last_code": _last(i)}
        for i in good
    }


def _coded(item: LotReceive) -> LotReceive:
    """Packs that bear no code are numbered here, under a head made from the act: no maker's begins with this letter."""
    if item.first_code:
        return item
    rest, head = item.act.int, ""
    for _ in range(HEAD_LENGTH - 1):
        rest, digit = divmod(rest, len(SIGNS))
        head += SIGNS[digit]
    return replace(item, first_code=f"{OURS}{head}{1:0{SERIAL}}")


def _nature(item: LotReceive) -> tuple[object, ...]:
    return item.product, item.expires, item.doses_per_pack


def _papers(item: LotReceive, platforms: Mapping[str, str]) -> Refusal | None:
    """What a delivery must bring before anyone looks at the shelf."""
    if not item.release_certificate.strip():
        return Refusal("LOT_WITHOUT_RELEASE", {"lot": item.lot})
    if not item.temperature_record.strip():
        return Refusal("NO_TEMPERATURE_RECORD", {"lot": item.lot})
    if item.product not in platforms:
        return Refusal("PRODUCT_UNKNOWN", {"product": item.product})
    if not tables.within(item.min_celsius, item.max_celsius, platforms[item.product]):
        return _too_warm(item.min_celsius, item.max_celsius, item.lot, platforms[item.product])
    if item.packs < 1 or item.doses_per_pack < 1:
        return Refusal("NOTHING_TO_RECEIVE", {"lot": item.lot})
    if item.expires < clock.civil_day(item.occurred_at):
        return Refusal("LOT_EXPIRED", {"lot": item.lot, "expires": item.expires.isoformat()})
    if not TRACE_CODE.fullmatch(item.first_code) or len(_last(item)) != len(item.first_code):
        return Refusal("BAD_TRACE_CODE", {"code": item.first_code})
    return None


def _too_warm(low: float, high: float, lot: str, platform: str) -> Refusal:
    allowed_low, allowed_high = tables.cold_limits(platform)
    told: Params = {"lot": lot, "low": low, "high": high, "allowed_low": allowed_low, "allowed_high": allowed_high}
    return Refusal("TRANSPORT_TEMPERATURE", told)


def _last(item: LotReceive) -> str:
    serial = int(item.first_code[-SERIAL:]) + item.packs - 1
    return item.first_code[:-SERIAL] + str(serial).zfill(SERIAL)


def _taken(items: list[LotReceive]) -> dict[UUID, str]:
    """Deliveries whose codes are registered already, or claimed by an earlier one of this batch."""
    ranges = [(i.first_code, _last(i)) for i in items]
    rows = [(n, *span) for n, span in enumerate(ranges)]
    taken = {items[n].act: items[n].first_code for (n,) in sql.fetch(TAKEN, sql.turn(rows, 3))}
    claimed: list[tuple[str, str]] = []
    for item, span in zip(items, ranges, strict=True):
        after = bisect(claimed, (span[1], "~"))
        if item.act not in taken and after and claimed[after - 1][1] >= span[0]:
            taken[item.act] = item.first_code
        elif item.act not in taken:
            claimed.insert(after, span)
    return taken


def _store(
    w: Work,
    good: list[LotReceive],
    fresh: list[LotReceive],
    platforms: Mapping[str, str],
    state: Mapping[UUID, StockState],
) -> None:
    columns = (
        "lot",
        "product",
        "expires",
        "release_certificate",
        "doses_per_pack",
        "open_minutes",
        "state",
        "authority",
    )
    sql.insert(
        Lot,
        columns,
        [
            (i.lot, i.product, i.expires, i.release_certificate, i.doses_per_pack)
            + (tables.open_minutes(platforms[i.product]), LotState.RELEASED, "")
            for i in fresh
        ],
    )
    rows = [
        (i.first_code, i.packs, i.lot, i.product, i.expires, i.place_id, state[i.act].value, i.doses_per_pack)
        for i in good
    ]
    sql.execute(REGISTER, sql.turn(rows, 8))
    virtual = virtual_places()
    maker = (virtual[PlaceKind.MAKER], StockState.ON_HAND)
    ledger.post(
        w,
        [
            ledger.Move(i, MovementKind.RECEIVE, i.lot, i.packs * i.doses_per_pack, maker, (i.place_id, state[i.act]))
            for i in good
        ],
        virtual.values(),
    )
    for i in good:
        told: Params = {"lot": i.lot, "product": i.product, "doses": i.packs * i.doses_per_pack}
        w.announce(events.LOT_RECEIVED, "place", i.place_id, i, told)


def lot_keys(items: Sequence[LotHold]) -> list[int]:
    return [text_key(item.lot) for item in items]


@verb(
    Owner.LOT,
    zh="封存、召回或解封批次",
    en="Hold, recall or release lots",
    key=lot_keys,
    judged_by_room="supply judges by the place; a lot is stopped everywhere only by who reaches everywhere",
    tells=(
        events.LOT_RECALLED,
        events.LOT_HELD,
        events.LOT_RELEASED,
    ),
    destroys=True,
)
def lot_hold(w: Work, items: list[LotHold]) -> Answers:
    """Stop lots, or let them go again, everywhere or at one place; a release at one place also ends a cold-chain hold there."""
    known = {row[0]: row[1] for row in sql.fetch(LOTS, [sorted({i.lot for i in items})])}
    answers: dict[UUID, Refusal | Params] = {}
    good: dict[tuple[str, int | None], LotHold] = {}
    for item in items:
        if item.lot not in known:
            answers[item.act] = Refusal("LOT_UNKNOWN", {"lot": item.lot})
        elif not _reached(w.actor, item.place_id):
            answers[item.act] = Refusal(access.OUT_OF_AREA)
        else:
            good[item.lot, item.place_id] = item
            answers[item.act] = {"lot": item.lot, "doses": 0}
    _mark(w, list(good.values()))
    moved = _judge_packs(w, good)
    for act, doses in moved.items():
        answers[act] = {"lot": next(i.lot for i in items if i.act == act), "doses": doses}
    for item in (i for i in items if not isinstance(answers[i.act], Refusal)):
        fact = {
            LotState.RECALLED: events.LOT_RECALLED,
            LotState.QUARANTINED: events.LOT_HELD,
            LotState.RELEASED: events.LOT_RELEASED,
        }[item.state]
        told: Params = {
            "lot": item.lot,
            "product": known[item.lot],
            "place_id": item.place_id,
            "authority": item.authority,
        }
        w.announce(fact, "lot", text_key(item.lot), item, told)
    return answers


def _reached(actor: Actor, place_id: int | None) -> bool:
    """A lot is stopped or freed everywhere only by who reaches everywhere."""
    return actor.reach.everywhere if place_id is None else access.sees_site(actor, place_id)


def _mark(w: Work, items: list[LotHold]) -> None:
    """Write on the lot, or on the lot at one place, that it is stopped or free."""
    everywhere = [(i.lot, i.state.value, i.authority) for i in items if i.place_id is None]
    sql.execute(
        f"UPDATE supply_lot l SET state = u.state, authority = u.authority "
        f"FROM {sql.unnest({'lot': 'text', 'state': 'text', 'authority': 'text'})} WHERE l.lot = u.lot",
        sql.turn(everywhere, 3),
    )
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


def _judge_packs(w: Work, good: Mapping[tuple[str, int | None], LotHold]) -> dict[UUID, int]:
    """Bring every pack of these lots to the state that lot, place and cold chain ask for; doses moved per act."""
    virtual = virtual_places()
    cleared = [(i.place_id, i.lot) for i in good.values() if i.place_id is not None and i.state == LotState.RELEASED]
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
        moves.append(
            ledger.Move(
                item,
                MovementKind.HOLD,
                lot,
                doses,
                (place, StockState(old)),
                (place, StockState(new)),
                reason=item.state.value,
            )
        )
        moved[item.act] += doses
    ledger.post(w, moves, virtual.values())
    return moved
