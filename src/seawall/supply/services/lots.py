"""Lots: taken in from their makers."""

from bisect import bisect
from collections.abc import Mapping
from dataclasses import replace
from string import ascii_uppercase, digits
from uuid import UUID

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import LotState, MovementKind, Owner, PlaceKind, StockState
from seawall.terms.stock import LotReceive

from .. import events, ledger, tables
from ..models import Lot
from ..usable import TRACE_CODE
from ..virtual import virtual_places
from .stops import products_stopped

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
    stopped = products_stopped({i.product for i in good})
    held = set(sql.fetch(HELD, sql.turn([(i.place_id, i.lot) for i in good], 2)))
    state = {
        i.act: StockState.QUARANTINED
        if (i.place_id, i.lot) in held
        or (known[i.lot][3] != LotState.RELEASED if i.lot in known else i.product in stopped)
        else StockState.ON_HAND
        for i in good
    }
    _store(w, good, list(fresh.values()), platforms, state, stopped)
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
    stopped: Mapping[str, tuple[str, str]],
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
        "by_product",
    )
    sql.insert(
        Lot,
        columns,
        [
            (i.lot, i.product, i.expires, i.release_certificate, i.doses_per_pack)
            + (tables.open_minutes(platforms[i.product]), *stopped.get(i.product, (LotState.RELEASED, "")))
            + (i.product in stopped,)
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
