"""The keeper of stock at the screen: take in, receive, send, count, measure, give back, write off; stop a lot and free it."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from seawall.platform import clock, sql
from seawall.supply import selectors as supply
from seawall.supply import services
from seawall.terms.codes import LotState
from seawall.terms.stock import DoseUse, ShipmentSend
from tests.clinic.world import DAY, World, done
from tests.supply.test_differences import picture

pytestmark = pytest.mark.django_db

SIGNED = {"handed_by": "Chen Li", "taken_by": "Wang Fang"}
LOT = {
    "product": "BIBP", "lot": "N1", "expires": "2022-03-01", "packs": "20", "doses_per_pack": "1",
    "first_code": "8999999" + "0" * 13, "release_certificate": "R-1", "temperature_record": "T-9",
    "min_celsius": "2.5", "max_celsius": "7.5", "handed_by": "Chen Li", "taken_by": "Wang Fang",
}  # fmt: skip


def at(place: int, task: str = "") -> str:
    return f"/console/supply/place/{place}" + (f"/{task}" if task else "")


def doses(place: int) -> dict[tuple[str, str], int]:
    return {(row.lot, row.state.value): row.doses for row in supply.stock([place])}


@pytest.fixture
def officer(hall, sign_in):
    return sign_in("CDC_COLD_CHAIN", ("area", "500000"))


@pytest.fixture
def manager(hall, sign_in):
    return sign_in("SITE_MANAGER", ("site", hall.site))


def test_a_lot_comes_from_its_maker_and_a_site_takes_it_in(hall: World, officer, manager):
    officer.go("/console/supply/place").sees("City store")
    officer.go(at(hall.store, "receive")).send("release_certificate", **LOT).sees("20 packs, 20 doses")
    assert doses(hall.store) == {("N1", "on_hand"): 20}
    officer.go(at(hall.store, "send"))
    officer.send("to", lot="N1", packs="8", to="HALL-1", expected_on=str(DAY)).sees("8 doses are sent")
    manager.go(at(hall.site)).sees("8 packs expected", "City store", "To be taken in")
    manager.send("shipment", temperature_record="T-10", min_celsius="3", max_celsius="6", **SIGNED).sees(
        "0 of them kept apart"
    )
    assert doses(hall.site) == {("N1", "on_hand"): 8}


def test_a_carton_is_named_at_receiving_and_leaves_by_its_code(hall: World, officer):
    carton = "8999998" + "0" * 13
    officer.go(at(hall.store, "receive")).send("cartons", **LOT, cartons=f"{carton}, 15").sees("20 packs, 20 doses")
    officer.go(f"/console/supply/chain/{LOT['first_code']}").sees(carton)
    sending = {"lot": "N1", "to": "HALL-1", "expected_on": str(DAY), "codes": f"{carton}\n8999999{15:013d}\n"}
    officer.go(at(hall.store, "send")).send("to", **sending, packs="20").sees("16")
    assert doses(hall.site) == {}
    officer.send("to", **sending, packs="16").sees("16 doses are sent")
    assert doses(hall.site) == {("N1", "in_transit"): 16}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("cartons", f"{8999998:0<20} 25", "carton"),
        ("temperature_record", " ", "temperature record"),
        ("max_celsius", "9", "°C"),
        ("release_certificate", " ", "release certificate"),
        ("first_code", "12", "trace code"),
        ("packs", "many", "must be a number"),
    ],
)
def test_a_delivery_that_is_refused_keeps_the_form(hall: World, officer, field, value, said):
    officer.go(at(hall.store, "receive")).send("release_certificate", **(LOT | {field: value})).sees(said)
    assert officer.form("release_certificate").values["lot"] == "N1"
    assert doses(hall.store) == {}


def test_what_left_its_temperature_is_taken_in_apart(hall: World, manager):
    hall.packs(4, site=hall.other)
    send = ShipmentSend(
        **hall.base(), from_place_id=hall.other, to_place_id=hall.site, lot="L0001", packs=2, expected_on=DAY
    )
    done(services.shipment_send(hall.actor, [send]))
    manager.go(at(hall.site)).send("shipment", temperature_record="", min_celsius="3", max_celsius="11", **SIGNED)
    assert manager.form("shipment").values["max_celsius"] == "11"
    manager.send("shipment", temperature_record="T-4").sees("2 of them kept apart")
    assert doses(hall.site) == {("L0001", "quarantined"): 2}


def test_stock_is_counted_measured_returned_and_written_off(hall: World, manager):
    codes = hall.packs(6)
    manager.go(at(hall.site, "sheet")).send("count_L0001", count_L0001="5").sees("counted 5, booked 6")
    clock.set_to(hall.now + timedelta(minutes=5))
    manager.go(at(hall.site, "sheet")).send("count_L0001", count_L0001="6")
    assert supply.open_differences([hall.site]) == []
    hall.device(name="F1")
    manager.go(at(hall.site, "temperature")).send("celsius", device="F1", celsius="11.5").sees(
        "11.5 °C", "Out of temperature"
    )
    manager.go(at(hall.site, "return")).send(
        "packs", lot="L0001", packs="2", to="destroyed", reason="BROKEN", certificate="D-1", witness="王芳"
    )
    manager.go(at(hall.site, "waste")).send("code", code=codes[-1], doses="1", reason="BROKEN").sees("0 are left")
    assert doses(hall.site) == {("L0001", "quarantined"): 3}, "what stood at 11.5 degrees waits for a decision"
    manager.go(at(hall.site, "waste")).send("code", code=codes[-1], doses="1", reason="BROKEN")
    assert manager.form("code").values["code"] == codes[-1]
    assert supply.difference() == []


def test_a_picture_sent_with_a_loss_is_seen_by_who_reaches_the_place(hall: World, manager, officer, sign_in):
    code = hall.packs(2)[0]
    wrong = SimpleUploadedFile("a.jpg", b"no picture at all", "image/jpeg")
    told = {"code": code, "doses": "1", "reason": "BROKEN", "witness": "王芳"}
    manager.go(at(hall.site, "waste")).send("code", **told, photo=wrong).sees("The file is no picture")
    photo = SimpleUploadedFile("a.jpg", picture().bytes(), "image/jpeg")
    manager.send("code", **told, photo=photo).sees("are left")
    page = at(hall.site, "differences")
    manager.go(page).sees("Broken", "second person 王芳", "Picture")
    (link,) = re.findall(r'href="(/[^"]*/photo/[^"]+)"', manager.text)
    for visitor in (manager, officer):
        answer = visitor.client.get(link)
        assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
            200,
            "image/jpeg",
            "private, no-store",
        )
    assert answer.content.startswith(b"\xff\xd8")
    assert sign_in("COLD_CHAIN_MANAGER", ("site", hall.other)).client.get(link).status_code == 403
    assert manager.client.get(link[:-4] + "0000").status_code == 404


def test_a_lot_is_stopped_and_freed_by_who_reaches_it(hall: World, officer, manager, sign_in):
    hall.packs(6)
    officer.go("/console/supply/lot/L0001").sees("keeps 6 doses from being given", "everywhere")
    officer.send("authority", state="recalled", authority="CDC 12").sees("recalled", "CDC 12")
    assert doses(hall.site) == {("L0001", "quarantined"): 6}
    assert "authority" not in manager.go("/console/supply/lot/L0001").text
    officer.send("authority", state="released", authority="CDC 13")
    assert doses(hall.site) == {("L0001", "on_hand"): 6}
    keeper = sign_in("COLD_CHAIN_MANAGER", ("site", hall.site))
    page = keeper.go("/console/supply/lot/L0001")
    assert ">everywhere<" not in page.text
    page.send("authority", state="quarantined", authority="Fridge", place="").sees("outside the area of your post")
    page.send("authority", state="quarantined", authority="Fridge").sees("held at some places")
    assert supply.lots(["L0001"])[0].state == LotState.RELEASED


def test_the_store_of_others_is_out_of_reach(hall: World, manager):
    hall.packs(2, site=hall.other)
    for task in ("", "sheet", "differences", "temperature", "return", "waste"):
        manager.go(at(hall.other, task), status=403)
    cold = {"act": str(uuid4()), "device": "F1", "celsius": "5"}
    assert manager.client.post(at(hall.other, "temperature") + "/do", cold).status_code == 403
    manager.go("/console/supply/lot/L0001", status=403)


@pytest.mark.parametrize("task", ["receive", "send"])
def test_a_task_of_another_post_is_not_offered_and_refused(hall: World, manager, task):
    hall.packs(2)
    assert f'/{task}"' not in manager.go(at(hall.site)).text
    manager.go(at(hall.site, task), status=403)
    manager.go(at(hall.site, "nothing"), status=400)


@pytest.mark.parametrize("role", ["CDC_COLD_CHAIN", "CDC_DIRECTOR", "COMMAND_OFFICE", "LEADING_GROUP_HEAD"])
def test_a_proposed_move_is_sent_by_every_post_that_may_approve_it(hall: World, sign_in, role):
    hall.packs(40)
    codes = hall.packs(30, site=hall.other)
    used = [DoseUse(**hall.base(), place_id=hall.other, code=code, product="BIBP") for code in codes[:28]]
    done(services.dose_use(hall.actor, used))
    approver = sign_in(role, ("area", "500000")).go("/console/supply").sees("Approve the moves")
    (move,) = approver.form("move").values["move"] or [approver.text.split('name="move" value="')[1].split('"')[0]]
    approver.send("move", move=[move]).sees("1 moves are approved")
    (sent,) = [row for row in supply.shipments([hall.other], DAY, DAY) if row.accepted_at is None]
    assert (sent.from_place_id, sent.order) == (hall.site, "MOVE")


def test_a_post_that_may_not_approve_moves_is_offered_none(hall: World, manager):
    assert "Approve the moves" not in manager.go("/console/supply").text
    assert manager.client.post("/console/supply/moves", {"act": str(uuid4()), "move": []}).status_code == 403


def test_a_sheet_is_counted_blind_and_its_difference_settled_by_two(hall: World, manager, sign_in):
    code = hall.packs(6)[0]
    page = f"/console/supply/place/{hall.site}/sheet"
    manager.go(page).send("count_L0001", count_L0001="5").sees("counted 5, booked 6")
    assert "booked" not in manager.go(page).text, "who counts again does not see the book either"
    settled = at(hall.site, "differences")
    manager.go(settled).send("code", does="explain", code=code, cause="LOST_UNSEEN")
    manager.sees("waits for a second person")
    other = sign_in("COLD_CHAIN_MANAGER", ("site", hall.site))
    other.go(settled).send("explanation").sees("the book follows", "No open difference", "Lost")
    assert doses(hall.site) == {("L0001", "on_hand"): 5}


def test_a_sheet_with_a_word_for_a_number_stays_as_it_was_written_and_seals_are_kept(hall: World, manager):
    hall.packs(6)
    page = at(hall.site, "sheet")
    manager.go(page).send("count_L0001", count_L0001="six", seal_L0001="S-7").sees("must be a number")
    assert manager.form("count_L0001").values["seal_L0001"] == "S-7"
    manager.send("count_L0001", count_L0001="6").sees("No open difference")
    assert sql.fetch("SELECT lot, counted, seal FROM supply_count") == [("L0001", 6, "S-7")]
    manager.go(page).send("count_L0001").sees("No number stands on the sheet")


def test_a_code_typed_at_a_count_explains_nothing_until_somebody_else_compared_it(hall: World, manager, sign_in):
    code = hall.packs(6)[0]
    second = sign_in("COLD_CHAIN_MANAGER", ("site", hall.site)).client.session["post_id"]
    mine = manager.client.session["post_id"]
    manager.go(at(hall.site, "sheet")).send("count_L0001", count_L0001="5")
    told = {"code": code, "typed": "1", "cause": "BROKEN_UNSEEN"}
    manager.send("code", does="explain", **told).sees("no second person has confirmed it")
    assert manager.form("code").values["cause"] == "BROKEN_UNSEEN"
    assert f'value="{second}"' in manager.text and f'value="{mine}"' not in manager.text
    manager.send("code", does="confirm", confirmed_by=str(mine)).sees("by the same person")
    manager.send("code", does="confirm", confirmed_by=str(second)).sees("is compared by a second person")
    manager.send("code", does="explain").sees("waits for a second person")


def test_a_refrigerator_that_failed_is_written_off_in_one_press(hall: World, manager, sign_in):
    for _ in range(2):
        hall.packs(30)
    hall.device(name="F1")
    page = at(hall.site, "lose")
    manager.go(at(hall.site)).sees("Write off many packs")
    manager.go(page).sees("Everything in F1", "L0001", "L0002")
    manager.send("device", reason="COLD_CHAIN").sees("Nothing is chosen")
    manager.send("device", device=["F1"], reason="COLD_CHAIN").sees("a second person")
    assert doses(hall.site) == {("L0001", "on_hand"): 30, ("L0002", "on_hand"): 30}, "all of it or nothing"
    photo = SimpleUploadedFile("a.jpg", picture().bytes(), "image/jpeg")
    manager.send("device", device=["F1"], reason="COLD_CHAIN", witness="王芳", photo=photo)
    manager.sees("60 packs with 60 doses are written off")
    assert doses(hall.site) == {} and supply.difference() == []
    code = f"8{1:06d}" + "0" * 13
    manager.go(f"/console/supply/chain/{code}").sees("lost")
    manager.go(at(hall.site, "differences")).sees("second person 王芳", "Picture")


def test_lots_and_scanned_packs_are_written_off_together_by_who_may(hall: World, manager, sign_in):
    codes = hall.packs(9)
    hall.packs(4)
    told = {"lot": ["L0002"], "packs_L0002": "3", "codes": "\n".join(codes[:2]), "reason": "BROKEN", "device": []}
    manager.go(at(hall.site, "lose")).send("lot", **(told | {"codes": f"{codes[0]}\n{'8' * 20}"})).sees("code")
    assert doses(hall.site) == {("L0001", "on_hand"): 9, ("L0002", "on_hand"): 4}
    manager.send("lot", **told).sees("5 packs with 5 doses are written off")
    assert doses(hall.site) == {("L0001", "on_hand"): 7, ("L0002", "on_hand"): 1}
    sign_in("VACCINATOR", ("site", hall.site)).go(at(hall.site, "lose"), status=403)
