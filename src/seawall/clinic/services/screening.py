"""Health inquiry: recommended, deferred with a re-check date, or unsuitable."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from seawall.clinic import asks, events, judge, questions, steps, tables
from seawall.clinic.models import Screening
from seawall.clinic.services import consent
from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms import interlocks
from seawall.terms.acts import Refusal
from seawall.terms.codes import Owner, ScreeningOutcome, VisitState
from seawall.terms.people import ConditionRecord, age_on
from seawall.terms.visits import ConsentGiven, ConsentRecord, ScreeningRecord

NEXT = {
    ScreeningOutcome.RECOMMENDED: VisitState.SCREENED,
    ScreeningOutcome.DEFERRED: VisitState.DEFERRED,
    ScreeningOutcome.UNSUITABLE: VisitState.TURNED_AWAY,
}


@verb(Owner.SITE, zh="登记预检", en="Record screenings", tells=(events.VISIT_ENDED,))
def screening_record(w: Work, items: list[ScreeningRecord]) -> Answers:
    """A named, certified clinician asks and decides. What defers or forbids is written to the person."""
    held = steps.lock(items)
    hands = {i.act: _hand(i, held) for i in items if (i.site_id, i.visit) in held}
    certified = asks.certified(hands.values())
    on_duty = asks.on_duty((_duty(i) for i in items), "screening_record")
    missing = _unanswered(items, held)
    texts = consent.written(i.occurred_at for i in items if i.consent)
    rules = {key: asks.findings(*key) for key in {(programme, day) for programme, _, day in hands.values()}}
    seen: set[steps.Key] = set()
    answers: Answers = {}
    taken: list[ScreeningRecord] = []
    for item in items:
        key = item.site_id, item.visit
        refusal = steps.expect(held.get(key), item, (VisitState.ARRIVED,), seen) or _judge(
            item, hands[item.act], certified, rules, _duty(item) in on_duty, missing.get(item.act, ())
        )
        if refusal is None and item.consent and item.outcome is ScreeningOutcome.RECOMMENDED:
            refusal = consent.judge(item.consent, item.occurred_at, held[key], texts)
        if refusal is not None:
            answers[item.act] = refusal
            continue
        seen.add(key)
        taken.append(item)
        answers[item.act] = {"state": _state(item).value}
    _write(w, taken, held)
    consents = [_consent(i, i.consent) for i in taken if i.consent and i.outcome is ScreeningOutcome.RECOMMENDED]
    consent.write(w, consents, held)
    return answers


def _state(item: ScreeningRecord) -> VisitState:
    """Where the visit stands afterwards."""
    recommended = item.outcome is ScreeningOutcome.RECOMMENDED
    return consent.next_state(item.consent) if recommended and item.consent else NEXT[item.outcome]


def _consent(item: ScreeningRecord, given: ConsentGiven) -> ConsentRecord:
    return ConsentRecord(
        act=steps.child(item.act, "consent"), occurred_at=item.occurred_at, site_id=item.site_id, visit=item.visit,
        version=given.version, language=given.language, signer=given.signer, agreed=given.agreed,
    )  # fmt: skip


def _duty(item: ScreeningRecord) -> asks.Duty:
    return item.clinician_post_id, item.site_id, clock.civil_day(item.occurred_at)


def _unanswered(items: list[ScreeningRecord], held: dict[steps.Key, steps.LockedVisit]) -> dict[UUID, list[str]]:
    """Questions that a recommendation needs and that got no answer, for the inquiries that were made on a screen."""
    told = [i for i in items if i.answered is not None and (i.site_id, i.visit) in held]
    whose = {i.act: _whose(i, held) for i in told}
    sexes, due = asks.sexes(whose.values()), asks.due(whose.values())
    missing: dict[UUID, list[str]] = {}
    for item in told:
        programme, person, day = whose[item.act]
        row, birth = due.get(whose[item.act]), held[item.site_id, item.visit].birth
        asked = questions.asked(
            programme, day, sex=sexes.get(person, 0), age=age_on(birth, day),
            doses=row.doses_given if row else 0, products=row.products if row else (),
        )  # fmt: skip
        missing[item.act] = [q.code for q in asked if q.code not in (item.answered or ())]
    return missing


def _whose(item: ScreeningRecord, held: dict[steps.Key, steps.LockedVisit]) -> asks.Wanted:
    visit = held[item.site_id, item.visit]
    return visit.programme, visit.person_id, clock.civil_day(item.occurred_at)


Hand = tuple[str, int, date]


def _hand(item: ScreeningRecord, held: dict[steps.Key, steps.LockedVisit]) -> Hand:
    return held[item.site_id, item.visit].programme, item.clinician_post_id, clock.civil_day(item.occurred_at)


def _judge(
    item: ScreeningRecord,
    hand: Hand,
    certified: set[Hand],
    rules: dict[tuple[str, date], dict[str, str]],
    on_duty: bool,
    missing: Sequence[str],
) -> Refusal | None:
    programme, _, day = hand
    case = InquiryCase(item, day, programme, rules[programme, day], hand in certified, on_duty, missing)
    return interlocks.first(judge.RULES["screen"], case.facts(), case.values())


@dataclass(frozen=True, slots=True)
class InquiryCase:
    """Everything known when a clinician signs: the findings of the programme with their effects, the questions without an answer."""

    item: ScreeningRecord
    day: date
    programme: str
    effects: Mapping[str, str]
    certified: bool
    on_duty: bool
    missing: Sequence[str] = ()

    def facts(self) -> dict[str, str]:
        """What the interlocks of the inquiry ask."""
        item, found = self.item, self._found()
        return {
            "certified": judge.answer(self.certified),
            "duty": judge.answer(self.on_duty),
            "findings": "unknown" if self._unknown() else "known",
            "outcome": item.outcome.value,
            "screen": judge.answer(item.answered is not None),
            "answers": "missing" if self.missing else "all",
            "consent": "given" if item.consent else "none",
            "temperature": _temperature(item.celsius, self.day),
            "stop": judge.answer(bool(found.keys() & {"forbid", "defer"})),
            "limit": judge.answer(bool(found.keys() & {"forbid", "limit"})),
            "recheck": "none" if item.recheck_on is None else "fine" if item.recheck_on > self.day else "past",
        }

    def values(self) -> dict[str, str | int | float | None]:
        """What the sentences name."""
        item, found = self.item, self._found()
        stopping = found.get("forbid") or found.get("defer")
        return {
            "post": item.clinician_post_id,
            "programme": self.programme,
            "unknown_finding": self._unknown(),
            "unanswered": next(iter(self.missing), None),
            "count": len(self.missing),
            "celsius": item.celsius,
            "low": tables.limit("CELSIUS_LOWEST", self.day),
            "high": tables.limit("CELSIUS_HIGHEST", self.day),
            "limit": tables.limit("FEVER", self.day),
            "stopping": stopping,
            "effect": self.effects.get(stopping) if stopping else None,
            "recheck_on": item.recheck_on.isoformat() if item.recheck_on else None,
            "outcome": item.outcome.value,
        }

    def _found(self) -> dict[str, str]:
        return {self.effects.get(code, "note"): code for code in self.item.findings}

    def _unknown(self) -> str | None:
        return next((c for c in self.item.findings if c not in self.effects and c not in tables.risks()), None)


def _temperature(celsius: float | None, day: date) -> str:
    if celsius is None:
        return "none"
    if not tables.limit("CELSIUS_LOWEST", day) <= celsius <= tables.limit("CELSIUS_HIGHEST", day):
        return "implausible"
    return "fever" if celsius >= tables.limit("FEVER", day) else "fine"


def _write(w: Work, items: list[ScreeningRecord], held: dict[steps.Key, steps.LockedVisit]) -> None:
    columns = (
        "site_id",
        "visit",
        "act",
        "clinician_post_id",
        "outcome",
        "celsius",
        "findings",
        "recheck_on",
        "occurred_at",
    )
    sql.insert(
        Screening,
        columns,
        [
            (
                i.site_id,
                i.visit,
                i.act,
                i.clinician_post_id,
                i.outcome,
                i.celsius,
                i.findings,
                i.recheck_on,
                i.occurred_at,
            )
            for i in items
        ],
    )
    steps.move([(i.site_id, i.visit, NEXT[i.outcome], _why(i), i.occurred_at) for i in items], "screened_at")
    stopped = [i for i in items if i.outcome is not ScreeningOutcome.RECOMMENDED]
    found = (c for i in items for c in _conditions(i, held[i.site_id, i.visit].person_id))
    asks.conditions_record(w, list(found))
    steps.end_without_dose(w, [(i, held[i.site_id, i.visit], _why(i)) for i in stopped])


def _why(item: ScreeningRecord) -> str:
    return "" if item.outcome is ScreeningOutcome.RECOMMENDED else (item.findings or ("FEVER",))[0]


def _conditions(item: ScreeningRecord, person_id: int) -> Iterable[ConditionRecord]:
    """One condition for each finding; a fever that was only measured is a finding too."""
    day = clock.civil_day(item.occurred_at)
    kinds = [code for code in item.findings if code not in tables.risks()]
    if not kinds and item.outcome is ScreeningOutcome.DEFERRED:
        kinds = ["FEVER"]
    for number, kind in enumerate(kinds):
        yield ConditionRecord(
            act=steps.child(item.act, number),
            occurred_at=item.occurred_at,
            person_id=person_id,
            kind=kind,
            since=day,
            until=item.recheck_on,
        )
