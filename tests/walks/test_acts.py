"""The plain form: whoever holds a verb can do it by a page, with what is named, pasted, wrong or dangerous shown before it is done."""

from datetime import date

import pytest

from seawall.people import selectors as people
from seawall.people.services import household_register
from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.sites.tables import door_reasons
from seawall.terms.rosters import HouseholdRegister
from tests.clinic.world import done, resident_id

from .authenticator import set_up

pytestmark = pytest.mark.django_db
REASON = next(r.code for r in door_reasons() if "slowed" in r.states)


def unit_of(hall):
    return next(u.code for u in reference.units(clock.today()) if hall.leaf in u.leaves)


@pytest.fixture
def officer(hall, sign_in):
    """Of the hall's own street."""
    return sign_in("STREET_OFFICER", ("area", reference.leaves(clock.today())[0].code))


@pytest.fixture
def foreign(hall, sign_in):
    """Of another district."""
    own, *others = reference.leaves(clock.today())
    return sign_in("DISTRICT_OFFICER", ("area", next(r.code for r in others if r.parent_id != own.parent_id)))


@pytest.fixture
def desk(hall, sign_in):
    return sign_in("SITE_MANAGER", ("site", hall.site))


def test_a_post_does_a_verb_by_its_form_and_a_second_press_does_it_once(hall, desk):
    desk.go("/console/acts").sees("/console/act/door_set")
    desk.go("/console/act/door_set")
    form = desk.form("state")
    assert form.values["site_id.said"]  # the only site of the post
    pressed = {"state": "slowed", "reason": REASON}
    act = form.values["act"]
    desk.send("state", **pressed).sees("Done")
    assert sites.site(hall.site).door == "slowed"
    desk.go("/console/act/door_set").send("state", act=act, **pressed).sees("It was done before")
    assert sql.fetch("SELECT count(*) FROM platform_act WHERE verb = 'door_set'") == [(1,)]


def test_a_post_has_forms_of_its_own_verbs_only(hall, desk):
    desk.go("/console/act/posts_assign", status=403).sees("Administrator")
    desk.go("/console/acts")
    assert "posts_assign" not in desk.text and "person_merge" not in desk.text
    for unknown in ("fly", "dose_use"):  # none by this name; one that only others call
        desk.go(f"/console/act/{unknown}", status=404)


def test_verbs_are_found_by_name_pinyin_and_initials(hall, desk):
    for typed in ("waste", "报废", "baofei", "djbf"):
        desk.go(f"/console/acts?q={typed}").sees("/console/act/dose_waste")
        assert "/console/act/day_close" not in desk.text


def test_what_is_named_is_found_and_what_names_several_is_asked_again(hall, sign_in):
    office = sign_in("COMMAND_OFFICE", ("area", "500000"))
    day = {"day": "2021-05-03", "opens": "08:00", "closes": "12:00", "stations": "2"}
    office.go("/console/act/session_plan").send("day", status=422, **day, **{"site_id.said": "Nowhere"})
    office.sees("Nothing in the reach of your post answers to")
    assert office.form("day").values["stations"] == "2"
    name = sites.site(hall.site).name_en
    office.send("day", **day, **{"site_id.said": name.upper()}).sees("Done", name)
    assert [row.stations for row in sites.sessions(date(2021, 5, 3), [hall.site])] == [2]


def test_options_answer_while_one_types(hall, desk):
    code = sites.site(hall.site).code
    desk.go(f"/console/pick/site?site_id.said={code}").sees(f'name="site_id" value="{hall.site}"', "checked")
    desk.go("/console/pick/site", status=404)
    desk.go("/console/pick/nothing?x.said=a", status=404)
    desk.go("/console/pick/person?person_id.said=zzzz").sees("Nothing in the reach of your post")


def test_accounts_credentials_and_tokens_are_found_by_name_holder_and_kind(hall, sign_in):
    sign_in("SITE_MANAGER", ("site", hall.site), certified=True)
    admin = sign_in("ADMINISTRATOR", ("area", "500000"))
    set_up(admin)
    admin.go("/console/start").send("post", post=admin.form("post").buttons[0][1])
    ((account, post, credential),) = sql.fetch(
        "SELECT p.account_id, p.id, c.act FROM staff_post p JOIN staff_credential c ON c.post_id = p.id "
        "WHERE p.role = 'SITE_MANAGER'"
    )
    for said in (account, "site_manager"):
        admin.go(f"/console/pick/account?account_id.said={said}").sees(f'value="{account}"')
    for said in (credential, "training+site_manager"):
        admin.go(f"/console/pick/credential_held?credential.said={said}").sees(f'value="{credential}"', "checked")
    issued = {"name": "Cold chain logger", "valid_from": "2021-01-01", "valid_to": "2021-12-31", "secret": "s" * 40}
    admin.go("/console/act/token_issue").send("secret", **issued, **{"post_id.said": str(post)}).sees("Done")
    admin.go("/console/act/token_revoke").send("token.said", **{"post_id.said": str(post), "token.said": "logger"})
    admin.sees("Not done yet", "Cold chain logger").send("confirmed", confirmed="1").sees("Done")
    admin.go("/console/pick/token?token.said=logger").sees("Nothing in the reach of your post")


def test_who_does_not_see_the_staff_is_offered_none_of_it(hall, desk):
    for kind in ("account", "credential_held", "token"):
        desk.go(f"/console/pick/{kind}?x.said=site_manager").sees("Nothing in the reach of your post")


def test_households_are_found_by_address_and_by_who_lives_there_in_ones_own_area(hall, officer, foreign):
    person = hall.person()
    made = HouseholdRegister(**hall.base(), leaf_id=hall.leaf, address="滨江路 9 号", members=(person,))
    household = done(household_register(hall.actor, [made]))[0].answer["household_id"]
    for said in ("滨江路", "张三丰", str(household)):
        officer.go(f"/console/pick/household?household_id.said={said}").sees(f'value="{household}"', "滨江路 9 号")
    for said in ("滨江路", "张三丰", str(household)):
        foreign.go(f"/console/pick/household?household_id.said={said}").sees("Nothing in the reach of your post")


def test_an_import_is_found_by_file_name_and_day_by_who_staged_it(officer, foreign):
    content = "姓名,证件号码\n李梅,50999919900102007X\n"
    officer.go("/console/act/import_stage").send("filename", filename="spring.csv", kind="roster", content=content)
    officer.sees("Done")
    ((number,),) = sql.fetch("SELECT id FROM people_import WHERE filename = 'spring.csv'")
    officer.go("/console/pick/import?import_id.said=SPRING").sees(f'value="{number}"', "spring.csv")
    officer.go(f"/console/pick/import?import_id.said={number}").sees("spring.csv", "checked")
    foreign.go("/console/pick/import?import_id.said=spring").sees("Nothing in the reach of your post")


def test_a_refusal_keeps_the_form(hall, desk):
    filled = {"day": "2021-05-03", "opens": "12:00", "closes": "08:00", "stations": "2"}
    desk.go("/console/act/session_plan").send("day", **filled).sees('class="band refusal" role="alert"')
    kept = desk.form("day").values
    assert {name: kept[name] for name in filled} == filled
    desk.send("day", opens="08:00", closes="12:00").sees("Done")


def test_what_cannot_be_read_is_told_at_its_field(hall, desk):
    desk.go("/console/act/dose_waste").send("doses", status=422, code="", doses="many", reason="BROKEN")
    desk.sees("The field Trace code is missing", "The field Doses must be a number")
    assert sql.fetch("SELECT count(*) FROM platform_act WHERE verb = 'dose_waste'") == [(0,)]


def test_what_destroys_is_shown_before_it_is_done(hall, sign_in):
    officer = sign_in("DISTRICT_OFFICER", ("unit", unit_of(hall)))
    name = sites.site(hall.site).name_en
    filled = {"day": "2021-04-20", "reason": "moved", "site_id.said": name}
    officer.go("/console/act/site_close").send("day", **filled).sees("Not done yet", name)
    officer.sees("What it touches", "seats are booked there from", "doses lie there")
    assert sites.site(hall.site).closed_on is None
    act = officer.form("confirmed").values["act"]
    officer.send("confirmed", confirmed="1").sees("Done")
    assert str(sites.site(hall.site).closed_on) == "2021-04-20"
    assert sql.fetch("SELECT act::text FROM platform_act WHERE verb = 'site_close'") == [(act,)]


def table_of(hall):
    """Three sessions, with headings in both languages and the site by its code."""
    lines = (f"{sites.site(hall.site).code}\t2021-05-0{n}\t08:00\t12:00\t{n}\n" for n in (2, 3, 4))
    return "接种点\t日期\tOpens\t结束\tstations\n" + "".join(lines)


def test_a_table_pasted_from_a_spreadsheet_becomes_many_items(hall, desk):
    desk.go("/console/act/session_plan").send("table", table=table_of(hall)).sees("Not done yet", "Confirm all 3")
    assert sites.sessions(date(2021, 5, 3), [hall.site]) == []
    desk.send("confirmed", confirmed="1").sees("3 done, 0 refused")
    planned = [row.stations for n in (2, 3, 4) for row in sites.sessions(date(2021, 5, n), [hall.site])]
    assert planned == [2, 3, 4]


def test_a_line_that_cannot_be_read_stops_the_table_and_is_named(hall, desk):
    table = "site_id\tday\topens\tcloses\tstations\tcolour\n"
    table += f"{hall.site}\t2021-05-03\t08:00\t12:00\t2\t\n{hall.site}\tsoon\t08:00\t12:00\tx\tblue\n"
    desk.go("/console/act/session_plan").send("table", status=422, table=table)
    desk.sees("1 line cannot be taken", "Line 2", "must be a date", "must be a number", "There is no field colour here")
    assert "blue" in desk.form("table").values["table"] or "blue" in desk.text
    assert sites.sessions(date(2021, 5, 3), [hall.site]) == []


def test_rows_inside_an_item_are_rows_of_the_form(hall, sign_in):
    officer = sign_in("DISTRICT_OFFICER", ("unit", unit_of(hall)))
    number = resident_id(date(1990, 1, 2), 7)
    filled = {"name": "李梅", "sex": "2", "birth": "1990-01-02", "leaf_id.said": str(hall.leaf)}
    document = {"documents.0.kind": "RESIDENT_ID", "documents.0.number": number}
    officer.go("/console/act/persons_register").send("birth", **filled, **document).sees("Done", "Person")
    (row,) = people.search(hall.actor, number)
    assert row.birth == date(1990, 1, 2) and row.document
