"""What was scanned: one answer for the station, the receiving page and every act that takes codes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from seawall.platform import sql
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import StockState

from . import codes
from .codes import Code, Form

INSIDE = """
WITH RECURSIVE asked AS (SELECT DISTINCT unnest(%(codes)s::text[]) AS code),
cases AS (
    SELECT a.code AS asked, c.code FROM asked a JOIN supply_carton c ON c.code = a.code
    UNION ALL SELECT k.asked, c.code FROM cases k JOIN supply_carton c ON c.parent = k.code),
members AS MATERIALIZED (
    SELECT a.code AS asked, p.code FROM asked a JOIN supply_pack p ON p.code = a.code
    UNION ALL SELECT k.asked, p.code FROM cases k JOIN supply_pack p ON p.parent = k.code)
SELECT m.asked, p.code, p.lot, p.product, p.place_id, p.state, p.shipment, p.doses,
    p.doses_left = p.doses AND p.open_until IS NULL AS whole
FROM members m JOIN supply_pack p ON p.code = m.code ORDER BY p.code
"""
CASES = "SELECT code, opened_at IS NOT NULL FROM supply_carton WHERE code = ANY(%s)"
HEADS = f"""
SELECT u.head FROM {sql.unnest({"head": "text"})} WHERE EXISTS (
    SELECT FROM supply_pack p WHERE p.code >= u.head AND p.code < u.head || '~')
"""
OF_LOT = f"""
SELECT u.lot, k.code FROM {sql.unnest({"lot": "text", "written": "boolean"})}
JOIN supply_lot l ON l.lot = u.lot AND NOT (u.written AND l.kind = 'vaccine'), LATERAL (
    SELECT p.code FROM supply_pack p WHERE p.lot = u.lot AND p.place_id = %s AND p.doses_left > 0 AND p.state = 'on_hand'
    ORDER BY p.open_until IS NULL AND p.doses_left = p.doses, p.code LIMIT 1) k
"""


class Inside(NamedTuple):
    """A pack found under a code: its own, or that of a case around it. `whole`: unopened."""

    asked: str
    code: str
    lot: str
    product: str
    place_id: int
    state: str
    shipment: UUID | None
    doses: int
    whole: bool


def keys(texts: Iterable[str], place_id: int) -> dict[str, str]:
    """The name in the books of each text; a code that names only a lot stands for the pack of it to use first at the place.

    Ancillary goods often bear no code: there the name of the lot, written as it is, does the same.
    """
    read = {text: codes.read(text) for text in texts}
    named = {text: code.key if isinstance(code, Code) else text for text, code in read.items()}
    of_lot = {text: code.lot for text, code in read.items() if isinstance(code, Code) and code.form is Form.LOT}
    written = {text: text.strip() for text, code in read.items() if not isinstance(code, Code)}
    asked = [(lot, False) for lot in {*of_lot.values()}] + [(lot, True) for lot in {*written.values()}]
    if asked:
        first = dict(sql.fetch(OF_LOT, [*sql.turn(sorted(asked), 2), place_id]))
        of_lot |= written
        named |= {text: first[lot] for text, lot in of_lot.items() if lot in first}
    return named


def inside(scanned: Collection[str], *, lock: bool = False) -> dict[str, list[Inside]]:
    """Every pack under each code, through all the cases in it: one statement whatever they hold."""
    found: dict[str, list[Inside]] = defaultdict(list)
    wanted = sorted({codes.key(text) for text in scanned})
    if wanted:
        for row in sql.fetch(INSIDE + ("FOR UPDATE OF p" if lock else ""), {"codes": wanted}):
            found[row[0]].append(Inside(*row))
    return found


def opened_cartons(scanned: Collection[str]) -> dict[str, bool]:
    """Of the codes that are cases: whether each has been opened."""
    return dict(sql.fetch(CASES, [sorted({codes.key(text) for text in scanned})])) if scanned else {}


def strangers(texts: Collection[str]) -> dict[str, Refusal]:
    """Why no pack answers to each text: no code at all, another kind of code, a maker nobody has bought from, or unregistered."""
    if not texts:
        return {}
    read = {text: codes.read(text) for text in texts}
    cases = opened_cartons(texts)
    heads = {text: _head(code) for text, code in read.items() if isinstance(code, Code) and code.head}
    bought = {head for (head,) in sql.fetch(HEADS, [sorted(set(heads.values()))])}
    return {
        text: code if isinstance(code, Refusal) else _stranger(code, code.key in cases, heads.get(text, "") in bought)
        for text, code in read.items()
    }


def _head(code: Code) -> str:
    return code.head if code.form is Form.TRACE else f"{codes.GTIN}{code.head}"


def _stranger(code: Code, is_case: bool, bought: bool) -> Refusal:
    if code.form is Form.PRODUCT:
        return Refusal("CODE_IS_PRODUCT", {"code": code.gtin})
    if code.form is Form.LOT:
        return Refusal("CODE_IS_LOT", {"code": code.key, "lot": code.lot})
    if is_case:
        return Refusal("CODE_IS_CARTON", {"code": code.key})
    if code.head and not bought:
        return Refusal("CODE_PREFIX_UNKNOWN", {"code": code.key, "head": code.head})
    return Refusal("CODE_UNKNOWN", {"code": code.key})


@dataclass(frozen=True, slots=True)
class Scan:
    """Everything found under what was scanned: packs by code, whether a case has been opened, and why nothing answers."""

    found: Mapping[str, list[Inside]]
    cases: Mapping[str, bool]
    unknown: Mapping[str, Refusal]

    def packs(self, text: str) -> list[Inside]:
        return self.found.get(codes.key(text), [])

    def opened(self, text: str) -> bool:
        return self.cases.get(codes.key(text), False)


def scan(texts: Collection[str], *, lock: bool = False) -> Scan:
    """What the codes hold, through all cases: at most four statements."""
    if not texts:
        return Scan({}, {}, {})
    found = inside(texts, lock=lock)
    return Scan(found, opened_cartons(texts), strangers([text for text in texts if codes.key(text) not in found]))


def not_whole(texts: Collection[str], seen: Scan, place_id: int, states: Collection[StockState]) -> Refusal | None:
    """The first code of which not every pack is unopened, here and in one of these states."""
    once: set[str] = set()
    for text in texts:
        key = codes.key(text)
        if seen.opened(text):
            return Refusal("CARTON_OPENED", {"code": key})
        if text in seen.unknown:
            return seen.unknown[text]
        for pack in seen.packs(text):
            if pack.code in once:
                return Refusal("SCANNED_TWICE", {"code": pack.code})
            once.add(pack.code)
            if why := _astray(pack, key, place_id, states):
                return why
    return None


def not_as_said(lot: str, stated: int, packs: Sequence[Inside], gone: Collection[str]) -> Refusal | None:
    """Why packs that were scanned are not those stated: of another lot, of another number, or another act has one of them."""
    other = next((pack for pack in packs if pack.lot != lot), None)
    if other:
        return Refusal("CODE_OF_OTHER_LOT", {"code": other.code, "lot": other.lot, "asked": lot})
    if stated != len(packs):
        return Refusal("PACKS_DIFFER", {"lot": lot, "scanned": len(packs), "packs": stated})
    twice = next((pack.code for pack in packs if pack.code in gone), None)
    return Refusal("SCANNED_TWICE", {"code": twice}) if twice else None


def _astray(pack: Inside, key: str, place_id: int, states: Collection[StockState]) -> Refusal | None:
    here: Params = {"code": key, "child": pack.code, "place_id": pack.place_id}
    if pack.place_id != place_id:
        return Refusal("CARTON_CHILD_ELSEWHERE", here) if key != pack.code else Refusal("CODE_NOT_HERE", here)
    if not pack.whole:
        return Refusal("PACK_BEGUN", {"code": pack.code})
    if pack.state in states:
        return None
    if pack.state == StockState.IN_TRANSIT:
        return Refusal("SHIPMENT_NOT_ACCEPTED", {"code": pack.code, "lot": pack.lot})
    return Refusal("LOT_QUARANTINED", {"lot": pack.lot})
