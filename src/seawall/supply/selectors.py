"""What others may ask supply: what is where, what is on its way, how long it lasts."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.terms.acts import Refusal
from seawall.terms.codes import MovementKind, ProductKind, StockState
from seawall.terms.stock import (
    CountRow,
    CoverRow,
    Difference,
    DoseUse,
    IdentityRow,
    LotRow,
    PackRow,
    ShipmentRow,
    ShortfallRow,
    StockRow,
)

from . import codes, inside, needs, photos, proof, room, rows, scanning, tables
from .asked import asks, offers, picks, picks_named
from .losses import SESSION_SIZES, Loss, Wastage, losses, session_size, wastage
from .received import ReceivedRow, received
from .reserves import reserves
from .rows import (
    GoodsApartRow,
    LotWord,
    PackHeld,
    Promptness,
    RefusedRow,
    ScannedPack,
    UsableDoses,
    UsedPack,
    WaitingExcursion,
)
from .usable import COLUMNS, Open, usable
from .usable import PACKS as PACKS_BY_CODE
from .witness import REST

__all__ = [
    "SESSION_SIZES",
    "Difference",
    "IdentityRow",
    "Loss",
    "LotWord",
    "PackHeld",
    "Promptness",
    "ReceivedRow",
    "ScannedPack",
    "UsableDoses",
    "UsedPack",
    "Wastage",
    "asks",
    "devices_out_of_range",
    "difference",
    "fill_from",
    "identity",
    "losses",
    "offers",
    "open_share",
    "picks",
    "picks_named",
    "products_known",
    "received",
    "reserves",
    "session_size",
    "wastage",
]

devices_out_of_range = room.out_of_range
difference = proof.difference
open_share = tables.open_share
fill_from = tables.fill_from
identity = proof.identity

STOCK = """
SELECT b.place_id, l.product, b.lot, l.expires,
       CASE WHEN l.state = 'released' AND h.lot IS NOT NULL THEN h.state ELSE l.state END, b.state, b.doses
FROM supply_balance b JOIN supply_lot l ON l.lot = b.lot
LEFT JOIN supply_hold h ON h.place_id = b.place_id AND h.lot = b.lot
WHERE b.doses > 0 AND (%(all)s OR b.place_id = ANY(%(places)s)) AND (%(ancillary)s OR l.kind = 'vaccine')
ORDER BY b.place_id, l.expires, b.lot, b.state
"""
PACKS = """
SELECT p.code, p.lot, p.product, p.expires, p.place_id, p.doses_left, p.doses_left < p.doses OR p.open_until IS NOT NULL
FROM supply_balance b JOIN supply_lot l ON l.lot = b.lot
JOIN supply_pack p ON p.lot = b.lot AND p.place_id = b.place_id AND p.doses_left > 0 AND p.state = 'on_hand'
WHERE b.place_id = ANY(%(places)s) AND b.state = 'on_hand' AND b.doses > 0 AND l.expires >= %(day)s AND l.kind = 'vaccine'
  AND (%(product)s::text IS NULL OR l.product = %(product)s) AND (p.open_until IS NULL OR p.open_until >= %(now)s)
ORDER BY p.place_id, p.expires, p.doses_left = p.doses AND p.open_until IS NULL, p.lot, p.code LIMIT %(limit)s
"""
PACKS_HELD = f"""
SELECT {COLUMNS} FROM supply_pack p JOIN supply_lot l ON l.lot = p.lot WHERE p.place_id = %s AND p.doses_left > 0 AND l.kind = 'vaccine'
ORDER BY p.expires, p.doses_left = p.doses AND p.open_until IS NULL, p.lot, p.code LIMIT %s
"""
PACK_COLUMNS = "SELECT p.code, p.lot, p.product, p.expires, p.place_id, p.doses_left, p.doses_left < p.doses"
FOR_GOOD = (MovementKind.USE.value, MovementKind.CONSUME.value, MovementKind.WASTE.value, MovementKind.RETURN.value)
LOT_GONE = """
SELECT place_id, kind, -sum(delta)::int FROM supply_stockline
WHERE lot = %(lot)s AND kind = ANY(%(kinds)s) AND (delta < 0 OR kind = 'use') AND recorded_at >= %(since)s GROUP BY 1, 2 ORDER BY 1, 2
"""
OPENED = """
SELECT p.code, p.lot, p.product, p.expires, p.place_id, p.doses_left, true
FROM supply_balance b JOIN supply_lot l ON l.lot = b.lot AND l.kind = 'vaccine'
JOIN supply_pack p ON p.lot = b.lot AND p.place_id = b.place_id AND p.doses_left > 0 AND p.state = b.state
WHERE b.place_id = ANY(%(places)s) AND b.state IN ('on_hand', 'quarantined') AND b.doses > 0
  AND (p.doses_left < p.doses OR p.open_until IS NOT NULL)
ORDER BY p.place_id, p.code
"""
SHIPMENTS = """
SELECT act, place_id, to_place_id, lot, product, packs, doses, sent_at, expected_on, accepted_at, "order",
       state = 'sent' AND expected_on < %(on)s, ordered_at, picked_at, arrived_at, state
FROM supply_shipment WHERE {where} ORDER BY expected_on, act
"""
GOODS_APART = """
SELECT place_id, lot, product, doses, why, since FROM supply_goodsapart
WHERE settled_at IS NULL AND place_id = ANY(%s) ORDER BY since DESC
"""
PROMPT = """
WITH done AS (
    SELECT CASE WHEN o.ask IS NULL THEN coalesce(p.doses, s.doses) END AS asked,
        CASE WHEN o.ask IS NULL THEN s.taken_doses END AS taken, s.expected_on,
        (s.arrived_at AT TIME ZONE %(zone)s)::date AS arrived,
        extract(epoch FROM coalesce(s.accepted_at, s.arrived_at) - coalesce(s.ordered_at, s.sent_at)) / 3600.0 AS hours
    FROM supply_shipment s JOIN supply_lot l ON l.lot = s.lot AND l.kind = 'vaccine'
    LEFT JOIN supply_pick p ON p.place_id = s.place_id AND p.act = s.act
    LEFT JOIN supply_offer o ON o.place_id = s.place_id AND o.answered_by = s.act
    WHERE s.to_place_id = ANY(%(places)s) AND s.expected_on >= %(since)s AND s.state IN ('accepted', 'refused')
    UNION ALL
    SELECT p.doses, 0, p.expected_on, NULL, NULL FROM supply_pick p JOIN supply_lot l ON l.lot = p.lot AND l.kind = 'vaccine'
    WHERE p.to_place_id = ANY(%(places)s) AND p.expected_on >= %(since)s AND p.expected_on < %(today)s
      AND NOT EXISTS (SELECT FROM supply_shipment s WHERE s.place_id = p.place_id AND s.act = p.act)
    UNION ALL
    SELECT a.doses, coalesce(sum(s.taken_doses), 0), a.needed_on, NULL, NULL FROM supply_ask a
    LEFT JOIN supply_offer o ON o.to_place_id = a.place_id AND o.ask = a.act
    LEFT JOIN supply_shipment s ON s.place_id = o.place_id AND s.act = o.answered_by
    WHERE a.place_id = ANY(%(places)s) AND a.needed_on >= %(since)s AND a.needed_on < %(today)s AND a.state <> 'withdrawn'
      AND NOT EXISTS (SELECT FROM supply_lot l WHERE l.product = a.product AND l.kind <> 'vaccine')
    GROUP BY a.place_id, a.act)
SELECT coalesce(sum(asked), 0)::bigint, coalesce(sum(abs(taken - asked)), 0)::bigint, count(hours),
    count(*) FILTER (WHERE arrived <= expected_on), percentile_cont(0.5) WITHIN GROUP (ORDER BY hours) FROM done
"""
USED = """
SELECT s.place_id, l.product, -sum(s.delta)::int FROM supply_stockline s JOIN supply_lot l ON l.lot = s.lot
WHERE s.kind = %(kind)s AND (l.kind = 'vaccine') = %(vaccine)s
  AND s.recorded_at >= %(since)s AND s.occurred_at >= %(since)s AND s.occurred_at < %(until)s
  AND (%(all)s OR s.place_id = ANY(%(places)s)) GROUP BY 1, 2
"""
USED_FROM = f"""
SELECT s.act, s.code, s.occurred_at FROM {sql.unnest({"place_id": "bigint", "act": "uuid"})}
JOIN supply_stockline s ON s.place_id = u.place_id AND s.act = u.act WHERE s.kind = 'use' AND s.code IS NOT NULL
"""
OPEN_COUNTS = """
SELECT c.place_id, c.lot, c.counted_at, c.booked, c.counted, c.act, coalesce(e.doses, 0)::int FROM (
    SELECT DISTINCT ON (place_id, lot) * FROM supply_count WHERE %(all)s OR place_id = ANY(%(places)s)
    ORDER BY place_id, lot, counted_at DESC, recorded_at DESC) c
LEFT JOIN (SELECT place_id, count, sum(doses) AS doses FROM supply_explanation WHERE signed_at IS NOT NULL GROUP BY 1, 2) e
  ON e.place_id = c.place_id AND e.count = c.act
WHERE c.counted <> c.booked + coalesce(e.doses, 0) ORDER BY 1, 2
"""
SHORTFALLS = """
SELECT f.place_id, f.product, sum(f.units)::int, min(f.day), max(f.day) FROM supply_shortfall f
WHERE (%(all)s OR f.place_id = ANY(%(places)s)) AND NOT EXISTS (
    SELECT FROM supply_count c JOIN supply_lot l ON l.lot = c.lot
    WHERE c.place_id = f.place_id AND l.product = f.product AND c.recorded_at > f.recorded_at)
GROUP BY 1, 2 ORDER BY 1, 2
"""
WAITING_EXCURSIONS = """
SELECT e.place_id, e.device, e.excursion, coalesce(sum(h.doses), 0)::int FROM supply_excursion e
LEFT JOIN supply_heldlot h ON h.place_id = e.place_id AND h.excursion = e.excursion
WHERE e.state = 'open' GROUP BY e.place_id, e.excursion, e.device ORDER BY e.place_id, e.device
"""
REFUSED_READINGS = """
SELECT source, code, name, sum(count)::int, max(last_at) FROM supply_refusedreading WHERE day >= %s
GROUP BY 1, 2, 3 ORDER BY 5 DESC, 2, 3 LIMIT 200
"""
BY_HAND = "SELECT place_id, device, day, minutes FROM supply_readingday WHERE by_hand AND day = ANY(%s)"
HOURS_APART = int(tables.bound("hours_apart"))  # between the two readings of a day by hand


def stock(place_ids: Collection[int] | None = None, *, ancillary: bool = False) -> list[StockRow]:
    """Balances of vaccine above zero, of these places or of all; a lot held at a place shows that hold. `ancillary`: and of other goods."""
    params = {"all": place_ids is None, "places": list(place_ids or ()), "ancillary": ancillary}
    return [rows.stock_row(row) for row in sql.fetch(STOCK, params)]


def packs(place_ids: Collection[int], product: str | None = None, limit: int = 100_000) -> list[PackRow]:
    """Packs of vaccine that may be used now: first expired first, opened before unopened."""
    now = clock.now()
    params = {"places": list(place_ids), "product": product, "day": clock.civil_day(now), "now": now, "limit": limit}
    return [rows.pack_row(row) for row in sql.fetch(PACKS, params)]


def usable_doses(place_id: int) -> dict[str, UsableDoses]:
    """What may be given at a place now, by product in the order of their codes."""
    closed, opened, following = Counter[str](), Counter[str](), dict[str, int]()
    for pack in packs([place_id]):
        (opened if pack.opened else closed)[pack.product] += pack.doses_left
        if not pack.opened:
            following.setdefault(pack.product, pack.doses_left)
    return {
        code: UsableDoses(closed[code], opened[code], following.get(code, 0)) for code in sorted({*closed, *opened})
    }


def pack_products(scanned_at: Collection[tuple[int, str]]) -> dict[tuple[int, str], str]:
    """The product of each pack by place and text as it was scanned; what stock does not know is left out."""
    texts: dict[int, set[str]] = {}
    for place, text in scanned_at:
        texts.setdefault(place, set()).add(text)
    names = {
        (place, text): name for place, found in texts.items() for text, name in scanning.keys(found, place).items()
    }
    known = dict(sql.fetch("SELECT code, product FROM supply_pack WHERE code = ANY(%s)", [sorted(set(names.values()))]))
    return {key: known[name] for key, name in names.items() if name in known}


def scanned(place_id: int, code: str, at: datetime) -> tuple[ScannedPack | None, Refusal | None]:
    """The pack of a trace code, and why no dose of it may be given at the place at this moment."""
    key = scanning.keys([code], place_id)[code]
    found = sql.fetch(PACKS_BY_CODE, [[key]])
    if not found:
        return None, scanning.strangers([code])[code]
    pack = Open(*found[0])
    item = DoseUse(act=uuid4(), occurred_at=at, place_id=place_id, code=key, product=pack.product)
    return rows.scanned_row(pack), usable(pack, item)


def lots_scanned(texts: Collection[str]) -> dict[str, list[str]]:
    """Codes of packs and cartons as they were scanned, by the lot under them; those under which nothing is have none."""
    found = scanning.inside(texts)
    by_lot: dict[str, list[str]] = {}
    for text in texts:
        packs = found.get(codes.key(text), ())
        by_lot.setdefault(packs[0].lot if packs else "", []).append(text)
    return by_lot


interlocks = tables.interlocks


def packs_held(place_id: int, most: int) -> list[PackHeld]:
    """Packs with doses left at a place, usable or not: first expired first, opened before unopened."""
    on = clock.today()
    return [rows.pack_held(Open(*row), on) for row in sql.fetch(PACKS_HELD, [place_id, most])]


def opened(place_ids: Collection[int]) -> list[PackRow]:
    """Packs begun and not used up, whatever their time: what a closing writes off."""
    found = sql.fetch(OPENED, {"places": list(place_ids)})
    return [rows.pack_row(row) for row in found]


def lots(names: Iterable[str] | None = None) -> list[LotRow]:
    """Lots by name, or all."""
    wanted = None if names is None else list(names)
    query = "SELECT lot, product, expires, state, release_certificate, doses_per_pack FROM supply_lot "
    query += "WHERE %(lots)s::text[] IS NULL OR lot = ANY(%(lots)s) ORDER BY lot"
    return [rows.lot_row(row) for row in sql.fetch(query, {"lots": wanted})]


def shipments_due(on: date) -> list[ShipmentRow]:
    """Shipments not yet taken in and expected by this day, the late ones marked."""
    query = SHIPMENTS.format(where="state = 'sent' AND expected_on <= %(on)s")
    return [rows.shipment_row(row) for row in sql.fetch(query, {"on": on})]


def shipments(place_ids: Collection[int], since: date, on: date) -> list[ShipmentRow]:
    """Shipments from or to these places, expected since a day; `on` decides which are late."""
    query = SHIPMENTS.format(
        where="(place_id = ANY(%(places)s) OR to_place_id = ANY(%(places)s)) AND expected_on >= %(since)s"
    )
    return [rows.shipment_row(row) for row in sql.fetch(query, {"places": list(place_ids), "since": since, "on": on})]


def shipment(act: UUID) -> ShipmentRow | None:
    """A shipment by its act."""
    found = sql.fetch(SHIPMENTS.format(where="act = %(act)s"), {"act": act, "on": clock.today()})
    return rows.shipment_row(found[0]) if found else None


def goods_apart(place_ids: Collection[int]) -> list[GoodsApartRow]:
    """Goods at these places that were refused for want of a paper and have not gone back, the latest first."""
    return [GoodsApartRow(*row) for row in sql.fetch(GOODS_APART, [list(place_ids)])]


def promptness(place_ids: Collection[int], since: date) -> Promptness:
    """How near to what was asked for came what was taken in, and how long it took, by what was expected since a day.

    Rules 1.9: accuracy error = sum |allocated - need| / sum need, where the need is what the evening's picks or a place's
    own request asked (of a shipment under neither, what was sent) and what never came is all error; median hours from order
    to acceptance.
    """
    params = {"places": list(place_ids), "since": since, "zone": str(clock.zone()), "today": clock.today()}
    asked, error, done, on_time, hours = sql.fetch(PROMPT, params)[0]
    return Promptness(done, error / asked if asked else None, on_time / done if done else None, hours)


def used_from(doses: Collection[tuple[int, UUID]]) -> dict[UUID, UsedPack]:
    """The pack of each dose given, by its place and its act; what was given elsewhere has none."""
    found = sql.fetch(USED_FROM, sql.turn(sorted(doses), 2)) if doses else ()
    return {act: UsedPack(code, at) for act, code, at in found}


def used(since: date, days: int, place_ids: Collection[int] | None = None) -> dict[tuple[int, str], int]:
    """Doses given by place and product over so many days from one on."""
    return _gone(MovementKind.USE, since, days, place_ids)


def consumed(since: date, days: int, place_ids: Collection[int] | None = None) -> dict[tuple[int, str], int]:
    """Units of ancillary goods used up by place and product over so many days from one on."""
    return _gone(MovementKind.CONSUME, since, days, place_ids)


def wasted(since: date, days: int, place_ids: Collection[int] | None = None) -> dict[tuple[int, str], int]:
    """Doses wasted by place and product over so many days from one on."""
    return _gone(MovementKind.WASTE, since, days, place_ids)


def _gone(kind: MovementKind, since: date, days: int, place_ids: Collection[int] | None) -> dict[tuple[int, str], int]:
    start = datetime.combine(since, time(), clock.zone())
    params: dict[str, object] = {"kind": kind.value, "since": start, "until": start + timedelta(days=days)}
    params["all"] = place_ids is None
    params["places"] = list(place_ids or ())
    params["vaccine"] = kind != MovementKind.CONSUME
    return {(place, product): doses for place, product, doses in sql.fetch(USED, params)}


def days_of_cover(
    place_ids: Collection[int] | None, on: date, days: int = 7, *, ancillary: bool = False
) -> list[CoverRow]:
    """Vaccine on hand over its mean daily use of the `days` before `on` (rules: stock / mean daily use 7 d); `ancillary`: other goods."""
    since = on - timedelta(days=days)
    pace = used(since, days, place_ids) | (consumed(since, days, place_ids) if ancillary else {})
    hand: dict[tuple[int, str], int] = dict.fromkeys(pace, 0)
    for row in stock(place_ids, ancillary=ancillary):
        if row.state == StockState.ON_HAND and row.expires >= on:
            hand[row.place_id, row.product] = hand.get((row.place_id, row.product), 0) + row.doses
    return [
        CoverRow(*key, doses, pace.get(key, 0) / days, doses * days / pace[key] if pace.get(key) else None)
        for key, doses in sorted(hand.items())
    ]


def open_differences(place_ids: Collection[int] | None = None) -> list[CountRow]:
    """Counts that did not agree with the book, until two people signed the cause or a later count of the same lot and place agrees."""
    params = {"all": place_ids is None, "places": list(place_ids or ())}
    return [CountRow(*row) for row in sql.fetch(OPEN_COUNTS, params)]


def goods_needed(on: date, doses: Mapping[str, int], sites: int = 0) -> dict[str, int]:
    """Units of ancillary goods to send with these doses by vaccine, and what so many sites keep at all times."""
    rules = reference.needs(on)
    return dict(needs.to_send(rules, doses) + Counter({good: n * sites for good, n in needs.kept(rules).items()}))


def expires(kind: ProductKind) -> bool:
    """Whether goods of a kind have a last day of use."""
    return tables.kind(kind).expires


def shortfalls(place_ids: Collection[int] | None = None) -> list[ShortfallRow]:
    """Ancillary goods that days needed and the book lacked, until a lot of them is counted there."""
    params = {"all": place_ids is None, "places": list(place_ids or ())}
    return [ShortfallRow(*row) for row in sql.fetch(SHORTFALLS, params)]


def cold_alarms(since: datetime) -> list[tuple[int, str, datetime, float]]:
    """Devices out of their limits since a moment, or still: place, device, when it began, the farthest reading."""
    query = "SELECT place_id, device, began, worst FROM supply_excursion WHERE kind = ANY(%s) "
    query += "AND (ended IS NULL OR ended >= %s) ORDER BY began"
    return sql.fetch(query, [["hot", "cold", "cumulative"], since])


def excursions_waiting() -> list[WaitingExcursion]:
    """Excursions that nobody decided yet, by place and device."""
    return [WaitingExcursion(*row) for row in sql.fetch(WAITING_EXCURSIONS)]


def devices_in_use() -> frozenset[tuple[int, str]]:
    """Devices by place and name."""
    return frozenset(row.key for row in inside.devices() if row.in_use)


def devices_unread(day: date) -> dict[int, int]:
    """How many devices of a place were not read by hand twice on a civil day, far enough apart; places without any have none."""
    start = datetime.combine(day, time(), clock.zone())
    moments = {row.key: list[datetime]() for row in inside.devices() if row.in_use}
    days = [start.astimezone(UTC).date(), (start + timedelta(days=1)).astimezone(UTC).date()]
    for place, device, on, minutes in sql.fetch(BY_HAND, [days]):
        begins = datetime.combine(on, time(), UTC)
        found = (begins + timedelta(minutes=minute) for minute in minutes)
        moments.get((place, device), []).extend(at for at in found if start <= at < start + timedelta(days=1))
    apart = timedelta(hours=tables.bound("hours_apart"))
    short = (place for (place, _), at in moments.items() if not at or max(at) - min(at) < apart)
    return dict(Counter(short))


def quarantined_since(place_ids: Collection[int]) -> dict[tuple[int, str], datetime]:
    """When doses of a lot first came into quarantine at these places."""
    query = "SELECT place_id, lot, min(occurred_at) FROM supply_stockline WHERE state = 'quarantined' AND delta > 0 "
    query += "AND place_id = ANY(%s) GROUP BY place_id, lot"
    return {(place, lot): at for place, lot, at in sql.fetch(query, [list(place_ids)])}


def lot_places(lot: str) -> list[StockRow]:
    """Where a lot still is."""
    query = STOCK.replace("WHERE", "WHERE b.lot = %(lot)s AND")
    return [rows.stock_row(row) for row in sql.fetch(query, {"all": True, "places": [], "ancillary": True, "lot": lot})]


def lot_word(lot: str) -> LotWord | None:
    """The last word on a lot everywhere: authority, act and moment, and whether it was a word on its product."""
    found = sql.fetch("SELECT authority, word_act, word_at, by_product FROM supply_lot WHERE lot = %s", [lot])
    return LotWord(*found[0]) if found else None


def lot_gone(lot: str, since: datetime) -> list[tuple[int, MovementKind, int]]:
    """Doses of a lot that left each place for good from a moment on: place, how, doses."""
    found = sql.fetch(LOT_GONE, {"lot": lot, "since": since, "kinds": list(FOR_GOOD)})
    return [(place, MovementKind(kind), doses) for place, kind, doses in found]


def lot_underway(lot: str) -> list[ShipmentRow]:
    """Shipments of a lot that nobody has taken in."""
    query = SHIPMENTS.format(where="state = 'sent' AND lot = %(lot)s")
    return [rows.shipment_row(row) for row in sql.fetch(query, {"lot": lot, "on": clock.today()})]


def lot_opened(lot: str) -> list[PackRow]:
    """Packs of a lot that were begun and not used up."""
    query = f"{PACK_COLUMNS} FROM supply_pack p WHERE p.lot = %s AND p.doses_left > 0 AND p.doses_left < p.doses"
    return [rows.pack_row(row) for row in sql.fetch(f"{query} ORDER BY p.place_id, p.code", [lot])]


def removed(place_ids: Collection[int]) -> list[tuple[int, str, int]]:
    """What was destroyed at these places: place, lot, doses."""
    query = "SELECT place_id, lot, doses FROM supply_removal WHERE place_id = ANY(%s) AND kind = 'destroyed' ORDER BY at, act"
    return [(place, lot, doses) for place, lot, doses in sql.fetch(query, [sorted(place_ids)])]


def photo(place_id: int, photo: UUID) -> bytes | None:
    """A picture of what was lost or destroyed at a place, as a JPEG."""
    return photos.shown(place_id, photo)


def difference_causes() -> dict[str, tuple[str, str]]:
    return tables.difference_causes()


def waste_reasons(*, whole: bool = False) -> dict[str, tuple[str, str]]:
    """Codes in Chinese and English; `whole`: those for which whole packs are lost."""
    return {code: said for code, said in tables.waste_reasons().items() if not (whole and code == REST)}


def products_known() -> frozenset[str]:
    """Products of which any lot was ever received."""
    return frozenset(product for (product,) in sql.fetch("SELECT DISTINCT product FROM supply_lot"))


def message_layouts() -> dict[str, dict[str, str]]:
    """How brokers' messages name a device and write a reading, by the layout's name."""
    return tables.message_layouts()


def refused_readings(since: date) -> list[RefusedRow]:
    """What was sent as a temperature since a day and is none, the latest first."""
    return [RefusedRow(*row) for row in sql.fetch(REFUSED_READINGS, [since])]
