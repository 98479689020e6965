"""Whose act a difference of the books comes from: what each act said it moved, against the lines that bear its id."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from seawall.platform import clock, sql
from seawall.platform import selectors as platform
from seawall.platform.selectors import DoneAct
from seawall.terms.stock import Difference

MOST = 50  # differences that are traced; a broken disk is not explained act by act
MOVERS = {
    "difference_sign": "difference", "dose_put_back": "use", "dose_use": "use", "dose_waste": "waste", "goods_consume": "consume",
    "lot_receive": "receive",
    "packs_waste": "waste",
    "shipment_accept": "accept", "shipment_refuse": "send", "shipment_send": "send", "stock_lend": "send",
    "stock_return": "return", "stock_transfer": "send",
}  # fmt: skip
"""Verbs of a place that answer with the doses they moved (one, where they say none), and the kind of their lines."""
SILENT = "excursion_decide"  # moves several lots at once, and answers with all of them together
ALWAYS_SAID = frozenset(MOVERS.values()) - {"send"}
"""Kinds of lines that no other verb writes but a silent one; lines of a sending may be the receiver's half."""
MOVED = f"""
SELECT s.place_id, s.lot, s.act, s.kind, min(s.recorded_at),
    greatest(coalesce(sum(s.delta) FILTER (WHERE s.delta > 0), 0), coalesce(-sum(s.delta) FILTER (WHERE s.delta < 0), 0))::int
FROM supply_stockline s JOIN {sql.unnest({"place_id": "bigint", "lot": "text"})} ON s.place_id = u.place_id AND s.lot = u.lot
GROUP BY 1, 2, 3, 4
"""
Stock = tuple[int, str]  # place and lot


class Moved(NamedTuple):
    """Doses that the lines of one act and kind moved at a place."""

    place_id: int
    lot: str
    act: UUID
    kind: str
    at: datetime
    doses: int


class Culprit(NamedTuple):
    """An act whose lines are not what it said."""

    at: datetime
    act: UUID
    verb: str


def named(found: Iterable[Difference]) -> list[Difference]:
    """The same differences, each with the act whose lines are not what it said, and the day on which it was recorded.

    Where every act of the place and lot agrees with its lines, the book itself was changed by no act: none is named.
    """
    rows = list(found)
    keys = sorted({(row.place_id, row.lot) for row in rows if row.act is None})[:MOST]
    if not keys:
        return rows
    moved = [Moved(*row) for row in sql.fetch(MOVED, sql.turn(keys, 2))]
    places, lots = sql.turn(keys, 2)
    acts = platform.acts_done("place", places, MOVERS, ("lot", lots), {m.act for m in moved})
    latest: dict[Stock, Culprit] = {}
    for key, culprit in _wrong(set(keys), moved, acts):
        latest[key] = max(culprit, latest.get(key, culprit))
    return [_by(row, latest.get((row.place_id, row.lot))) for row in rows]


def _wrong(
    keys: Collection[Stock], moved: Collection[Moved], acts: Collection[DoneAct]
) -> Iterator[tuple[Stock, Culprit]]:
    """Acts that said more or less than their lines hold, and lines of acts that said nothing."""
    by_act = {(a.owner_id, a.act): a for a in acts}
    lines = {(m.place_id, m.lot, m.act, m.kind): m.doses for m in moved}
    said = dict(_said(keys, moved, by_act))
    for key, (doses, act) in said.items():
        if lines.get(key, 0) != doses:
            yield (key[0], key[1]), Culprit(act.recorded_at, act.act, act.verb)
    speaking = {(place, act) for place, _, act, _ in said}
    for m in moved:
        if m.kind in ALWAYS_SAID and (m.place_id, m.act) not in speaking:
            done = by_act.get((m.place_id, m.act))
            if done is None or done.verb != SILENT:
                yield (m.place_id, m.lot), Culprit(m.at, m.act, done.verb if done else "")


def _said(
    keys: Collection[Stock], moved: Iterable[Moved], by_act: Mapping[tuple[int, UUID], DoneAct]
) -> Iterator[tuple[tuple[int, str, UUID, str], tuple[int, DoneAct]]]:
    """Doses that each act answered it moved; a sending names no lot, its lines do."""
    for (place, act), done in by_act.items():
        if (place, lot := str(done.answer.get("lot"))) in keys and done.verb in MOVERS:
            yield (place, lot, act, MOVERS[done.verb]), (abs(int(str(done.answer.get("doses") or 1))), done)
    for m in moved:
        sent = by_act.get((m.place_id, m.act))
        if sent and m.kind == MOVERS.get(sent.verb) == "send":
            yield (m.place_id, m.lot, m.act, m.kind), (int(str(sent.answer["doses"])), sent)


def _by(row: Difference, culprit: Culprit | None) -> Difference:
    if row.act or culprit is None:
        return row
    return replace(row, act=culprit.act, verb=culprit.verb, day=clock.civil_day(culprit.at))
