"""What goes wrong with goods and loggers, tried at the screens and doors of those whose work it is: each named, the books whole."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from seawall.platform import clock, sql
from seawall.supply import selectors as supply
from seawall.supply import services
from seawall.supply.models import ReadingDay
from seawall.terms.codes import LotState
from seawall.terms.cold import DeviceKind, DeviceRegister, TemperatureClass
from seawall.terms.stock import CartonMark, CartonOpen, LotHold, LotReceive, ShipmentSend
from tests.clinic.world import DAY, SIGNED, World, done

from .pressing import CITY

pytestmark = pytest.mark.django_db
CARTON, HEAD = "8770000" + "9" * 13, "8770001"
PAPERS = {"temperature_record": "T-5", "min_celsius": "3", "max_celsius": "6", **SIGNED}
EAN = "6901234567892"


def code(n: int) -> str:
    return f"{HEAD}{n:013d}"


@pytest.fixture(autouse=True)
def whole(hall: World):
    """Whatever was tried, the books balance."""
    yield
    assert supply.difference() == []
    assert all(row.doses >= 0 for row in supply.stock())


@pytest.fixture
def keeper(hall: World, sign_in):
    return sign_in("COLD_CHAIN_MANAGER", ("site", hall.site))


@pytest.fixture
def officer(hall: World, sign_in):
    return sign_in("CDC_COLD_CHAIN", CITY)


@pytest.fixture
def lot(hall: World) -> None:
    """Twelve packs in the city store, ten of them in a carton."""
    papers = {"release_certificate": "R", "temperature_record": "T", "max_celsius": 7.0, "min_celsius": 3.0, **SIGNED}
    item = LotReceive(
        **hall.base(minutes=-600), **papers, lot="C1", product="BIBP", place_id=hall.store, expires=DAY.replace(year=2022),
        doses_per_pack=1, packs=12, first_code=code(0), cartons=(CartonMark(code=CARTON, packs=10),),
    )  # fmt: skip
    done(services.lot_receive(hall.actor, [item]))


def sent(hall: World, packs: int, to: int = 0, minutes: float = -60) -> str:
    item = ShipmentSend(
        **hall.base(minutes),
        from_place_id=hall.store,
        to_place_id=to or hall.site,
        lot="C1",
        packs=packs,
        expected_on=DAY,
    )
    return str(done(services.shipment_send(hall.actor, [item]))[0].answer["shipment"])


def api(visitor, verb: str, **item: object) -> str:
    """What a machine is told: the code of the refusal, or `done`."""
    told = {"items": [{"act": str(uuid4()), **item}]}
    answer = visitor.client.post(f"/api/v1/acts/{verb}", told, content_type="application/json")
    assert answer.status_code == 200, answer.content
    (outcome,) = answer.json()["outcomes"]
    return outcome["refusal"]["code"] if outcome.get("refusal") else "done"


def test_a_loggers_file_with_every_mistake_is_named_before_and_after_it_is_kept(hall: World, keeper):
    done([services.device_register.one(hall.actor, device(hall))])
    lines = ["2021-04-10T01:00:00,4.5", "2021-04-10T01:10:00,4.6", "2021-04-10T01:10:00,4.6"]  # doubled
    lines += ["2021-04-10T03:00:00,4.5"]  # ten are missing
    lines += ["2021-04-10T02:50:00,4.4"]  # out of order
    lines += ["2021-04-10T03:10:00,400", "yesterday,4"]  # impossible; no moment
    lines += ["2021-04-10T12:00:00,4.5", "2020-04-10T00:00:00,4.5"]  # clocks wrong by hours, and by a year
    content = "\n".join(["timestamp,celsius", *lines]).encode()
    here = f"/console/supply/cold/{hall.site}/L1"
    form = keeper.go(here).form("layout")
    told = {**form.values, "layout": "comma", "file": SimpleUploadedFile("april.csv", content)}
    keeper.client.post(form.action, told)
    keeper.go(here).sees(
        "5 readings may be kept", "1 lines cannot be read", "1 stand there twice", "9 are missing in between",
        "2 are out of order", "1 cannot be", "1 lie in the future (up to 8.0 hours)", "1 are too old", "1.0 hours old",
    )  # fmt: skip
    kept = next(f for f in keeper.forms() if f.action.endswith("/commit"))
    keeper.client.post(kept.action, kept.values)
    keeper.go(here).sees("4 readings are kept; 1 were there already, 3 are refused")
    assert ReadingDay.objects.get().minutes == [60, 70, 170, 180]
    keeper.client.post(kept.action, kept.values | {"act": str(uuid4())})
    assert len(ReadingDay.objects.get().minutes) == 4, "kept once"


def device(hall: World) -> DeviceRegister:
    return DeviceRegister(
        **hall.base(), place_id=hall.site, device="L1", kind=DeviceKind.REFRIGERATOR, temperature=TemperatureClass.COOL,
        litres=100.0, every_minutes=10,
    )  # fmt: skip


def test_a_scanner_says_of_every_code_what_it_is(hall: World, lot: None, keeper):
    (elsewhere,) = hall.packs(1, site=hall.other)
    page = f"/console/supply/shipment/{sent(hall, 4)}"
    for text, said in (
        ("12345", "20 characters"), ("8770001" + "9" * 13, "registered"), ("9999999" + "0" * 13, "9999999"), (EAN, "product"),
        (elsewhere, "was not sent with this shipment"), (code(11), "was not sent with this shipment"),
    ):  # fmt: skip
        keeper.go(page).send("code", code=text).sees("not of it", said)
    keeper.send("code", code=code(0)).send("code", code=code(0)).sees("twice")


def test_a_carton_of_which_a_pack_is_elsewhere_leaves_only_in_parts(hall: World, lot: None, officer):
    sent(hall, 1, to=hall.other)
    page = f"/console/supply/place/{hall.store}/send"
    told = {"lot": "C1", "to": "HALL-1", "expected_on": str(DAY), "packs": "10", "codes": CARTON}
    officer.go(page).send("to", **told).sees("carton", CARTON)
    opened = CartonOpen(**hall.base(), place_id=hall.store, code=CARTON)
    done(services.carton_open(hall.actor, [opened]))
    officer.go(page).send("to", **told).sees("opened")
    officer.go(page).send("to", **(told | {"packs": "2", "codes": f"{code(1)}\n{code(2)}"})).sees("2 doses are sent")


def test_a_delivery_of_codes_seen_before_of_a_recalled_lot_or_an_expired_one_is_named(hall: World, lot: None, officer):
    page = f"/console/supply/place/{hall.store}/receive"
    new = {
        "product": "BIBP", "lot": "C2", "expires": "2022-03-01", "packs": "2", "doses_per_pack": "1", "first_code": code(11),
        "release_certificate": "R-2", **PAPERS,
    }  # fmt: skip
    officer.go(page).send("release_certificate", **new).sees("registered already")
    officer.go(page).send("release_certificate", **(new | {"first_code": code(50), "expires": "2021-01-01"}))
    officer.sees("2021-01-01")
    hold = LotHold(**hall.base(), lot="C1", place_id=None, state=LotState.RECALLED, authority="NMPA")
    done(services.lot_hold(hall.actor, [hold]))
    told = {"lot": "C1", "to": "HALL-1", "expected_on": str(DAY), "packs": "1"}
    officer.go(f"/console/supply/place/{hall.store}/send").send("to", **told).sees("recalled")
    sql.execute("UPDATE supply_lot SET state = 'released', expires = %s WHERE lot = 'C1'", [DAY - timedelta(days=1)])
    base = {"from_place_id": hall.store, "to_place_id": hall.site, "lot": "C1", "packs": 1, "expected_on": str(DAY)}
    assert api(officer, "shipment_send", **base) == "LOT_EXPIRED"
    sql.execute("UPDATE supply_lot SET state = 'recalled', expires = %s WHERE lot = 'C1'", [DAY + timedelta(days=99)])


def test_a_shipment_is_taken_in_once_in_parts_at_its_place_and_after_it_left(hall: World, lot: None, keeper, sign_in):
    shipment, other = sent(hall, 4), sign_in("SITE_LEADER", ("site", hall.other))
    papers = {"temperature_record": "T", "min_celsius": 3.0, "max_celsius": 6.0, **SIGNED}
    base = {"shipment": shipment, "place_id": hall.site, **papers}
    assert api(other, "shipment_accept", **(base | {"place_id": hall.other})) == "SHIPMENT_NOT_FOR_HERE"
    assert [(row.place_id, row.why) for row in supply.goods_apart([hall.other])] == [
        (hall.other, "SHIPMENT_NOT_FOR_HERE")
    ]
    assert api(keeper, "shipment_accept", **(base | {"shipment": str(uuid4())})) == "SHIPMENT_UNKNOWN"
    early = (hall.now - timedelta(hours=2)).isoformat()
    assert api(keeper, "shipment_accept", **base, arrived_at=early) == "ARRIVED_BEFORE_IT_LEFT"
    assert api(keeper, "shipment_accept", **(base | {"temperature_record": " "})) == "NO_TEMPERATURE_RECORD"
    assert api(keeper, "shipment_accept", **base, codes=[code(0)]) == "done"
    page = f"/console/supply/shipment/{shipment}"
    keeper.go(page).sees("Ordered", "Picked", "Sent off", "Arrived").send("handed_by", **PAPERS).sees(
        "3 doses are taken in"
    )
    assert api(keeper, "shipment_accept", **base) == "SHIPMENT_ALREADY_ACCEPTED"
    keeper.go(page)
    assert not any("handed_by" in form.names() for form in keeper.forms()), "nothing is left to take in"


def test_a_count_below_zero_and_waste_beyond_what_is_left_change_nothing(hall: World, keeper):
    (pack,) = hall.packs(1)
    assert api(keeper, "stock_count", place_id=hall.site, lot="L0001", counted=-1) == "COUNT_BELOW_ZERO"
    lost = {"place_id": hall.site, "reason": "BROKEN"}
    assert api(keeper, "dose_waste", **lost, code=pack, doses=2) == "MORE_THAN_LEFT"
    assert api(keeper, "packs_waste", **lost, lot="L0001", packs=2) == "NOT_ENOUGH_PACKS"
    assert api(keeper, "packs_waste", **lost, lot="NO SUCH LOT") == "NOT_ENOUGH_PACKS"


def test_one_dose_planted_in_the_books_is_named_on_the_page_with_its_place_lot_day_and_act(hall: World, officer):
    hall.packs(3)
    ((act,),) = sql.fetch("SELECT act FROM supply_stockline WHERE kind = 'receive'")
    sql.execute("UPDATE supply_stockline SET delta = delta + 1 WHERE act = %s", [act])
    officer.go("/console/supply").sees("City store", "L0001", str(act), "Receive")
    assert clock.today().strftime("%-d %b") in officer.text
    sql.execute("UPDATE supply_stockline SET delta = delta - 1 WHERE act = %s", [act])
