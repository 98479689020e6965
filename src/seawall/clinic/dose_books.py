"""A dose in two books, the pack's and the person's: both follow for each person, or neither."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol, TypeVar
from uuid import UUID, uuid5

from django.db import transaction

from seawall.people import services as people
from seawall.platform.verbs import Work
from seawall.supply import services as supply
from seawall.terms.acts import Item, Outcome, Refusal
from seawall.terms.codes import DoseSource
from seawall.terms.people import DoseRecord
from seawall.terms.stock import DosePutBack, DoseUse
from seawall.terms.visits import DoseGive

from .asks import Undone, lent
from .on_record import OnRecord

NOT_COUNTED = frozenset({"not_valid", "extra"})


class Dosed(Protocol):
    """A case of a dose, as far as stock and history need it."""

    @property
    def item(self) -> DoseGive: ...
    @property
    def person_id(self) -> int: ...
    @property
    def programme(self) -> str: ...
    @property
    def day(self) -> date: ...
    @property
    def later(self) -> bool: ...


class Acted(Protocol):
    """A case of any act."""

    @property
    def item(self) -> Item: ...


Case = TypeVar("Case", bound=Acted)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RecordedDose:
    """What stock and history answered for one dose."""

    lot: str
    dose_rank: int
    dose_number: int
    next_on: str | None
    against: Refusal | None = None  # what stock had to say of a dose that happened all the same


def use_and_record(w: Work, cases: Sequence[Dosed], *, happened: bool = False) -> dict[UUID, RecordedDose | Refusal]:
    """Take the doses from their packs and write them to the histories: both for each person, or neither.

    History is judged again under the lock of the person, so a dose that came in between shows here. Such a dose is taken
    out and the others are done once more: two rounds at most for a batch that one stranger disturbed.
    """
    return _both_or_neither(cases, lambda left: _use_and_record(w, left, happened))


def _both_or_neither(cases: Sequence[Case], once: Callable[[list[Case]], dict[UUID, T]]) -> dict[UUID, T | Refusal]:
    answers: dict[UUID, T | Refusal] = {}
    left = list(cases)
    while left:
        try:
            with transaction.atomic():
                return answers | once(left)
        except Undone as undone:
            answers |= undone.refusals
            left = [c for c in left if c.item.act not in undone.refusals]
    return answers


def _use_and_record(w: Work, cases: Sequence[Dosed], happened: bool) -> dict[UUID, RecordedDose | Refusal]:
    answers: dict[UUID, RecordedDose | Refusal] = {}
    lots: dict[UUID, tuple[str | None, Refusal | None]] = {}
    for outcome in supply.dose_use(w.actor, [_use(c, happened) for c in cases]):
        if outcome.done:
            against = str(outcome.answer.get("incident") or "")
            lots[outcome.act] = str(outcome.answer["lot"]), Refusal(against) if against else None
        elif happened:
            lots[outcome.act] = None, outcome.refusal
        elif outcome.refusal:
            answers[outcome.act] = outcome.refusal
    used = [c for c in cases if c.item.act in lots]
    undone: dict[UUID, Refusal] = {}
    actor = lent(w.actor, {c.person_id for c in used})
    for outcome in people.dose_record(actor, [_line(c, lots[c.item.act][0]) for c in used]):
        refusal = outcome.refusal or (None if happened else _not_counted(outcome))
        if refusal:
            undone[outcome.act] = refusal
        else:
            answers[outcome.act] = _taken(*lots[outcome.act], outcome)
    if undone:
        raise Undone(undone)
    return answers


def _use(case: Dosed, happened: bool) -> DoseUse:
    item = case.item
    return DoseUse(
        act=item.act,
        occurred_at=item.occurred_at,
        place_id=item.site_id,
        code=item.code,
        product=item.product,
        happened=happened,
        typed=isinstance(item, DoseGive) and item.typed,
        later=case.later,
    )


def _line(case: Dosed, lot: str | None) -> DoseRecord:
    item = case.item
    return DoseRecord(
        act=item.act,
        occurred_at=item.occurred_at,
        person_id=case.person_id,
        programme=case.programme,
        given_on=case.day,
        product=item.product,
        lot=lot,
        source=DoseSource.CLINIC,
        evidence=str(item.visit),
        place_id=item.site_id,
    )


@dataclass(frozen=True, slots=True)
class Righting:
    """A dose on record, and what is true instead: another person, another pack, or no dose at all."""

    item: Item
    was: OnRecord
    to_person: int | None = None
    to_code: str = ""
    not_given: bool = False


@dataclass(frozen=True, slots=True)
class PutRight:
    """What holds since. `line`: the new line of the history; `put_back`: the act by which the former pack got its dose back."""

    product: str
    lot: str
    dose_rank: int
    dose_number: int | None
    next_on: str | None
    line: UUID | None = None
    put_back: UUID | None = None
    against: Refusal | None = None  # what stock has to say of the pack that was used


@dataclass(frozen=True, slots=True)
class _Used:
    """The pack that was really used."""

    product: str
    lot: str
    against: Refusal | None = None


def put_right(w: Work, cases: Sequence[Righting]) -> dict[UUID, PutRight | Refusal]:
    """Packs and histories follow what is true of doses on record: both for each person, or neither."""
    return _both_or_neither(cases, lambda left: _put_right(w, left))


def _put_right(w: Work, cases: Sequence[Righting]) -> dict[UUID, PutRight]:
    back = {c.item.act: _put_back(c) for c in cases if c.was.lot and (c.to_code or c.not_given)}
    by_back = {put.act: act for act, put in back.items()}
    undone = {by_back[o.act]: o.refusal for o in supply.dose_put_back(w.actor, list(back.values())) if o.refusal}
    used = {c.item.act: _Used(c.was.product, c.was.lot) for c in cases}
    for outcome in supply.dose_use(w.actor, [_use_other(c) for c in cases if c.to_code]):
        if outcome.refusal:
            undone[outcome.act] = outcome.refusal
        else:
            used[outcome.act] = _other(outcome)
    if undone:
        raise Undone(undone)
    lines = {c.item.act: _lines_of(c, used[c.item.act]) for c in cases}
    by_line = {line.act: act for act, own in lines.items() for line in own}
    actor = lent(w.actor, {line.person_id for own in lines.values() for line in own})
    written = people.dose_record(actor, [line for own in lines.values() for line in own])
    undone = {by_line[o.act]: o.refusal for o in written if o.refusal}
    if undone:
        raise Undone(undone)
    said = {o.act: o for o in written}
    put_back = {act: put.act for act, put in back.items()}
    return {c.item.act: _right(c, used[c.item.act], said.get(c.item.act), put_back.get(c.item.act)) for c in cases}


def _put_back(case: Righting) -> DosePutBack:
    """Dated as the dose was, so that the use of its day is what it was. A dose that was not given has no other act in the book."""
    was, act = case.was, case.item.act
    return DosePutBack(
        act=act if case.not_given else uuid5(act, "put back"), occurred_at=was.given_at, place_id=was.site_id,
        used=was.used, later=was.dose_rank > 1,
    )  # fmt: skip


def _use_other(case: Righting) -> DoseUse:
    was = case.was
    return DoseUse(
        act=case.item.act, occurred_at=was.given_at, place_id=was.site_id, code=case.to_code, product=was.product,
        happened=True, later=was.dose_rank > 1,
    )  # fmt: skip


def _other(outcome: Outcome) -> _Used:
    against = str(outcome.answer.get("incident") or "")
    return _Used(str(outcome.answer["product"]), str(outcome.answer["lot"]), Refusal(against) if against else None)


def _lines_of(case: Righting, used: _Used) -> list[DoseRecord]:
    """The line that replaces or takes back the one that holds; for another person one is taken back and one written."""
    if not (case.not_given or case.to_person or case.to_code):
        return []
    was = case.was
    holds = DoseRecord(
        act=case.item.act, occurred_at=case.item.occurred_at, person_id=was.person_id, programme=was.programme,
        given_on=was.day, product=used.product, lot=used.lot or None, source=DoseSource.CLINIC, evidence=str(was.visit),
        place_id=was.site_id, corrects=was.line, withdrawn=case.not_given,
    )  # fmt: skip
    if not case.to_person or case.not_given:
        return [holds]
    gone = replace(holds, act=uuid5(case.item.act, "from"), withdrawn=True)
    return [gone, replace(holds, person_id=case.to_person, corrects=None)]


def _right(case: Righting, used: _Used, line: Outcome | None, put_back: UUID | None) -> PutRight:
    told = _taken(used.lot, used.against, line) if line and not case.not_given else None
    return PutRight(
        product=used.product,
        lot=used.lot,
        dose_rank=told.dose_rank if told else case.was.dose_rank,
        dose_number=told.dose_number if told else None,
        next_on=told.next_on if told else None,
        line=case.item.act if told else None,
        put_back=put_back,
        against=used.against,
    )


def _not_counted(outcome: Outcome) -> Refusal | None:
    """A dose that would not count is not given: its history changed since it was judged."""
    if outcome.answer.get("verdict") in NOT_COUNTED:
        return Refusal("DOSE_WOULD_NOT_COUNT", {k: outcome.answer.get(k) for k in ("verdict", "reason", "rule")})
    return None


def _taken(lot: str | None, against: Refusal | None, outcome: Outcome) -> RecordedDose:
    answer = outcome.answer
    number = int(answer.get("dose_number") or 1)
    coming = answer.get("next_earliest")
    return RecordedDose(
        lot or "", int(answer.get("dose_rank") or number), number, str(coming) if coming else None, against
    )
