"""A dose that was given already: recorded as it happened, judged by the rules of its day, and opened as an incident."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from seawall.clinic import asks, dose_books, events, judge, steps
from seawall.clinic.models import Incident, Visit
from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import AppointmentState, Owner, ScreeningOutcome, VisitState
from seawall.terms.visits import DoseGive, DoseHappened

from . import dose
from .arrival import VISIT

OFFLINE = "offline"
ENDED = """
UPDATE clinic_observation o SET ended_at = o.until, outcome = 'not_recorded'
FROM unnest(%s::bigint[], %s::uuid[]) AS u(site_id, visit)
WHERE o.site_id = u.site_id AND o.visit = u.visit AND o.until <= %s RETURNING o.site_id, o.visit, o.until
"""


@verb(Owner.SITE, zh="补录已发生的接种", en="Enter doses that happened", tells=(events.DOSE_GIVEN_AGAINST_RULES,))
def dose_enter(w: Work, items: list[DoseHappened]) -> Answers:
    """Enter doses from paper or from a device that had no link. Broken rules are kept as incidents, never as refusals."""
    answers: Answers = {}
    entered = {item.act: item for item in items}
    held = _visits(w, items, answers)
    gives = [_give(i) for i in items if i.act not in answers]
    cases = [_with_paper(case, entered[case.item.act]) for case in dose.cases_of(gives, held)]
    taken = dose_books.use_and_record(w, cases, happened=True)
    given = [(c, t) for c in cases if isinstance(t := taken[c.item.act], dose_books.RecordedDose)]
    answers |= {act: answer for act, answer in taken.items() if isinstance(answer, Refusal)}
    new = [entered[c.item.act] for c, _ in given if entered[c.item.act].visit is None]
    sql.insert(Visit, VISIT, [_visit(i, held[i.site_id, i.act]) for i in new])
    dose.write(given, asks.products(c.day for c, _ in given) if given else {})
    broken = {c.item.act: [*judge.broken_rules(c), *([t.against] if t.against else [])] for c, t in given}
    _open_incidents(w, given, broken)
    waited = [(c.person_id, c.held.appointment, c.item) for c, _ in given if entered[c.item.act].visit is not None]
    asks.appointments_mark(w, AppointmentState.FULFILLED, waited)
    _end_old_seats(w.recorded_at, [(c, t) for c, t in given if entered[c.item.act].source != OFFLINE])
    for case, stock in given:
        codes = "|".join(r.code for r in broken[case.item.act])
        answers[case.item.act] = dose.answer(case, stock) | {"visit": str(case.item.visit), "incidents": codes}
    return answers


def _visits(w: Work, items: list[DoseHappened], answers: Answers) -> dict[steps.Key, steps.LockedVisit]:
    """Visits that wait for this dose, or new ones under the act's own id."""
    held = steps.lock([_give(i) for i in items if i.visit is not None])
    programme = {code: asks.programme_of(code) for code in {i.campaign for i in items}}
    new = [(p, i.person_id, clock.civil_day(i.occurred_at)) for i in items if (p := programme[i.campaign])]
    births = asks.births(new)
    seen: set[steps.Key] = set()
    for item in items:
        key = item.site_id, item.visit or item.act
        if item.visit is not None:
            refusal = steps.expect(held.get(key), _give(item), steps.WAITING, seen)
            if refusal is None and held[key].person_id != item.person_id:
                refusal = Refusal("VISIT_UNKNOWN", {"visit": str(item.visit)})
            if refusal is not None:
                answers[item.act] = refusal
            seen.add(key)
        elif (name := programme[item.campaign]) is None:
            answers[item.act] = Refusal("CAMPAIGN_NOT_HERE", {"campaign": item.campaign})
        elif item.person_id not in births:
            answers[item.act] = Refusal("PERSON_NOT_ON_ROLL", {"person_id": item.person_id})
        else:
            day = clock.civil_day(item.occurred_at)
            held[key] = steps.LockedVisit(item.site_id, item.act, item.person_id, item.campaign, name, item.act, day,
                                   VisitState.CONSENTED, 0, births[item.person_id], item.occurred_at, 0)  # fmt: skip
    return held


def _give(item: DoseHappened) -> DoseGive:
    return DoseGive(
        act=item.act,
        occurred_at=item.occurred_at,
        site_id=item.site_id,
        visit=item.visit or item.act,
        code=item.code,
        product=item.product,
        arm=item.arm,
        vaccinator_post_id=item.vaccinator_post_id,
        checks=item.checks,
        override_reason=item.note,
    )


def _with_paper(case: judge.DoseCase, item: DoseHappened) -> judge.DoseCase:
    """A paper form that names the clinician carries the inquiry and the consent."""
    if item.screener_post_id is None or case.found.outcome is not None:
        return case
    return replace(case, found=steps.EarlierSteps(item.screener_post_id, ScreeningOutcome.RECOMMENDED, (), True))


def _visit(item: DoseHappened, held: steps.LockedVisit) -> tuple[object, ...]:
    return (item.site_id, item.act, item.person_id, item.campaign, held.programme, item.act, True, held.day, 0,
            VisitState.CONSENTED, "", item.source, None, 0, held.birth, item.occurred_at)  # fmt: skip


def _open_incidents(w: Work, given: Sequence[dose.Given], broken: dict[UUID, list[Refusal]]) -> None:
    rows = []
    for case, _ in given:
        item = case.item
        for refusal in {r.code: r for r in broken[item.act]}.values():
            told = (item.site_id, item.act, refusal.code, dict(refusal.params), case.person_id, item.visit, "open")
            rows.append((*told, w.recorded_at))
        if broken[item.act]:
            codes = "|".join(r.code for r in broken[item.act])
            payload: Params = {"visit": str(item.visit), "person_id": case.person_id, "codes": codes}
            w.announce(events.DOSE_GIVEN_AGAINST_RULES, "site", item.site_id, item, payload)
    columns = ("site_id", "act", "code", "params", "person_id", "visit", "state", "opened_at")
    sql.insert(Incident, columns, rows)


def _end_old_seats(now: datetime, given: Sequence[dose.Given]) -> None:
    """Whoever's time was over before the entry of a paper form has left; nobody wrote down how. A tablet tells it by an act of its own."""
    if not given:
        return
    keys = sql.turn([(c.item.site_id, c.item.visit) for c, _ in given], 2)
    ended = sql.fetch(ENDED, [*keys, now])
    steps.move([(site, visit, VisitState.LEFT, "", until) for site, visit, until in ended], "ended_at")
