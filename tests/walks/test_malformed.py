"""Whatever is sent to any address of console and portal, the answer is a page in words, never an error of the server.

The kind: public pages malformed.
"""

import inspect
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from traceback import format_exception
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from seawall.interfaces.guard import POST
from seawall.interfaces.portal.session import PERSON
from seawall.platform import services as platform
from seawall.staff import services as staff
from seawall.terms.staff import PostAssign, Scope
from tests.clinic.world import World, done, resident_id

from .entering import birth_door
from .pages import read

pytestmark = pytest.mark.django_db

JUNK = (
    "", "abc", "-1", "²", "99999999999999999999", "9" * 5000, "0001-01-01", "9999-12-31", "2021-02-30",
    "2021-06-01T01:30:00", "2021-06-01T01:30:00 00:00", "9999-12-31T23:59:00+00:00", "a\0b", "<b>' OR 1=1 --",
    "00000000-0000-0000-0000-00000000000", "\ud7ff￿𝔘", "1e309", "NaN",
)  # fmt: skip
ROLES = ("COMMAND_OFFICE", "LEADING_GROUP_HEAD", "DISTRICT_OFFICER", "SITE_LEADER", "STATION_NURSE", "ROSTER_LIAISON")
FIELD = re.compile(r"""(?:GET|POST|data|query|form)(?:\.get(?:list)?\(|\[)\s*["'](\w+)["']""")
IN_PATH = {"int": ("0", "99999999999999999999"), "uuid": (str(uuid4()),), "slug": ("abc",), "str": ("ab%00c", "abc")}


@dataclass(frozen=True)
class Route:
    """One address with every field that its module reads."""

    path: str
    fields: frozenset[str]

    def addresses(self, hall: World) -> list[str]:
        kinds = re.findall(r"<(\w+):(\w+)>", self.path)
        good = {"site_id": str(hall.site), "station": "arrival", "which": "funnel"}
        made = []
        for n in range(3 if kinds else 1):
            path = self.path
            for kind, name in kinds:
                tried = (good.get(name, IN_PATH[kind][0]), *IN_PATH[kind])
                path = path.replace(f"<{kind}:{name}>", tried[min(n, len(tried) - 1)])
            made.append("/" + path)
        return made


def _routes(resolver: URLResolver, before: str = "") -> Iterator[Route]:
    for entry in resolver.url_patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(entry, path)
        elif isinstance(entry, URLPattern):
            module = inspect.getmodule(inspect.unwrap(entry.callback))
            yield Route(path, frozenset(FIELD.findall(inspect.getsource(module))))


APART = ("api/", "healthz", "readyz", "metrics", "console/living/on")
"""Answers for machines; and what goes on in the background, where a request that is undone cannot follow."""
ROUTES = sorted((r for r in _routes(get_resolver()) if not r.path.startswith(APART)), key=lambda route: route.path)


@pytest.fixture
def anybody(hall: World, settings: pytest.FixtureRequest) -> list[Client]:
    """A visitor for each kind of post, and one who is a member of the public."""
    settings.SEAWALL_DEMO = True
    platform.nature_set(synthetic=True, seed=1, scale=0.001)
    visitors = []
    for role in ROLES:
        scopes = (Scope(kind="area", ref="500000"), Scope(kind="site", ref=str(hall.site)))
        item = PostAssign(
            **hall.base(), role=role, person=role, valid_from=date(2021, 1, 1), synthetic=True, scopes=scopes
        )
        visitors.append({POST: done(staff.posts_assign(hall.actor, [item]))[0].answer["post_id"]})
    return [_seated(told) for told in [*visitors, {PERSON: hall.person()}]]


def _seated(told: dict[str, object]) -> Client:
    client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    session = client.session
    for key, value in told.items():
        session[key] = value
    session.save()
    client.cookies[django_settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def _asked(client: Client, method: str, address: str, told: dict[str, str]) -> tuple[int, str]:
    """The answer, undone: a junk request that did something must not change what the next one meets."""
    with transaction.atomic():
        answer = getattr(client, method)(address, told)
        transaction.set_rollback(True)
    return answer.status_code, "" if answer.streaming else answer.content.decode(errors="replace")


def _sends(fields: frozenset[str], turn: int, step: int) -> Iterator[dict[str, str]]:
    """Junk in all fields at once, then one junk in each field alone; neighbours take other junk of the table."""
    for junk in JUNK[turn % step :: step]:
        yield dict.fromkeys(sorted(fields), junk)
    for n, name in enumerate(sorted(fields)):
        yield {name: JUNK[(turn + 5 * n) % len(JUNK)]}


def _few(fields: frozenset[str], turn: int) -> Iterator[dict[str, str]]:
    """One junk in all fields at once, another in one of them; over all addresses every junk has its turn."""
    yield dict.fromkeys(sorted(fields), JUNK[turn % len(JUNK)])
    if fields:
        yield {sorted(fields)[turn % len(fields)]: JUNK[(turn + 5) % len(JUNK)]}


def _tries(
    route: Route, hall: World, anybody: list[Client], *, all_of_it: bool
) -> Iterator[tuple[Client, str, str, dict[str, str]]]:
    """Requests of one address by whoever it lets in: the address as it should be, and cut. A sample asks in one way only."""
    inside, turn = route.path.startswith("console"), ROUTES.index(route)
    first, *cut = route.addresses(hall)
    for method in ("get", "post") if turn % 2 else ("post", "get"):
        answers = ((c, _asked(c, method, first, {})[0]) for c in (anybody if inside else anybody[-1:]))
        client, status = next(((c, s) for c, s in answers if s not in {302, 403}), (anybody[-1], 0))
        if status != 405:
            sends = _sends(route.fields, turn, 6 if inside else 1) if all_of_it else _few(route.fields, turn)
            yield from ((client, method, first, told) for told in sends)
            yield from ((client, method, address, {}) for address in cut)
            if not all_of_it:
                return


@pytest.mark.parametrize("all_of_it", [False, pytest.param(True, marks=pytest.mark.long)], ids=["sample", "everything"])
def test_no_address_answers_junk_with_an_error_of_the_server(
    hall: World, anybody: list[Client], caplog: pytest.LogCaptureFixture, all_of_it: bool
):
    failed, silent, asked = {}, set(), 0
    for route in ROUTES:
        for client, method, address, told in _tries(route, hall, anybody, all_of_it=all_of_it):
            status, text = _asked(client, method, address, told)
            asked += 1
            if status >= 500:
                why = next((r.exc_info for r in reversed(caplog.records) if r.exc_info), None)
                failed[method, route.path] = (told, "".join(format_exception(*why)[-3:]) if why else text[-300:])
            if (
                status >= 400
                and status != 405
                and not address.endswith(".svg")
                and "</html>" not in text
                and 'role="alert"' not in text
                and '"sentence"' not in text  # a tablet is told in JSON, in every language of the city
            ):
                silent.add((method, route.path, status))
    assert asked > (500 if all_of_it else 200)
    assert not failed, failed
    assert not silent, silent
    assert not [r for r in caplog.records if r.levelno >= logging.ERROR]


CUT = {
    "a cut link": "2021-06-01T01:30",
    "no offset": "2021-06-01T01:30:00",
    "a plus that became a space": "2021-06-01T01:30:00 00:00",
    "a word": "tomorrow",
    "nothing": "",
    "beyond the calendar": "9999-12-31T23:59:00+00:00",
}


@pytest.mark.parametrize("sent", CUT.values(), ids=CUT.keys())
def test_a_seat_is_not_held_for_a_moment_that_cannot_be_read(hall: World, anybody: list[Client], sent: str):
    told = {"site": str(hall.site), "starts_at": sent, "act": str(uuid4())}
    status, text = _asked(anybody[-1], "post", "/book/hold", told)
    assert status == 400 and "cannot be read" in text


def test_a_page_that_is_not_there_says_so_in_both_doors(hall: World):
    for path in ("/nowhere", "/console/nowhere"):
        answer = Client(headers={"accept-language": "en"}).get(path)
        assert answer.status_code == 404 and "no such page" in read(answer)


def test_a_form_kept_over_night_is_told_so(hall: World):
    answer = Client(headers={"accept-language": "en"}, enforce_csrf_checks=True).post("/leave")
    assert answer.status_code == 403 and "open for too long" in read(answer)


def test_a_failure_of_ours_stays_an_error(hall: World, monkeypatch: pytest.MonkeyPatch):
    """A room that fails is not the visitor's fault: the door does not hide it."""
    from seawall.config.refusals import unreadable

    for error in (KeyError("x"), ValueError("from nowhere"), TypeError()):
        assert not unreadable(error)


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("fr", "en"),
        ("sw,fr;q=0.8", "en"),
        ("de-DE", "en"),
        ("zh-TW", "zh"),
        ("en-GB,fr", "en"),
        ("", "zh"),
        ("fr,zh", "zh"),
    ],
)
def test_whoever_speaks_neither_language_gets_english(hall: World, asked: str, language: str):
    answer = Client(headers={"accept-language": asked} if asked else {}).get("/home")
    assert f'<html lang="{language}'.encode() in answer.content


def test_an_own_choice_of_language_stays(hall: World):
    client = Client(headers={"accept-language": "fr"})
    client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/home"})
    assert b'<html lang="zh' in client.get("/home").content


@pytest.mark.parametrize(
    "parts", [("0001", "1", "1"), ("1980", "13", "1"), ("1980", "2", "30"), ("", "", ""), ("１９８０", "五", "1")]
)
def test_what_is_no_day_is_nobodys_birth_date(hall: World, monkeypatch, parts: tuple[str, str, str]):
    birth_door(monkeypatch)
    sent = {
        "number": resident_id(date(1980, 5, 1), 1),
        **dict(zip(("birth_year", "birth_month", "birth_day"), parts, strict=True)),
    }
    assert Client().post("/book/birth", sent).status_code == 422
