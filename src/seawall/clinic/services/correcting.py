"""Putting a recorded dose right afterwards: one says what is true, another signs, and stock and history follow. Both entries stay."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, NamedTuple
from uuid import UUID

from seawall.clinic import asks, dose_books, events, steps
from seawall.clinic.models import Correction, Incident
from seawall.clinic.on_record import OnRecord, on_record
from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner
from seawall.terms.visits import CorrectionSign, InjectionCorrect

from . import reversing

NOT_GIVEN = "NOT_GIVEN"  # the reason of a reversal that two people signed
OPEN = f"""
SELECT c.site_id, c.visit FROM clinic_correction c JOIN {sql.unnest({"site_id": "bigint", "visit": "uuid"})}
  ON c.site_id = u.site_id AND c.visit = u.visit WHERE c.signed_at IS NULL
"""
WAITING = f"""
SELECT c.site_id, c.act, c.visit, c.person_id, c.code, c.arm, c.given_at, c.not_given, c.account_id, c.post_id, c.signed_at IS NOT NULL
FROM clinic_correction c JOIN {sql.unnest({"site_id": "bigint", "act": "uuid"})} ON c.site_id = u.site_id AND c.act = u.act
ORDER BY c.site_id, c.act FOR UPDATE OF c
"""
SIGN = f"""
UPDATE clinic_correction c SET signed_act = u.signed, signed_post_id = u.post_id, signed_at = u.at, line = u.line, put_back = u.put_back
FROM {
    sql.unnest(
        {
            "site_id": "bigint",
            "act": "uuid",
            "signed": "uuid",
            "post_id": "bigint",
            "at": "timestamptz",
            "line": "uuid",
            "put_back": "uuid",
        }
    )
}
WHERE c.site_id = u.site_id AND c.act = u.act
"""
PUT_RIGHT = f"""
UPDATE clinic_injection i SET person_id = u.person_id, product = u.product, lot = u.lot, code = u.code, arm = u.arm,
  occurred_at = u.given_at, dose_rank = u.dose_rank,
  dose_number = coalesce(u.dose_number, i.dose_number), volume_ml = u.volume_ml, route = u.route
FROM {
    sql.unnest(
        {
            "site_id": "bigint",
            "visit": "uuid",
            "person_id": "bigint",
            "product": "text",
            "lot": "text",
            "code": "text",
            "arm": "text",
            "given_at": "timestamptz",
            "dose_rank": "int",
            "dose_number": "int",
            "volume_ml": "float8",
            "route": "text",
        }
    )
}
WHERE i.site_id = u.site_id AND i.visit = u.visit
"""
VISITS = f"""
UPDATE clinic_visit v SET injected_at = u.given_at, state = CASE WHEN u.given_at IS NULL THEN 'gone' ELSE v.state END,
  reason = CASE WHEN u.given_at IS NULL THEN '{NOT_GIVEN}' ELSE v.reason END,
  ended_at = CASE WHEN u.given_at IS NULL THEN coalesce(v.ended_at, u.signed_at) ELSE v.ended_at END
FROM {sql.unnest({"site_id": "bigint", "visit": "uuid", "given_at": "timestamptz", "signed_at": "timestamptz"})}
WHERE v.site_id = u.site_id AND v.act = u.visit
"""
COLUMNS = ("site_id", "act", "visit", "person_id", "code", "arm", "given_at", "not_given", "was_person_id", "was_code", "was_lot",
           "was_arm", "was_given_at", "note", "account_id", "post_id", "occurred_at")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A correction, locked by this transaction."""

    site_id: int
    act: UUID
    visit: UUID
    person_id: int | None
    code: str
    arm: str
    given_at: datetime | None
    not_given: bool
    account_id: int
    post_id: int
    signed: bool


@verb(Owner.SITE, zh="更正接种登记", en="Correct recorded doses")
def injection_correct(w: Work, items: list[InjectionCorrect]) -> Answers:
    """Say what is true of recorded doses instead. Nothing changes until another person signs."""
    was = on_record((i.site_id, i.visit) for i in items)
    waiting = {(s, v) for s, v in sql.fetch(OPEN, _keys((i.site_id, i.visit) for i in items))}
    held = steps.lock(items)
    on_roll = asks.births([(r.programme, i.person_id, r.day) for i in items
                           if i.person_id and (r := was.get((i.site_id, i.visit)))])  # fmt: skip
    unseen = asks.not_looked_up(w.actor, [i.person_id for i in items if i.person_id], _midnight())
    given = asks.products([r.day for r in was.values()]) if was else {}
    answers: Answers = {}
    told = []
    for item in items:
        key = item.site_id, item.visit
        row = was.get(key)
        if row is None:
            answers[item.act] = Refusal("DOSE_NOT_ON_RECORD", {"visit": str(item.visit)})
            continue
        refusal = (
            Refusal("CORRECTION_WAITS", {})
            if key in waiting
            else _refusal(item, row, held[key], given.get(row.product))
        )
        if refusal is None and item.person_id:
            refusal = _unknown(item.person_id, on_roll, unseen)
        if refusal is not None:
            answers[item.act] = refusal
            continue
        waiting.add(key)
        told.append((item.site_id, item.act, item.visit, item.person_id, item.code.strip(), item.arm, item.given_at,
                     item.not_given, row.person_id, row.code, row.lot, row.arm, row.given_at, item.note.strip(), w.actor.account_id,
                     w.actor.post_id, item.occurred_at))  # fmt: skip
        answers[item.act] = {"ticket": held[key].ticket, "correction": str(item.act)}
    sql.insert(Correction, COLUMNS, told)
    return answers


def _midnight() -> datetime:
    return datetime.combine(clock.today(), time(), clock.zone())


def _unknown(person_id: int, on_roll: Container[int], unseen: Container[int]) -> Refusal | None:
    if person_id in unseen:
        return Refusal("PERSON_NOT_IN_REACH", {"person_id": person_id})
    return None if person_id in on_roll else Refusal("PERSON_NOT_ON_ROLL", {"person_id": person_id})


def _refusal(
    item: InjectionCorrect, was: OnRecord, held: steps.LockedVisit, given: asks.Product | None
) -> Refusal | None:
    if not item.note.strip():
        return Refusal("CORRECTION_NEEDS_REASON")
    new = (
        (item.person_id, was.person_id),
        (item.code.strip(), was.code),
        (item.arm, was.arm),
        (item.given_at, was.given_at),
    )
    differs = [there for there, before in new if there and there != before]
    if item.not_given and differs:
        return Refusal("CORRECTION_OF_NO_DOSE", {})
    if not item.not_given and not differs:
        return Refusal("NOTHING_TO_CORRECT")
    if item.arm and given and item.arm not in given.route.arms:
        return Refusal("BODY_SITE_UNKNOWN", {"arm": item.arm, "arms": "|".join(given.route.arms)})
    at = item.given_at
    if at and (at < held.arrived_at or at > item.occurred_at or clock.civil_day(at) != was.day):
        return Refusal("GIVEN_OUTSIDE_VISIT", {"given_at": at.isoformat(), "arrived_at": held.arrived_at.isoformat()})
    return None


@verb(
    Owner.SITE,
    zh="复核接种更正",
    en="Sign corrections",
    tells=(events.DOSE_GIVEN_AGAINST_RULES,),
    destroys=True,
)
def correction_sign(w: Work, items: list[CorrectionSign]) -> Answers:
    """Another person than the one who told it agrees: pack, book, history, next date and record follow; both entries stay."""
    waiting = {
        (row[0], row[1]): Told(*row) for row in sql.fetch(WAITING, _keys((i.site_id, i.correction) for i in items))
    }
    steps.lock(waiting.values())
    was = on_record((t.site_id, t.visit) for t in waiting.values())
    answers: Answers = {}
    seen: set[steps.Key] = set()
    signed: list[tuple[CorrectionSign, Told, OnRecord]] = []
    for item in items:
        key = item.site_id, item.correction
        told = waiting.get(key)
        if told is None or told.signed or key in seen:
            answers[item.act] = Refusal("CORRECTION_NOT_OPEN", {"correction": str(item.correction)})
        elif _same_person(w, told):
            answers[item.act] = Refusal("CORRECTION_SECOND_PERSON")
        elif (row := was.get((told.site_id, told.visit))) is None:
            answers[item.act] = Refusal("DOSE_NOT_ON_RECORD", {"visit": str(told.visit)})
        else:
            seen.add(key)
            signed.append((item, told, row))
    put = dose_books.put_right(
        w, [dose_books.Righting(item, was, told.person_id, told.code, told.not_given) for item, told, was in signed]
    )
    answers |= {act: answer if isinstance(answer, Refusal) else _answer(answer) for act, answer in put.items()}
    _write(w, [Done(*one, done) for one in signed if not isinstance(done := put[one[0].act], Refusal)])
    return answers


def _same_person(w: Work, told: Told) -> bool:
    actor = w.actor  # without accounts, as in a demonstration, people are told apart by their posts
    return told.account_id == actor.account_id and bool(told.account_id or told.post_id == actor.post_id)


def _answer(done: dose_books.PutRight) -> Params:
    incident = done.against.code if done.against else ""
    return {"lot": done.lot, "dose_rank": done.dose_rank, "next_on": done.next_on, "incident": incident}


def _keys(pairs: Iterable[tuple[int, UUID]]) -> list[list[Any]]:
    return sql.turn(sorted(set(pairs)), 2)


class Done(NamedTuple):
    """A correction that holds."""

    item: CorrectionSign
    told: Told
    was: OnRecord
    right: dose_books.PutRight


def _write(w: Work, done: Sequence[Done]) -> None:
    """The signature, the dose as it is true, and the visit it belongs to."""
    if not done:
        return
    signs = [
        (d.told.site_id, d.told.act, d.item.act, w.actor.post_id, d.item.occurred_at, d.right.line, d.right.put_back)
        for d in done
    ]
    sql.execute(SIGN, sql.turn(signs, 7))
    gone = [d for d in done if d.told.not_given]
    if gone:
        reversing.move_away(
            w, [(d.told.site_id, d.told.visit, d.item.act, NOT_GIVEN, d.item.occurred_at) for d in gone]
        )
    products = asks.products(d.was.day for d in done)
    right = [_right(d, products[d.right.product]) for d in done if not d.told.not_given]
    if right:
        sql.execute(PUT_RIGHT, sql.turn(right, 12))
    moments = [(d.told.site_id, d.told.visit, None if d.told.not_given else d.told.given_at or d.was.given_at,
                d.item.occurred_at) for d in done]  # fmt: skip
    sql.execute(VISITS, sql.turn(moments, 4))
    _open_incidents(w, done)


def _open_incidents(w: Work, done: Sequence[Done]) -> None:
    """A pack that was really used although it must not be: the dose is followed up like any that happened all the same."""
    rows: list[tuple[object, ...]] = []
    for d in done:
        if d.right.against:
            code, person = d.right.against.code, d.told.person_id or d.was.person_id
            rows.append((d.told.site_id, d.item.act, code, {}, person, d.told.visit, "open", w.recorded_at))
            told: Params = {"visit": str(d.told.visit), "person_id": person, "codes": code}
            w.announce(events.DOSE_GIVEN_AGAINST_RULES, "site", d.told.site_id, d.item, told)
    sql.insert(Incident, ("site_id", "act", "code", "params", "person_id", "visit", "state", "opened_at"), rows)


def _right(d: Done, product: asks.Product) -> tuple[object, ...]:
    return (d.told.site_id, d.told.visit, d.told.person_id or d.was.person_id, d.right.product, d.right.lot,
            d.told.code or d.was.code, d.told.arm or d.was.arm, d.told.given_at or d.was.given_at, d.right.dose_rank,
            d.right.dose_number, product.volume_ml, product.route.code)  # fmt: skip
