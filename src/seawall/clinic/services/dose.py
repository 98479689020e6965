"""The injection: judged, then stock, history, appointment, record and timer in one transaction, or nothing at all."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction

from seawall.clinic import asks, dose_books, judge, steps, tables
from seawall.clinic.models import Injection, Observation
from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Refusal
from seawall.terms.codes import AppointmentState, Owner, VisitState
from seawall.terms.visits import DoseGive

Given = tuple[judge.DoseCase, dose_books.RecordedDose]


@verb(Owner.SITE, zh="接种", en="Give doses")
def dose_give(w: Work, items: list[DoseGive]) -> Answers:
    """Give doses. Every rule is asked under the locks of the visit and the person, so that none is given twice."""
    answers: Answers = {}
    cases = _judged(items, answers)
    taken = dose_books.use_and_record(w, cases)
    given = [(c, t) for c in cases if isinstance(t := taken[c.item.act], dose_books.RecordedDose)]
    answers |= {act: answer for act, answer in taken.items() if isinstance(answer, Refusal)}
    answers |= {case.item.act: answer(case, stock) for case, stock in given}
    write(given, asks.products(c.day for c, _ in given) if given else {})
    asks.appointments_mark(
        w, AppointmentState.FULFILLED, [(case.person_id, case.held.appointment, case.item) for case, _ in given]
    )
    return answers


def dose_ask(actor: Actor, items: Sequence[DoseGive]) -> list[Outcome]:
    """What the injection would answer now: the verb itself, with everything taken back, before a vial is opened."""
    with transaction.atomic():
        outcomes = dose_give(actor, items)
        transaction.set_rollback(True)
    return outcomes


def _judged(items: list[DoseGive], answers: Answers) -> list[judge.DoseCase]:
    """The cases that may go on to the stock; the others are answered."""
    held = steps.lock(items)
    seen: set[steps.Key] = set()
    ready: list[DoseGive] = []
    for item in items:
        key = item.site_id, item.visit
        refusal = steps.expect(held.get(key), item, (VisitState.CONSENTED,), seen)
        if refusal is None:
            seen.add(key)
            ready.append(item)
        else:
            answers[item.act] = refusal
    cases: list[judge.DoseCase] = []
    persons: set[tuple[str, int]] = set()
    for case in cases_of(ready, held):
        who = case.held.programme, case.held.person_id
        refusal = Refusal("DOSE_GIVEN_TODAY", {}) if who in persons else judge.first_broken(case)
        if refusal is None:
            persons.add(who)
            cases.append(case)
        else:
            answers[case.item.act] = refusal
    return cases


def cases_of(items: Sequence[DoseGive], held: dict[steps.Key, steps.LockedVisit]) -> list[judge.DoseCase]:
    """Everything the rooms know about these doses."""
    visits = [held[i.site_id, i.visit] for i in items]
    found = steps.found(items)
    days = [clock.civil_day(i.occurred_at) for i in items]
    who = [(v.programme, v.person_id, day) for v, day in zip(visits, days, strict=True)]
    hands = [(v.programme, i.vaccinator_post_id, day) for v, i, day in zip(visits, items, days, strict=True)]
    duties = [(i.vaccinator_post_id, i.site_id, day) for i, day in zip(items, days, strict=True)]
    due, certified, on_duty = asks.due(who), asks.certified(hands), asks.on_duty(duties, "dose_give")
    last = asks.last_products(
        w for w, i in zip(who, items, strict=True) if judge.is_second_choice(due.get(w), i.product)
    )
    opened = asks.open_sessions((i.site_id, day) for i, day in zip(items, days, strict=True))
    products = asks.products(days) if days else {}
    observed = asks.programme_tables(days, "observation.csv")
    behind = asks.accounts([*(i.vaccinator_post_id for i in items), *(f.clinician_post_id for f in found.values())])
    return [
        judge.DoseCase(
            item=item,
            held=visit,
            found=found[item.site_id, item.visit],
            due=due.get(whose),
            on_duty=(item.vaccinator_post_id, item.site_id, day) in on_duty,
            certified=hand in certified,
            session_open=(item.site_id, day) in opened,
            day=day,
            arms=products[item.product].route.arms if item.product in products else (item.arm,),
            observed=observed[day].get(visit.programme, ""),
            last_product=last.get(whose),
            same_account=_same(behind, item.vaccinator_post_id, found[item.site_id, item.visit].clinician_post_id),
        )
        for item, visit, day, whose, hand in zip(items, visits, days, who, hands, strict=True)
    ]


def _same(behind: Mapping[int, int], vaccinator: int, clinician: int | None) -> bool:
    return clinician is not None and clinician in behind and behind[clinician] == behind.get(vaccinator)


def _risk(case: judge.DoseCase) -> str:
    return next((code for code in case.found.findings if code in tables.risks()), tables.NORMAL)


def _until(case: judge.DoseCase) -> timedelta:
    return timedelta(minutes=tables.observation_minutes(case.observed, case.item.product, _risk(case), case.day))


def answer(case: judge.DoseCase, taken: dose_books.RecordedDose) -> dict[str, str | int | None]:
    return {
        "lot": taken.lot,
        "dose_rank": taken.dose_rank,
        "dose_number": taken.dose_number,
        "until": (case.item.occurred_at + _until(case)).isoformat(),
        "next_on": taken.next_on,
    }


def write(given: list[Given], products: dict[str, asks.Product]) -> None:
    """Injection, the seat, the visit: three statements for any number of doses."""
    if not given:
        return
    items = [case.item for case, _ in given]
    sql.insert(Injection, INJECTION, [_injection(case, taken, products[case.item.product]) for case, taken in given])
    sql.insert(
        Observation,
        ("site_id", "visit", "started_at", "until", "risk", "held", "outcome", "early_reason"),
        [
            (i.site_id, i.visit, i.occurred_at, i.occurred_at + _until(case), _risk(case), False, "", "")
            for (case, _), i in zip(given, items, strict=True)
        ],
    )
    steps.move([(i.site_id, i.visit, VisitState.OBSERVING, "", i.occurred_at) for i in items], "injected_at")


INJECTION = ("site_id", "visit", "act", "person_id", "programme", "day", "product", "lot", "code", "dose_rank", "dose_number",
             "volume_ml", "arm", "route", "vaccinator_post_id", "screener_post_id", "occurred_at", "checks", "override_codes",
             "override_reason")  # fmt: skip


def _injection(case: judge.DoseCase, taken: dose_books.RecordedDose, product: asks.Product) -> tuple[object, ...]:
    item = case.item
    overrides = ["PRODUCT_SWITCH_NEEDS_REASON"] if judge.needs_reason(case) else []
    return (item.site_id, item.visit, item.act, case.person_id, case.programme, case.day, item.product, taken.lot, item.code,
            taken.dose_rank, taken.dose_number, product.volume_ml, item.arm, product.route.code, item.vaccinator_post_id,
            case.found.clinician_post_id or 0, item.occurred_at, tables.check_bits(item.checks), overrides,
            item.override_reason.strip()[:200])  # fmt: skip
