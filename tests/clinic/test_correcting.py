"""A dose on record that turned out wrong: one tells it, another signs, and every book follows; both entries stay."""

from dataclasses import replace
from datetime import timedelta

import pytest

from seawall.clinic import selectors
from seawall.clinic import services as clinic
from seawall.clinic.models import Correction, Injection, Reversal
from seawall.people import selectors as people
from seawall.platform import sql
from seawall.platform.models import Fact
from seawall.reports.selectors import proofs
from seawall.supply import selectors as supply
from seawall.terms.acts import Refused
from seawall.terms.codes import DueStatus, VisitState
from seawall.terms.visits import CorrectionSign, DoseReverse, InjectionCorrect

from .world import DAY, PROGRAMME, World, done

pytestmark = pytest.mark.django_db


def vaccinated(hall: World, **packs):
    person = hall.person()
    visit, (pack,) = hall.ready(person), hall.packs(1, **packs)
    assert hall.give(visit, pack).done
    return person, visit, pack


def tell(hall: World, visit, minutes: float = 60, **what: object) -> InjectionCorrect:
    return InjectionCorrect(
        **hall.base(minutes), site_id=hall.site, visit=visit, **({"note": "found in the box"} | what)
    )


def sign(hall: World, told: InjectionCorrect, minutes: float = 70) -> CorrectionSign:
    return CorrectionSign(**hall.base(minutes), site_id=hall.site, correction=told.act)


def second(hall: World):
    return replace(hall.actor, account_id=2, post_id=2)


def put_right(hall: World, visit, **what: object):
    told = tell(hall, visit, **what)
    done(clinic.injection_correct(hall.actor, [told]))
    return clinic.correction_sign(second(hall), [sign(hall, told)])[0]


def wrong_proofs() -> list[str]:
    return [proof.code for proof in proofs(DAY) if proof.wrong]


def given(person: int) -> list[tuple]:
    return [(row.product, row.lot) for row in people.dose_rows([person], PROGRAMME).get(person, ())]


def test_nothing_changes_before_the_signature_and_who_told_it_cannot_sign(hall):
    _, visit, _ = vaccinated(hall)
    other = hall.packs(1)[0]
    before = sql.fetch("SELECT person_id, lot, code, arm FROM clinic_injection")
    told = tell(hall, visit, code=other)
    answer = done(clinic.injection_correct(hall.actor, [told]))[0].answer
    assert answer["ticket"] == 1
    assert clinic.correction_sign(hall.actor, [sign(hall, told)])[0].refusal.code == "CORRECTION_SECOND_PERSON"
    assert sql.fetch("SELECT person_id, lot, code, arm FROM clinic_injection") == before
    again = clinic.injection_correct(hall.actor, [tell(hall, visit, arm="R")])[0]
    assert again.refusal.code == "CORRECTION_WAITS"


def test_another_pack_moves_the_dose_between_the_lots_and_the_line_of_the_history(hall):
    person, visit, pack = vaccinated(hall, doses=5)
    (other,) = hall.packs(1, doses=5)
    lots = dict(sql.fetch("SELECT code, lot FROM supply_pack"))
    assert put_right(hall, visit, code=other).done
    assert dict(sql.fetch("SELECT code, doses_left FROM supply_pack")) == {pack: 5, other: 4}
    assert {row.lot: row.doses for row in supply.stock([hall.site])} == {lots[pack]: 5, lots[other]: 4}
    assert given(person) == [("BIBP", lots[other])]
    injection, kept = Injection.objects.get(), Correction.objects.get()
    assert (injection.code, injection.lot, kept.was_code, kept.was_lot) == (other, lots[other], pack, lots[pack])
    assert wrong_proofs() == []


def test_a_pack_corrected_twice_ends_where_it_began(hall):
    person, visit, pack = vaccinated(hall, doses=5)
    (other,) = hall.packs(1, doses=5)
    assert put_right(hall, visit, code=other).done and put_right(hall, visit, code=pack).done
    assert dict(sql.fetch("SELECT code, doses_left FROM supply_pack")) == {pack: 4, other: 5}
    assert len(given(person)) == 1
    assert wrong_proofs() == []


def test_another_person_loses_and_wins_the_dose_and_what_is_due_follows_for_both(hall):
    person, visit, _ = vaccinated(hall)
    other = hall.person()
    answer = put_right(hall, visit, person_id=other)
    assert answer.done and answer.answer["next_on"] == "2021-05-01"
    assert (len(given(person)), len(given(other))) == (0, 1)
    rows = people.due_rows([person, other], PROGRAMME, DAY)
    assert (rows[person].status, rows[person].dose_rank, rows[other].dose_rank) == (DueStatus.DUE, 1, 2)
    assert Injection.objects.get().person_id == other
    assert Fact.objects.filter(fact="RecordCorrected").count() == 1
    assert wrong_proofs() == []


def test_another_person_who_had_a_dose_that_day_keeps_one(hall):
    _, first, _ = vaccinated(hall)
    other, _, _ = vaccinated(hall)
    assert put_right(hall, first, person_id=other).refusal.code == "DOSE_SAME_DAY"
    assert (Injection.objects.count(), Correction.objects.filter(signed_at=None).count()) == (2, 1)
    assert wrong_proofs() == []


def test_arm_and_time_change_the_record_alone(hall):
    _, visit, _ = vaccinated(hall)
    lines = sql.fetch("SELECT count(*) FROM people_doseevent") + sql.fetch("SELECT count(*) FROM supply_stockline")
    at = hall.base(8)["occurred_at"]
    assert put_right(hall, visit, arm="R", given_at=at).done
    injection = Injection.objects.get()
    assert (injection.arm, injection.occurred_at, selectors.visit(hall.site, visit).injected_at) == ("R", at, at)
    assert (
        sql.fetch("SELECT count(*) FROM people_doseevent") + sql.fetch("SELECT count(*) FROM supply_stockline") == lines
    )


def test_a_dose_that_was_never_given_goes_back_to_its_vial_even_after_the_day_is_closed(hall):
    person, visit, _ = vaccinated(hall, doses=5)
    done(clinic.observation_end(hall.actor, [hall.leave(visit, 60)]))
    (lot,) = {row.lot for row in supply.stock([hall.site])}
    done(clinic.day_close(hall.actor, [hall.closing({lot: 4})]))
    told = tell(hall, visit, 24 * 60, not_given=True)
    done(clinic.injection_correct(hall.actor, [told]))
    done(clinic.correction_sign(second(hall), [sign(hall, told, 24 * 60 + 5)]))
    assert [row.doses for row in supply.stock([hall.site])] == [5]
    assert (given(person), Injection.objects.count(), Reversal.objects.get().reason) == ([], 0, "NOT_GIVEN")
    row = selectors.visit(hall.site, visit)
    assert (row.state, row.injected_at) == (VisitState.GONE, None)
    assert wrong_proofs() == []
    assert supply.used(DAY + timedelta(days=1), 1, [hall.site]) == {}, "the use of the day of the signature is its own"


WRONG = {
    "no note": ({"arm": "R", "note": " "}, "CORRECTION_NEEDS_REASON"),
    "what stands already": ({"arm": "L"}, "NOTHING_TO_CORRECT"),
    "no dose, and another arm": ({"not_given": True, "arm": "R"}, "CORRECTION_OF_NO_DOSE"),
    "an arm the product does not know": ({"arm": "T"}, "BODY_SITE_UNKNOWN"),
    "a person of nowhere": ({"person_id": 999_999}, "PERSON_NOT_ON_ROLL"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_true_is_refused_by_name(hall, name):
    what, code = WRONG[name]
    _, visit, _ = vaccinated(hall)
    assert clinic.injection_correct(hall.actor, [tell(hall, visit, **what)])[0].refusal.code == code


def test_a_time_before_the_arrival_or_yet_to_come_is_refused(hall):
    _, visit, _ = vaccinated(hall)
    for minutes in (-5, 61, -24 * 60):
        item = tell(hall, visit, given_at=hall.base(minutes)["occurred_at"])
        assert clinic.injection_correct(hall.actor, [item])[0].refusal.code == "GIVEN_OUTSIDE_VISIT"


def test_a_visit_without_a_dose_and_a_correction_of_nowhere_are_refused(hall):
    visit = hall.ready(hall.person())
    told = tell(hall, visit, arm="R")
    assert clinic.injection_correct(hall.actor, [told])[0].refusal.code == "DOSE_NOT_ON_RECORD"
    assert clinic.correction_sign(second(hall), [sign(hall, told)])[0].refusal.code == "CORRECTION_NOT_OPEN"


def test_a_pack_of_nowhere_keeps_the_correction_open_and_the_others_are_signed(hall):
    (_, first, _), (_, visit, _) = vaccinated(hall), vaccinated(hall)
    lost, good = tell(hall, first, code="81234567890123456789"), tell(hall, visit, arm="R")
    done(clinic.injection_correct(hall.actor, [lost, good]))
    outcomes = clinic.correction_sign(second(hall), [sign(hall, lost), sign(hall, good)])
    assert (bool(outcomes[0].refusal), outcomes[1].done) == (True, True)
    assert Correction.objects.get(signed_at=None).visit == first
    assert wrong_proofs() == []


def test_a_pack_that_must_not_be_used_opens_an_incident_like_any_dose_that_happened(hall):
    person, visit, _ = vaccinated(hall)
    (other,) = hall.packs(1, expires=DAY - timedelta(days=1))
    answer = put_right(hall, visit, code=other)
    assert answer.done and answer.answer["incident"] == "LOT_EXPIRED"
    assert [(row[2], row[3]) for row in selectors.incidents()] == [("LOT_EXPIRED", person)]
    assert Fact.objects.get(fact="DoseGivenAgainstRules").payload["codes"] == "LOT_EXPIRED"
    assert wrong_proofs() == []


def test_the_way_of_a_corrected_dose_is_that_of_the_pack_that_was_used(hall):
    person, visit, _ = vaccinated(hall)
    (other,) = hall.packs(1)
    assert put_right(hall, visit, code=other).done
    (line,) = people.dose_rows([person], PROGRAMME)[person]
    assert supply.used_from([(hall.site, line.act)])[line.act].code == other


def test_a_corrected_dose_may_still_be_taken_back_within_its_minute(hall):
    person, visit, pack = vaccinated(hall)
    other, (right,) = hall.person(), hall.packs(1)
    told = tell(hall, visit, 10.2, code=right, person_id=other)
    done(clinic.injection_correct(hall.actor, [told]))
    done(clinic.correction_sign(second(hall), [sign(hall, told, 10.4)]))
    back = DoseReverse(**hall.base(10.8), site_id=hall.site, visit=visit, reason="PRESSED_BY_MISTAKE")
    done(clinic.dose_reverse(hall.actor, [back]))
    assert (given(person), given(other)) == ([], [])
    assert dict(sql.fetch("SELECT code, doses_left FROM supply_pack")) == {pack: 1, right: 1}
    assert wrong_proofs() == []


def test_the_right_to_sign_corrections_opens_no_other_page_of_whole_names_or_telephones(hall):
    person = hall.person(phone="13800000001")
    signer = replace(hall.actor, grants=frozenset({"correction_sign", "unseen_reach"}))
    for asked in (
        lambda: people.compared(signer, [person], "identity"),
        lambda: people.reached_out_to(signer, [person], "recall", ("lot_hold", "product_hold")),
    ):
        with pytest.raises(Refused) as refused:
            asked()
        assert refused.value.refusal.code == "NOT_PERMITTED"
    assert people.compared(signer, [person], "injection", ("correction_sign",))[person].name == "张三丰"
