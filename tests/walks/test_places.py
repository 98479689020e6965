"""Stores and hospitals come in by the plain form and by the machine's door, in the area of whoever registers them."""

from uuid import uuid4

import pytest

from seawall.platform import services as platform
from seawall.reference import selectors as reference
from seawall.terms.codes import PlaceKind
from tests.api.conftest import machine  # noqa: F401
from tests.clinic.world import DAY

pytestmark = pytest.mark.django_db
CITY = ("area", "500000")


def unit_of(hall):
    return next(u for u in reference.units(DAY) if hall.leaf in u.leaves)


def test_the_cold_chain_officer_registers_a_store_by_its_form_and_takes_a_lot_in_there(hall, sign_in):
    platform.nature_set(synthetic=True)
    keeper = sign_in("CDC_COLD_CHAIN", CITY)
    said = {"code": "DEPOT-9", "name_zh": "九号库", "name_en": "Depot nine", "kind": "store", "leaf_id": hall.leaf}
    keeper.go("/console/act/place_register").send("code", **said).sees("Done")
    (store,) = [row for row in reference.places([PlaceKind.STORE]) if row.code == "DEPOT-9"]
    assert (store.leaf_id, store.unit_id, store.synthetic) == (hall.leaf, unit_of(hall).unit_id, True)
    lot = {
        "lot": "DEPOT-L1", "product": "BIBP", "place_id": store.place_id, "expires": "2022-12-31", "packs": 3, "doses_per_pack": 1,
        "release_certificate": "R", "temperature_record": "T", "handed_by": "A", "taken_by": "B",
        "max_celsius": 6, "min_celsius": 3, "first_code": "81234567890000000001",
    }  # fmt: skip
    keeper.go("/console/act/lot_receive").send("lot", **lot).sees("Done")


def test_a_known_code_is_brought_up_to_date_by_its_own_kind_and_area_only(hall, machine):  # noqa: F811
    office = machine("COMMAND_OFFICE", CITY)

    def ask(desk, verb, **fields):
        base = {"code": "DEPOT-9", "name_zh": "九号库", "name_en": "Depot", "leaf_id": hall.leaf}
        (outcome,) = desk.act(verb, {"act": str(uuid4()), **base, **fields})["outcomes"]
        return outcome["answer"] if outcome["done"] else outcome["refusal"]["code"]

    first = ask(office, "place_register", kind="store")
    assert ask(office, "place_register", kind="store", name_en="Depot nine") == first
    assert reference.place(first["place_id"]).name_en == "Depot nine"
    assert ask(office, "place_register", kind="vehicle") == "PLACE_KNOWN"
    assert ask(office, "place_register", kind="site", code="S-9") == "PLACE_KIND_ELSEWHERE"
    assert ask(office, "place_register", kind="store", code="S-9", leaf_id=1) == "AREA_UNKNOWN"
    assert ask(office, "place_register", kind="store", code="S-9", supplied_by=hall.site) == "PLACE_PARENT_UNKNOWN"
    below = ask(office, "place_register", kind="store", code="S-8", supplied_by=first["place_id"])
    assert ask(office, "place_register", kind="store", supplied_by=below["place_id"]) == "PLACE_SUPPLIES_ITSELF"
    assert ask(office, "place_register", kind="store", code="S-8", lead_days=-1) == "LEAD_BELOW_ZERO"
    assert ask(office, "place_register", kind="vehicle", code="V-9", supplied_by=first["place_id"])["place_id"]
    hospital = ask(office, "facility_register", code="H-9", grade=2)
    assert [f.facility_id for f in reference.facilities(2)] == [hospital["facility_id"]]
    assert ask(office, "facility_register", code="H-8", grade=4) == "FACILITY_GRADE"
    other = next(u for u in reference.units(DAY) if hall.leaf not in u.leaves)
    district = machine("DISTRICT_OFFICER", ("unit", other.code))
    assert ask(district, "facility_register", code="H-9", grade=2, leaf_id=min(other.leaves)) == "PLACE_KNOWN"
    assert ask(district, "facility_register", code="H-7", grade=2) == "OUT_OF_AREA"


def test_an_administrator_brings_the_tables_up_to_date(hall, machine):  # noqa: F811
    desk = machine("ADMINISTRATOR", CITY)
    before = reference.areas(DAY)
    (outcome,) = desk.act("reference_refresh", {"act": str(uuid4())})["outcomes"]
    assert outcome["done"] and reference.areas(DAY) == before
