"""Whoever keeps a roster: a template that is read as it stands, a preview in words, and nothing to press where nothing is taken."""

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from seawall.people import selectors as people_selectors
from seawall.people import services as people
from seawall.platform import clock
from seawall.terms.rosters import OrganisationRegister
from tests.people.conftest import resident_id

from .pages import read
from .test_person import done

pytestmark = pytest.mark.django_db
NUMBER = resident_id(date(1985, 3, 2), 11)
OTHER = resident_id(date(1990, 1, 1), 12)


@pytest.fixture
def organisations(hall):
    """Two bodies of one parent town."""
    items = [
        OrganisationRegister(**hall.base(), name_zh=name, kind="HOSPITAL", sector="HEALTH", leaf_id=hall.leaf)
        for name in ("某医院", "另一医院")
    ]
    return [o.answer["organisation_id"] for o in done(people.organisation_register(hall.actor, items))]


@pytest.fixture
def liaison(organisations, sign_in):
    return sign_in("ROSTER_LIAISON", ("organisation", organisations[0]))


def send(visitor, organisation, *rows, name="roster.csv"):
    file = SimpleUploadedFile(name, "\n".join(rows).encode(), "text/csv")
    return visitor.go(f"/console/rosters/{organisation}").send("file", file=file)


def test_the_template_is_taken_as_it_stands(liaison, organisations):
    template = liaison.client.get("/console/imports/template").content.decode("utf-8-sig")
    assert template.splitlines()[0].startswith("姓名 Name,证件类型 Document kind,")
    file = SimpleUploadedFile("template.csv", template.encode("utf-8-sig"), "text/csv")
    liaison.go(f"/console/rosters/{organisations[0]}").send("file", file=file)
    liaison.sees("3 rows to take, 0 of them put right, 0 refused", "Commit 3 rows")


def test_the_preview_speaks_in_words_and_shows_what_is_taken(liaison, organisations):
    rows = ("姓名,身份证号码,手机号,工号", f"李小雨,{NUMBER},138-0000-0000,7", "王大年,123,,8")
    send(liaison, organisations[0], *rows)
    liaison.sees(
        "Not read: 工号", "known by a usual word: 身份证号码", "<td>Document number</td>", "李*雨", "Commit 1 rows"
    )
    assert "document_number" not in liaison.text and "李小雨" not in liaison.text
    liaison.client.cookies["django_language"] = "zh-hans"
    liaison.go(liaison.path).sees("以下各列不读取：工号", "<td>证件号码</td>", "确认导入 1 行")


def test_nothing_is_offered_where_no_row_can_be_taken(liaison, organisations):
    send(liaison, organisations[0], "姓名,证件号码", "王大年,123")
    liaison.sees("No row can be committed")
    assert not [f for f in liaison.forms() if f.action.endswith("commit")]


def test_the_same_file_opens_what_is_different_now(liaison, organisations):
    rows = ("姓名,证件号码", f"李小雨,{NUMBER}", "王大年,123")
    send(liaison, organisations[0], *rows)
    first = liaison.path
    liaison.send("commit").sees("1 rows committed, 1 refused")
    assert send(liaison, organisations[0], *rows).path == first
    send(liaison, organisations[0], *rows, f"赵六,{OTHER}")
    assert liaison.path != first
    liaison.sees("Commit 2 rows")


def test_every_file_in_the_history_has_its_name_and_state(liaison, organisations):
    send(liaison, organisations[0], "姓名,证件号码", f"李小雨,{NUMBER}", name="三月.csv")
    liaison.go(f"/console/rosters/{organisations[0]}").sees(">三月.csv</a>", "shown, not committed")
    assert not re.search(r"<a [^>]*>\s*</a>", liaison.text)


def test_who_can_go_now_is_given_no_date_of_a_rule(liaison, organisations):
    send(liaison, organisations[0], "姓名,证件号码", f"李小雨,{NUMBER}").send("commit")
    liaison.go(f"/console/rosters/{organisations[0]}").sees("can go now")
    assert not re.search(r"can go now\s*</td>\s*<td>[^<]*20\d\d", liaison.text)


def test_organisations_come_with_a_verdict_and_those_behind_first(hall, organisations, sign_in):
    officer = sign_in("ROSTER_LIAISON", *(("organisation", o) for o in organisations))
    send(officer, organisations[1], "姓名,证件号码", f"李小雨,{NUMBER}").send("commit")
    officer.go("/console/rosters").sees("1 of 2 organisations have many still to come", "1 people still to come")
    assert officer.text.index("另一医院") < officer.text.index(">某医院<")


@pytest.mark.parametrize("kind", ["", "../documents", "people"])
def test_a_template_of_no_kind_is_refused_in_words(liaison, kind):
    response = liaison.client.get("/console/imports/template", {"kind": kind}, HTTP_ACCEPT_LANGUAGE="en")
    assert 400 <= response.status_code < 500
    assert "There is no import of kind" in read(response)


def test_the_roster_uploaded_again_shows_and_does_the_difference(hall, liaison, organisations):
    mine = organisations[0]
    send(liaison, mine, "姓名,证件号码,岗位", f"李小雨,{NUMBER},一班", f"赵六,{OTHER},一班").send("commit")
    clock.set_to(hall.now + timedelta(days=3))
    third = resident_id(date(1991, 1, 1), 13)
    send(liaison, mine, "姓名,证件号码,岗位", f"李小雨,{NUMBER},二班", f"王五,{third},一班")
    liaison.sees("<b>1</b><span>join", "<b>0</b><span>stay", "<b>1</b><span>change", "the 1 it does not name leave")
    liaison.send("commit", whole="1").sees("taken off the roster: 1")
    rows = people_selectors.roster(hall.actor, mine, clock.today())
    assert sorted((m.name, m.role) for m in rows) == [("李*雨", "二班"), ("王*", "一班")]
    send(liaison, mine, "姓名,证件号码,岗位", f"王五,{third},一班", f"李小雨,{NUMBER},二班")
    liaison.sees("<b>0</b><span>join", "<b>2</b><span>stay", "<b>0</b><span>are not named")


def test_nobody_leaves_by_a_file_with_refused_rows(hall, liaison, organisations):
    mine = organisations[0]
    send(liaison, mine, "姓名,证件号码", f"李小雨,{NUMBER}").send("commit")
    send(liaison, mine, "姓名,证件号码", f"赵六,{OTHER}", "王大年,123").sees(
        "correct them before anybody can be taken off"
    )
    assert "whole" not in liaison.form("commit").names()
    liaison.send("commit", whole="1", status=403)
    assert len(people_selectors.roster(hall.actor, mine, clock.today())) == 2
