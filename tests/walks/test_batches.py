"""HR books three hundred people of a factory through pages: roster in, a batch for each workshop, replaced, printed, given back."""

from datetime import date, datetime, time, timedelta

import pytest

from seawall.booking import selectors as booking
from seawall.people import services as people
from seawall.platform import clock, sql
from seawall.terms.rosters import OrganisationRegister
from tests.people.conftest import resident_id

from .test_person import done
from .test_rosters import send

pytestmark = pytest.mark.django_db
SHOPS = ("一车间", "二车间", "三车间")
DAY = date(2021, 4, 14)


@pytest.fixture
def factory(hall):
    item = OrganisationRegister(**hall.base(), name_zh="某厂", kind="FACTORY", sector="INDUSTRY", leaf_id=hall.leaf)
    hall.open_day(hall.site, DAY, seats=12)
    return done(people.organisation_register(hall.actor, [item]))[0].answer["organisation_id"]


@pytest.fixture
def liaison(factory, sign_in):
    return sign_in("ROSTER_LIAISON", ("organisation", factory))


def row(number, shop):
    return f"工人{chr(0x4E00 + number)},{resident_id(date(1980, 5, 1), 100 + number)},{shop}"


def roster_in(liaison, factory, count):
    rows = [row(n, SHOPS[n * len(SHOPS) // count]) for n in range(count)]
    send(liaison, factory, "姓名,证件号码,岗位", *rows).sees(f"{count} rows to take")
    liaison.send("commit").sees(f"{count} rows committed")


def batches(liaison, factory, shop=SHOPS[0]):
    return liaison.go(f"/console/rosters/{factory}/batches?team={shop}&day={DAY}")


def arrange(liaison, factory, shop, at, **more):
    batches(liaison, factory, shop)
    form = liaison.form("starts_at")
    starts_at = datetime.combine(DAY, at, clock.zone()).isoformat()
    return liaison.send("starts_at", **({"persons": form.values["persons"], "starts_at": starts_at} | more))


def test_three_hundred_are_booked_in_three_batches(hall, liaison, factory):
    roster_in(liaison, factory, 300)
    batches(liaison, factory).sees("300 people can go")
    for number, shop in enumerate(SHOPS):
        arrange(liaison, factory, shop, time(8 + 3 * number), per_slot="10")
        liaison.sees("100 seats are kept: 100 people are seated", f"{shop}: 100 of 100 seats have a name")
    rows = booking.batches([factory])
    assert [(r.label, r.named, r.spare) for r in rows] == [(shop, 100, 0) for shop in SHOPS]
    assert max(q.booked for q in booking.quarters([hall.site], DAY)) == 10
    assert booking.seat_difference(DAY, DAY) == []
    batches(liaison, factory).sees("Nobody waits for a batch")
    liaison.go(f"/console/rosters/{factory}").sees("<b>300</b><span>booked")


def test_names_change_until_the_eve_and_leftovers_are_given_back(hall, liaison, factory):
    roster_in(liaison, factory, 6)
    arrange(liaison, factory, SHOPS[0], time(9), seats="3", per_slot="2").sees("2 of 3 seats have a name")
    spare = liaison.form("instead_of").values
    liaison.send("instead_of", person_id=spare["person_id"], instead_of="").sees("The seat is given", "3 of 3 seats")
    gone = booking.batch_members([booking.batches([factory])[0].batch])[0].person_id
    liaison.send("instead_of", instead_of=str(gone)).sees("The seat is given", "3 of 3 seats")
    assert [a.state for a in booking.appointments([gone])] == ["cancelled"]
    liaison.send("everybody", everybody="true").sees("0 seats without a name and 3 with one")
    clock.set_to(datetime.combine(DAY - timedelta(days=1), time(18), clock.zone()))
    liaison.go(liaison.path).sees("The names stand")
    assert not [f for f in liaison.forms() if "instead_of" in f.names()]


def test_the_pack_is_printed_in_the_order_of_the_batch_with_whole_names_on_record(hall, liaison, factory):
    roster_in(liaison, factory, 3)
    arrange(liaison, factory, SHOPS[1], time(9))
    assert "工人" not in liaison.text
    person = booking.batch_members([booking.batches([factory])[0].batch])[0].person_id
    liaison.go(f"{liaison.path}/pack").sees("Attendance list", "工人", "Consent (")
    assert sql.fetch("SELECT 1 FROM platform_look WHERE person_id = %s AND 'name' = ANY(revealed)", [person])
    sheet = liaison.client.get(f"{liaison.path.removesuffix('/pack')}?format=csv").content.decode()
    assert "工*" in sheet and "工人" not in sheet


def test_who_may_not_come_is_withheld_without_a_word_of_why(hall, liaison, factory):
    roster_in(liaison, factory, 3)
    sick = booking_person(liaison, factory)
    hall.history(sick, date(2021, 4, 9))
    batches(liaison, factory, SHOPS[0]).sees("Nobody of this part can be seated that day")
    assert "2021-04-30" not in liaison.text


def booking_person(liaison, factory):
    """The one of the first workshop."""
    form = batches(liaison, factory, SHOPS[0]).form("starts_at")
    return int(form.values["persons"][0])


def test_another_organisation_sees_no_batch(hall, factory, liaison, sign_in):
    roster_in(liaison, factory, 3)
    arrange(liaison, factory, SHOPS[0], time(9))
    path = liaison.path
    other = OrganisationRegister(**hall.base(), name_zh="别厂", kind="FACTORY", sector="INDUSTRY", leaf_id=hall.leaf)
    other = done(people.organisation_register(hall.actor, [other]))[0].answer["organisation_id"]
    stranger = sign_in("ROSTER_LIAISON", ("organisation", other), ("organisation", other + 1000))
    stranger.go(path, status=403)
    stranger.go(path.replace(f"/{factory}/", f"/{other}/"), status=403)
