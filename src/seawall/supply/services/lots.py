"""Lots: taken in from their makers."""

from bisect import bisect
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import CodeKind, LotState, MovementKind, Owner, PlaceKind, StockState
from seawall.terms.stock import NEVER, LotReceive

from .. import custody, deliveries, events, ledger, tables
from ..custody import SERIAL
from ..deliveries import Delivery
from ..models import Carton, Lot
from ..natures import VACCINE, Nature, natures
from ..virtual import virtual_places
from .stops import products_stopped

APART = frozenset(
    {
        "LOT_WITHOUT_RELEASE",
        "NO_TEMPERATURE_RECORD",
        "HANDOVER_UNSIGNED",
        "TRANSPORT_TEMPERATURE",
        "DILUENT_NOT_BUNDLED",
    }
)
APART |= {"LOT_EXPIRED", "ARRIVED_BEFORE_IT_LEFT"}
TAKEN = f"""
SELECT u.n FROM {sql.unnest({"n": "int", "first": "text", "last": "text"})}
WHERE EXISTS (SELECT FROM supply_pack p WHERE p.code BETWEEN u.first AND u.last)
   OR EXISTS (SELECT FROM supply_carton c WHERE c.code BETWEEN u.first AND u.last)
"""
REGISTER = f"""
INSERT INTO supply_pack (code, lot, product, expires, place_id, state, cold, gap, doses, doses_left, parent)
SELECT CASE WHEN u.packs = 1 THEN u.first
            ELSE left(u.first, 7) || lpad((right(u.first, {SERIAL})::bigint + g)::text, {SERIAL}, '0') END,
       u.lot, u.product, u.expires, u.place_id, u.state, false, false, u.doses, u.doses, u.parent
FROM {
    sql.unnest(
        {"first": "text", "packs": "int", "parent": "text", "lot": "text", "product": "text", "expires": "date"}
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
    day = clock.civil_day(w.recorded_at)
    known_as = natures(day)
    heads = _heads(day)
    answers: dict[UUID, Refusal | Params] = {}
    sound: list[LotReceive] = []
    said: dict[UUID, Delivery] = {}
    for item in map(deliveries.numbered, items):
        read = _papers(item, known_as) or deliveries.read(item, heads)
        if isinstance(read, Refusal):
            answers[item.act] = read
        else:
            said[item.act] = read
            sound.append(item)
    _keep_apart(w, items, answers)
    taken = _taken(sound, said)
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
    _store(w, good, list(fresh.values()), known_as, state, stopped, said)
    return answers | {
        i.act: {
            "lot": i.lot,
            "packs": i.packs,
            "doses": i.packs * i.doses_per_pack,
            "last_code": said[i.act].runs[-1][1],
        }
        for i in good
    }


def _heads(day: date) -> deliveries.Heads:
    found: dict[tuple[str, int], list[tuple[CodeKind, str]]] = defaultdict(list)
    for row in reference.pack_codes(day):
        found[row.product, row.doses_per_pack].append((row.kind, row.head))
    return found


def _keep_apart(w: Work, items: list[LotReceive], answers: Mapping[UUID, Refusal | Params]) -> None:
    """Goods that came without what they must bring stand apart until it comes."""
    custody.set_apart(
        w,
        [
            custody.Standing(i, i.place_id, i.lot, i.product, i.packs * i.doses_per_pack, None, why.code)
            for i in items
            if isinstance(why := answers.get(i.act), Refusal) and why.code in APART
        ],
    )


def _nature(item: LotReceive) -> tuple[object, ...]:
    return item.product, item.expires, item.doses_per_pack


def _papers(item: LotReceive, known: Mapping[str, Nature]) -> Refusal | None:
    """What a delivery must bring before anyone looks at the shelf; of what is no vaccine, a paper and a temperature are not asked for."""
    nature = known.get(item.product, VACCINE)
    if nature.rules.release and not (item.release_certificate.strip() or item.emergency_decision.strip()):
        return Refusal("LOT_WITHOUT_RELEASE", {"lot": item.lot})
    if nature.rules.cold and not _measured(item):
        return Refusal("NO_TEMPERATURE_RECORD", {"lot": item.lot})
    if not (item.handed_by.strip() and item.taken_by.strip()):
        return Refusal("HANDOVER_UNSIGNED", {"lot": item.lot})
    if item.product not in known:
        return Refusal("PRODUCT_UNKNOWN", {"product": item.product})
    if not nature.kept(item.min_celsius, item.max_celsius):
        return _too_warm(item, nature)
    if nature.rules.expires and item.expires == NEVER:
        return Refusal("EXPIRY_MISSING", {"lot": item.lot})
    if item.packs < 1 or item.doses_per_pack < 1:
        return Refusal("NOTHING_TO_RECEIVE", {"lot": item.lot})
    if item.expires < clock.civil_day(item.occurred_at):
        return Refusal("LOT_EXPIRED", {"lot": item.lot, "expires": item.expires.isoformat()})
    vial = tables.vial(item.product, nature.platform, clock.civil_day(item.occurred_at))
    if vial.diluent and not item.diluent.strip():
        return Refusal("DILUENT_NOT_BUNDLED", {"lot": item.lot})
    if item.left_at and item.left_at > item.occurred_at:
        return Refusal("ARRIVED_BEFORE_IT_LEFT", {"lot": item.lot})
    return None


def _measured(item: LotReceive) -> bool:
    return bool(item.temperature_record.strip()) and None not in (item.min_celsius, item.max_celsius)


def _too_warm(item: LotReceive, nature: Nature) -> Refusal:
    low, high = tables.cold_limits(nature.platform)
    told: Params = {
        "lot": item.lot, "low": item.min_celsius, "high": item.max_celsius, "allowed_low": low, "allowed_high": high,
    }  # fmt: skip
    return Refusal("TRANSPORT_TEMPERATURE", told)


def _taken(items: list[LotReceive], said: Mapping[UUID, Delivery]) -> dict[UUID, str]:
    """Deliveries with a code that is registered already, or claimed by an earlier one of this batch."""
    spans = [(item, *span) for item in items for span in said[item.act].spans]
    rows = [(n, first, last) for n, (_, first, last) in enumerate(spans)]
    taken = {spans[n][0].act: spans[n][1] for (n,) in sql.fetch(TAKEN, sql.turn(rows, 3))}
    claimed: list[tuple[str, str]] = []
    for item, first, last in spans:
        after = bisect(claimed, (last, "~"))
        if item.act not in taken and after and claimed[after - 1][1] >= first:
            taken[item.act] = first
        elif item.act not in taken:
            claimed.insert(after, (first, last))
    return taken


def _store(
    w: Work,
    good: list[LotReceive],
    fresh: list[LotReceive],
    known: Mapping[str, Nature],
    state: Mapping[UUID, StockState],
    stopped: Mapping[str, tuple[str, str]],
    said: Mapping[UUID, Delivery],
) -> None:
    columns = (
        "lot",
        "product",
        "kind",
        "expires",
        "release_certificate",
        "doses_per_pack",
        "platform",
        "emergency_decision",
        "diluent",
        "state",
        "authority",
        "by_product",
    )
    sql.insert(
        Lot,
        columns,
        [
            (i.lot, i.product, known[i.product].kind, i.expires, i.release_certificate, i.doses_per_pack)
            + (
                known[i.product].platform,
                i.emergency_decision,
                i.diluent,
                *stopped.get(i.product, (LotState.RELEASED, "")),
            )
            + (i.product in stopped,)
            for i in fresh
        ],
    )
    rows = [
        (*segment, i.lot, i.product, i.expires, i.place_id, state[i.act].value, i.doses_per_pack)
        for i in good
        for segment in said[i.act].segments
    ]
    sql.execute(REGISTER, sql.turn(rows, 9))
    sql.insert(Carton, ("code", "lot", "parent"), [(code, i.lot, up) for i in good for code, up in said[i.act].cases])
    virtual = virtual_places()
    custody.write(_handover(i, virtual[PlaceKind.MAKER], said[i.act]) for i in good)
    custody.settle([(i.place_id, i.lot, i.occurred_at) for i in good], [])
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


def _handover(item: LotReceive, maker: int, said: Delivery) -> custody.GoodsTaken:
    return custody.GoodsTaken(
        item, item.place_id, maker, item.lot, None, item.release_certificate.strip() or item.emergency_decision.strip(),
        item.temperature_record, item.min_celsius, item.max_celsius, item.handed_by, item.taken_by, item.left_at,
        item.occurred_at, said.runs,
    )  # fmt: skip
