"""Nobody acts outside their area: every owner has its rule, an unknown one is refused, and each room that judges itself does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from seawall.booking import services as booking
from seawall.command import services as command
from seawall.outreach import services as outreach
from seawall.people import services as people
from seawall.people.selectors import candidates
from seawall.platform import access
from seawall.platform.verbs import all_verbs
from seawall.reference import selectors as reference
from seawall.reference.selectors import leaves
from seawall.reports import services as reports
from seawall.safety import services as safety
from seawall.sites import selectors as site_selectors
from seawall.sites import services as sites
from seawall.supply import services as supply
from seawall.terms.actor import Actor, Reach
from seawall.terms.acts import Refusal, Refused
from seawall.terms.bookings import (
    AppointmentMove,
    BatchReturn,
    BatchSeat,
    InvitationSend,
    StandbyJoin,
    StandbyLeave,
    WaitingJoin,
    WaitingLeave,
)
from seawall.terms.closings import UnitDayClose
from seawall.terms.codes import LotState, Owner, SiteKind
from seawall.terms.cold import Measured, ReadingsTake
from seawall.terms.command import OrderChange, OrderIssue
from seawall.terms.outreach import ContactRecord, MessageChoiceRecord
from seawall.terms.people import ConditionRecord, DocumentGiven, DoseRecord, PersonRegister
from seawall.terms.rosters import (
    CandidateDecide,
    DocumentLink,
    MembershipRecord,
    OrganisationRegister,
    PersonMerge,
    PersonUnmerge,
    ResidenceRecord,
)
from seawall.terms.rounds import HomeboundEnd, HomeboundNote
from seawall.terms.sites import ProposalCheck, ProposalMark, SitePropose
from seawall.terms.stock import LotHold
from seawall.terms.visits import AppointmentBook, AppointmentChange, EventRecord, EventStep
from tests.clinic.world import CAMPAIGN, DAY, PROGRAMME, World, done, resident_id
from tests.safety.conftest import hall, loaded  # noqa: F401
from tests.walks.presses_batches import batch_of, factory

FOREIGN = frozenset(
    {"OUT_OF_AREA", "PERSON_NOT_IN_REACH", "PERSON_IS_NO_ALIAS", "CANDIDATE_UNKNOWN", "ORDER_OUT_OF_REACH"}
)
BIRTH = date(1980, 5, 1)
QUARTER = timedelta(minutes=15)
Try = Callable[[Actor], Refusal | None]
"""What becomes of an act, tried by one who may or may not reach its owner."""


def test_every_verb_names_an_owner_that_has_a_rule() -> None:
    assert len(all_verbs()) > 60
    assert {verb.owner for verb in all_verbs().values()} <= set(access.SCOPES) == set(Owner)


@pytest.mark.parametrize("owner", ["", "none", "area", "persons"])
def test_an_unknown_owner_is_reached_by_nobody(anyone: Actor, owner: str) -> None:
    assert not access.reaches(anyone, owner, 1)


@pytest.mark.parametrize("owner", list(Owner))
def test_who_reaches_nothing_acts_on_no_owner(anyone: Actor, owner: Owner) -> None:
    nobody = replace(anyone, reach=Reach())
    assert access.reaches(anyone, owner, 1)
    assert not access.reaches(nobody, owner, 1)


def item(form: type, hall: World, **fields: Any) -> Any:  # noqa: F811
    return form(**hall.base(), **fields)


def trying(verb: Callable[..., Any], make: Callable[[], Any], **more: Any) -> Try:
    """The same act under a fresh id each time it is tried."""
    return lambda actor: verb(actor, [make()], **more)[0].refusal


def about_person(verb: Callable[..., Any], form: type, **fields: Any) -> Callable[[World], Try]:
    def prepare(hall: World) -> Try:  # noqa: F811
        person = hall.person()
        return trying(verb, lambda: item(form, hall, person_id=person, **fields))

    return prepare


def registering(hall: World) -> Try:  # noqa: F811
    number = DocumentGiven(kind="RESIDENT_ID", number=resident_id(BIRTH, 900))
    fields = {"name": "李四", "sex": 1, "birth": BIRTH, "leaf_id": hall.leaf, "documents": (number,)}
    return trying(people.persons_register, lambda: item(PersonRegister, hall, **fields))


def organisation(hall: World) -> int:  # noqa: F811
    made = item(OrganisationRegister, hall, name_zh="示例学校", kind="SCHOOL", sector="EDUCATION", leaf_id=hall.leaf)
    return int(str(done(people.organisation_register(hall.actor, [made]))[0].answer["organisation_id"]))


def taking_readings(hall: World) -> Try:  # noqa: F811
    (place,) = reference.places(place_ids=[hall.site])
    measured = Measured(place=place.code, device="F1", at=hall.now, celsius=4.0)
    return trying(supply.readings_take, lambda: item(ReadingsTake, hall, source="mqtt", readings=(measured,)))


def joining(hall: World) -> Try:  # noqa: F811
    fields = {"person_id": hall.person(), "organisation_id": organisation(hall), "since": DAY}
    return trying(people.membership_record, lambda: item(MembershipRecord, hall, **fields))


def moving_house(hall: World) -> Try:  # noqa: F811
    fields = {"person_id": hall.person(), "leaf_id": hall.leaf, "since": DAY}
    return trying(people.residence_record, lambda: item(ResidenceRecord, hall, **fields))


def correcting(hall: World) -> Try:  # noqa: F811
    fields = {"person_id": hall.person(), "programme": PROGRAMME, "given_on": date(2021, 3, 1), "product": "BIBP",
              "source": "history"}  # fmt: skip
    line = item(DoseRecord, hall, **fields)
    done(people.dose_record(hall.actor, [line]))
    return trying(people.dose_correct, lambda: item(DoseRecord, hall, **fields, corrects=line.act))


def merging(hall: World) -> Try:  # noqa: F811
    one, two = hall.persons(2)
    return trying(people.person_merge, lambda: item(PersonMerge, hall, person_id=one, into_id=two, reason="SAME"))


def unmerging(hall: World) -> Try:  # noqa: F811
    one, two = hall.persons(2)
    done(people.person_merge(hall.actor, [item(PersonMerge, hall, person_id=one, into_id=two, reason="SAME")]))
    return trying(people.person_unmerge, lambda: item(PersonUnmerge, hall, person_id=one, reason="NOT_SAME"))


def deciding(hall: World) -> Try:  # noqa: F811
    for _ in range(2):
        hall.person(documents=(), witness="邻居", sex=1)
    (pair,) = candidates(hall.actor)
    fields = {"person_id": pair.person_id, "other_id": pair.other_id}
    return trying(people.candidate_decide, lambda: item(CandidateDecide, hall, **fields))


def booked(hall: World) -> dict[str, Any]:  # noqa: F811
    person = hall.person()
    return {"person_id": person, "appointment": hall.book(person)}


def changing(verb: Callable[..., Any]) -> Callable[[World], Try]:
    def prepare(hall: World) -> Try:  # noqa: F811
        fields = booked(hall)
        return trying(verb, lambda: item(AppointmentChange, hall, **fields))

    return prepare


def booking_a_seat(hall: World) -> Try:  # noqa: F811
    fields = {"person_id": hall.person(), "campaign": CAMPAIGN, "site_id": hall.site, "starts_at": hall.now}
    return trying(booking.appointment_book, lambda: item(AppointmentBook, hall, **fields))


def moving(hall: World) -> Try:  # noqa: F811
    fields = {**booked(hall), "site_id": hall.site, "starts_at": hall.now + QUARTER}
    return trying(booking.appointment_move, lambda: item(AppointmentMove, hall, **fields))


DAYS = {"campaign": CAMPAIGN, "opens": DAY, "closes": DAY}


def waiting(hall: World) -> Try:  # noqa: F811
    fields = {"person_id": hall.person(), "site_id": hall.site, **DAYS}
    return trying(booking.waiting_join, lambda: item(WaitingJoin, hall, **fields))


def arranging(hall: World) -> Try:  # noqa: F811
    made = batch_of(hall, factory(hall)[0])
    return trying(booking.batch_arrange, lambda: replace(made, act=uuid4()))


def of_batch(verb: Callable[..., Any], form: type) -> Callable[[World], Try]:
    def prepare(hall: World) -> Try:  # noqa: F811
        own, persons = factory(hall)
        made = batch_of(hall, own, persons[0])
        done(booking.batch_arrange(hall.actor, [made]))
        named = {"person_id": persons[1]} if form is BatchSeat else {}
        return trying(verb, lambda: item(form, hall, organisation_id=own, batch=made.act, **named))

    return prepare


def event(hall: World) -> Any:  # noqa: F811
    fields = {"person_id": hall.person(), "site_id": None, "visit": None, "kind": "SYNCOPE", "onset_at": hall.now}
    return item(EventRecord, hall, **fields, serious=False, reporter_post_id=1)


def recording_an_event(hall: World) -> Try:  # noqa: F811
    found = event(hall)
    return trying(safety.event_record, lambda: replace(found, act=uuid4()))


def stepping(hall: World) -> Try:  # noqa: F811
    found = event(hall)
    done(safety.event_record(hall.actor, [found]))
    fields = {"person_id": found.person_id, "event": found.act, "step": "RECOGNISED"}
    return trying(safety.event_step, lambda: item(EventStep, hall, **fields))


def proposed(hall: World, steps: int) -> UUID:  # noqa: F811
    """A proposal that has taken so many of its steps."""
    made = item(
        SitePropose, hall, code="NEW-1", kind=SiteKind.FIXED, name_zh="新点", name_en="New", leaf_id=hall.leaf,
        address_zh="某街 2 号", address_en="2 Some Street", phone="023-00000000", stations=4, seats=60, longitude=106.5,
        latitude=29.5, synthetic=True,
    )  # fmt: skip
    done(sites.site_propose(replace(hall.actor, post_id=11), [made]))
    there = frozenset(c.code for c in site_selectors.checks())
    if steps > 0:
        check = item(ProposalCheck, hall, proposal=made.act, found=there)
        done(sites.proposal_check(replace(hall.actor, post_id=12), [check]))
    if steps > 1:
        done(sites.proposal_approve(replace(hall.actor, post_id=13), [item(ProposalMark, hall, proposal=made.act)]))
    return UUID(str(made.act))


def proposal(verb: Callable[..., Any], form: type, steps: int, **fields: Any) -> Callable[[World], Try]:
    def prepare(hall: World) -> Try:  # noqa: F811
        which = proposed(hall, steps)
        return trying(verb, lambda: item(form, hall, proposal=which, **fields))

    return prepare


def holding(hall: World) -> Try:  # noqa: F811
    hall.packs(1)
    lot = hall.stock()[0].lot
    fields = {"lot": lot, "place_id": hall.site, "state": LotState.QUARANTINED, "authority": "T-1"}
    return trying(supply.lot_hold, lambda: item(LotHold, hall, **fields))


def unit(hall: World) -> int:  # noqa: F811
    return reference.leaf_units(DAY)[hall.leaf]


def closing_a_unit(hall: World) -> Try:  # noqa: F811
    return trying(reports.unit_day_close, lambda: item(UnitDayClose, hall, unit_id=unit(hall), day=DAY))


ORDERS = (command.order_issue, command.order_acknowledge, command.order_execute, command.order_verify)


def ordering(steps: int) -> Callable[[World], Try]:
    def prepare(hall: World) -> Try:  # noqa: F811
        made = item(OrderIssue, hall, code="ORDER_OTHER", params={"text": "look"}, unit_id=unit(hall), for_day=DAY)
        if not steps:
            return trying(command.order_issue, lambda: replace(made, act=uuid4()))
        done(command.order_issue(hall.actor, [made]))
        for number, verb in enumerate(ORDERS[1:steps]):
            done(verb(replace(hall.actor, post_id=20 + number), [item(OrderChange, hall, order=made.act, note="seen")]))
        return trying(ORDERS[steps], lambda: item(OrderChange, hall, order=made.act, note="seen"))

    return prepare


FOUND = frozenset(c.code for c in site_selectors.checks())
TRIES: dict[str, Callable[[World], Try]] = {
    "persons_register": registering,
    "membership_record": joining,
    "residence_record": moving_house,
    "document_link": about_person(
        people.document_link, DocumentLink, kind="RESIDENT_ID", number=resident_id(BIRTH, 901)
    ),
    "dose_record": about_person(
        people.dose_record, DoseRecord, programme=PROGRAMME, given_on=date(2021, 3, 1), product="BIBP", source="history"
    ),
    "dose_correct": correcting,
    "condition_record": about_person(people.condition_record, ConditionRecord, kind="FEVER", since=DAY),
    "person_merge": merging,
    "person_unmerge": unmerging,
    "candidate_decide": deciding,
    "appointment_book": booking_a_seat,
    "appointment_confirm": changing(booking.appointment_confirm),
    "appointment_cancel": changing(booking.appointment_cancel),
    "appointment_move": moving,
    "invitations_send": about_person(booking.invitations_send, InvitationSend, **DAYS, dose_rank=1, channel="sms"),
    "waiting_join": waiting,
    "waiting_leave": about_person(booking.waiting_leave, WaitingLeave, campaign=CAMPAIGN),
    "homebound_note": about_person(outreach.homebound_note, HomeboundNote, need="FRAIL"),
    "homebound_end": about_person(outreach.homebound_end, HomeboundEnd),
    "standby_join": about_person(booking.standby_join, StandbyJoin, campaign=CAMPAIGN, km=3),
    "standby_leave": about_person(booking.standby_leave, StandbyLeave, campaign=CAMPAIGN),
    "batch_arrange": arranging,
    "batch_seat": of_batch(booking.batch_seat, BatchSeat),
    "batch_return": of_batch(booking.batch_return, BatchReturn),
    "event_record": recording_an_event,
    "event_step": stepping,
    "proposal_check": proposal(sites.proposal_check, ProposalCheck, 0, found=FOUND),
    "proposal_approve": proposal(sites.proposal_approve, ProposalMark, 1),
    "proposal_publish": proposal(sites.proposal_publish, ProposalMark, 2),
    "proposal_refuse": proposal(sites.proposal_refuse, ProposalMark, 1, reason="too small"),
    "lot_hold": holding,
    "readings_take": taking_readings,
    "contact_record": about_person(
        outreach.contact_record, ContactRecord, campaign=CAMPAIGN, way="call", result="UNREACHABLE"
    ),
    "message_choice_record": about_person(
        outreach.message_choice_record, MessageChoiceRecord, channel="all", wanted=False
    ),
    "unit_day_close": closing_a_unit,
    **{f"order_{name}": ordering(n) for n, name in enumerate(("issue", "acknowledge", "execute", "verify"))},
}
WHOLE_FILES = frozenset({"import_stage", "import_commit", "import_finish"})
TRIED_ELSEWHERE = {
    "person_correct": "tests/people/test_corrections.py",
    "household_join": "tests/people/test_corrections.py",
    "document_end": "tests/walks/test_people_pages.py: a foreign post writes nothing",
    "alert_take": "tests/walks/test_orders_page.py",
    "moves_approve": "its shipments are judged by the place that sends (tests/supply)",
    "desk_code_issue": "tests/walks/test_entering.py: a slip is made out only for a document that lay on the desk",
    "certificate_issue": "tests/api/test_access.py: a foreign post changes nothing",
    "certificate_revoke": "tests/api/test_access.py: a foreign post changes nothing",
    "question_ask": "anybody asks, from anywhere; tests/outreach/test_pages.py",
    "calls_assign": "its orders are judged by the target (order_issue above)",
}


def test_every_verb_that_its_room_judges_is_tried() -> None:
    assert set(TRIES) | WHOLE_FILES | set(TRIED_ELSEWHERE) == {
        name for name, verb in all_verbs().items() if verb.judged_by_room
    }


@pytest.mark.django_db
@pytest.mark.parametrize("verb", TRIES)
def test_a_room_that_judges_the_reach_refuses_a_foreign_area(hall: World, verb: str) -> None:  # noqa: F811
    attempt = TRIES[verb](hall)
    elsewhere = Reach(leaves=frozenset({leaves(DAY)[-1].area_id}))
    stranger = replace(hall.actor, post_id=99, reach=elsewhere)
    refusal = attempt(stranger)
    assert refusal is not None and refusal.code in FOREIGN
    assert attempt(replace(hall.actor, post_id=99)) is None


@pytest.mark.django_db
def test_a_file_of_a_foreign_organisation_is_neither_staged_nor_committed(hall: World) -> None:  # noqa: F811
    own = organisation(hall)
    elsewhere = Reach(leaves=frozenset({leaves(DAY)[-1].area_id}))
    stranger = replace(hall.actor, post_id=99, reach=elsewhere)
    content = f"姓名,证件号码\r\n张三丰,{resident_id(BIRTH, 902)}\r\n".encode()
    with pytest.raises(Refused):
        people.file_stage(stranger, "roster", "a.csv", content, organisation_id=own)
    staged = people.file_stage(hall.actor, "roster", "a.csv", content, organisation_id=own)
    with pytest.raises(Refused):
        people.file_commit(stranger, staged)
    assert people.file_commit(hall.actor, staged) == {"done": 1}
