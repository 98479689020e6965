"""What is lost: doses of one pack, or many packs at once."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from seawall.platform import sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import MovementKind, Owner, PlaceKind, StockState
from seawall.terms.stock import DoseWaste, PacksWaste

from .. import ledger, photos, scanning, tables, whole_packs
from ..usable import Open, may_shift
from ..virtual import virtual_places
from ..witness import REST, Lost, Much, keep
from .doses import locked, named, save

HERE = (StockState.ON_HAND, StockState.QUARANTINED)
MOST = 10_000  # packs that one act writes off
EVERYTHING = f"""
SELECT u.act, k.code FROM {sql.unnest({"act": "uuid", "place_id": "bigint", "lot": "text"})}, LATERAL (
    SELECT p.code FROM supply_pack p
    WHERE p.lot = u.lot AND p.place_id = u.place_id AND p.doses_left > 0 AND p.state IN ('on_hand', 'quarantined')
    ORDER BY p.code LIMIT %s) k ORDER BY 1, 2
"""
Chosen = dict[UUID, list[str]]


@verb(Owner.PLACE, zh="登记报废", en="Waste doses", destroys=True)
def dose_waste(w: Work, items: list[DoseWaste]) -> Answers:
    """Doses of a pack are lost, with the reason; quarantined packs may be wasted too."""
    items = named(items)
    packs = locked({i.code for i in items})
    unknown = scanning.strangers({i.code for i in items} - packs.keys())
    asked = {i.act: Lost(i, packs[i.code].lot, i.doses, packs[i.code].vaccine) for i in items if i.code in packs}
    much, seen = Much(asked.values()), photos.read(items)
    virtual = virtual_places()
    answers: dict[UUID, Refusal | Params] = {}
    lost: list[Lost] = []
    moves: list[ledger.Move] = []
    for item in items:
        pack = packs.get(item.code)
        if pack is None:
            answers[item.act] = unknown[item.code]
            continue
        refusal = _reason_unknown(item) or _wastable(pack, item) or photos.wrong(item, seen)
        if refusal := refusal or much.refuses(asked[item.act]):
            answers[item.act] = refusal
            continue
        moves.append(_gone(item, pack, item.doses, virtual))
        lost.append(asked[item.act])
        answers[item.act] = {"lot": pack.lot, "doses": item.doses, "doses_left": pack.doses_left}
    save(packs)
    ledger.post(w, moves, virtual.values())
    _witnessed(w, lost, seen)
    return answers


@verb(Owner.PLACE, zh="整批报废", en="Waste many packs", destroys=True)
def packs_waste(w: Work, items: list[PacksWaste]) -> Answers:
    """Packs of a lot are lost together: those scanned, so many whole ones, or everything that is left of the lot at the place."""
    chosen, answers = _chosen(items)
    packs = locked({code for codes in chosen.values() for code in codes})
    asked = {i.act: _all_of(i, [packs[code] for code in chosen[i.act]]) for i in items if i.act in chosen}
    much, seen = Much(asked.values()), photos.read(items)
    virtual = virtual_places()
    lost: list[Lost] = []
    moves: list[ledger.Move] = []
    for item in (i for i in items if i.act in chosen):
        mine = [packs[code] for code in chosen[item.act]]
        refusal = _reason_unknown(item, but=REST) or _together(item, mine) or photos.wrong(item, seen)
        if refusal := refusal or much.refuses(asked[item.act]):
            answers[item.act] = refusal
            continue
        moves += [_gone(item, pack, pack.doses_left, virtual) for pack in mine]
        lost.append(asked[item.act])
        answers[item.act] = {"lot": item.lot, "packs": len(mine), "doses": asked[item.act].doses}
    save(packs)
    ledger.post(w, moves, virtual.values())
    _witnessed(w, lost, seen)
    return answers


def _all_of(item: PacksWaste, packs: Sequence[Open]) -> Lost:
    return Lost(item, item.lot, sum(pack.doses_left for pack in packs), any(pack.vaccine for pack in packs))


def _chosen(items: Sequence[PacksWaste]) -> tuple[Chosen, dict[UUID, Refusal | Params]]:
    """Codes of the packs that each act means, or why it means none."""
    chosen, answers = _scanned([i for i in items if i.codes])
    counted = [whole_packs.Wanted(i.act, i.place_id, i.lot, i.packs) for i in items if not i.codes and i.packs > 0]
    shares, short = whole_packs.share_out(counted, quarantined=True)
    chosen |= {act: [code for code, _ in share] for act, share in shares.items()}
    whole = [i for i in items if not i.codes and i.packs <= 0]
    if whole:
        rows = sql.turn([(i.act, i.place_id, i.lot) for i in whole], 3)
        taken = {code for codes in chosen.values() for code in codes}
        for act, code in sql.fetch(EVERYTHING, [*rows, MOST + len(taken) + 1]):
            if code not in taken:
                chosen.setdefault(act, []).append(code)
    for item in whole:
        if item.act not in chosen:
            told: Params = {"lot": item.lot, "place_id": item.place_id, "wanted": max(1, item.packs), "there": 0}
            answers[item.act] = Refusal("NOT_ENOUGH_PACKS", told)
    return chosen, answers | short


def _scanned(items: Sequence[PacksWaste]) -> tuple[Chosen, dict[UUID, Refusal | Params]]:
    """The packs under the codes that were scanned, each given to one act."""
    seen = scanning.scan({code for i in items for code in i.codes}, lock=True)
    chosen: Chosen = {}
    wrong: dict[UUID, Refusal | Params] = {}
    gone: set[str] = set()
    for item in items:
        found = [pack for code in item.codes for pack in seen.packs(code)]
        refusal = scanning.not_whole(item.codes, seen, item.place_id, HERE)
        refusal = refusal or scanning.not_as_said(item.lot, item.packs or len(found), found, gone)
        if refusal:
            wrong[item.act] = refusal
        else:
            chosen[item.act] = [pack.code for pack in found]
            gone |= set(chosen[item.act])
    return chosen, wrong


def _together(item: PacksWaste, packs: Sequence[Open]) -> Refusal | None:
    if len(packs) > MOST:
        return Refusal("PACKS_TOO_MANY", {"lot": item.lot, "most": MOST})
    for pack in packs:
        if not pack.doses_left:  # an act before it in the batch has it
            return Refusal("CODE_USED_UP", {"code": pack.code, "doses": pack.doses})
        if refusal := may_shift(pack, item.place_id, -pack.doses_left):
            return refusal
    return None


def _gone(item: DoseWaste | PacksWaste, pack: Open, doses: int, virtual: Mapping[PlaceKind, int]) -> ledger.Move:
    """Doses leave their pack and the book."""
    pack.draw(doses, item.occurred_at)
    ends = (pack.place_id, StockState(pack.state)), (virtual[PlaceKind.WASTED], StockState.ON_HAND)
    return ledger.Move(item, MovementKind.WASTE, pack.lot, doses, *ends, pack.code, item.reason)


def _witnessed(w: Work, lost: Collection[Lost], seen: photos.Seen) -> None:
    keep(lost, seen)
    photos.keep([row.item for row in lost], seen, w.recorded_at)


def _reason_unknown(item: DoseWaste | PacksWaste, but: str = "") -> Refusal | None:
    known = item.reason in tables.waste_reasons() and item.reason != but
    return None if known else Refusal("WASTE_REASON_UNKNOWN", {"reason": item.reason})


def _wastable(pack: Open, item: DoseWaste) -> Refusal | None:
    if pack.place_id != item.place_id:
        return Refusal("CODE_NOT_HERE", {"code": item.code, "place_id": pack.place_id})
    if pack.state == StockState.IN_TRANSIT:
        return Refusal("SHIPMENT_NOT_ACCEPTED", {"code": item.code, "lot": pack.lot})
    if not 0 < item.doses <= pack.doses_left:
        return Refusal("MORE_THAN_LEFT", {"code": item.code, "doses": item.doses, "left": pack.doses_left})
    return None
