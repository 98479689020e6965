"""What forbids a dose, as a table: the situation, and the first rule that says no."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from seawall.clinic import judge, tables
from seawall.clinic.services import consent
from seawall.clinic.steps import EarlierSteps, LockedVisit
from seawall.terms.codes import DueStatus, VisitState
from seawall.terms.people import DueRow
from seawall.terms.visits import CHECKS, ConsentGiven, DoseGive

DAY = date(2021, 4, 10)
NOON = datetime(2021, 4, 10, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
VISIT = UUID(int=1)
DUE = DueRow(7, "covid19-cn", DueStatus.DUE, 1, DAY, DAY, None, None, ("BIBP", "SVAC"), "DUE_FIRST", "r", "h", 0, None)
CASE = judge.DoseCase(
    item=DoseGive(
        act=UUID(int=2), occurred_at=NOON, site_id=1, visit=VISIT, code="8" * 20, product="BIBP", vaccinator_post_id=20
    ),
    held=LockedVisit(
        1, VISIT, 7, "c", "covid19-cn", UUID(int=3), DAY, VisitState.CONSENTED, 1, date(1980, 5, 1), NOON, 1
    ),
    found=EarlierSteps(10, "recommended", (), True),
    due=DUE,
    on_duty=True,
    certified=True,
    session_open=True,
    day=DAY,
    arms=("L", "R"),
    observed="",
)


def item(**changed):
    return replace(CASE, item=replace(CASE.item, **changed))


def due(status=DueStatus.DUE, **changed):
    return replace(CASE, due=replace(DUE, status=status, **changed))


SITUATIONS = {
    "everything in order": (CASE, None),
    "overdue is still given": (due(DueStatus.OVERDUE), None),
    "another product of those allowed": (item(product="SVAC"), None),
    "nobody asked about health": (replace(CASE, found=replace(CASE.found, outcome=None)), "SCREENING_MISSING"),
    "the clinician said later": (replace(CASE, found=replace(CASE.found, outcome="deferred")), "SCREENING_FORBIDS"),
    "nobody signed": (replace(CASE, found=replace(CASE.found, agreed=None)), "CONSENT_MISSING"),
    "the person said no": (replace(CASE, found=replace(CASE.found, agreed=False)), "CONSENT_MISSING"),
    "one of the eleven checks not stated": (item(checks=frozenset(CHECKS[1:])), "CHECKS_MISSING"),
    "a post of another site": (replace(CASE, on_duty=False), "SIGNER_NOT_ON_DUTY"),
    "certificate out of date": (replace(CASE, certified=False), "VACCINATOR_NOT_CERTIFIED"),
    "the screener injects": (item(vaccinator_post_id=10), "FOUR_EYES"),
    "an arm that is none": (item(arm="X"), "BODY_SITE_UNKNOWN"),
    "a product that is not for this dose": (item(product="AD5"), "WRONG_PRODUCT_FOR_PERSON"),
    "too early": (due(DueStatus.NOT_YET, earliest=DAY + timedelta(days=1)), "TOO_EARLY"),
    "put off": (due(DueStatus.DEFERRED, earliest=DAY + timedelta(days=3)), "DEFERRED_UNTIL"),
    "complete": (due(DueStatus.COMPLETE, products=()), "ALREADY_COMPLETE"),
    "pregnant": (due(DueStatus.CONTRAINDICATED, products=()), "CONTRAINDICATED"),
    "too young to be offered it": (due(DueStatus.INELIGIBLE, products=()), "NOT_ELIGIBLE"),
    "history unclear": (due(DueStatus.REVIEW, products=()), "HISTORY_NEEDS_REVIEW"),
    "late is not too late": (due(DueStatus.OVERDUE, latest=DAY - timedelta(days=1)), None),
    "nobody knows this person": (replace(CASE, due=None), "NO_DUE_ANSWER"),
    "another maker without a reason": (replace(CASE, last_product="SVAC"), "PRODUCT_SWITCH_NEEDS_REASON"),
    "another maker with a reason": (
        replace(CASE, last_product="SVAC", item=replace(CASE.item, override_reason="vaccinated in Sichuan")),
        None,
    ),
    "the visit is of another day": (replace(CASE, day=DAY + timedelta(days=1)), "WRONG_DAY"),
    "the hall is closed": (replace(CASE, session_open=False), "SESSION_CLOSED_HERE"),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_first_broken_rule_is_named(name):
    case, code = SITUATIONS[name]
    refusal = judge.first_broken(case)
    assert (refusal.code if refusal else None) == code


def test_every_broken_rule_is_listed_for_a_dose_that_happened():
    case = replace(CASE, certified=False, due=replace(DUE, status=DueStatus.COMPLETE), session_open=False)
    assert [r.code for r in judge.broken_rules(case)] == [
        "VACCINATOR_NOT_CERTIFIED",
        "ALREADY_COMPLETE",
        "SESSION_CLOSED_HERE",
    ]


def test_the_eleven_checks_are_three_seven_and_one():
    groups = [row.group for row in tables.checks()]
    assert [groups.count(name) for name in ("look", "match", "verify")] == [3, 7, 1]
    assert [row.number for row in tables.checks()] == list(range(1, 12))


@pytest.mark.parametrize(
    ("product", "risk", "minutes"),
    [("BIBP", "NORMAL", 30), ("AD5", "ALLERGY_HISTORY", 60), ("BIBP", "no such risk", 30)],
)
def test_minutes_of_observation_come_from_the_table(product, risk, minutes):
    assert tables.observation_minutes("", product, risk, DAY) == minutes


@pytest.mark.parametrize(
    ("product", "risk", "minutes"), [("NEW", "NORMAL", 15), ("NEW", "ALLERGY_HISTORY", 60), ("OLD", "NORMAL", 30)]
)
def test_a_programme_states_the_minutes_of_its_own_product(product, risk, minutes):
    own = "product,risk,minutes,valid_from,valid_to\nNEW,NORMAL,15,2021-01-01,\n"
    assert tables.observation_minutes(own, product, risk, DAY) == minutes


def test_a_programme_without_a_consent_text_says_so():
    asked = ConsentGiven(version="1", language="en", signer="self", agreed=True)
    refusal = consent.judge(asked, NOON, replace(CASE.held, programme="influenza-cn"), {DAY: {}})
    assert refusal is not None and (refusal.code, refusal.params) == (
        "CONSENT_TEXT_NONE",
        {"programme": "influenza-cn"},
    )
