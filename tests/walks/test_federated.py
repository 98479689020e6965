"""Signing in by OpenID Connect against a provider that speaks the protocol: only accounts that exist, and only where it is set up."""

from collections.abc import Iterator

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from seawall.platform import sql

from .authenticator import code, set_up
from .oidc import CLIENT, SECRET, Provider, provider
from .pages import Visitor, read

pytestmark = pytest.mark.django_db
LOGIN = "/console/oidc/staff/login/"


@pytest.fixture
def house(settings: pytest.FixtureRequest) -> Iterator[Provider]:
    with provider() as one:
        app = {"provider_id": "staff", "name": "Health Commission", "client_id": CLIENT, "secret": SECRET,
               "settings": {"server_url": one.issuer, "oauth_pkce_enabled": True}}  # fmt: skip
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
        yield one


def came_back(house: Provider, **person: object) -> Visitor:
    """Goes to the other house from the sign-in page, is known there as this person, and comes back."""
    house.person = {"sub": "1001", **person}
    visitor = Visitor().go("/console/sign-in").sees("Health Commission")
    away = visitor.client.post(LOGIN)["Location"]
    assert away.startswith(f"{house.issuer}/authorization?")
    back = requests.get(away, allow_redirects=False, timeout=5).headers["Location"]
    return visitor.go(back.removeprefix("http://testserver"))


def name_of(visitor: Visitor) -> str:
    account = visitor.client.session["_auth_user_id"]
    return sql.fetch("SELECT username FROM staff_account WHERE id = %s", [account])[0][0]


def test_whoever_has_an_account_of_the_same_name_is_in_and_stays_linked_by_the_number_of_the_house(
    hall, sign_in, house
):
    name = name_of(sign_in("STATION_NURSE", ("site", hall.site)))
    made = sql.fetch("SELECT count(*) FROM staff_account")
    nurse = came_back(house, preferred_username=name, name="王芳", email="w@example.org")
    assert nurse.path == "/console/start" and name_of(nurse) == name
    (link,) = SocialAccount.objects.all()
    assert (link.uid, link.extra_data) == ("1001", {}), "nothing of the person is kept but the number"
    assert name_of(came_back(house, preferred_username="renamed over there")) == name
    assert SocialAccount.objects.get().extra_data == {}
    assert sql.fetch("SELECT count(*) FROM staff_account") == made


def test_an_address_links_only_where_the_house_has_proven_it(hall, sign_in, house):
    name = name_of(sign_in("STATION_NURSE", ("site", hall.site)))
    sql.execute("UPDATE staff_account SET email = 'nurse@example.org' WHERE username = %s", [name])
    came_back(house, email="nurse@example.org").sees("no open account here")
    assert name_of(came_back(house, email="nurse@example.org", email_verified=True)) == name


@pytest.mark.parametrize("how", ["unknown", "closed", "refused there"])
def test_nobody_becomes_an_account_and_a_closed_one_stays_closed(hall, sign_in, house, how):
    name = name_of(sign_in("STATION_NURSE", ("site", hall.site)))
    if how == "closed":
        sql.execute("UPDATE staff_account SET is_active = false")
    made = sql.fetch("SELECT count(*) FROM staff_account")
    if how == "refused there":
        visitor = Visitor().go("/console/sign-in")
        away = visitor.client.post(LOGIN)["Location"]
        visitor.go(
            requests.get(away, allow_redirects=False, timeout=5).headers["Location"].removeprefix("http://testserver")
        )
        visitor.sees("did not let you in")
    else:
        visitor = came_back(house, preferred_username="stranger" if how == "unknown" else name)
        visitor.sees("no open account here")
    assert visitor.path == "/console/sign-in" and "_auth_user_id" not in visitor.client.session
    assert sql.fetch("SELECT count(*) FROM staff_account") == made and not SocialAccount.objects.exists()


def test_the_second_factor_is_asked_here_all_the_same(hall, sign_in, house):
    nurse = sign_in("STATION_NURSE", ("site", hall.site))
    secret = set_up(nurse.go("/console/account/second-factor/totp/activate/"))
    back = came_back(house, preferred_username=name_of(nurse))
    assert back.path == "/console/account/second-factor/authenticate/"
    back.send("code", code=code(secret)).sees("My account")


def test_an_answer_that_nobody_here_asked_for_opens_nothing(hall, sign_in, house):
    house.person = {"sub": "1", "preferred_username": name_of(sign_in("STATION_NURSE", ("site", hall.site)))}
    stray = Client().get(f"{LOGIN}callback/?code=made-up&state=made-up", headers={"accept-language": "en"}, follow=True)
    assert "did not let you in" in read(stray) and "_auth_user_id" not in stray.client.session


def test_without_a_house_there_is_no_such_door(hall):
    assert "oidc" not in Visitor().go("/console/sign-in").text
    assert Client().post(LOGIN).status_code == 404
