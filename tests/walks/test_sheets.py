"""Receipts, counts and devices by the sheet: every mistake at once by row and column, and the sheet whole or not at all."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from seawall.platform import sql
from seawall.supply import selectors as supply
from seawall.supply.models import Device
from tests.clinic.world import World

pytestmark = pytest.mark.django_db
SHEET = "/console/supply/sheet"
RECEIPT = {
    "place_id": "CITY", "product": "BIBP", "lot": "N1", "expires": "2022-03-01", "packs": 20, "doses_per_pack": 1,
    "first_code": "8999999" + "0" * 13, "release_certificate": "R-1", "temperature_record": "T-9", "min_celsius": 2.5,
    "max_celsius": 7.5, "handed_by": "Chen Li", "taken_by": "Wang Fang",
}  # fmt: skip


@pytest.fixture
def officer(hall, sign_in):
    return sign_in("CDC_COLD_CHAIN", ("area", "500000"))


def template(visitor, kind: str, place: int | None = None) -> list[list]:
    answer = visitor.client.get(
        f"{SHEET}/{kind}/template" + (f"?place={place}" if place else ""), HTTP_ACCEPT_LANGUAGE="en"
    )
    assert answer.status_code == 200
    (sheet,) = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    return [list(row) for row in sheet.values]


def workbook(head: list, rows: list[list]) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    for row in (head, *rows):
        book.worksheets[0].append(row)
    content = io.BytesIO()
    book.save(content)
    return SimpleUploadedFile("sheet.xlsx", content.getvalue())


def code_of(place: int) -> str:
    return str(sql.fetch("SELECT code FROM reference_place WHERE id = %s", [place])[0][0])


def test_lots_are_received_from_a_filled_template_whole(hall: World, officer):
    _head, row = template(officer, "receipts", hall.store)
    assert row[0] == code_of(hall.store)
    names = list(RECEIPT)
    lots = [RECEIPT | {"place_id": row[0], "lot": f"N{n}", "first_code": f"899999{n}" + "0" * 13} for n in (1, 2)]
    file = workbook([*names, "Remark"], [[*lot.values(), "by lorry"] for lot in lots])
    officer.go(f"{SHEET}/receipts?place={hall.store}").send("file", file=file)
    officer.sees("2 rows read, mistakes: 0", "Columns that are not read: Remark", "As it was read", "N2")
    assert supply.stock([hall.store]) == [], "shown, and nothing recorded"
    officer.send("rows").sees("The sheet is recorded whole, rows: 2")
    assert {(r.lot, r.doses) for r in supply.stock([hall.store])} == {("N1", 20), ("N2", 20)}
    assert supply.difference() == []


def test_every_mistake_of_a_sheet_is_told_at_once_and_nothing_of_it_is_recorded(hall: World, officer):
    place = code_of(hall.store)
    rows = [
        RECEIPT | {"place_id": place},
        RECEIPT | {"place_id": place, "lot": "N2", "packs": "many", "expires": "soon"},
        RECEIPT | {"place_id": "NOWHERE", "lot": "N3", "first_code": "8999993" + "0" * 13},
        RECEIPT | {"place_id": place, "lot": "N4", "first_code": "8999994" + "0" * 13, "release_certificate": ""},
        RECEIPT | {"place_id": place, "lot": "N5"},
        dict.fromkeys(RECEIPT, ""),
    ]
    officer.go(f"{SHEET}/receipts").send("file", file=workbook(list(RECEIPT), [list(row.values()) for row in rows]))
    officer.sees("5 rows read, mistakes: 5")
    for said in (
        '<td class="num">3</td> <td>Packs</td> <td>many</td>', '<td class="num">3</td> <td>Expires</td> <td>soon</td>',
        '<td class="num">4</td> <td>Place</td> <td>NOWHERE</td>', '<td class="num">5</td> <td>–</td>', '<td class="num">6</td> <td>–</td>',
    ):  # fmt: skip
        officer.sees(said)
    officer.sees("release certificate", "registered")
    assert "rows" not in {name for form in officer.forms() for name in form.names()}, "no press records a part of it"
    assert supply.stock([hall.store]) == [] and supply.goods_apart([hall.store]) == []


def test_what_changed_between_the_preview_and_the_press_is_told_and_nothing_done(hall: World, officer, sign_in):
    file = workbook(["place_id", "device", "kind", "temperature", "litres"], [
        ["HALL-1", "F1", "refrigerator", "cool", 90], ["HALL-2", "F2", "freezer", "frozen", 60.5],
    ])  # fmt: skip
    officer.go(f"{SHEET}/devices").send("file", file=file).sees("2 rows read, mistakes: 0")
    hall.device(hall.other, "F2")
    officer.send("rows").sees("mistakes: 1", "is registered at this place already")
    assert [row.device for row in Device.objects.all()] == ["F2"]


def test_a_count_sheet_goes_out_blind_and_comes_back(hall: World, sign_in):
    hall.packs(6)
    manager = sign_in("SITE_MANAGER", ("site", hall.site))
    head, row = template(manager, "counts", hall.site)
    assert row[:4] == ["HALL-1", "L0001", None, None] and 6 not in row, "no number of the book stands on it"
    row[2] = 5
    manager.go(f"{SHEET}/counts").send("file", file=workbook(head, [row])).sees("1 rows read, mistakes: 0")
    manager.send("rows").sees("counted 5, booked 6")


def test_a_sheet_of_others_and_a_kind_of_no_grant_are_refused(hall: World, sign_in):
    manager = sign_in("SITE_MANAGER", ("site", hall.site))
    manager.go(f"{SHEET}/receipts", status=403)
    assert template(manager, "counts", hall.other)[1:] == [], "no lots of a place out of reach"
    hall.packs(2, site=hall.other)
    file = workbook(["place_id", "lot", "counted"], [["HALL-2", "L0001", 2]])
    assert "mistakes: 1" in manager.go(f"{SHEET}/counts").send("file", file=file).text
    manager.go(f"{SHEET}/nothing", status=400)
    wrong = SimpleUploadedFile("sheet.xlsx", b"no workbook")
    manager.go(f"{SHEET}/counts").send("file", status=403, file=wrong)
