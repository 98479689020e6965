"""Whole unopened packs, chosen in code order and moved together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from seawall.platform import sql
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import StockState

Key = tuple[int, str]  # place, lot
Chosen = tuple[str, StockState]  # code and the state it was found in

MOVE = f"""
UPDATE supply_pack p SET place_id = u.place_id, state = u.state, shipment = u.shipment
FROM {sql.unnest({"code": "text", "place_id": "bigint", "state": "text", "shipment": "uuid"})} WHERE p.code = u.code
"""
WANTED = sql.unnest({"place_id": "bigint", "lot": "text", "n": "int"})
THERE = (
    "p.lot = u.lot AND p.place_id = u.place_id AND p.doses_left > 0 AND p.doses_left = p.doses AND p.open_until IS NULL"
)
ON_HAND = f"""
SELECT u.place_id, u.lot, k.code, k.state FROM {WANTED}, LATERAL (
    SELECT p.code, p.state FROM supply_pack p WHERE {THERE} AND p.state = 'on_hand'
    ORDER BY p.code LIMIT u.n FOR UPDATE OF p BUSY) k
ORDER BY u.place_id, u.lot, k.code
"""
ANY_HERE = f"""
SELECT u.place_id, u.lot, k.code, k.state FROM {WANTED}, LATERAL (
    SELECT p.code, p.state FROM supply_pack p WHERE {THERE} AND p.state IN ('on_hand', 'quarantined')
    ORDER BY p.state DESC, p.code LIMIT u.n FOR UPDATE OF p BUSY) k
ORDER BY u.place_id, u.lot, k.state DESC, k.code
"""


class Wanted(NamedTuple):
    """So many packs of a lot at a place, for one act."""

    act: UUID
    place_id: int
    lot: str
    packs: int


def share_out(
    wanted: Sequence[Wanted], *, quarantined: bool
) -> tuple[dict[UUID, list[Chosen]], dict[UUID, Refusal | Params]]:
    """Lock packs and give them to the acts in order; an act that cannot have all of its packs has none."""
    total: dict[Key, int] = defaultdict(int)
    for want in wanted:
        total[want.place_id, want.lot] += want.packs
    found = _locked(total, ANY_HERE if quarantined else ON_HAND)
    shares: dict[UUID, list[Chosen]] = {}
    refused: dict[UUID, Refusal | Params] = {}
    for want in wanted:
        packs = found.get((want.place_id, want.lot), [])
        if len(packs) < want.packs:
            told: Params = {"lot": want.lot, "place_id": want.place_id, "wanted": want.packs, "there": len(packs)}
            refused[want.act] = Refusal("NOT_ENOUGH_PACKS", told)
        else:
            shares[want.act] = packs[: want.packs]
            del packs[: want.packs]
    return shares, refused


def _locked(total: Mapping[Key, int], query: str) -> dict[Key, list[Chosen]]:
    """Packs that another transaction is moving are passed over first, and waited for only where too few are left."""
    found: dict[Key, list[Chosen]] = {}
    for how in ("SKIP LOCKED", ""):
        short = [(place, lot, n) for (place, lot), n in sorted(total.items()) if len(found.get((place, lot), ())) < n]
        if not short:
            break
        again: dict[Key, list[Chosen]] = defaultdict(list)
        for place, lot, code, state in sql.fetch(query.replace("BUSY", how), sql.turn(short, 3)):
            again[place, lot].append((code, StockState(state)))
        found.update(again)
    return found


def relocate(rows: Sequence[tuple[str, int, StockState, UUID]]) -> None:
    """Move packs, by code, to a place and state under an act: one statement."""
    sql.execute(MOVE, sql.turn([(code, place, state.value, act) for code, place, state, act in rows], 4))
