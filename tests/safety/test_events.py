"""An adverse event holds the person, gets its case code, and its clock runs until it is reported."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from seawall.clinic import selectors as clinic_selectors
from seawall.clinic import services as clinic
from seawall.safety import selectors
from seawall.safety import services as safety
from seawall.terms.acts import Outcome
from seawall.terms.visits import EventRecord, EventStep
from tests.clinic.world import DAY, World, done

pytestmark = pytest.mark.django_db


def seated(hall: World) -> tuple[int, UUID]:
    person, pack = hall.person(), hall.packs(1)[0]
    visit = hall.ready(person)
    assert hall.give(visit, pack).done
    return person, visit


def event(hall: World, person: int, visit: UUID | None, minutes: float = 20, **more: object) -> EventRecord:
    given = {"person_id": person, "site_id": hall.site if visit else None, "visit": visit, "kind": "SYNCOPE",
             "onset_at": hall.now + timedelta(minutes=minutes - 1), "serious": False, "reporter_post_id": 1}  # fmt: skip
    return EventRecord(**hall.base(minutes), **(given | more))


def step(hall: World, person: int, recorded: UUID, name: str, minutes: float, note: str = "") -> Outcome:
    item = EventStep(**hall.base(minutes), person_id=person, event=recorded, step=name, note=note)
    return safety.event_step(hall.actor, [item])[0]


@pytest.mark.parametrize(
    ("kind", "serious", "hours"), [("SYNCOPE", False, 48), ("SYNCOPE", True, 2), ("ANAPHYLACTIC_SHOCK", False, 2)]
)
def test_the_clock_follows_how_serious_it_is(hall, kind, serious, hours):
    person, visit = seated(hall)
    item = event(hall, person, visit, kind=kind, serious=serious)
    answer = done(safety.event_record(hall.actor, [item]))[0].answer
    row = selectors.next_clock(DAY)
    assert row.clock_due - row.found_at == timedelta(hours=hours)
    assert (len(answer["case_code"]), answer["case_code"][:2], answer["case_code"][6:]) == (14, "50", "20210001")
    assert (row.product, row.in_window, row.state) == ("BIBP", True, "open")


def test_the_person_is_held_until_the_outcome(hall):
    person, visit = seated(hall)
    item = event(hall, person, visit)
    done(safety.event_record(hall.actor, [item]))
    assert clinic.observation_end(hall.actor, [hall.leave(visit, 60)])[0].refusal.code == "OBSERVATION_HELD"
    for name, minutes in (("RECOGNISED", 20), ("TREATED", 25), ("OUTCOME", 70)):
        assert step(hall, person, item.act, name, minutes).done
    assert clinic.observation_end(hall.actor, [hall.leave(visit, 71)])[0].done
    assert [row.step for row in selectors.steps(item.act, person)] == ["RECOGNISED", "TREATED", "OUTCOME"]
    assert clinic_selectors.observation_tiles(hall.site) == []


def test_case_codes_count_up_per_county_and_year(hall):
    items = [event(hall, *seated(hall)) for _ in range(3)]
    codes = [o.answer["case_code"] for o in done(safety.event_record(hall.actor, items))]
    more = done(safety.event_record(hall.actor, [event(hall, *seated(hall))]))[0].answer["case_code"]
    assert [code[-4:] for code in [*codes, more]] == ["0001", "0002", "0003", "0004"]


REFUSED = {
    "a kind of no list": ({"kind": "BAD_LUCK"}, "EVENT_KIND_UNKNOWN"),
    "began after it was found": ({"onset_at": 30}, "ONSET_AFTER_FOUND"),
    "began before the dose": ({"onset_at": 2}, "ONSET_BEFORE_DOSE"),
    "of a visit without dose": ({"visit": uuid4()}, "EVENT_WITHOUT_DOSE"),
    "of nobody": ({"person_id": 999_999, "visit": None, "site_id": None}, "EVENT_PLACE_UNKNOWN"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_an_event(hall, name):
    changed, code = REFUSED[name]
    changed = {k: hall.now + timedelta(minutes=v) if k == "onset_at" else v for k, v in changed.items()}
    person, visit = seated(hall)
    item = replace(event(hall, person, visit), **changed)
    outcome = safety.event_record(hall.actor, [item])[0]
    assert outcome.refusal.code == code
    assert selectors.open_events(DAY) == []


def test_the_same_event_is_one_case(hall):
    person, visit = seated(hall)
    code = done(safety.event_record(hall.actor, [event(hall, person, visit)]))[0].answer["case_code"]
    again = safety.event_record(hall.actor, [event(hall, person, visit)])[0].refusal
    assert (again.code, again.params) == ("EVENT_KNOWN", {"case_code": code})


@pytest.mark.parametrize(("minutes", "in_time"), [(100, True), (200, False)])
def test_reporting_stops_the_clock_and_says_whether_it_was_in_time(hall, minutes, in_time):
    person, visit = seated(hall)
    item = event(hall, person, visit, serious=True)
    done(safety.event_record(hall.actor, [item]))
    assert step(hall, person, item.act, "CLOSED", 90).refusal.code == "EVENT_NOT_FINISHED"
    assert step(hall, person, item.act, "REPORTED", minutes).answer == {"state": "reported", "in_time": in_time}
    assert selectors.clocks(DAY) == []
    assert step(hall, person, item.act, "CLASSED", 300, "WRONG").refusal.code == "EVENT_CLASS_UNKNOWN"
    assert step(hall, person, item.act, "CLASSED", 300, "PSYCHOGENIC").done
    assert step(hall, person, item.act, "CLOSED", 400).answer["state"] == "closed"
    assert step(hall, person, item.act, "TREATED", 500).refusal.code == "EVENT_STEP_TAKEN"


def test_a_rate_names_its_doses(hall):
    person, visit = seated(hall)
    done(safety.event_record(hall.actor, [event(hall, person, visit)]))
    rows = selectors.case_rates(DAY, DAY)
    assert (rows["all"].events, rows["all"].doses, rows["all"].per_100k) == (1, 1, 100_000.0)
    assert set(rows) == {"all", "BIBP"}
