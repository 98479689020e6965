"""What a delivery says of its codes: packs in a row or one by one, and the cartons and boxes that they lie in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from string import ascii_uppercase, digits
from typing import NamedTuple

from seawall.terms.acts import Refusal
from seawall.terms.codes import CodeKind
from seawall.terms.stock import CartonMark, LotReceive

from . import codes, custody
from .codes import TRACE_CODE, Code, Form
from .custody import SERIAL, Run

HEAD_LENGTH = 7
SIGNS, OURS = digits + ascii_uppercase, "N"
BEARS = {Form.TRACE: CodeKind.CHINA_20, Form.SERIAL: CodeKind.GS1_SERIAL}
Heads = Mapping[tuple[str, int], Sequence[tuple[CodeKind, str]]]  # by product and doses of a pack: what packs bear


class Segment(NamedTuple):
    """Packs whose codes follow each other, in one case or in none."""

    first: str
    packs: int
    parent: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """The codes of one delivery as the register takes them."""

    segments: tuple[Segment, ...]
    runs: tuple[Run, ...]
    cases: tuple[tuple[str, str | None], ...]  # code and parent

    @property
    def spans(self) -> tuple[Run, ...]:
        """Every code that this delivery claims."""
        return (*self.runs, *((code, code) for code, _ in self.cases))


def numbered(item: LotReceive) -> LotReceive:
    """Packs that bear no code are numbered here, under a head made from the act: no maker's begins with this letter."""
    if item.first_code or item.codes:
        return item
    rest, head = item.act.int, ""
    for _ in range(HEAD_LENGTH - 1):
        rest, digit = divmod(rest, len(SIGNS))
        head += SIGNS[digit]
    return replace(item, first_code=f"{OURS}{head}{1:0{SERIAL}}")


def read(item: LotReceive, heads: Heads) -> Delivery | Refusal:
    """The delivery's codes, or why they cannot be registered."""
    given = [codes.read(text) for text in (item.codes or (item.first_code,))]
    wrong = next(
        (
            why
            for text, code in zip(item.codes or (item.first_code,), given, strict=True)
            if (why := _wrong(text, code, item, heads))
        ),
        None,
    )
    if wrong:
        return wrong
    names = [code.key for code in given if isinstance(code, Code)]
    if item.codes and len(names) != item.packs:
        return Refusal("PACKS_DIFFER", {"lot": item.lot, "scanned": len(names), "packs": item.packs})
    if len(set(names)) != len(names):
        return Refusal("SCANNED_TWICE", {"code": max(names, key=names.count)})
    if not item.codes and not _fits(names[0], item.packs):
        return Refusal("BAD_TRACE_CODE", {"code": names[0]})
    parents = _parents(item, names)
    if isinstance(parents, Refusal):
        return parents
    cases = tuple((codes.key(c.code), codes.key(c.parent) if c.parent else None) for c in item.cartons)
    if item.codes:
        segments = _grouped(dict(zip(names, _spread(parents, len(names)), strict=True)))
        return Delivery(segments, tuple(custody.runs_of(names)), cases)
    return Delivery(_cut(names[0], item.packs, parents), ((names[0], _at(names[0], item.packs - 1)),), cases)


def _wrong(text: str, code: Code | Refusal, item: LotReceive, heads: Heads) -> Refusal | None:
    if isinstance(code, Refusal):
        return Refusal("BAD_TRACE_CODE", {"code": text}) if text == item.first_code else code
    if code.form not in BEARS:
        return _no_pack(code)
    if (code.lot and code.lot != item.lot) or (code.expires and code.expires != item.expires):
        return Refusal("CODE_DISAGREES", {"code": code.key, "lot": code.lot, "asked": item.lot})
    known = [] if code.key.startswith(OURS) else heads.get((item.product, item.doses_per_pack), ())
    kinds = {kind for kind, _ in known}
    if kinds and not kinds & {BEARS[code.form], CodeKind.NONE, CodeKind.GS1_LOT}:
        return Refusal("CODE_KIND_DIFFERS", {"code": code.key, "product": item.product})
    wanted = {head for kind, head in known if kind == BEARS[code.form]}
    if wanted and "" not in wanted and code.head not in wanted:
        return Refusal("CODE_PREFIX_UNKNOWN", {"code": code.key, "head": code.head})
    return None


def _no_pack(code: Code) -> Refusal:
    """A code that names no single pack cannot stand in the register."""
    return Refusal("CODE_IS_PRODUCT", {"code": code.key})


def _at(first: str, offset: int) -> str:
    return first if not offset else f"{first[:-SERIAL]}{int(first[-SERIAL:]) + offset:0{SERIAL}}"


def _fits(first: str, packs: int) -> bool:
    """Whether so many codes follow without running over; only trace codes follow each other."""
    return packs == 1 or bool(TRACE_CODE.fullmatch(first) and TRACE_CODE.fullmatch(_at(first, packs - 1)))


def _parents(item: LotReceive, row: Sequence[str]) -> list[tuple[int, int, str]] | Refusal:
    """Where each case begins and ends in the row of packs, or the case that does not fit."""
    found: list[tuple[int, int, str]] = []
    named: set[str] = set()
    after = 0
    for case in item.cartons:
        key, start = codes.key(case.code), _start(case, item, row, after)
        code = codes.read(case.code)
        parent = codes.key(case.parent) if case.parent else ""
        if not isinstance(code, Code) or code.form in (Form.PRODUCT, Form.LOT):
            return code if isinstance(code, Refusal) else _no_pack(code)
        if key in named or (parent and parent not in named) or case.packs < 0 or start is None:
            return Refusal("CASES_DO_NOT_FIT", {"code": key})
        named.add(key)
        if start + case.packs > item.packs or any(start < b and a < start + case.packs for a, b, _ in found):
            return Refusal("CASES_DO_NOT_FIT", {"code": key})
        if case.packs:
            found.append((start, start + case.packs, key))
            after = start + case.packs
    return sorted(found)


def _start(case: CartonMark, item: LotReceive, row: Sequence[str], after: int) -> int | None:
    if not case.first_code:
        return after
    first = codes.key(case.first_code)
    if item.codes:
        return row.index(first) if first in row else None
    same = TRACE_CODE.fullmatch(first) and first[:-SERIAL] == row[0][:-SERIAL]
    offset = int(first[-SERIAL:]) - int(row[0][-SERIAL:]) if same else -1
    return offset if offset >= 0 else None


def _cut(first: str, packs: int, parents: Sequence[tuple[int, int, str]]) -> tuple[Segment, ...]:
    """A row of packs cut where cases begin and end."""
    segments, at = [], 0
    for start, end, parent in parents:
        if start > at:
            segments.append(Segment(_at(first, at), start - at, None))
        segments.append(Segment(_at(first, start), end - start, parent))
        at = end
    if at < packs:
        segments.append(Segment(_at(first, at), packs - at, None))
    return tuple(segments)


def _spread(parents: Sequence[tuple[int, int, str]], packs: int) -> list[str | None]:
    spread: list[str | None] = [None] * packs
    for start, end, parent in parents:
        spread[start:end] = [parent] * (end - start)
    return spread


def _grouped(parent_of: Mapping[str, str | None]) -> tuple[Segment, ...]:
    by_parent: dict[str | None, list[str]] = {}
    for code, parent in parent_of.items():
        by_parent.setdefault(parent, []).append(code)
    return tuple(
        Segment(first, 1 if first == last else int(last[-SERIAL:]) - int(first[-SERIAL:]) + 1, parent)
        for parent, inside in by_parent.items()
        for first, last in custody.runs_of(inside)
    )
