"""What a day brings beside the straight way, each verb done by the machine of the post whose work it is."""

from datetime import timedelta
from typing import Any

import pytest

from tests.clinic.world import CAMPAIGN, DAY, PROGRAMME

from .test_walks import WHOLE, City, _morning, later  # noqa: F401

pytestmark = pytest.mark.django_db
CHECKS = ["LICENCE", "STAFF_EXAMINED", "COLD_STORAGE", "ZONES", "APART", "FOUR_READY", "ACCESSIBLE"]
SEAT = "2021-04-10T13:00:00+08:00"
LATER_SEAT = "2021-04-10T14:00:00+08:00"


def test_a_seat_is_held_confirmed_moved_and_given_back():
    city = City()
    person = city.registered(511)
    seat = {"person_id": person, "campaign": CAMPAIGN, "site_id": city.site, "starts_at": SEAT}
    mine = {"person_id": person, "appointment": city.officer.does("appointment_book", **seat, hold=True)["appointment"]}
    city.officer.does("appointment_confirm", **mine)
    city.officer.does("appointment_move", **mine, site_id=city.site, starts_at=LATER_SEAT)
    (row,) = city.manager.reads("appointments")
    assert row["starts_at"].startswith("2021-04-10T06:00") or row["starts_at"].startswith("2021-04-10T14:00")
    city.officer.does("appointment_cancel", person_id=person, appointment=row["appointment"])
    assert city.officer.refused("appointment_confirm", **mine) == "APPOINTMENT_SETTLED"


def test_a_reaction_is_recorded_held_and_followed():
    city = City()
    person = city.registered(512)
    visit = city.vaccinated(person, city.stocked(1)[0], leaves=False)
    here = {"site_id": city.site, "visit": visit}
    told = {
        "kind": "ALLERGY_OTHER",
        "onset_at": later(20),
        "serious": False,
        "reporter_post_id": city.posts["OBSERVER"],
    }
    event = "6f0c1a5e-0000-4000-8000-0000000000dd"
    city.nurse.does("event_record", act=event, person_id=person, **here, **told, occurred_at=later(21))
    city.nurse.does("observation_hold", **here, occurred_at=later(22))
    leaving = {"doctor_post_id": city.posts["OBSERVER"], "occurred_at": later(50)}
    assert city.nurse.refused("observation_end", **here, **leaving) == "OBSERVATION_HELD"
    step = {"person_id": person, "event": event, "occurred_at": later(23)}
    city.nurse.does("event_step", **step, step="RECOGNISED")
    assert city.nurse.refused("event_step", **step, step="RECOGNISED") == "EVENT_STEP_TAKEN"
    city.nurse.does("observation_hold", **here, held=False, occurred_at=later(40))
    city.nurse.does("observation_end", **here, **leaving)
    safety = city.joins("AEFI_OFFICER", WHOLE)
    (row,) = safety.reads("events")
    assert row["event"] == event


def test_a_lot_is_stopped_released_and_sent_back():
    city = City()
    city.stocked(2)
    held = {"lot": "L-1", "place_id": None, "authority": "市药监局"}
    city.cold.does("lot_hold", **held, state="quarantined")
    assert {row["state"] for row in city.cold.reads("stock")} == {"quarantined"}
    city.cold.does("lot_hold", **held, state="released")
    assert {row["state"] for row in city.cold.reads("stock")} == {"on_hand"}
    city.cold.does("stock_return", place_id=city.store, lot="L-1", packs=2, to="maker", reason="EXCESS")
    city.manager.does("stock_count", place_id=city.site, lot="L-1", counted=2)
    device = {
        "place_id": city.site,
        "device": "LOGGER-1",
        "kind": "refrigerator",
        "temperature": "cool",
        "litres": 90.0,
    }
    city.cold.does("device_register", **device)
    city.manager.does("cold_record", place_id=city.site, device="LOGGER-1", celsius=4.5)
    assert [row["place_id"] for row in city.cold.reads("stock")] == [city.site]


def test_a_site_is_proposed_looked_at_approved_and_published_or_refused():
    city = City()
    inspector = city.joins("CITY_INSPECTOR", WHOLE)
    asked: dict[str, Any] = {
        "kind": "fixed", "name_zh": "二号点", "name_en": "Two", "leaf_id": city.leaf, "address_zh": "某街 2 号", "phone": "023-1",
        "address_en": "2 Some Street", "stations": 2, "seats": 30, "longitude": 106.5, "latitude": 29.5,
    }  # fmt: skip
    one, two = (city.officer.does("site_propose", code=code, **asked)["proposal"] for code in ("P-1", "P-2"))
    inspector.does("proposal_check", proposal=one, found=CHECKS)
    city.office.does("proposal_approve", proposal=one)
    city.officer.does("proposal_publish", proposal=one)
    city.office.does("proposal_refuse", proposal=two, reason="太近")
    assert {row["code"] for row in city.officer.reads("sites")} == {"S-1", "P-1"}
    city.manager.does("session_close", site_id=city.site, day=DAY)


def test_a_record_is_put_right():
    city = City()
    person, director = city.registered(513), city.joins("CDC_DIRECTOR", WHOLE)
    home = city.officer.does("household_register", leaf_id=city.leaf, address="1")["household_id"]
    city.officer.does("household_join", person_id=person, household_id=home)
    city.officer.does("person_correct", person_id=person, name="李玫", reason="笔误")
    city.officer.does("document_link", person_id=person, kind="PASSPORT_CN", number="E12345678")
    line = {"person_id": person, "programme": PROGRAMME, "product": "BIBP", "source": "elsewhere"}
    dose = "6f0c1a5e-0000-4000-8000-0000000000aa"
    director.does("dose_record", act=dose, **line, given_on="2021-03-01")
    director.does("dose_correct", **line, given_on="2021-03-02", corrects=dose)
    director.does("due_refresh", person_id=person, programme=PROGRAMME)
    rows = city.officer.reads("histories", person=person, programme=PROGRAMME)
    assert "2021-03-02" in {row["given_on"] for row in rows}
    late = {"site_id": city.site, "person_id": city.registered(514), "campaign": CAMPAIGN, "product": "BIBP"}
    code, post = city.stocked(1)[0], city.posts["VACCINATOR"]
    city.manager.does("dose_enter", **late, code=code, vaccinator_post_id=post, occurred_at=later(-60))


def test_an_alert_is_raised_taken_and_closed_and_an_order_lapses():
    city = City()
    alert = city.office.does("alert_raise", code="STOCK_RUNS_OUT", params={"days": 2}, site_id=city.site, on=DAY)[
        "alert"
    ]
    city.officer.does("alert_take", alert=alert)
    city.office.does("alert_close", alert=alert, on=DAY, note="已调拨")
    assert city.office.refused("alert_take", alert=alert) == "ALERT_NOT_OPEN"
    told = {"code": "ORDER_CHECK_COLD_CHAIN", "site_id": city.site, "for_day": DAY}
    order = city.officer.does("order_issue", **told)["order"]
    city.office.does("order_lapse", order=order)
    assert city.office.refused("order_lapse", order=order) == "ORDER_OVER"


def test_an_account_is_closed_and_opened_and_what_a_post_holds_ends():
    city = City()
    account = city.admin.does("accounts_create", username="limei", name="李梅")["account_id"]
    for verb in ("account_invite", "account_close", "account_reopen", "second_factor_clear", "sessions_end"):
        city.admin.does(verb, account_id=account)
    post, days = city.posts["SCREENER"], {"valid_from": "2021-01-01", "valid_to": "2021-12-31"}
    certificate = "6f0c1a5e-0000-4000-8000-0000000000bb"
    city.admin.does(
        "credentials_grant", act=certificate, post_id=post, kind="VACCINATION_TRAINING", programme="", **days
    )
    city.admin.does("credential_end", post_id=post, credential=certificate, last_day=DAY)
    token = "6f0c1a5e-0000-4000-8000-0000000000cc"
    city.admin.does("token_issue", act=token, post_id=post, name="two", secret="x" * 40, **days)
    city.admin.does("token_revoke", post_id=post, token=token)
    city.admin.does("post_end", post_id=post, last_day=DAY - timedelta(days=1))
