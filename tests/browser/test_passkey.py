"""A passkey is made, named and used in a real browser, with an authenticator that the browser plays; then it is removed."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from seawall.staff.services import accounts_create
from seawall.terms.staff import AccountCreate, Secret

from .conftest import LANGUAGES, Visitor

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD, DEVICE = "a long walk through the house", {
    "protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True,
    "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def username(anyone) -> str:
    name = f"key-{uuid4().hex[:8]}"
    create = AccountCreate(
        act=uuid4(),
        occurred_at=datetime.now(UTC),
        dated_here=True,
        username=name,
        name="李梅",
        password=Secret(PASSWORD),
    )
    assert accounts_create.one(anyone, create).done
    return name


def signs_in(visitor, username: str) -> None:
    visitor.open("/console/sign-in")
    visitor.page.locator("[name=username]").fill(username)
    visitor.page.locator("[name=password]").fill(PASSWORD)
    visitor.page.locator("[name=password]").press("Enter")
    visitor.page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(
    ("language", "add", "use", "rename", "remove"),
    [
        ("en", "Add a passkey", "Use a passkey", "Rename", "Remove"),
        ("zh", "添加通行密钥", "使用通行密钥", "改名", "移除"),
    ],
)
def test_a_passkey_is_added_asked_for_renamed_and_removed(
    chromium, live_server, settings, username, language, add, use, rename, remove
) -> None:
    """At a host with a name: browsers keep no keys for numbers."""
    settings.STATICFILES_DIRS = [settings.STATIC_ROOT]  # the server of the test looks there only
    context = chromium.new_context()
    context.add_cookies([{"name": "django_language", "value": LANGUAGES[language], "url": live_server.url}])
    visitor = Visitor(context.new_page(), live_server.url, language)
    page = visitor.page
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    signs_in(visitor, username)
    visitor.open("/console/account/second-factor/")
    page.get_by_role("link", name=add).click()
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.locator("[name=name]").fill("Office laptop")
    page.get_by_role("button", name=add).click()
    page.wait_for_url("**/second-factor/recovery-codes/")
    visitor.open("/console/account/second-factor/")
    assert "Office laptop" in page.inner_text("main")

    context.clear_cookies(name="sessionid")
    signs_in(visitor, username)
    assert page.url.endswith("/second-factor/authenticate/")
    page.get_by_role("button", name=use).click()
    page.wait_for_url("**/console/start")

    visitor.open("/console/account/second-factor/webauthn/")
    page.get_by_role("link", name=rename).click()
    page.locator("a[href*='webauthn/reauthenticate']").click()  # the key again, instead of the password
    page.get_by_role("button", name=use).click()
    page.locator("[name=name]").fill("Desk laptop")
    page.get_by_role("button", name=rename).click()
    page.wait_for_url("**/second-factor/webauthn/")
    assert "Desk laptop" in page.inner_text("main") and "Office laptop" not in page.inner_text("main")

    page.get_by_role("link", name=remove).click()
    if page.locator("[name=password]").count():
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password]").press("Enter")
    page.get_by_role("button", name=remove).click()
    page.wait_for_url("**/second-factor/webauthn/")
    assert "Desk laptop" not in page.inner_text("main")
    context.clear_cookies(name="sessionid")
    signs_in(visitor, username)
    assert page.url.endswith("/console/start")
    visitor.at_peace()
    context.close()
