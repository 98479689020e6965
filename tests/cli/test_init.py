"""From an empty database to an administrator who is signed in: one command, one link, once."""

from typing import Any

import pytest
from django.test import Client

from seawall.interfaces.cli.first import GRANTS, first_account
from seawall.interfaces.cli.intake import actor
from seawall.terms.acts import Refused

from .. import databases
from .test_database import NAME, Line, line  # noqa: F401

PASSWORD = "seven grey herons wade"


def chosen(link: str) -> int:
    """Status of choosing the password with a link: 302 where it was taken."""
    client = Client()
    form = client.get(link, follow=True).redirect_chain
    path = form[-1][0] if form else link
    return client.post(path, {"new_password1": PASSWORD, "new_password2": PASSWORD}).status_code


def test_an_empty_database_gets_an_administrator_who_signs_in_once_the_link_is_used(
    line: Line,  # noqa: F811
    django_db_blocker: Any,
    settings: Any,
) -> None:
    settings.SEAWALL_DEMO = False
    settings.SECRET_KEY = "a key of this test"
    init = ["init", "--city", "chongqing", "--site", "https://example.org/"]
    ((first, link), (second, other)) = line(init, init, name=NAME, SEAWALL_SECRET_KEY=settings.SECRET_KEY)
    assert (first, second) == (0, 0)
    assert link.startswith("https://example.org/console/welcome/")
    paths = [text.strip().removeprefix("https://example.org") for text in (link, other)]
    with django_db_blocker.unblock(), databases.pointed_at(NAME):
        assert [chosen(path) for path in paths] == [302, 200]  # choosing spends every link given out
        client = Client()
        assert client.post("/console/sign-in", {"username": "admin", "password": PASSWORD}).status_code == 302
        assert "系统管理员" in client.get("/console/start").content.decode()
        with pytest.raises(Refused, match="INIT_DONE"):
            first_account(actor(None, "en", GRANTS), "second", "second", "")
