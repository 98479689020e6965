"""The second city is rehearsed too: some days of a campaign of another country, and not a word of Chinese on its pages."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from seawall.drill import services
from seawall.drill.world import world
from seawall.interfaces.console.page import RAIL
from seawall.interfaces.guard import POST
from seawall.people import selectors as people
from seawall.reports import selectors as reports
from seawall.staff import selectors as staff
from tests import databases
from tests.walks.pages import Visitor, read

HAN = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")
UNSEEN = re.compile(r"<script.*?</script>|<style.*?</style>|<!--.*?-->", re.S)
SWITCHER = re.compile(r'<(?:option|button|a)[^>]*(?:value|lang|hreflang)="zh[^"]*"[^>]*>\s*(?:简体)?中文\s*<')
NO_PAGE = re.compile(
    r"^/(?:static|media|api|i18n|console/(?:out|logout))|\.(?:csv|xlsx|pdf|json|svg|png)(?:$|\?)|/(?:export|download)"
)
NUMBER = re.compile(r"\d+|[0-9a-f]{8}-[0-9a-f-]{27}")
PORTAL = ("/", "/home", "/sites", "/book", "/turn", "/verify", "/notices", "/questions", "/ask")
DESKS = ("arrival", "screening", "injection", "observation", "team", "week")
STATIONED = ("REGISTRAR", "SCREENER", "VACCINATOR", "VACCINATION_TECHNICIAN", "OBSERVER", "EMERGENCY_CLINICIAN")
SCALE, UNTIL = 0.006, date(2026, 9, 3)


@pytest.fixture(scope="module")
def los_rios(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """A database of its own, in which the region has lived three days."""
    name = f"seawall_los_rios_{databases.worker()}"
    with django_db_blocker.unblock(), databases.administrator() as admin:
        databases.clone(admin, databases.migrated(admin), name)
        with databases.pointed_at(name), pytest.MonkeyPatch.context() as patch:
            patch.setattr("django.conf.settings.CAMPAIGN_TIME_ZONE", "")
            services.city_load(scale=SCALE, seed=2026, named="los-rios")
            open_before_the_first_plan()
            services.live_until(UNTIL)
            yield
        databases.drop(admin, name)


def open_before_the_first_plan() -> None:
    """Loaded is enough for pages to open; the evening that closes the eve and plans the first day is lived, not loaded."""
    assert reports.last_closing() is None
    for post in staff.demo_posts():
        Visitor().go("/console/start").send("post", post=str(post["post_id"]))
    Visitor().takes(staff.demo_posts()[0]["post_id"]).go("/console/board").sees("Los Ríos")
    Visitor().go("/home")


def test_the_board_follows_the_days(los_rios: None) -> None:
    assert all(proof.holds for proof in reports.proofs())
    board = Visitor().takes(staff.demo_posts()[0]["post_id"]).go("/console/board")
    board.sees("Los Ríos", "Sept")
    given = people.due_frame("measles-cl/SIA", UNTIL).filter(status="complete").height
    assert given > 10
    assert world().city.persons["document_kind"].is_in(["RUN"]).mean() > 0.9
    assert "Reservar una vacunación" in read(sits("es").get("/home", follow=True))


def kind(address: str) -> str:
    """The page that an address is of, whatever it shows there."""
    parts = urlsplit(address)
    asked = sorted(pair.partition("=")[0] for pair in parts.query.split("&"))
    return f"{NUMBER.sub('#', parts.path)}?{'&'.join(asked)}"


def sits(language: str, post_id: int | None = None) -> Client:
    client = Client(headers={"Accept-Language": language})
    if post_id is not None:
        session = client.session
        session[POST] = post_id
        session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def chinese(client: Client, begin: Iterable[str], seen: set[str]) -> dict[str, list[str]]:
    """Chinese that a reader sees or hears, by address: of the first pages, and of every other kind that links lead to."""
    found: dict[str, list[str]] = {}
    waiting = deque(begin)
    seen.update(map(kind, waiting))
    while waiting:
        address = waiting.popleft()
        answer = client.get(address, follow=True)
        if "html" not in answer.headers.get("Content-Type", "") or answer.status_code not in (200, 404):
            continue
        page = answer.content.decode()
        text = SWITCHER.sub("<", UNSEEN.sub("", unescape(page)))
        if said := [text[max(0, m.start() - 60) : m.end() + 20] for m in HAN.finditer(text)]:
            found[address] = said[:3]
        for href in re.findall(r'href="([^"#][^"]*)"', page):
            onward = urljoin(answer.request["PATH_INFO"], unescape(href))
            if onward.startswith("/") and not NO_PAGE.search(onward) and kind(onward) not in seen:
                seen.add(kind(onward))
                waiting.append(onward)
    return found


@pytest.mark.parametrize("language", ["es", "en", "zh", ""])
def test_the_portal_shows_no_chinese(los_rios: None, language: str) -> None:
    seen: set[str] = set()
    assert not chinese(sits(language), PORTAL, seen)
    assert len(seen) > len(PORTAL), "links were followed"


@pytest.mark.parametrize("language", ["es", "en"])
def test_nobody_who_works_here_is_shown_chinese(los_rios: None, language: str) -> None:
    """Stations and offices: each role begins where it works, and every kind of page that one of them reaches is read once."""
    site = next(row.site_id for row in staff.posts(on=UNTIL) if row.role == "VACCINATION_TECHNICIAN")
    posts = {row.role: row.post_id for row in staff.posts(site_id=site, on=UNTIL) if row.role in STATIONED}
    assert len(posts) == len(STATIONED)
    stations = [f"/console/site/{site}", *(f"/console/site/{site}/{desk}" for desk in DESKS)]
    begins = [(post, stations) for post in posts.values()]
    for post in staff.demo_posts():
        grants = staff.shipped_roles()[staff.post(post["post_id"], UNTIL).role].grants
        begins.append((post["post_id"], [reverse(entry.url) for entry in RAIL if entry.grant in grants]))
    seen: set[str] = set()
    wrong = {post: said for post, begin in begins if (said := chinese(sits(language, post), begin, seen))}
    assert not wrong
    assert len(seen) > 60
