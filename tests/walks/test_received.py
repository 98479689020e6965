"""What came in, by place and days: on its page, as a workbook, and through the API, for those within reach alone."""

import io
from datetime import timedelta
from uuid import uuid4

import openpyxl
import pytest

from seawall.platform import sql
from seawall.supply import selectors as supply
from seawall.supply import services
from seawall.terms.stock import CartonMark, LotReceive, ShipmentAccept, ShipmentSend
from tests.clinic.world import DAY, SIGNED, World, done

from .pressing import CITY

pytestmark = pytest.mark.django_db
CARTON, FIRST = "8770000" + "9" * 13, "8000001" + "0" * 13
PAPERS = {"temperature_record": "T-1", "max_celsius": 7.0, "min_celsius": 3.0}


@pytest.fixture
def shipment(hall: World) -> str:
    """A lot in a carton came from its maker, its papers written by somebody who knows formulas; half of it went to the site."""
    lot = LotReceive(
        **hall.base(minutes=-60), lot="C1", product="BIBP", place_id=hall.store, expires=DAY.replace(year=2022),
        release_certificate='=HYPERLINK("http://elsewhere")', doses_per_pack=1, packs=6, first_code=FIRST,
        cartons=(CartonMark(code=CARTON, packs=4),), handed_by="@SUM(A1)", taken_by="+1", **PAPERS,
    )  # fmt: skip
    done(services.lot_receive(hall.actor, [lot]))
    sent = ShipmentSend(
        **hall.base(minutes=-30), from_place_id=hall.store, to_place_id=hall.site, lot="C1", packs=3, expected_on=DAY,
        order="20210409 A",
    )  # fmt: skip
    done(services.shipment_send(hall.actor, [sent]))
    accept = ShipmentAccept(
        **hall.base(), shipment=str(sent.act), place_id=hall.site, **(PAPERS | {"max_celsius": 11.0}), **SIGNED
    )
    done(services.shipment_accept(hall.actor, [accept]))
    return str(sent.act)


def book(visitor, **asked: object) -> list[list]:
    answer = visitor.client.get("/console/supply/receipts.xlsx", asked, HTTP_ACCEPT_LANGUAGE="en")
    assert answer.status_code == 200 and "receipts-" in answer["Content-Disposition"]
    (sheet,) = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    rows = [list(row) for row in sheet.values]
    head = next(n for n, row in enumerate(rows) if row[0] == "Place")
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :]]


def test_receipts_are_read_on_the_page_and_go_out_as_a_workbook(hall: World, shipment: str, sign_in):
    officer = sign_in("CDC_COLD_CHAIN", CITY)
    officer.go(f"/console/supply/receipts?first={DAY}&last={DAY}").sees("What came in", "C1", "3 apart", CARTON, FIRST)
    lot, site = book(officer, first=DAY, last=DAY)
    assert (lot["Packs"], lot["Doses"], lot["Kept apart"], lot["Cartons"]) == (6, 6, 0, CARTON)
    assert lot["Codes"] == f"{FIRST}–{FIRST[:-1]}5"
    for column, said in (("Document", "'=HYPERLINK"), ("Handed over by", "'@SUM"), ("Taken by", "'+1")):
        assert str(lot[column]).startswith(said), "no cell is a formula"
    assert (site["Place"], site["From"], site["Doses"], site["Kept apart"]) == ("HALL-1", "City store", 3, 3)
    assert (site["Lowest °C"], site["Highest °C"], site["Order"]) == (3.0, 11.0, "20210409 A")
    assert (site["Handed over by"], site["Taken by"]) == tuple(SIGNED.values())
    assert site["Taken in"] - site["Sent off"] == timedelta(minutes=30)
    assert site["Ordered"] == site["Sent off"], "what nobody asked for is ordered by sending it"


def test_a_place_and_its_days_narrow_the_list_and_nobody_sees_beyond_their_reach(hall: World, shipment: str, sign_in):
    manager = sign_in("SITE_MANAGER", ("site", hall.site))
    manager.go(f"/console/supply/place/{hall.site}").sees("What came in")
    assert [row["Place"] for row in book(manager)] == ["HALL-1"]
    assert book(manager, first=DAY + timedelta(days=1), last=DAY + timedelta(days=2)) == []
    for asked in (f"place={hall.store}", f"place={hall.other}"):
        manager.go(f"/console/supply/receipts?{asked}", status=403)
        assert manager.client.get(f"/console/supply/receipts.xlsx?{asked}").status_code == 403
    manager.go("/console/supply/receipts?first=2021-01-01&last=2021-12-31", status=403).sees("must lie within")
    manager.go("/console/supply/receipts?place=x", status=400)
    sign_in("OBSERVER", ("site", hall.site)).go("/console/supply/receipts", status=403)


def test_the_api_pages_through_receipts(hall: World, shipment: str, sign_in):
    client = sign_in("CDC_COLD_CHAIN", CITY).client
    first = client.get("/api/v1/receipts", {"day": DAY, "limit": 1}).json()
    second = client.get("/api/v1/receipts", {"day": DAY, "limit": 1, "cursor": first["next"]}).json()
    (maker,), (site,) = first["rows"], second["rows"]
    assert (maker["place_id"], maker["doses"], maker["cartons"]) == (hall.store, 6, [CARTON])
    assert (site["place_id"], site["shipment"], site["apart"], second["next"]) == (hall.site, shipment, 3, None)
    assert client.get("/api/v1/receipts", {"day": DAY, "place": hall.other}).json()["rows"] == []
    outside = sign_in("SITE_MANAGER", ("site", hall.other)).client
    assert outside.get("/api/v1/receipts", {"day": DAY}).json()["rows"] == []
    assert outside.get("/api/v1/receipts", {"day": DAY, "place": hall.site}).status_code == 403


def test_a_list_of_any_length_is_one_statement_and_many_runs_are_counted(
    hall: World, shipment: str, django_assert_num_queries
):
    places = [hall.store, hall.site]
    with django_assert_num_queries(1):
        assert len(supply.received(places, DAY, DAY, 10)) == 2
    codes = [f"{n:05d}" for n in range(50)]
    sql.execute(
        "UPDATE supply_handover SET first_codes = %s, last_codes = %s WHERE place_id = %s", [codes, codes, hall.site]
    )
    row = supply.received([hall.site], DAY, DAY, 10)[0]
    assert (len(row.first_codes), row.more_codes, row.doses) == (20, 30, 3)
    assert supply.received(places, DAY, DAY, 10, (hall.now, uuid4())) in ([], [row])
