"""Truth 3, at the service: the situation, the code that refuses it, and that nothing at all has changed."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from seawall.clinic import services as clinic
from seawall.clinic.models import Injection, Observation
from seawall.people import selectors as people
from seawall.people import services as people_services
from seawall.platform import sql
from seawall.staff import services as staff
from seawall.supply import selectors as supply
from seawall.supply import services as supply_services
from seawall.terms.codes import DoseSource, LotState, VisitState
from seawall.terms.people import ConditionRecord
from seawall.terms.staff import AccountCreate, Secret
from seawall.terms.stock import CodeType, DoseUse, LotHold
from seawall.terms.visits import CHECKS

from .world import DAY, PROGRAMME, World, done

pytestmark = pytest.mark.django_db

STATE = """
SELECT (SELECT count(*) FROM clinic_injection), (SELECT sum(checks) FROM clinic_injection), (SELECT count(*) FROM clinic_observation),
  (SELECT string_agg(state, ',' ORDER BY act) FROM clinic_visit), (SELECT count(*) FROM people_doseevent),
  (SELECT string_agg(status || coalesce(earliest::text, ''), ',' ORDER BY person_id) FROM people_due),
  (SELECT count(*) FROM supply_stockline), (SELECT sum(doses_left) FROM supply_pack),
  (SELECT string_agg(place_id || lot || state || doses, ',' ORDER BY place_id, lot, state) FROM supply_balance),
  (SELECT string_agg(state, ',' ORDER BY person_id) FROM booking_appointment)
"""


def state() -> tuple:
    return sql.fetch(STATE)[0]


def hold(hall: World, code: str, to: LotState, everywhere: bool = True) -> None:
    lot = sql.fetch("SELECT lot FROM supply_pack WHERE code = %s", [code])[0][0]
    place = None if everywhere else hall.site
    done(
        supply_services.lot_hold(
            hall.actor, [LotHold(**hall.base(), lot=lot, place_id=place, state=to, authority="NMPA")]
        )
    )


def expired(hall, person, visit, code):
    return {"code": hall.packs(1, expires=DAY - timedelta(days=1))[0]}


def recalled(hall, person, visit, code):
    hold(hall, code, LotState.RECALLED)


def quarantined(hall, person, visit, code):
    hold(hall, code, LotState.QUARANTINED, everywhere=False)


def used_up(hall, person, visit, code):
    use = DoseUse(**hall.base(), place_id=hall.site, code=code, product="BIBP")
    done(supply_services.dose_use(hall.actor, [use]))


def elsewhere(hall, person, visit, code):
    return {"code": hall.packs(1, site=hall.other)[0]}


def vaccinated_meanwhile(hall, person, visit, code):
    hall.history(person, DAY - timedelta(days=5))


def complete_meanwhile(hall, person, visit, code):
    hall.history(person, DAY - timedelta(days=60))
    hall.history(person, DAY - timedelta(days=30))


def other_platform(hall, person, visit, code):
    hall.history(person, DAY - timedelta(days=30), "ZF2001")


def pregnant(hall, person, visit, code):
    found = ConditionRecord(**hall.base(), person_id=person, kind="PREGNANT", since=DAY)
    done(people_services.condition_record(hall.actor, [found]))


SITUATIONS = {
    "expired lot": (expired, "LOT_EXPIRED"),
    "recalled lot": (recalled, "LOT_RECALLED"),
    "quarantined lot": (quarantined, "LOT_QUARANTINED"),
    "unknown code": (lambda *_: {"code": "9" * 20}, "CODE_PREFIX_UNKNOWN"),
    "used-up code": (used_up, "CODE_USED_UP"),
    "pack of another site": (elsewhere, "CODE_NOT_HERE"),
    "not what is in the pack": (lambda *_: {"product": "SVAC"}, "WRONG_PRODUCT"),
    "wrong product for the person": (other_platform, "WRONG_PRODUCT_FOR_PERSON"),
    "too early after a dose elsewhere": (vaccinated_meanwhile, "TOO_EARLY"),
    "complete already": (complete_meanwhile, "ALREADY_COMPLETE"),
    "contraindication found meanwhile": (pregnant, "CONTRAINDICATED"),
    "uncertified vaccinator": (
        lambda hall, *_: {"vaccinator_post_id": hall.posts["novice"]},
        "VACCINATOR_NOT_CERTIFIED",
    ),
    "the screener injects": (lambda hall, *_: {"vaccinator_post_id": hall.posts["screener"]}, "FOUR_EYES"),
    "a check not made": (lambda *_: {"checks": frozenset(CHECKS) - {"NAME"}}, "CHECKS_MISSING"),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_forbidden_dose_changes_nothing(hall, name):
    arrange, code = SITUATIONS[name]
    person, pack = hall.person(), hall.packs(1)[0]
    visit = hall.ready(person)
    changed = arrange(hall, person, visit, pack) or {}
    before = state()
    outcome = hall.give(visit, changed.pop("code", pack), **changed)
    assert outcome.refusal is not None
    assert outcome.refusal.code == code
    assert state() == before


@pytest.mark.parametrize("step", ["nothing", "screening", "consent"])
def test_a_step_left_out_stops_the_dose(hall, step):
    pack, visit = hall.packs(1)[0], hall.arrive(hall.person())
    if step != "nothing":
        done(clinic.screening_record(hall.actor, [hall.screening(visit)]))
    if step == "consent":
        done(clinic.consent_record(hall.actor, [hall.consent(visit, agreed=False)]))
    before = state()
    assert hall.give(visit, pack).refusal.code == "VISIT_NOT_READY"
    assert state() == before


def test_a_dose_changes_stock_history_appointment_record_and_timer_together(hall):
    person, pack = hall.person(), hall.packs(2)[0]
    visit = hall.ready(person)
    outcome = hall.give(visit, pack)
    assert outcome.done, outcome.refusal
    assert (outcome.answer["dose_rank"], outcome.answer["next_on"]) == (1, "2021-05-01")
    injection = Injection.objects.get(visit=visit)
    assert (injection.product, injection.lot, injection.volume_ml, injection.route) == (
        "BIBP",
        outcome.answer["lot"],
        0.5,
        "IM",
    )
    assert injection.checks == (1 << 11) - 1
    seat = Observation.objects.get(visit=visit)
    assert seat.until - seat.started_at == timedelta(minutes=30)
    (line,) = people.dose_rows([person], PROGRAMME)[person]
    assert (line.product, line.lot, line.source, line.dose_rank) == ("BIBP", injection.lot, DoseSource.CLINIC, 1)
    assert people.due_rows([person], PROGRAMME, DAY)[person].earliest == date(2021, 5, 1)
    assert [row.doses for row in supply.stock([hall.site])] == [1]
    assert sql.fetch("SELECT state FROM booking_appointment WHERE person_id = %s", [person]) == [("fulfilled",)]
    assert sql.fetch("SELECT state FROM clinic_visit WHERE act = %s", [visit]) == [(VisitState.OBSERVING.value,)]


def test_one_bad_row_refuses_only_itself(hall):
    packs = hall.packs(3)
    visits = [hall.ready(person, n) for n, person in enumerate(hall.persons(3))]
    items = [hall.dose(v, c, 20) for v, c in zip(visits, [packs[0], "9" * 20, packs[2]], strict=True)]
    outcomes = clinic.dose_give(hall.actor, items)
    assert [o.refusal and o.refusal.code for o in outcomes] == [None, "CODE_PREFIX_UNKNOWN", None]


def test_a_repeat_gives_no_second_dose(hall):
    visit, packs = hall.ready(hall.person()), hall.packs(2)
    item = hall.dose(visit, packs[0])
    first, again = clinic.dose_give(hall.actor, [item])[0], clinic.dose_give(hall.actor, [item])[0]
    assert again.replayed
    assert again.answer == first.answer
    assert hall.give(visit, packs[1]).refusal.code == "VISIT_NOT_READY"
    assert Injection.objects.count() == 1


def test_a_dose_at_another_site_on_the_same_day_is_the_only_one(hall):
    person = hall.person()
    visit, here, there = hall.ready(person), hall.packs(1)[0], hall.packs(1, site=hall.other)[0]
    done(clinic.dose_enter(hall.actor, [hall.paper(person, there, site_id=hall.other)]))
    assert hall.give(visit, here, 22).refusal.code == "TOO_EARLY"


def test_another_maker_needs_a_reason_and_keeps_it(hall):
    person = hall.person()
    hall.history(person, DAY - timedelta(days=30), "SVAC")
    visit, packs = hall.ready(person), hall.packs(1)
    assert hall.give(visit, packs[0]).refusal.code == "PRODUCT_SWITCH_NEEDS_REASON"
    assert hall.give(visit, packs[0], override_reason="首剂在外省接种，本地无科兴").done
    injection = Injection.objects.get(visit=visit)
    assert (injection.dose_rank, injection.override_codes) == (2, ["PRODUCT_SWITCH_NEEDS_REASON"])


def test_who_sits_longer_comes_from_the_finding(hall):
    person, pack = hall.person(), hall.packs(1)[0]
    visit = hall.arrive(person)
    done(clinic.screening_record(hall.actor, [hall.screening(visit, findings=("ALLERGY_HISTORY",))]))
    done(clinic.consent_record(hall.actor, [hall.consent(visit)]))
    assert hall.give(visit, pack).done
    seat = Observation.objects.get(visit=visit)
    assert seat.until - seat.started_at == timedelta(minutes=60)


def test_two_posts_of_one_account_are_one_pair_of_hands(hall):
    create = AccountCreate(**hall.base(), username="both", name="某某", password=Secret("one person, two posts"))
    account = done(staff.accounts_create(hall.actor, [create]))[0].answer["account_id"]
    mine = [hall.posts["screener"], hall.posts["vaccinator"]]
    sql.execute("UPDATE staff_post SET account_id = %s WHERE id = ANY(%s)", [account, mine])
    visit, (pack,) = hall.ready(hall.person()), hall.packs(1)
    assert hall.give(visit, pack).refusal.code == "FOUR_EYES"
    assert hall.stock()[0].doses == 1


def test_a_code_typed_by_hand_is_given_only_after_a_second_person_confirmed_it(hall):
    visit, (code,) = hall.ready(hall.person()), hall.packs(1)
    item = replace(hall.dose(visit, code), typed=True)
    assert clinic.dose_give(hall.actor, [item])[0].refusal.code == "TYPED_ALONE"
    told = {"place_id": hall.site, "code": code, "confirmed_by": hall.posts["screener"]}
    sql.execute("UPDATE staff_post SET account_id = 4711 WHERE id = %s", [told["confirmed_by"]])
    done(supply_services.code_type(hall.actor, [CodeType(**hall.base(), **told)]))
    done(clinic.dose_give(hall.actor, [replace(item, act=uuid4())]))
