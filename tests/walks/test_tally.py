"""A campaign that counts without names: a team tallies on its phone, the day closes, and the street stands in the report as a tally."""

from datetime import timedelta

import pytest

from seawall.booking import services as bookings
from seawall.clinic import selectors, services
from seawall.people import selectors as people
from seawall.platform import clock, sql
from seawall.reference.selectors import units
from seawall.reports import selectors as reports
from seawall.reports import services as closings
from seawall.supply import services as supply
from seawall.terms.closings import CityDayClose, UnitDayClose
from seawall.terms.stock import DoseWaste
from seawall.terms.tally import TallyWithdraw
from seawall.terms.visits import AppointmentBook
from tests.clinic.world import CAMPAIGN, DAY, PROGRAMME, done

from .presses_tally import counted, counting, tally
from .pressing import CITY

pytestmark = pytest.mark.django_db


def close_city(hall) -> dict:
    done(
        closings.unit_day_close(
            hall.actor, [UnitDayClose(**hall.base(), unit_id=u.unit_id, day=DAY) for u in units(DAY)]
        )
    )
    return done(closings.city_day_close(hall.actor, [CityDayClose(**hall.base(), campaign=CAMPAIGN, day=DAY)]))[
        0
    ].answer


def test_a_small_campaign_is_tallied_closed_and_reported(hall, sign_in):
    counting(hall)
    first, second = hall.packs(2, doses=10)
    team = sign_in("STATION_NURSE", ("site", hall.site)).go(f"/console/site/{hall.site}/tally")
    team.sees("Tally: nobody is named.", "Nothing is counted yet today.")
    counts = {"band_M6_11": "2", "band_M12_59": "7", "zero_dose": "3", "marked": "9"}
    houses = {"houses_visited": "20", "houses_closed": "2", "houses_absent": "1"}
    team.send("team", code=first, **counts, **houses).sees(
        "Counted: 9 doses, 20 houses", "Counted today: 9 doses, 20 houses"
    )
    team.send("team", code=second, band_Y5_14="4").sees("Counted today: 13 doses, 20 houses")
    wrong = next(row.tally for row in selectors.tallies(hall.site, DAY, CAMPAIGN) if row.doses == 4)
    team.send("tally", where={"tally": str(wrong)}).sees("Withdrawn: 4 doses", "Counted today: 9 doses", "withdrawn")
    assert sum(row.doses for row in hall.stock()) == 11  # one left in the first vial, ten in the second again
    lost = DoseWaste(**hall.base(), place_id=hall.site, code=first, doses=1, reason="OPEN_VIAL")
    done(supply.dose_waste(hall.actor, [lost]))
    clock.set_to(hall.now + timedelta(hours=7))
    left = {row.lot: row.doses for row in hall.stock()}
    answer = done(services.day_close(hall.actor, [hall.closing(left)]))[0].answer
    assert (answer["given"], answer["tallied"], answer["wasted"], answer["arrived"]) == (0, 9, 1, 0)
    assert services.tally_record(hall.actor, [tally(hall, second)])[0].refusal.code == "TALLY_NO_SESSION"
    assert close_city(hall) == {"given": 0, "tallied": 9}
    # No figure of named people counts any of it.
    assert sql.fetch("SELECT count(*) FROM reports_given") == [(0,)]
    assert reports.site_facts(DAY)[hall.site]["given"] == 0
    assert reports.site_facts(DAY)[hall.site]["tallied"] == 9
    assert [p.code for p in reports.proofs(DAY) if not p.holds] == []
    officer = sign_in("DISTRICT_OFFICER", CITY).go("/console/tally/streets")
    officer.sees(
        "9 doses counted, 3 of them zero-dose", "none of it is part of any named coverage", "As of the closing of"
    )
    (street,) = reports.tallied(CAMPAIGN, DAY, [hall.leaf])
    assert (dict(street.given), street.marked, street.houses) == ({"M6_11": 2, "M12_59": 7}, 9, (20, 2, 1))


def test_a_named_campaign_refuses_tallies_by_name(hall, sign_in):
    (code,) = hall.packs(1, doses=2)
    refused = services.tally_record(hall.actor, [tally(hall, code)])[0].refusal
    assert (refused.code, refused.params) == ("TALLY_OF_NAMED_CAMPAIGN", {"campaign": CAMPAIGN})
    team = sign_in("STATION_NURSE", ("site", hall.site))
    team.go(f"/console/site/{hall.site}/tally", status=403).sees("names everybody; nothing of it is tallied")
    assert "/console/tally" not in team.go("/console/station").sent
    assert sum(row.doses for row in hall.stock()) == 2


def test_a_tallied_campaign_books_and_names_nobody(hall):
    counting(hall)
    person = hall.person()
    item = AppointmentBook(**hall.base(), person_id=person, campaign=CAMPAIGN, site_id=hall.site, starts_at=hall.now)
    assert bookings.appointment_book(hall.actor, [item])[0].refusal.code == "CAMPAIGN_WITHOUT_NAMES"
    arrived = services.visit_arrive(hall.actor, [hall.arrival(person)])[0]
    assert arrived.refusal.code == "CAMPAIGN_WITHOUT_NAMES"
    assert people.dose_rows([person], PROGRAMME) in ({}, {person: []})


def test_what_does_not_add_up_is_refused_and_takes_no_dose(hall):
    counting(hall)
    (code,) = hall.packs(1, doses=2)
    tries = {
        "TALLY_DOES_NOT_ADD_UP": {"zero_dose": 3},
        "TALLY_BAND_UNKNOWN": {"given": {"OLD": 1}},
        "TALLY_WITHOUT_VIAL": {"code": ""},
        "TALLY_EMPTY": {"given": {}, "houses_visited": 0},
        "MORE_THAN_LEFT": {"given": {"M6_11": 3}},
        "CODE_PREFIX_UNKNOWN": {"code": "89999990000000000001"},
        "AREA_UNKNOWN": {"leaf_id": 0},
    }
    items = [tally(hall, **({"code": code} | more)) for more in tries.values()]
    good = tally(hall, code, given={"M6_11": 1})
    outcomes = services.tally_record(hall.actor, [*items, good])
    assert [o.refusal.code for o in outcomes[:-1]] == list(tries)
    assert outcomes[-1].done and sum(row.doses for row in hall.stock()) == 1
    houses = tally(hall, "", given={}, houses_visited=3, houses_closed=3)
    assert services.tally_record(hall.actor, [houses])[0].done


def test_a_tally_is_withdrawn_once(hall):
    act = counted(hall)
    items = [TallyWithdraw(**hall.base(), site_id=hall.site, tally=act) for _ in range(2)]
    outcomes = [services.tally_withdraw(hall.actor, [i])[0] for i in items]
    assert outcomes[0].done and outcomes[1].refusal.code == "TALLY_UNKNOWN"
    assert sum(row.doses for row in hall.stock()) == 2
