"""Stores stand in as many levels as the city's data says, from a day on; who says nothing is supplied by the nearest."""

from datetime import date

import pytest

from seawall.reference import selectors
from seawall.reference.services import PlaceNew, places_register
from seawall.terms.codes import PlaceKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

DAY = date(2021, 4, 10)
UNITS = ("500101", "500102", "500103")


def place(code, kind=PlaceKind.STORE, unit=None, leaf=0, **more):
    """A place in a planning unit, in the unit's leaf of a number."""
    found = next((u for u in selectors.units(DAY) if u.code == unit), None)
    leaf_id = sorted(found.leaves)[leaf] if found else None
    row = PlaceNew(
        kind=kind, code=code, name_zh=code, name_en=code, leaf_id=leaf_id, unit_id=found and found.unit_id, **more
    )
    return places_register([row])[0]


@pytest.fixture
def chain():
    """A city store, one for two districts which stands in the first of them, and a street's store in the second."""
    city = place("CITY")
    both = place("BOTH", unit=UNITS[0], supplied_by=city, lead_days=1)
    one = place("ONE", unit=UNITS[0], supplied_by=both, lead_days=0)
    two = place("TWO", unit=UNITS[1], supplied_by=both, lead_days=2)
    street = place("STREET", unit=UNITS[1], leaf=1, supplied_by=two, lead_days=0)
    return city, both, one, two, street


def test_a_site_is_supplied_by_its_streets_store_else_its_units_else_the_next_level_up(chain):
    city, both, one, two, street = chain
    sites = [place("A", PlaceKind.SITE, UNITS[0]), place("B", PlaceKind.SITE, UNITS[1], leaf=2)]
    sites += [place("C", PlaceKind.SITE, UNITS[1], leaf=1), place("D", PlaceKind.SITE, UNITS[2])]
    levels = selectors.levels(DAY)
    assert [levels.way(site) for site in sites] == [
        (city, both, one, sites[0]),
        (city, both, two, sites[1]),
        (city, both, two, street, sites[2]),
        (sites[3],),
    ]
    assert levels.first == (city,) and set(levels.of_unit.values()) == {one, two}
    assert [levels.days(site) for site in sites] == [1, 3, 3, 0]


def test_another_store_supplies_it_from_a_day_on_and_the_day_before_is_as_it_was(chain):
    city, both, one, two, street = chain
    place("TWO", unit=UNITS[1], supplied_by=city, lead_days=1, since=date(2021, 5, 1))
    assert selectors.levels(date(2021, 4, 30)).way(street) == (city, both, two, street)
    assert selectors.levels(date(2021, 5, 1)).way(street) == (city, two, street)
    place("TWO", unit=UNITS[1])
    place("TWO", unit=UNITS[1], supplied_by=city, lead_days=1, since=date(2021, 6, 1))
    assert selectors.levels(date(2021, 5, 1)).supplier[two] == city
    place("TWO", unit=UNITS[1], supplied_by=one, since=date(2021, 4, 1))
    assert selectors.levels(DAY).supplier[two] == one == selectors.levels(date(2021, 7, 1)).supplier[two]


def test_a_city_with_one_store_has_one_level():
    store, site = place("ONLY", unit=UNITS[0]), place("E", PlaceKind.SITE, UNITS[0])
    levels = selectors.levels(DAY)
    assert (levels.first, levels.of_unit, levels.way(site)) == ((store,), {}, (site,))
