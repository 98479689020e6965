"""Password and second factor; sessions that end with the post, after idle time and everywhere at once."""

from datetime import timedelta

import pytest

from seawall.interfaces.guard import POST, SEEN
from seawall.platform import sql
from seawall.staff.roles import shipped_roles
from seawall.staff.rows import session_rule, session_rules

from .authenticator import PASSWORD, code, set_up
from .pages import Visitor

pytestmark = pytest.mark.django_db
CITY = ("area", "500000")
SHORT = '"id":"AA","rawId":"AA","type":"public-key","clientExtensionResults":{},"response":{"clientDataJSON":"e30"'
KEY = f'{{{SHORT},"attestationObject":"o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YUEA"}}}}'
KEY_USED = f'{{{SHORT},"authenticatorData":"AAAA","signature":"AAAA"}}}}'
"""Of the right shape, with too few bytes inside."""


@pytest.fixture
def nurse(hall, sign_in):
    return sign_in("STATION_NURSE", ("site", hall.site))


def name_of(visitor: Visitor) -> str:
    return sql.fetch("SELECT username FROM staff_account WHERE id = %s", [visitor.client.session["_auth_user_id"]])[0][
        0
    ]


def inside(visitor: Visitor, hall) -> bool:
    return visitor.client.get(f"/console/site/{hall.site}/injection").status_code == 200


def signed_in(name: str, password: str = PASSWORD) -> Visitor:
    return Visitor().go("/console/sign-in").send("username", username=name, password=password)


def test_an_account_with_a_second_factor_is_asked_for_it_and_a_wrong_code_opens_nothing(hall, nurse):
    secret = set_up(nurse.go("/console/account/second-factor/totp/activate/"))
    name = name_of(nurse)
    phone = signed_in(name)
    assert phone.path == "/console/account/second-factor/authenticate/"
    assert phone.client.get("/console/start").status_code == 302
    wrong = "000000" if code(secret) != "000000" else "000001"
    phone.send("code", code=wrong).sees("Incorrect code")
    assert phone.client.get("/console/start").status_code == 302
    phone.send("code", code=code(secret)).sees("My account")


def test_a_recovery_code_opens_once(nurse):
    set_up(nurse.go("/console/account/second-factor/totp/activate/"))
    listed = nurse.go("/console/account/second-factor/recovery-codes/").text
    recovery = next(word for word in listed.split() if word.strip("<>").isdigit() and len(word) == 8)
    first = signed_in(name_of(nurse)).send("code", code=recovery)
    assert first.path == "/console/start"
    signed_in(name_of(nurse)).send("code", code=recovery).sees("Incorrect code")


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "{",
        "5",
        "[]",
        "{}",
        '{"id": "AA"}',
        '{"id":"AA","rawId":"AA","type":"public-key","response":{}}',
        KEY,
        KEY_USED,
    ],
)
def test_what_is_no_passkey_is_refused_and_kept_nowhere(nurse, sent):
    set_up(nurse.go("/console/account/second-factor/totp/activate/"))
    nurse.go("/console/account/second-factor/webauthn/add/").sees("Add a passkey")
    nurse.send("credential", name="Bag", credential=sent).sees('class="band refusal" role="alert"')
    assert sql.fetch("SELECT count(*) FROM mfa_authenticator WHERE type = 'webauthn'") == [(0,)]
    phone = signed_in(name_of(nurse))
    assert "Use a passkey" not in phone.text
    form = phone.form("code")
    answer = phone.client.post(form.action, {"csrfmiddlewaretoken": "", "credential": sent})
    assert answer.status_code == 200 and phone.client.get("/console/start").status_code == 302


def test_the_secret_of_an_authenticator_rests_sealed(nurse):
    secret = set_up(nurse.go("/console/account/second-factor/totp/activate/"))
    ((kept,),) = sql.fetch("SELECT data::text FROM mfa_authenticator WHERE type = 'totp'")
    assert secret not in kept


def test_a_role_that_asks_for_a_second_factor_is_not_entered_without(hall, sign_in):
    administrator = sign_in("ADMINISTRATOR", CITY)
    assert administrator.path.endswith("next=%2Fconsole%2Faccount%2Fsecond-factor%2Ftotp%2Factivate%2F")
    administrator.sees("This post asks for a second factor")
    assert POST not in administrator.client.session
    set_up(administrator)
    post = administrator.go("/console/start").form("post").buttons[0][1]
    administrator.send("post", post=post)
    assert administrator.path == "/console/staff"


def test_a_session_that_nobody_uses_ends_and_a_page_that_refreshes_itself_is_nobody(hall, nurse):
    limit = session_rule("STATION_NURSE").idle_minutes * 60
    page = f"/console/site/{hall.site}/injection"
    assert inside(nurse, hall)
    seen = nurse.client.session[SEEN]
    left_alone(nurse, seen - limit + 60)
    nurse.client.get(page, headers={"HX-Request": "true"})
    assert nurse.client.session[SEEN] == seen - limit + 60
    assert inside(nurse, hall)
    assert nurse.client.session[SEEN] >= seen
    left_alone(nurse, seen - limit - 60)
    assert not inside(nurse, hall)
    assert nurse.go("/console/start").path.startswith("/console/sign-in")


def left_alone(visitor: Visitor, seen: int) -> None:
    session = visitor.client.session
    session[SEEN] = seen
    session.save()


def test_every_rule_of_sessions_names_a_role_and_the_rest_have_one():
    assert set(session_rules()) <= {"", *shipped_roles()}
    assert all(timedelta(minutes=10) <= timedelta(minutes=rule.idle_minutes) for rule in session_rules().values())
    assert session_rule("EDITOR") == session_rules()[""]


def test_signing_out_everywhere_ends_the_session_on_the_other_device_too(hall, nurse):
    other = signed_in(name_of(nurse))
    other.send("post", post=nurse.client.session[POST])
    assert inside(nurse, hall) and inside(other, hall)
    other.go("/console/start").send("everywhere")
    assert not inside(nurse, hall) and not inside(other, hall)


def test_a_new_password_ends_other_sessions_and_keeps_this_one(hall, nurse):
    name = name_of(nurse)
    other = signed_in(name)
    told = {"old_password": PASSWORD, "new_password1": "a wider walk outside", "new_password2": "a wider walk outside"}
    page = nurse.go("/console/account/password")
    page.send("old_password", 422, **told | {"old_password": "something else"}).sees("incorrect")
    page.send("old_password", 422, **told | {"new_password1": "short", "new_password2": "short"}).sees("12 characters")
    page.send("old_password", **told).sees("Your password is changed")
    assert inside(nurse, hall)
    assert other.client.get("/console/start").status_code == 302
    signed_in(name).sees("do not match")
    signed_in(name, "a wider walk outside").sees("My account")


@pytest.mark.parametrize("door", ["second factor", "reauthentication", "own password"])
def test_codes_and_passwords_are_not_guessed_at_any_door(nurse, door):
    if door == "second factor":
        set_up(nurse.go("/console/account/second-factor/totp/activate/"))
        page, told = signed_in(name_of(nurse)), {"code": "12345"}
    elif door == "reauthentication":
        page, told = nurse.go("/console/account/second-factor/totp/activate/"), {"password": "a guess at it"}
    else:
        new = "another walk outside"
        page = nurse.go("/console/account/password")
        told = {"old_password": "a guess", "new_password1": new, "new_password2": new}
    form = page.form(next(iter(told)))
    answers = [page.client.post(form.action or page.path, form.values | told).status_code for _ in range(12)]
    assert answers[-1] == 429 and answers[0] != 429
