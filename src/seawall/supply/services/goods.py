"""Ancillary goods that a site's day used up: out of the packs at the site, the first to expire first."""

from collections import Counter, defaultdict
from uuid import UUID

from seawall.platform import sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import MovementKind, Owner, PlaceKind, StockState
from seawall.terms.stock import GoodsConsume

from .. import events, ledger, needs
from ..models import Shortfall
from ..virtual import virtual_places

DRAWN = f"""
WITH here AS MATERIALIZED (
    SELECT p.code, p.lot, p.place_id, p.product, p.expires, p.doses, p.doses_left, u.units
    FROM {sql.unnest({"place_id": "bigint", "product": "text", "units": "int", "day": "date"})}
    JOIN supply_balance b ON b.place_id = u.place_id AND b.state = 'on_hand' AND b.doses > 0
    JOIN supply_lot l ON l.lot = b.lot AND l.product = u.product AND l.state = 'released' AND l.expires >= u.day
    JOIN supply_pack p ON p.lot = b.lot AND p.place_id = b.place_id AND p.doses_left > 0 AND p.state = 'on_hand'
    ORDER BY p.code FOR UPDATE OF p),
lined AS (
    SELECT *, sum(doses_left) OVER (PARTITION BY place_id, product ORDER BY expires, doses_left = doses, lot, code) - doses_left AS before
    FROM here),
taken AS (SELECT place_id, product, lot, code, least(doses_left, units - before)::int AS n FROM lined WHERE before < units),
drawn AS (UPDATE supply_pack p SET doses_left = p.doses_left - t.n FROM taken t WHERE p.code = t.code)
SELECT place_id, product, lot, code, n FROM taken ORDER BY place_id, code
"""
Key = tuple[int, str]  # place and product


@verb(
    Owner.PLACE, zh="登记配套物资消耗", en="Use up ancillary goods", grants=("day_close",), inside=True,
    tells=(events.GOODS_LACKED,),
)  # fmt: skip
def goods_consume(w: Work, items: list[GoodsConsume]) -> Answers:
    """What the doses of a day needed leaves the book; what the book lacks is told, and kept until somebody counts.

    Called inside the transaction of the closing, whose right covers it. Nothing is refused: the doses are given.
    """
    rules = {day: reference.needs(day) for day in {i.day for i in items}}
    wanted = {i.act: needs.used_up(rules[i.day], i.doses) for i in items}
    drawn = _draw(items, wanted)
    virtual = virtual_places()
    given = (virtual[PlaceKind.GIVEN], StockState.ON_HAND)
    answers: dict[UUID, Refusal | Params] = {}
    moves, lacking = [], []
    for item in items:
        short: Counter[str] = Counter()
        for good, units in sorted(wanted[item.act].items()):
            packs = drawn[item.place_id, good]
            while units and packs:
                lot, code, left = packs.pop()
                n = min(units, left)
                units -= n
                if left > n:
                    packs.append((lot, code, left - n))
                here = (item.place_id, StockState.ON_HAND)
                moves.append(ledger.Move(item, MovementKind.CONSUME, lot, n, here, given, code))
            if units:
                short[good] = units
                lacking.append((item.place_id, item.act, good, item.day, units, w.recorded_at))
        if short:
            told: Params = {"day": item.day.isoformat(), "goods": " ".join(sorted(short)), "units": short.total()}
            w.announce(events.GOODS_LACKED, "place", item.place_id, item, told)
        answers[item.act] = {"doses": wanted[item.act].total() - short.total(), "short": short.total()}
    sql.insert(Shortfall, ("place_id", "act", "product", "day", "units", "recorded_at"), lacking)
    ledger.post(w, moves, virtual.values())
    return answers


def _draw(items: list[GoodsConsume], wanted: dict[UUID, Counter[str]]) -> dict[Key, list[tuple[str, str, int]]]:
    """Units taken from packs by place and product, the last to take first: one statement for all of a batch."""
    total: Counter[Key] = Counter()
    for item in items:
        for good, units in wanted[item.act].items():
            total[item.place_id, good] += units
    days = {item.place_id: item.day for item in items}
    rows = [(place, good, units, days[place]) for (place, good), units in sorted(total.items())]
    found: dict[Key, list[tuple[str, str, int]]] = defaultdict(list)
    for place, product, lot, code, n in sql.fetch(DRAWN, sql.turn(rows, 4)) if rows else ():
        found[place, product].append((lot, code, n))
    return found
