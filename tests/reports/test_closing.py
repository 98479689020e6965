"""What closings freeze: what was not reported is never zero, what comes late is a revision of the next closing, and stands as it stood."""

from datetime import date, timedelta

import pytest

from seawall.campaigns import selectors as campaigns
from seawall.clinic import services as clinic
from seawall.people import services as people
from seawall.platform import sql
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.reports import services
from seawall.supply import services as supply
from seawall.terms.closings import CityDayClose, UnitDayClose
from seawall.terms.codes import DoseSource, LotState
from seawall.terms.people import DoseRecord
from seawall.terms.stock import LotHold
from tests.clinic.world import CAMPAIGN, DAY, PROGRAMME, World, done

NEXT = DAY + timedelta(days=1)


def vaccinated(hall: World, count: int = 2) -> None:
    codes = hall.packs(count + 1)
    visits = [hall.ready(person) for person in hall.persons(count)]
    assert all(hall.give(visit, code).done for visit, code in zip(visits, codes, strict=False))
    done(clinic.observation_end(hall.actor, [hall.leave(visit, 45) for visit in visits]))


def late_dose(hall: World, day: date, product: str = "BIBP") -> None:
    line = DoseRecord(**hall.base(), person_id=hall.person(), programme=PROGRAMME, given_on=day, product=product,
                      source=DoseSource.HISTORY, evidence="paper")  # fmt: skip
    done(people.dose_record(hall.actor, [line]))


def unit_of(hall: World) -> int:
    return reference.leaf_units(DAY)[hall.leaf]


def code() -> str:
    return campaigns.current().code


def frozen(day: date) -> list[object]:
    """Every answer that a page reads of a closing."""
    of = code()
    unit = next(iter(reports.standing_by_unit(of, day)), 0)
    return [
        reports.doses_by_day(of, day), reports.given_cells(of, day), reports.standing_by_unit(of, day),
        reports.standing_by_group(of, day), reports.stock_by_place(day), reports.daily_use(of, day),
        reports.site_facts(day), reports.units_closed(day), reports.units_given(of, day, date(2021, 3, 24)),
        reports.leaf_doses(of, day, unit), reports.closing_times(of, day),
    ]  # fmt: skip


def test_a_site_that_did_not_close_stands_as_missing_and_has_no_figures(hall, closed):
    vaccinated(hall)
    done(clinic.day_close(hall.actor, [hall.closing({row.lot: row.doses for row in hall.stock()})]))
    assert closed(DAY).done
    assert reports.units_closed(DAY)[unit_of(hall)] == [hall.other]
    assert reports.site_facts(DAY)[hall.site]["given"] == 2
    assert hall.other not in reports.site_facts(DAY)  # not a row of zeros


def test_a_unit_whose_sites_all_closed_misses_none_and_one_without_sites_neither(hall, closed):
    for site in (hall.site, hall.other):
        counted = {row.lot: row.doses for row in hall.stock(site)}
        done(clinic.day_close(hall.actor, [hall.closing(counted, site_id=site)]))
    assert closed(DAY).done
    assert set(map(tuple, reports.units_closed(DAY).values())) == {()}
    assert {tuple(m.values())[:1] for m in reports.site_facts(DAY).values()} == {(0,)}  # reported, and zero


def test_a_day_that_nobody_closed_has_no_facts_at_all(hall, closed):
    vaccinated(hall)
    assert (reports.units_closed(DAY), reports.site_facts(DAY), reports.standing_by_unit(code(), DAY)) == ({}, {}, {})
    assert reports.closing_times(code(), DAY).closed_at is None and reports.last_closing() is None
    assert closed(DAY).answer == {"given": 2}
    assert reports.last_closing() == DAY


def test_late_entries_keep_their_day_and_are_revisions_of_the_next_closing(hall, closed):
    late_dose(hall, DAY - timedelta(days=9))
    vaccinated(hall)
    assert closed(DAY).done
    before = frozen(DAY)
    late_dose(hall, DAY)
    late_dose(hall, DAY - timedelta(days=5))
    assert frozen(DAY) == before and reports.doses_by_day(code(), DAY)[DAY] == {1: 2}
    assert closed(NEXT).answer == {"given": 0}
    assert frozen(DAY) == before
    assert reports.doses_by_day(code(), NEXT)[DAY] == {1: 3}
    assert reports.closing_times(code(), NEXT).late == 2 and reports.closing_times(code(), DAY).late == 0


@pytest.mark.parametrize("change", ["a lot is stopped", "people come", "doses are given", "a person is corrected"])
def test_what_a_closing_froze_reads_the_same_tomorrow(hall, closed, change):
    vaccinated(hall)
    assert closed(DAY).done
    before = frozen(DAY)
    hall.now += timedelta(minutes=10)
    if change == "a lot is stopped":
        lot = hall.stock()[0].lot
        hold = LotHold(**hall.base(), lot=lot, place_id=None, state=LotState.QUARANTINED, authority="T")
        done(supply.lot_hold(hall.actor, [hold]))
    elif change == "people come":
        hall.persons(5)
    elif change == "doses are given":
        late_dose(hall, DAY)
    else:
        sql.execute("UPDATE people_person SET state = 'away'")
    assert frozen(DAY) == before
    assert closed(NEXT).done
    assert frozen(DAY) == before


def test_the_city_closes_after_its_units_once_and_in_order(hall, closed):
    def close(day: date) -> str:
        item = CityDayClose(**hall.base(), day=day, campaign=CAMPAIGN)
        refusal = services.city_day_close.one(hall.actor, item).refusal
        return refusal.code if refusal else "DONE"

    assert close(DAY) == "UNITS_NOT_CLOSED"
    some = [UnitDayClose(**hall.base(), unit_id=u.unit_id, day=DAY) for u in reference.units(DAY)][:-1]
    done(services.unit_day_close(hall.actor, some))
    assert close(DAY) == "UNITS_NOT_CLOSED"
    again = services.unit_day_close(hall.actor, [UnitDayClose(**hall.base(), unit_id=some[0].unit_id, day=DAY)])
    assert again[0].refusal.code == "UNIT_DAY_CLOSED"
    last = UnitDayClose(**hall.base(), unit_id=reference.units(DAY)[-1].unit_id, day=DAY)
    done(services.unit_day_close(hall.actor, [last]))
    assert close(DAY) == "DONE" and close(DAY) == close(DAY - timedelta(days=1)) == "CITY_DAY_CLOSED"
    assert close(NEXT) == "DAY_NOT_BEGUN"
    assert closed(NEXT).done
