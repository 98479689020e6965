"""A database with nothing in it but a post: every page of the console and the portal answers in words, none breaks."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from seawall.interfaces.guard import POST
from seawall.platform import services as platform
from seawall.platform import sql
from seawall.staff.roles import shipped_roles

from .pages import read

pytestmark = pytest.mark.django_db
GIVEN = {"int": 1, "str": "x", "slug": "x", "uuid": UUID(int=1), "path": "x"}
LANGUAGES = ("zh-hans", "en")


def pages(
    patterns: list[URLPattern | URLResolver], space: str = "", names: frozenset[str] = frozenset()
) -> Iterator[str]:
    """The address of every named page, with made-up ids."""
    for p in patterns:
        kinds = p.pattern.converters
        asked = names | frozenset(p.pattern.regex.groupindex)
        if isinstance(p, URLResolver):
            yield from pages(p.url_patterns, f"{space}{p.namespace}:" if p.namespace else space, asked)
        elif p.name:
            made = {name: type(kinds[name]).__name__.removesuffix("Converter").lower() for name in asked & set(kinds)}
            yield reverse(f"{space}{p.name}", kwargs={name: GIVEN.get(made.get(name, "int"), "x") for name in asked})


@pytest.fixture
def visitor(settings) -> Client:
    """Somebody in a post that may see everything, in a demonstration of an empty city."""
    settings.SEAWALL_DEMO = True
    platform.nature_set(synthetic=True)
    sql.execute(
        "INSERT INTO staff_post (act, role, person, title_zh, title_en, phone, valid_from, synthetic) "
        "VALUES (gen_random_uuid(), 'LEADING_GROUP_HEAD', '', '', '', '', %s, true)",
        [date(2020, 1, 1)],
    )
    client = Client(raise_request_exception=False)
    session = client.session
    session[POST] = sql.fetch("SELECT max(id) FROM staff_post")[0][0]
    session.save()
    return client


@pytest.mark.parametrize("role", ["LEADING_GROUP_HEAD", "STATION_NURSE", "ROSTER_LIAISON"])
def test_no_page_of_an_empty_city_breaks(visitor: Client, role: str) -> None:
    assert role in shipped_roles()
    sql.execute("UPDATE staff_post SET role = %s", [role])
    addresses = sorted(set(pages(get_resolver().url_patterns)))
    assert len(addresses) > 40
    broken = [(path, language) for path in addresses for language in LANGUAGES
              if visitor.get(path, headers={"accept-language": language}).status_code >= 500]  # fmt: skip
    assert broken == []


@pytest.mark.parametrize(
    ("language", "said"), [("en", "No campaign is open yet"), ("zh-hans", "目前还没有开放的接种活动")]
)
def test_the_portal_says_in_words_that_nothing_is_open(settings, language: str, said: str) -> None:
    settings.SEAWALL_DEMO = False
    answer = Client(raise_request_exception=False).get("/", headers={"accept-language": language})
    assert answer.status_code < 500 and said in read(answer)
