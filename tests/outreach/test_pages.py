"""The pages under the roles that hold them: whom to call on, messages and their words, notices, questions; and what the public reads."""

import csv
import io
import json
from datetime import time, timedelta
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils.html import escape

from seawall.outreach import selectors, services
from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.sites import services as sites
from seawall.terms.visits import SessionPlan
from tests.clinic.world import CAMPAIGN, DAY, done

from .conftest import Street

pytestmark = pytest.mark.django_db
CITY = ("area", "500000")


def area(street: Street) -> tuple[str, object]:
    return "area", next(a.code for a in reference.leaves(DAY) if a.area_id == street.hall.leaf)


def test_a_street_officer_calls_and_says_what_came_of_it(street, sign_in):
    (person,) = street.due(first=DAY - timedelta(days=57), phone="13912345678")
    street.comb()
    officer = sign_in("STREET_OFFICER", area(street))
    officer.go("/console/calls").sees("Overdue", "13912345678")
    officer.send("result", result="REFUSED", way="visit", hesitancy="SAFETY", stance="understands")
    assert selectors.reasons([person], CAMPAIGN, DAY)[person].hesitancy == "SAFETY"
    officer.go("/console/calls").sees("Nobody is left to call on here today.")
    officer.go("/console/calls/areas").sees("Refuses", "Fears reactions")
    looks = sql.fetch("SELECT revealed FROM platform_look WHERE person_id = %s AND page = 'calls'", [person])
    assert looks and "phone" in looks[0][0]


def test_an_officer_of_another_street_sees_and_records_nothing(street, sign_in):
    (person,) = street.due(first=DAY - timedelta(days=57))
    street.comb()
    other = next(a.code for a in reference.leaves(DAY) if a.area_id != street.hall.leaf)
    officer = sign_in("STREET_OFFICER", ("area", other))
    officer.go("/console/calls").sees("Nobody is left to call on here today.")
    form = {"act": str(uuid4()), "person_id": person, "result": "REFUSED", "way": "call"}
    officer.client.post("/console/calls/record", form, HTTP_ACCEPT_LANGUAGE="en")
    assert not selectors.reasons([person], CAMPAIGN, DAY)


def test_words_go_from_the_editor_through_the_office_to_a_message(street, sign_in, sms):
    street.due()
    editor = sign_in("EDITOR", CITY)
    editor.go("/console/messages/words").sees("No words are written yet")
    editor.send("text", kind="due", language="zh", text="请来接种第{dose}剂", since=DAY.isoformat(), source="宣传组")
    editor.sees("waits for another post")
    office = sign_in("COMMAND_OFFICE", CITY)
    office.go("/console/messages/words").send("template")
    office.sees("in force")
    office.go("/console/messages")
    office.send("messages/comb")
    services.gateway_round()
    assert [m["text"] for m in sms.sent.values()] == ["请来接种第2剂"]
    office.go("/console/messages").sees("Sent")
    limit = {"channel": "sms", "cost": "5", "cap": "0", "source": "财务科", "since": DAY.isoformat()}
    office.send("cap", where={"channel": "sms"}, **limit)
    assert selectors.limits_on(DAY)["sms"].cap == 0


def test_a_notice_is_public_once_another_post_agrees(street, sign_in):
    editor, public = sign_in("EDITOR", CITY), Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    editor.go("/console/notices").send(
        "title_zh", title_zh="国庆开放安排", text_zh="每天开放\n到晚上九点", source="卫生健康委", dated=DAY.isoformat(),
        until=(DAY + timedelta(days=3)).isoformat(),
    )  # fmt: skip
    assert "国庆开放安排" not in public.get("/notices").content.decode()
    office = sign_in("COMMAND_OFFICE", CITY)
    office.go("/console/notices").send("notice")
    shown = public.get("/notices").content.decode()
    assert "国庆开放安排" in shown and "卫生健康委" in shown
    feed = ElementTree.fromstring(public.get("/open/notices.rss").content)
    assert [item.findtext("title") for item in feed.iter("item")] == ["国庆开放安排"]
    clock.set_to(clock.now() + timedelta(days=4))
    assert "国庆开放安排" not in public.get("/notices").content.decode()


def test_a_question_is_answered_by_the_role_that_owns_it_and_found_by_everybody(street, sign_in):
    public = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    act = str(uuid4())
    sent = public.post("/questions/ask", {"act": act, "kind": "question", "text": "接种前要空腹吗？我叫李梅"})
    assert sent.status_code == 302 and sent.url.endswith(f"/questions/{act}")
    assert "前在本页答复" in public.get(sent.url).content.decode()
    again = public.post("/questions/ask", {"act": act, "kind": "question", "text": "接种前要空腹吗？我叫李梅"})
    assert again.status_code == 302 and len(selectors.questions(None)) == 1
    office = sign_in("COMMAND_OFFICE", CITY)
    office.go("/console/questions").sees("接种前要空腹吗")
    editor = sign_in("EDITOR", CITY)
    editor.go("/console/questions").send(
        "answer", answer="不需要空腹。", source="技术指南", public_text="接种前要空腹吗？"
    )
    found = public.get("/questions?q=空腹").content.decode()
    assert "不需要空腹。" in found and "李梅" not in found
    assert "不需要空腹。" in public.get(sent.url).content.decode()
    assert "不需要空腹。" not in public.get("/questions?q=孕妇").content.decode()
    assert public.get(f"/questions/{uuid4()}").status_code == 404


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"kind": "question", "text": "  "}, 422),
        ({"kind": "gossip", "text": "?"}, 422),
        ({"kind": "question", "text": "长" * 1001}, 422),
        ({"kind": "question", "text": "x", "act": "1"}, 422),
    ],
)
def test_a_question_that_cannot_be_kept_is_told_why(street, form, status):
    answer = Client().post("/questions/ask", {"act": str(uuid4())} | form)
    assert answer.status_code in (status, 400) and not selectors.questions(None)


def test_a_flood_of_questions_waits(street):
    public = Client(REMOTE_ADDR="192.0.2.7")
    codes = [
        public.post("/questions/ask", {"act": str(uuid4()), "kind": "question", "text": "?"}).status_code
        for _ in range(12)
    ]
    assert codes == [302] * 10 + [429] * 2


def test_open_data_is_the_live_list_in_three_forms(street):
    public = Client()
    (rows,) = (json.loads(public.get("/open/sites.json").content)["sites"],)
    assert {row["site_id"] for row in rows} == {street.hall.site, street.hall.other}
    assert rows[0]["opens"] == "08:00" and rows[0]["crowding"] == 0
    street.hall.book(street.hall.person(), street.hall.now)
    shapes = json.loads(public.get("/open/sites.geojson").content)
    crowd = {f["id"]: f["properties"]["crowding"] for f in shapes["features"]}
    assert crowd[street.hall.site] == 0.05 and shapes["features"][0]["geometry"]["coordinates"] == [106.5, 29.5]
    answer = public.get("/open/sites.csv")
    sheet = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(sheet) == 2 and answer["Access-Control-Allow-Origin"] == "*"


def test_hours_from_change_to_publication_are_counted_and_shown(street, sign_in):
    """What a site changed at nine and wrote down at noon was not public for three hours; a notice waits for its approval."""
    late = street.hall.base(minutes=-180)
    plan = SessionPlan(
        **late,
        site_id=street.hall.site,
        day=DAY + timedelta(days=1),
        opens=time(8),
        closes=time(18),
        stations=4,
        seats_per_slot=20,
    )
    done(sites.session_plan(street.actor, [plan]))
    editor = sign_in("EDITOR", CITY)
    told = {"title_zh": "停诊", "text_zh": "明天停诊", "source": "卫生健康委", "dated": str(DAY), "until": str(DAY)}
    editor.go("/console/notices").send("title_zh", **told)
    clock.set_to(clock.now() + timedelta(hours=2))
    sign_in("COMMAND_OFFICE", CITY).go("/console/notices").send("notice")
    editor.go("/console/notices").sees("at most 3.0", "2.0 hours from proposal to approval")


@pytest.mark.parametrize(
    "text",
    [
        "ကာကွယ်ဆေး ဘယ်တော့လဲ",
        "لقاح؟ \u202eمتى",
        "疫苗💉" * 200,
        "a\u0301\u0327" * 300,
        "𠮷野家" * 50,
        "<script>alert(1)</script>",
    ],
)
def test_a_question_in_any_script_comes_back_as_it_was_written(street, text):
    public = Client(HTTP_ACCEPT_LANGUAGE="en")
    sent = public.post("/questions/ask", {"act": str(uuid4()), "kind": "question", "text": text})
    assert sent.status_code == 302
    assert escape(text) in public.get(sent.url).content.decode()
    assert public.get("/questions", {"q": text[:100]}).status_code == 200


def test_a_reason_takes_a_person_off_the_list_of_those_without_one(street, sign_in):
    one, other = street.hall.persons(2)
    unit = next(u for u in reference.units(DAY) if street.hall.leaf in u.leaves)
    officer = sign_in("DISTRICT_OFFICER", ("area", unit.code))
    officer.go(f"/console/district/{unit.unit_id}/unreached").sees("2 people")
    done(services.contact_record(street.actor, [street.contact(one, "AWAY")]))
    officer.go(f"/console/district/{unit.unit_id}/unreached").sees("1 person")
    officer.go(f"/console/district/{unit.unit_id}").sees("Away from here")
    assert set(selectors.reasons([one, other], CAMPAIGN, DAY)) == {one}


def test_open_data_that_has_not_changed_is_not_sent_again(street, settings):
    settings.PUBLIC_SECONDS, public = 60, Client()
    first = public.get("/open/sites.csv")
    assert first["ETag"] and first["Cache-Control"] == "public, max-age=60"
    again = public.get("/open/sites.csv", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
