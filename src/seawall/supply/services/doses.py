"""Single doses: into an arm, and back."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import MovementKind, Owner, PlaceKind, StockState
from seawall.terms.stock import DifferenceExplain, DosePutBack, DoseUse, DoseWaste, VialOpen

from .. import ledger, reserves, scanning, selectors, typed_codes
from ..usable import PACKS, Open, may_shift, usable
from ..virtual import virtual_places

DRAW = f"""
UPDATE supply_pack p SET doses_left = u.doses_left, open_until = u.open_until
FROM {sql.unnest({"code": "text", "doses_left": "int", "open_until": "timestamptz"})} WHERE p.code = u.code
"""
Coded = TypeVar("Coded", DoseUse, DoseWaste, VialOpen, DifferenceExplain)
IMPOSSIBLE = frozenset(
    {"BAD_TRACE_CODE", "CODE_UNKNOWN", "CODE_NOT_HERE", "CODE_USED_UP", "SHIPMENT_NOT_ACCEPTED", "NOT_A_VACCINE"}
)
IMPOSSIBLE |= {"CODE_LENGTH", "CODE_IS_PRODUCT", "CODE_IS_LOT", "CODE_IS_CARTON", "CODE_PREFIX_UNKNOWN"}
OPEN = f"""
UPDATE supply_pack p SET open_until = u.open_until, vvm = u.vvm, diluent = u.diluent
FROM {sql.unnest({"code": "text", "open_until": "timestamptz", "vvm": "int", "diluent": "text"})} WHERE p.code = u.code
"""


def locked(codes: set[str]) -> dict[str, Open]:
    return {row[0]: Open(*row) for row in sql.fetch(f"{PACKS} FOR UPDATE OF p", [sorted(codes)])}


def save(packs: Mapping[str, Open]) -> None:
    rows = [(p.code, p.doses_left, p.open_until) for p in packs.values() if p.touched]
    sql.execute(DRAW, sql.turn(rows, 3))


def named(items: Sequence[Coded]) -> list[Coded]:
    """The items with each code by its name in the books, however it was scanned."""
    by_place: dict[int, set[str]] = defaultdict(set)
    for item in items:
        by_place[item.place_id].add(item.code)
    names = {place: scanning.keys(texts, place) for place, texts in by_place.items()}
    return [replace(item, code=names[item.place_id][item.code]) for item in items]


@verb(Owner.PLACE, zh="取用一剂", en="Use doses of a pack", grants=("dose_give", "dose_enter"), inside=True)
def dose_use(w: Work, items: list[DoseUse]) -> Answers:
    """Doses from the pack scanned, one unless a tally says more; called inside the transaction of the injection, whose right covers it."""
    items = named(items)
    packs = locked({i.code for i in items})
    alone = typed_codes.unconfirmed({typed_codes.of(i) for i in items if i.typed})
    unknown = scanning.strangers({i.code for i in items} - packs.keys())
    claims = reserves.Claims(items)
    virtual = virtual_places()
    given = (virtual[PlaceKind.GIVEN], StockState.ON_HAND)
    answers: dict[UUID, Refusal | Params] = {}
    moves = []
    for item in items:
        pack = packs.get(item.code)
        if pack is None:
            answers[item.act] = unknown[item.code]
            continue
        refusal = usable(pack, item) or claims.refusal(pack, item)
        if not refusal and item.doses > max(1, pack.doses_left):
            refusal = Refusal("MORE_THAN_LEFT", {"code": item.code, "doses": item.doses, "left": pack.doses_left})
        if not refusal and item.typed and typed_codes.of(item) in alone:
            refusal = Refusal("TYPED_ALONE", {"code": item.code})
        if refusal and (not item.happened or refusal.code in IMPOSSIBLE):
            answers[item.act] = refusal
            continue
        claims.draw(item)
        pack.draw(item.doses, item.occurred_at)
        answers[item.act] = {
            "lot": pack.lot,
            "product": pack.product,
            "expires": pack.expires.isoformat(),
            "doses_left": pack.doses_left,
            "incident": refusal.code if refusal else "",
        }
        source = (pack.place_id, StockState(pack.state))
        moves.append(ledger.Move(item, MovementKind.USE, pack.lot, item.doses, source, given, pack.code))
    save(packs)
    reserves.take(claims.taken)
    ledger.post(w, moves, virtual.values())
    return answers


@verb(Owner.PLACE, zh="退回误记的一剂", en="Put doses back", grants=("dose_reverse",), inside=True)
def dose_put_back(w: Work, items: list[DosePutBack]) -> Answers:
    """Doses booked as given return to their packs; called inside the transaction of the reversal, whose right covers it.

    A pack that was pierced stays open: its time runs on from the first dose.
    """
    codes = {act: row.code for act, row in selectors.used_from({(i.place_id, i.used) for i in items}).items()}
    packs = locked(set(codes.values()))
    virtual = virtual_places()
    given = (virtual[PlaceKind.GIVEN], StockState.ON_HAND)
    answers: dict[UUID, Refusal | Params] = {}
    moves = []
    kept: Counter[reserves.Key] = Counter()
    for item in items:
        pack = packs.get(codes.get(item.used, ""))
        if pack is None:
            answers[item.act] = Refusal("USE_NOT_IN_BOOK", {})
            continue
        if refusal := may_shift(pack, item.place_id, item.doses):
            answers[item.act] = refusal
            continue
        open_until = pack.open_until
        pack.draw(-item.doses, item.occurred_at)
        if pack.doses > 1 or pack.diluent is not None:
            pack.open_until = open_until
        if item.later:
            kept[item.place_id, pack.product] += item.doses
        answers[item.act] = {"lot": pack.lot, "product": pack.product, "doses_left": pack.doses_left}
        target = (pack.place_id, StockState(pack.state))
        moves.append(ledger.Move(item, MovementKind.USE, pack.lot, item.doses, given, target, pack.code))
    save(packs)
    reserves.keep_again(kept)
    ledger.post(w, moves, virtual.values())
    return answers


@verb(Owner.PLACE, zh="开启疫苗瓶", en="Open vials")
def vial_open(w: Work, items: list[VialOpen]) -> Answers:
    """Open vials before their first dose: the monitor is read, the bundled diluent goes in, and their time begins."""
    items = named(items)
    packs = locked({i.code for i in items})
    unknown = scanning.strangers({i.code for i in items} - packs.keys())
    answers: dict[UUID, Refusal | Params] = {}
    opened = []
    for item in items:
        pack = packs.get(item.code)
        if pack is None:
            answers[item.act] = unknown[item.code]
            continue
        if refusal := _openable(pack, item):
            answers[item.act] = refusal
            continue
        rule = pack.rule(clock.civil_day(item.occurred_at))
        pack.open_until = item.occurred_at + timedelta(minutes=rule.minutes)
        opened.append((pack.code, pack.open_until, item.vvm_stage, item.diluent.strip() or None))
        answers[item.act] = {"lot": pack.lot, "code": pack.code, "doses": pack.doses, "minutes": rule.minutes}
    sql.execute(OPEN, sql.turn(opened, 4))
    return answers


def _openable(pack: Open, item: VialOpen) -> Refusal | None:
    at, place = item.occurred_at, item.place_id
    use = DoseUse(act=item.act, occurred_at=at, place_id=place, code=item.code, product=pack.product)
    if refusal := usable(pack, use, closed=True):
        return refusal
    if pack.open_until is not None:
        return Refusal("VIAL_OPEN_ALREADY", {"code": item.code})
    rule = pack.rule(clock.civil_day(item.occurred_at))
    if rule.vvm is not None and item.vvm_stage not in range(1, 5):
        return Refusal("VVM_NOT_READ", {"code": item.code})
    if rule.vvm is not None and item.vvm_stage is not None and item.vvm_stage > rule.vvm:
        return Refusal("VVM_REACHED", {"code": item.code, "stage": item.vvm_stage, "last": rule.vvm})
    if rule.diluent and not item.diluent.strip():
        return Refusal("DILUENT_MISSING", {"code": item.code})
    if rule.diluent and pack.bundled and item.diluent.strip() != pack.bundled:
        return Refusal(
            "DILUENT_OF_OTHERS", {"code": item.code, "diluent": item.diluent.strip(), "bundled": pack.bundled}
        )
    return None
