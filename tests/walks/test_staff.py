"""An administrator makes accounts, posts, credentials and tokens through pages; whoever is let in lands where they may be."""

import re
from datetime import date
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client

from seawall.interfaces.console.page import RAIL
from seawall.interfaces.console.views.start import HOMES
from seawall.platform import sql
from seawall.staff import selectors as staff
from seawall.staff.roles import shipped_roles

from .authenticator import set_up
from .pages import Visitor, read

pytestmark = pytest.mark.django_db
CITY = "500000"
PASSWORD = "seven grey herons wade"


@pytest.fixture
def office(sign_in) -> Visitor:
    """Signed in with a second factor, as the role asks."""
    visitor = sign_in("ADMINISTRATOR", ("area", CITY))
    set_up(visitor)
    return entered(visitor)


def entered(visitor: Visitor) -> Visitor:
    """In the one post that the start page offers."""
    post = visitor.go("/console/start").form("post").buttons[0][1]
    return visitor.send("post", post=post)


def secret_on(page: Visitor) -> str:
    return unescape(re.search(r'<input value="([^"]+)" readonly', page.text)[1])


def made(office: Visitor, username: str = "li.mei", name: str = "李梅") -> str:
    """The link of a new account."""
    return secret_on(office.go("/console/staff/accounts").send("username", username=username, name=name))


def chosen(link: str, password: str = PASSWORD, again: str | None = None, status: int = 200) -> Visitor:
    return Visitor().go(link).send("new_password1", status, new_password1=password, new_password2=again or password)


def assigned(office: Visitor, role: str, ref: str, kind: str = "site", **more: str) -> Visitor:
    told = {"role": role, "person": "李梅", "kind0": kind, "ref0": ref, "valid_from": "2021-01-01"} | more
    return office.go("/console/staff/assign").send("role", where={"kind0": "area"}, **told)


def post_on(page: Visitor) -> int:
    return int(page.path.rsplit("/", 1)[1])


def test_an_administrator_makes_a_nurse_who_chooses_a_password_and_enters(hall, office):
    link = made(office)
    account = str(sql.fetch("SELECT id FROM staff_account WHERE username = 'li.mei'")[0][0])
    page = assigned(office, "STATION_NURSE", "HALL-1", account_id=account).sees("The post is assigned.", "HALL-1")
    post = post_on(page)
    page = page.send("exam", kind="VACCINATION_TRAINING", valid_from="2021-01-01", valid_to="2021-12-31")
    page.sees("The credential is recorded.", "Vaccination training")
    chosen(link).sees("Sign in")
    nurse = Visitor().go("/console/sign-in").send("username", username="li.mei", password=PASSWORD)
    nurse.send("post", post=post)
    assert nurse.path == f"/console/site/{hall.site}/injection"
    assert staff.certified([post], date(2021, 4, 10), "covid19-cn") == {post}


def test_a_link_works_once_and_a_weak_password_is_refused_with_the_reason(office):
    link = made(office, "wang.wu", "王五")
    chosen(link, "short").sees("at least 12 characters")
    chosen(link, "passwordpassword", "another password").sees("match")
    chosen(link, "123456789012").sees("entirely numeric")
    chosen(link, "wang.wu.wang").sees("too similar")
    chosen(link).sees("Sign in")
    Visitor().go(link).sees("This link was used already")
    Visitor().go(link[:-3] + "abc").sees("This link was used already")


def test_a_name_that_is_taken_or_unfit_makes_no_account(office):
    made(office)
    page = office.go("/console/staff/accounts")
    page.send("username", username="li.mei", name="另一人").sees("This user name is taken")
    office.go("/console/staff/accounts").send("username", username="li mei", name="李梅").sees(
        "A user name has letters"
    )
    assert sql.fetch("SELECT count(*) FROM staff_account WHERE username LIKE 'li%%'") == [(1,)]


def test_whoever_was_signed_in_is_out_when_the_account_closes_the_post_ends_or_the_password_changes(
    hall, office, sign_in
):
    for end in ("close", "post", "password", "sessions", "factor"):
        hall.serial += 1
        nurse = sign_in("STATION_NURSE", ("site", hall.site))
        post = staff.post(nurse.client.session["post_id"])
        page = f"/console/site/{hall.site}/arrival"
        assert nurse.client.get(page).status_code == 200
        if end == "post":
            office.go(f"/console/staff/posts/{post.post_id}").send("last_day", last_day="2021-04-09")
            office.sees("The post has its last day.")
        else:
            account = office.go(f"/console/staff/accounts/{post.account_id}")
            if end == "close":
                account.send("/close").sees("The account is closed")
            elif end == "sessions":
                account.send("/sessions").sees("signed out on every device")
            elif end == "factor":
                set_up(nurse.go("/console/account/second-factor/totp/activate/"))
                office.go(account.path).send("/factor").sees("The second factor is cleared")
            else:
                chosen(secret_on(account.send("/invite")))
        answer = nurse.client.get(page)
        assert (answer.status_code, answer.url) == (302, "/console/start"), end


def test_a_closed_account_opens_again_and_its_link_waits_until_then(office):
    link = made(office)
    account = sql.fetch("SELECT id FROM staff_account WHERE username = 'li.mei'")[0][0]
    page = office.go(f"/console/staff/accounts/{account}").send("/close")
    assert "/invite" not in page.text
    Visitor().go(link).sees("This link was used already")
    page.send("/reopen").sees("open again")
    chosen(link).sees("Sign in")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ref0": "nowhere"}, "There is no site “nowhere”"),
        ({"kind0": "unit", "ref0": "999999"}, "There is no unit “999999”"),
        ({"kind0": "organisation", "ref0": "a school"}, "There is no organisation “a school”"),
        ({"valid_to": "2020-01-01"}, "before it begins"),
        ({"role": "KING"}, "There is no role “KING”"),
        ({"valid_from": "soon"}, "valid_from"),
    ],
)
def test_a_post_that_cannot_be_is_refused_and_the_form_keeps_what_was_typed(office, change, said):
    told = {
        "role": "SCREENER",
        "person": "钱七",
        "kind0": "site",
        "ref0": "HALL-1",
        "valid_from": "2021-01-01",
    } | change
    page = office.go("/console/staff/assign").send("role", 422, **told)
    page.sees(said, 'value="钱七"')


def test_a_deputy_is_a_second_post_with_its_own_dates(hall, office):
    post = post_on(assigned(office, "SITE_MANAGER", str(hall.site)))
    page = office.go(f"/console/staff/posts/{post}")
    link = unescape(re.search(r'href="([^"]*assign[^"]*kind0[^"]*)"', page.text)[1])
    deputy = office.go(link).send("role", person="赵副", valid_from="2021-04-10", valid_to="2021-04-12")
    row = staff.post(post_on(deputy))
    assert (row.role, row.person, row.valid_to, row.site_id) == ("SITE_MANAGER", "赵副", date(2021, 4, 12), hall.site)
    assert staff.post(post_on(deputy), date(2021, 4, 13)) is None


def test_a_post_ends_earlier_never_later_and_a_credential_too(hall, office):
    page = assigned(office, "SCREENER", str(hall.site), valid_to="2021-05-01")
    page.send("last_day", where={}, last_day="2021-06-01").sees("cannot end later")
    page.send("last_day", last_day="2020-12-01").sees("before it begins")
    page.send("exam", kind="SCREENER", valid_from="2021-01-01", valid_to="2021-12-31")
    page.send("credential", last_day="2022-12-31").sees("no such credential")
    page.send("credential", last_day="2021-04-09").sees("The credential has its last day.")
    assert not staff.certified([post_on(page)], date(2021, 4, 10), "covid19-cn")


def test_a_token_is_shown_once_works_and_ends_when_revoked(hall, office):
    post = post_on(assigned(office, "SITE_MANAGER", str(hall.site)))
    form = office.go(f"/console/staff/posts/{post}").form("grants")
    told = form.values | {"name": "queue screen", "grants": "door_set", "valid_from": "2021-01-01"}
    shown = office.client.post(form.action, told, HTTP_ACCEPT_LANGUAGE="en")
    token = unescape(re.search(r'<input value="([^"]+)" readonly', read(shown))[1])
    assert office.client.post(form.action, told).status_code == 302  # sent twice: issued once, and not shown again
    machine = Client(headers={"Authorization": f"Bearer {token}"})
    call = ("/api/v1/acts/door_set", {"items": []}, "application/json")
    assert machine.post(*call).status_code != 401
    page = office.go(f"/console/staff/posts/{post}").sees("queue screen")
    assert token.split(".")[1] not in page.text
    page.send("token").sees("revoked")
    assert machine.post(*call).status_code == 401


def test_nobody_without_the_right_sees_or_changes_staff(hall, office, sign_in):
    nurse = sign_in("STATION_NURSE", ("site", hall.site))
    own = nurse.client.session["post_id"]
    told = {"act": str(uuid4()), "last_day": "2021-04-09", "username": "x", "name": "x"}
    for path in ("staff", "staff/accounts", f"staff/posts/{own}", "staff/assign"):
        assert nurse.client.get(f"/console/{path}").status_code == 403
    for path in (
        f"staff/posts/{own}/end",
        "staff/accounts/new",
        f"staff/posts/{own}/tokens",
        "staff/accounts/1/invite",
    ):
        assert nurse.client.post(f"/console/{path}", told).status_code == 403
    director = sign_in("CDC_DIRECTOR", ("area", CITY))
    director.go(f"/console/staff/posts/{own}").sees("Record a credential")
    assert "last_day" not in {name for form in director.forms() for name in form.names()}


def test_signing_out_ends_the_session(hall, sign_in):
    nurse = sign_in("STATION_NURSE", ("site", hall.site))
    nurse.go("/console/station").send("sign-out").sees("Sign in")
    assert nurse.client.get(f"/console/site/{hall.site}/arrival").status_code == 302


SCOPES = {
    "city": ("area", CITY),
    "district": ("unit", "500103"),
    "street": ("area", "500103"),
    "sector": ("sector", "EDUCATION"),
}


@pytest.mark.parametrize("role", sorted(shipped_roles()))
def test_the_home_of_a_role_is_a_page_that_it_may_see(role):
    entry = next(entry for entry in RAIL if entry.url == HOMES[shipped_roles()[role].home])
    assert entry.grant in shipped_roles()[role].grants


@pytest.mark.parametrize(
    "role", [next(r for r in sorted(shipped_roles()) if shipped_roles()[r].home == home) for home in sorted(HOMES)]
)
def test_whoever_takes_a_post_lands_on_a_page_and_not_at_a_closed_door(hall, sign_in, role):
    visitor = sign_in(role, SCOPES.get(shipped_roles()[role].level, ("site", hall.site)))
    if staff.session_rule(role).second_factor:
        set_up(visitor)
        entered(visitor)
    assert visitor.path.startswith("/console/") and visitor.path != "/console/start"
