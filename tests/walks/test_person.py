"""A person walks through the house: from a row of a roster to a dose that is counted, every step through a page."""

import re
from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from seawall.campaigns import selectors as campaigns
from seawall.clinic import selectors as clinic
from seawall.clinic.models import Injection
from seawall.people import selectors as people
from seawall.platform import clock, sql
from seawall.reference.selectors import area, units
from seawall.reports import services as reports
from seawall.terms.closings import CityDayClose, UnitDayClose
from tests.clinic.world import CAMPAIGN, DAY, PROGRAMME, World, done, resident_id

from .entering import come_in
from .pages import Visitor

BIRTH = date(1985, 3, 2)
NUMBER = resident_id(BIRTH, 501)
SECOND_FROM = DAY + timedelta(days=21)


def test_from_a_roster_row_to_a_counted_dose(hall, sign_in):
    person = roster(hall, sign_in)
    counted_and_invited(hall, sign_in, person)
    citizen = booked(hall)
    visit = arrived_and_screened(hall, sign_in)
    vaccinated(hall, sign_in, visit, person)
    observed(hall, sign_in, visit)
    proof(citizen)
    evening(hall, sign_in)
    reminded(hall, person)


def roster(hall: World, sign_in) -> int:
    """A hospital's liaison sends a list of two: one is taken, the other comes back with its reason."""
    officer = sign_in("DISTRICT_OFFICER", ("area", area(hall.leaf, DAY).code[:6]))
    told = {"name_zh": "某医院", "kind": "HOSPITAL", "sector": "HEALTH", "leaf_id.said": area(hall.leaf, DAY).code}
    officer.go("/console/act/organisation_register").send("sector", **told).sees("Done")
    organisation = int(re.findall(r"/console/rosters/(\d+)", officer.go("/console/rosters").text)[-1])
    liaison = sign_in("ROSTER_LIAISON", ("organisation", organisation))
    wrong = NUMBER[:-1] + ("1" if NUMBER.endswith("0") else "0")
    row = f"姓名,证件号码,性别,出生日期\n李小雨,{NUMBER},女,1985-03-02\n王大年,{wrong},男,1985-03-02\n"
    file = SimpleUploadedFile("roster.csv", row.encode(), "text/csv")
    liaison.go(f"/console/rosters/{organisation}").send("file", file=file)
    liaison.sees("roster.csv", "check digit")
    liaison.send("commit")
    liaison.go(f"/console/rosters/{organisation}").sees("李")
    person = people.identify(NUMBER, BIRTH)
    assert person is not None
    assert sql.fetch("SELECT count(*) FROM people_person")[0][0] == 1
    return person


def counted_and_invited(hall: World, sign_in, person: int) -> None:
    """The schedule says due and why; the campaign counts the person in a group; the person is asked to come."""
    street = area(hall.leaf, DAY).code
    officer = sign_in("DISTRICT_OFFICER", ("area", street[:6]), ("area", street))
    officer.go(f"/console/people/{person}").sees("The first dose may be given now", "李")
    assert sql.fetch("SELECT count(*) FROM platform_look WHERE person_id = %s AND page = 'person'", [person])[0][0] >= 1
    office = sign_in("COMMAND_OFFICE", ("area", "500000"))
    office.go("/console/campaign").send("/campaign/groups").sees("Everybody is in a group again")
    assert campaigns.group_of([person], CAMPAIGN)[person]
    assert people.due_frame(PROGRAMME, DAY)["status"].to_list() == ["due"]
    asked = {
        "person_id.said": str(person),
        "campaign": CAMPAIGN,
        "dose_rank": "1",
        "opens": DAY.isoformat(),
        "channel": "sms",
    }
    closes = (DAY + timedelta(days=3)).isoformat()
    officer.go("/console/act/invitations_send").send("channel", **asked, closes=closes).sees("Done")


def booked(hall: World) -> Visitor:
    """On a phone: who, when, confirm. The seat is held, then booked."""
    citizen = Visitor()
    come_in(citizen.go("/book"), NUMBER)
    citizen.go(f"/book/when?site={hall.site}&day={DAY}")
    citizen.send("starts_at", starts_at=(hall.now + timedelta(minutes=15)).isoformat())
    assert sql.fetch("SELECT state FROM booking_appointment") == [("held",)]
    citizen.send("act")
    assert sql.fetch("SELECT state FROM booking_appointment") == [("booked",)]
    return citizen


def arrived_and_screened(hall: World, sign_in) -> str:
    """The registrar scans the card and a ticket comes out; the clinician asks, and the person signs."""
    desk = sign_in("REGISTRAR", ("site", hall.site))
    desk.go(f"/console/site/{hall.site}/arrival?q={NUMBER}").send("appointment")
    (row,) = clinic.visits(hall.site, DAY)
    assert (row.ticket, str(row.state), row.walk_in) == (1, "arrived", False)
    doctor = sign_in("SCREENER", ("site", hall.site), certified=True)
    doctor.go(f"/console/site/{hall.site}/screening?visit={row.visit}")
    asked = {name: "no" for name in doctor.form("celsius").values if name.startswith("q_")}
    assert "q_PREGNANT" in asked
    doctor.send("celsius", celsius="36.6", outcome="recommended", agreed=["1"], signer="self", **asked)
    assert str(clinic.visit(hall.site, row.visit).state) == "consented"
    return str(row.visit)


def vaccinated(hall: World, sign_in, visit: str, person: int) -> None:
    """Person and vial agree, eleven checks stand, the dose is given; a second press gives none."""
    code, _ = hall.packs(2)
    nurse = sign_in("VACCINATOR", ("site", hall.site), certified=True)
    nurse.go(f"/console/site/{hall.site}/injection?visit={visit}&code={code}")
    page, sent = nurse.path, nurse.sent
    form = nurse.form("arm")
    codes = [row.code for row in clinic.checks()]
    nurse.send("arm", check=codes[:10])
    assert Injection.objects.count() == 0
    nurse.go(f"/console/site/{hall.site}/injection?visit={visit}&code={code}").send("arm", check=codes)
    assert Injection.objects.get().checks == (1 << 11) - 1
    nurse.path, nurse.sent = page, sent
    nurse.send("arm", check=codes, act=form.values["act"])
    (line,) = people.dose_rows([person], PROGRAMME)[person]
    assert (line.product, line.dose_rank, line.place_id) == ("BIBP", 1, hall.site)
    assert people.due_rows([person], PROGRAMME, DAY)[person].earliest == SECOND_FROM


def observed(hall: World, sign_in, visit: str) -> None:
    """Not before thirty minutes are over."""
    doctor = sign_in("OBSERVER", ("site", hall.site), certified=True)
    clock.set_to(hall.now + timedelta(minutes=29))
    doctor.go(f"/console/site/{hall.site}/observation").send("visit", do="leave")
    assert len(clinic.observation_tiles(hall.site)) == 1
    clock.set_to(hall.now + timedelta(minutes=31))
    doctor.go(f"/console/site/{hall.site}/observation").send("visit", do="leave")
    assert clinic.observation_tiles(hall.site) == []


def proof(citizen: Visitor) -> None:
    """The person's own record shows the dose and the next one."""
    citizen.go("/record").sees("10 Apr 2021", "1 May 2021")


def evening(hall: World, sign_in) -> None:
    """The site counts and closes, then units and city; the dose stands in the frozen facts."""
    manager = sign_in("SITE_MANAGER", ("site", hall.site))
    clock.set_to(hall.now + timedelta(hours=7))
    (lot,) = {row.lot for row in hall.stock()}
    manager.go(f"/console/site/{hall.site}").send(f"/site/{hall.site}/close", **{f"count_{lot}": "1"})
    assert clinic.closings(DAY)[hall.site].given == 1
    done(
        reports.unit_day_close(
            hall.actor, [UnitDayClose(**hall.base(), unit_id=u.unit_id, day=DAY) for u in units(DAY)]
        )
    )
    assert reports.city_day_close.one(hall.actor, CityDayClose(**hall.base(), day=DAY, campaign=CAMPAIGN)).done
    assert sql.fetch("SELECT place_id, product, dose_rank, doses FROM reports_given WHERE own_day = %s", [DAY]) == [
        (hall.site, "BIBP", 1, 1)
    ]


def reminded(hall: World, person: int) -> None:
    """On the day the second dose opens the person is due again."""
    assert str(people.due_rows([person], PROGRAMME, SECOND_FROM)[person].status) == "due"
    assert str(people.due_rows([person], PROGRAMME, SECOND_FROM - timedelta(days=1))[person].status) == "not_yet"
