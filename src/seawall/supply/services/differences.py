"""Differences between count and book: one explains, pack by pack; the book follows when another has signed."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from seawall.platform import sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import MovementKind, Owner, PlaceKind, StockState
from seawall.terms.stock import CountRow, DifferenceExplain, DifferenceSign

from .. import events, ledger, scanning, selectors, tables, typed_codes
from ..models import Explanation
from ..usable import Open, may_shift
from ..virtual import virtual_places
from .doses import locked, named, save

WAITING = f"""
SELECT e.place_id, e.act, e.count, e.lot, e.code, e.doses, e.cause, e.account_id, e.post_id, e.signed_at IS NOT NULL
FROM supply_explanation e
JOIN {sql.unnest({"place_id": "bigint", "act": "uuid"})} ON e.place_id = u.place_id AND e.act = u.act
ORDER BY e.place_id, e.act FOR UPDATE OF e
"""
EXPLAINED = (
    "SELECT count, sum(doses)::int FROM supply_explanation WHERE place_id = ANY(%s) AND count = ANY(%s) GROUP BY 1"
)
SIGN = f"""
UPDATE supply_explanation e SET signed_post_id = u.post_id, signed_at = u.at
FROM {sql.unnest({"place_id": "bigint", "act": "uuid", "post_id": "bigint", "at": "timestamptz"})}
WHERE e.place_id = u.place_id AND e.act = u.act
"""


class Waiting(NamedTuple):
    """An explanation, locked by this transaction."""

    place_id: int
    act: UUID
    counting: UUID
    lot: str
    code: str
    doses: int
    cause: str
    account_id: int
    post_id: int
    signed: bool


@verb(Owner.PLACE, zh="说明盘点差异", en="Explain differences")
def difference_explain(w: Work, items: list[DifferenceExplain]) -> Answers:
    """Name the pack and the cause of a counted difference, or of a part of it. Nothing moves until another person signs."""
    items = named(items)
    places = sorted({i.place_id for i in items})
    open_counts = {row.count: row for row in selectors.open_differences(places)}
    told = Counter[UUID](dict(sql.fetch(EXPLAINED, [places, sorted({i.count for i in items})])))
    packs = locked({i.code for i in items})
    unknown = scanning.strangers({i.code for i in items} - packs.keys())
    alone = typed_codes.unconfirmed({typed_codes.of(i) for i in items if i.typed})
    answers: dict[UUID, Refusal | Params] = {}
    rows = []
    for item in items:
        pack, count = packs.get(item.code), open_counts.get(item.count)
        refusal = _explains(item, pack, count, told[item.count])
        if not refusal and item.typed and typed_codes.of(item) in alone:
            refusal = Refusal("TYPED_ALONE", {"code": item.code})
        if refusal or pack is None:
            answers[item.act] = refusal or unknown[item.code]
            continue
        told[item.count] += item.doses
        rows.append(
            (item.place_id, item.act, item.count, pack.lot, item.code, item.doses, item.cause)
            + (w.actor.account_id, w.actor.post_id, item.occurred_at)
        )
        answers[item.act] = {"lot": pack.lot, "doses": item.doses, "explanation": str(item.act)}
    columns = ("place_id", "act", "count", "lot", "code", "doses", "cause", "account_id", "post_id", "at")
    sql.insert(Explanation, columns, rows)
    return answers


def _explains(item: DifferenceExplain, pack: Open | None, count: CountRow | None, told: int) -> Refusal | None:
    if count is None or count.place_id != item.place_id:
        return Refusal("DIFFERENCE_NOT_OPEN", {"count": str(item.count)})
    if item.cause not in tables.difference_causes():
        return Refusal("DIFFERENCE_CAUSE_UNKNOWN", {"cause": item.cause})
    if pack is None:
        return None
    if pack.lot != count.lot:
        return Refusal("LOT_NOT_COUNTED", {"code": item.code, "lot": pack.lot, "counted": count.lot})
    difference = count.counted - count.booked
    left = difference - told
    if not item.doses or (item.doses > 0) != (difference > 0) or abs(item.doses) > abs(left):
        return Refusal("MORE_THAN_DIFFERS", {"doses": item.doses, "left": left})
    return may_shift(pack, item.place_id, item.doses)


@verb(Owner.PLACE, zh="复核盘点差异", en="Sign differences", tells=(events.DIFFERENCE_SIGNED,), destroys=True)
def difference_sign(w: Work, items: list[DifferenceSign]) -> Answers:
    """Another person than the one who explained agrees; the pack and the book follow, by a movement of its own kind."""
    keys = sorted({(i.place_id, i.explanation) for i in items})
    waiting = {row[1]: Waiting(*row) for row in sql.fetch(WAITING, sql.turn(keys, 2))}
    packs = locked({e.code for e in waiting.values()})
    virtual = virtual_places()
    away = (virtual[PlaceKind.WASTED], StockState.ON_HAND)
    answers: dict[UUID, Refusal | Params] = {}
    signed: dict[UUID, DifferenceSign] = {}
    moves = []
    for item in items:
        refusal = _signs(w, item, waiting.get(item.explanation), signed, packs)
        if refusal:
            answers[item.act] = refusal
            continue
        told, signed[item.explanation] = waiting[item.explanation], item
        pack = packs[told.code]
        pack.draw(-told.doses, item.occurred_at)
        here = (pack.place_id, StockState(pack.state))
        ends = (here, away) if told.doses < 0 else (away, here)
        moves.append(
            ledger.Move(item, MovementKind.DIFFERENCE, told.lot, abs(told.doses), *ends, told.code, reason=told.cause)
        )
        answers[item.act] = {"lot": told.lot, "doses": told.doses, "cause": told.cause}
        w.announce(
            events.DIFFERENCE_SIGNED,
            "place",
            item.place_id,
            item,
            {"lot": told.lot, "doses": told.doses, "cause": told.cause},
        )
    save(packs)
    rows = [(i.place_id, i.explanation, w.actor.post_id, i.occurred_at) for i in signed.values()]
    sql.execute(SIGN, sql.turn(rows, 4))
    ledger.post(w, moves, virtual.values())
    return answers


def _signs(
    w: Work, item: DifferenceSign, told: Waiting | None, signed: Mapping[UUID, object], packs: Mapping[str, Open]
) -> Refusal | None:
    if told is None or told.signed or told.act in signed:
        return Refusal("EXPLANATION_NOT_OPEN", {"explanation": str(item.explanation)})
    actor = w.actor  # without accounts, as in a demonstration, people are told apart by their posts
    if told.account_id == actor.account_id and (told.account_id or told.post_id == actor.post_id):
        return Refusal("SECOND_PERSON_IS_THE_FIRST")
    return may_shift(packs[told.code], item.place_id, told.doses)
