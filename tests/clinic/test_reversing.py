"""A dose recorded and not given after all: within a minute the vial, the history and the visit stand as before."""

from datetime import timedelta

import pytest

from seawall.clinic import selectors
from seawall.clinic import services as clinic
from seawall.clinic.models import DoseEntry, Injection, Reversal
from seawall.people import selectors as people
from seawall.platform import clock, sql
from seawall.reports.selectors import proofs
from seawall.supply import selectors as supply
from seawall.supply import services as supply_services
from seawall.terms.codes import DueStatus, VisitState
from seawall.terms.stock import DoseWaste
from seawall.terms.visits import DoseReverse

from .world import DAY, PROGRAMME, World, done

pytestmark = pytest.mark.django_db

STATE = """
SELECT (SELECT count(*) FROM clinic_injection), (SELECT count(*) FROM clinic_observation),
  (SELECT string_agg(state || coalesce(injected_at::text, ''), ',' ORDER BY act) FROM clinic_visit),
  (SELECT string_agg(status || coalesce(earliest::text, '') || doses_given, ',' ORDER BY person_id) FROM people_due),
  (SELECT sum(doses_left) FROM supply_pack),
  (SELECT string_agg(place_id || lot || state || doses, ',' ORDER BY place_id, lot, state) FROM supply_balance),
  (SELECT string_agg(state, ',' ORDER BY person_id) FROM booking_appointment)
"""


def reverse(hall: World, visit, minutes: float = 10.5, reason: str = "PRESSED_BY_MISTAKE") -> DoseReverse:
    return DoseReverse(**hall.base(minutes), site_id=hall.site, visit=visit, reason=reason)


def given(hall: World, **packs):
    visit, (pack,) = hall.ready(hall.person()), hall.packs(1, **packs)
    return visit, pack


@pytest.mark.parametrize("doses", [1, 5])
def test_everything_stands_as_before_the_dose_and_both_entries_stay(hall, doses):
    visit, pack = given(hall, doses=doses)
    before = sql.fetch(STATE)
    assert hall.give(visit, pack).done
    (injection,) = Injection.objects.all()
    answer = done(clinic.dose_reverse(hall.actor, [reverse(hall, visit)]))[0].answer
    assert (answer["lot"], answer["ticket"]) == (injection.lot, 1)
    assert sql.fetch(STATE) == before
    kept = Reversal.objects.get()
    for name in (column.attname for column in DoseEntry._meta.fields):
        assert getattr(kept, name) == getattr(injection, name), name
    assert (kept.given_act, kept.given_at, kept.reason) == (
        injection.act,
        injection.occurred_at,
        "PRESSED_BY_MISTAKE",
    )
    assert sql.fetch("SELECT count(*), bool_or(withdrawn) FROM people_doseevent") == [(2, True)]
    assert sql.fetch("SELECT sum(delta), count(*) FROM supply_stockline WHERE kind = 'use'") == [(0, 2)]
    assert [proof.code for proof in proofs(DAY) if proof.wrong] == []


def test_a_dose_whose_code_came_from_a_scanner_with_its_identifier_goes_back_to_its_vial(hall):
    visit, pack = given(hall)
    assert hall.give(visit, f"]C0{pack}\r").done
    done(clinic.dose_reverse(hall.actor, [reverse(hall, visit)]))
    assert sql.fetch("SELECT doses_left FROM supply_pack WHERE code = %s", [pack]) == [(1,)]


def test_a_pierced_vial_stays_open_and_a_single_dose_is_closed_again(hall):
    for doses, still_open in ((5, True), (1, False)):
        visit, pack = given(hall, doses=doses)
        assert hall.give(visit, pack).done
        done(clinic.dose_reverse(hall.actor, [reverse(hall, visit)]))
        (opened,) = sql.fetch("SELECT open_until IS NOT NULL FROM supply_pack WHERE code = %s", [pack])
        assert opened == (still_open,)


def test_the_dose_may_be_given_once_more_and_taken_back_once_more(hall):
    visit, pack = given(hall)
    for minutes in (10, 20):
        assert hall.give(visit, pack, minutes).done
        done(clinic.dose_reverse(hall.actor, [reverse(hall, visit, minutes + 0.5)]))
    assert hall.give(visit, pack, 30).done
    assert (Injection.objects.count(), Reversal.objects.count()) == (1, 2)
    assert [row.doses for row in supply.stock([hall.site])] == []
    assert [proof.code for proof in proofs(DAY) if proof.wrong] == []


def test_after_the_minute_two_people_are_needed(hall):
    visit, pack = given(hall)
    assert hall.give(visit, pack).done
    last = clinic.dose_reverse(hall.actor, [reverse(hall, visit, 11.1), reverse(hall, visit, 10.1, "TIRED")])
    assert [o.refusal.code for o in last] == ["TOO_LATE_TO_REVERSE", "NOT_GIVEN_REASON_UNKNOWN"]
    assert selectors.visit(hall.site, visit).state is VisitState.OBSERVING
    done(clinic.dose_reverse(hall.actor, [reverse(hall, visit, 11)]))


def test_a_visit_without_a_dose_and_one_pressed_twice_are_refused(hall):
    visit, pack = given(hall)
    assert clinic.dose_reverse(hall.actor, [reverse(hall, visit)])[0].refusal.code == "VISIT_NOT_READY"
    assert hall.give(visit, pack).done
    first, second = clinic.dose_reverse(hall.actor, [reverse(hall, visit), reverse(hall, visit)])
    assert (first.done, second.refusal.code) == (True, "VISIT_NOT_READY")


def test_a_vial_that_was_wasted_meanwhile_takes_nothing_back_and_the_others_are_taken_back(hall):
    """All or nothing for each person: the history keeps the dose whose vial is gone."""
    (lost, gone), (kept, pack) = given(hall, doses=5), given(hall)
    assert hall.give(lost, gone).done and hall.give(kept, pack).done
    sql.execute("UPDATE supply_pack SET place_id = %s WHERE code = %s", [hall.other, gone])
    outcomes = clinic.dose_reverse(hall.actor, [reverse(hall, lost), reverse(hall, kept)])
    assert (outcomes[0].refusal.code, outcomes[1].done) == ("CODE_NOT_HERE", True)
    assert selectors.visit(hall.site, lost).state is VisitState.OBSERVING
    assert selectors.visit(hall.site, kept).state is VisitState.CONSENTED
    assert sql.fetch("SELECT count(*) FROM people_doseevent WHERE withdrawn") == [(1,)]


def test_a_second_dose_taken_back_is_due_again_and_kept_for_again(hall):
    person, (pack,) = hall.person(), hall.packs(1)
    hall.history(person, DAY - timedelta(days=30))
    sql.execute(
        "INSERT INTO supply_reserve (place_id, product, doses, until) VALUES (%s, 'BIBP', 1, %s)", [hall.site, DAY]
    )
    visit = hall.ready(person)
    assert hall.give(visit, pack).done
    assert sql.fetch("SELECT doses FROM supply_reserve") == [(0,)]
    done(clinic.dose_reverse(hall.actor, [reverse(hall, visit)]))
    assert sql.fetch("SELECT doses FROM supply_reserve") == [(1,)]
    assert people.due_rows([person], PROGRAMME, DAY)[person].status is DueStatus.DUE


def test_what_was_just_given_is_shown_for_a_minute(hall):
    visit, pack = given(hall)
    assert hall.give(visit, pack).done
    at = hall.base(10)["occurred_at"]
    shown = [[row.visit for row in selectors.just_given(hall.site, at + timedelta(seconds=s))] for s in (0, 60, 61)]
    assert shown == [[visit], [visit], []]
    assert clock.civil_day(at) == DAY


def test_a_waste_after_the_reversal_finds_the_dose(hall):
    visit, pack = given(hall)
    assert hall.give(visit, pack).done
    done(clinic.dose_reverse(hall.actor, [reverse(hall, visit, reason="NEEDLE_FAULT")]))
    lost = DoseWaste(**hall.base(12), place_id=hall.site, code=pack, doses=1, reason="BROKEN")
    assert supply_services.dose_waste(hall.actor, [lost])[0].done
