"""What is the same for everybody is drawn once; nothing of anybody's own gets into it, and a change is seen in time."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client

from seawall.interfaces.portal import kept, listed
from seawall.interfaces.portal.session import PERSON
from seawall.platform import clock
from seawall.platform.sessions import SessionStore
from seawall.reference import selectors as reference
from seawall.sites.boards import near
from tests.clinic.world import DAY, World

pytestmark = pytest.mark.django_db
SECONDS = 10
PAGES = (
    "/home",
    "/sites",
    "/notices",
    "/open/sites.csv",
    "/open/sites.json",
    "/open/sites.geojson",
    "/open/notices.rss",
)
Ask = Callable[..., HttpResponse]


class Time:
    """The seconds of a process, as a test has them pass."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> Time:
    time = Time()
    settings.PUBLIC_SECONDS = SECONDS
    for module in (kept, listed):
        monkeypatch.setattr(module, "monotonic", time)
    monkeypatch.setattr(listed, "_kept", {})
    return time


@pytest.fixture
def ask(hall: World, passing: Time) -> Ask:
    """One web process: whoever asks, with these cookies and headers, asks this one."""
    process = Client().handler

    def asked(path: str, cookies: dict[str, str] | None = None, language: str = "en", **headers: str) -> HttpResponse:
        reader = Client(headers={"accept-language": language} | headers)
        reader.handler = process
        reader.cookies.load(cookies or {})
        return reader.get(path)

    return asked


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def unit(hall: World) -> str:
    return next(u.code for u in reference.units(DAY) if hall.leaf in u.leaves)


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_is_drawn_once_and_known_again(ask: Ask, path: str, django_assert_num_queries):
    first = ask(path)
    with django_assert_num_queries(0):
        second, again = ask(path), ask(path, **{"if-none-match": first["ETag"]})
    assert (
        first.status_code == 200
        and second.content == first.content
        and dict(second.items()).keys() == dict(first.items()).keys()
    )
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert not first.cookies and "csrf" not in text(first)
    assert {"Cookie", "Accept-Language"} <= set(map(str.strip, first["Vary"].split(",")))
    assert "Content-Security-Policy" in second and "Content-Security-Policy" in first


def test_a_page_goes_out_compressed_as_it_was_kept(ask: Ask):
    plain, packed = ask("/sites"), ask("/sites", **{"accept-encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip" and gzip.decompress(packed.content) == plain.content
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content)
    assert "Accept-Encoding" in packed["Vary"] and packed["ETag"] == plain["ETag"]


def test_each_language_and_size_of_type_has_a_page_of_its_own(ask: Ask):
    english, chinese = ask("/sites"), ask("/sites", language="zh-CN")
    assert "Find a site" in text(english) and "Find a site" not in text(chinese)
    assert ask("/sites", {"django_language": "zh-hans"}).content == chinese.content
    assert 'class="elder"' in text(ask("/sites", {"elder": "1"})) and 'class="elder"' not in text(ask("/sites"))
    assert ask("/sites").content == english.content != chinese.content


def test_a_visit_neither_gets_nor_leaves_a_kept_page(hall: World, ask: Ask):
    visitor = Client()
    visit = visitor.session
    visit[PERSON] = hall.person()
    visit.save()
    mine = {"sessionid": str(visit.session_key)}
    for path in ("/home", "/sites", "/notices"):
        before, anybody, after = ask(path, mine), ask(path), ask(path, mine)
        assert "forget me on this phone" in text(before) and "forget me on this phone" in text(after)
        assert "forget me on this phone" not in text(anybody) and "ETag" not in after


def test_a_sentence_for_one_reader_is_read_by_that_reader_alone(hall: World, ask: Ask):
    reader = Client(headers={"accept-language": "en"})
    ask("/notices")
    reader.post("/questions/ask", {"act": str(uuid4()), "kind": "question", "text": "?"})
    told = {"messages": reader.cookies["messages"].value}
    said = ask("/notices", told)
    assert 'role="status"' in text(said) and "ETag" not in said
    assert 'role="status"' not in text(ask("/notices"))


def test_other_hours_are_seen_in_time(hall: World, ask: Ask, passing: Time):
    path = f"/sites?unit={unit(hall)}"
    asked = [ask(path), ask("/sites")]
    passing.now += SECONDS / 2 - 0.1  # a page is drawn from a list that is about to be read anew
    ask(f"{path}&street=")
    hall.open_site("NEW")
    assert ask(path).content == asked[0].content
    passing.now += 2 * SECONDS - SECONDS / 2
    for late in (path, f"{path}&street="):
        assert text(ask(late)).count('href="/book/when?site=') == text(asked[0]).count('href="/book/when?site=') + 1


def test_one_draws_a_page_anew_while_the_others_take_what_is_there(
    ask: Ask, passing: Time, monkeypatch: pytest.MonkeyPatch
):
    first, others = ask("/sites"), list[HttpResponse]()
    read = near.public_sites

    def meanwhile(*told: object) -> object:
        others.append(ask("/sites"))
        return read(*told)

    monkeypatch.setattr(near, "public_sites", meanwhile)
    passing.now += SECONDS / 2
    renewed = ask("/sites")
    assert [other.content for other in others] == [first.content] and renewed.status_code == 200
    assert ask("/sites").content == renewed.content and len(others) == 1


def test_a_page_that_cannot_be_drawn_anew_is_given_to_nobody_once_it_is_old(
    ask: Ask, passing: Time, monkeypatch: pytest.MonkeyPatch
):
    first = ask("/sites")

    def broken(*_: object) -> None:
        raise OSError("no disk")

    monkeypatch.setattr(near, "public_sites", broken)
    passing.now += SECONDS / 2
    with pytest.raises(OSError):
        ask("/sites")
    assert ask("/sites").content == first.content
    passing.now += SECONDS / 2
    with pytest.raises(OSError):
        ask("/sites")


def test_what_nobody_reads_does_not_fill_the_room(ask: Ask, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries):
    monkeypatch.setattr(kept, "MOST", 3)
    ask("/home")
    for n in range(9):
        ask(f"/open/notices.rss?n={n}")
    with django_assert_num_queries(0):
        ask("/home")
    for age in range(3):
        ask(f"/home?age={age}")
    with django_assert_num_queries(0):
        ask("/home?age=0")
    assert text(ask("/home", host="evil.example")) != text(ask("/home"))


def test_a_demonstration_keeps_nothing(ask: Ask, settings: LazySettings, hall: World):
    settings.SEAWALL_DEMO = True
    before = ask("/sites?unit=" + unit(hall))
    clock.set_to(hall.now + timedelta(days=1))
    assert text(ask("/sites?unit=" + unit(hall))) != text(before)


@pytest.mark.parametrize(("path", "told", "cookie"), [
    ("/larger", {"larger": "1"}, "elder"),
    ("/i18n/setlang/", {"language": "zh-hans"}, "django_language"),
])  # fmt: skip
def test_a_choice_of_looks_needs_no_key_and_no_other_house_makes_it(
    hall: World, path: str, told: dict[str, str], cookie: str
):
    reader = Client(enforce_csrf_checks=True)
    reader.post(path, told, headers={"sec-fetch-site": "cross-site"})
    assert cookie not in reader.cookies
    assert (
        reader.post(path, told | {"next": "/sites"}, headers={"sec-fetch-site": "same-origin"})["Location"] == "/sites"
    )
    assert cookie in reader.cookies


def test_a_visit_is_read_by_one_statement_until_it_ends(hall: World, django_assert_num_queries):
    store = SessionStore()
    store[PERSON] = 7
    store.save()
    with django_assert_num_queries(1):
        assert SessionStore(store.session_key)[PERSON] == 7
    store.set_expiry(-1)
    store.save()
    ended = SessionStore(store.session_key)
    assert PERSON not in ended and ended.session_key is None


@pytest.mark.parametrize("key", ['"aaaaaaaa\\000"', "a" * 32, "short", '"' + "é" * 9 + '"'])
def test_a_cookie_that_is_no_key_of_a_visit_is_nobodys(hall: World, key: str):
    reader = Client()
    answer = reader.get("/record", headers={"cookie": f"sessionid={key}"})
    assert answer.status_code == 302 and answer["Location"].startswith("/book")
