"""The second city is rehearsed too: some days of a campaign of another country, and not a word of Chinese on its pages."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client

from seawall.drill import services
from seawall.drill.world import world
from seawall.people import selectors as people
from seawall.reports import selectors as reports
from seawall.staff import selectors as staff
from tests import databases
from tests.walks.pages import Visitor, read

HAN = re.compile(r"[\u4e00-\u9fff]")
CITED = re.compile(r"《[^》]*》")  # documents that the program's own rules stand on
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


def test_no_page_says_a_word_of_chinese(los_rios: None) -> None:
    for path in ("/home", "/sites", "/book", "/turn"):
        for language in ("es", "en", "zh", ""):
            page = read(Client(headers={"Accept-Language": language} if language else {}).get(path, follow=True))
            assert not HAN.search(page), (path, language)
    for post in staff.demo_posts():
        visitor = Visitor().takes(post["post_id"])
        for path in ("/console/start", "/console/"):
            told = CITED.sub("", visitor.go(path).text)
            assert not HAN.search(told), (visitor.path, re.findall(r".{30}[\u4e00-\u9fff]+", told)[:5])
    home = read(Client(headers={"Accept-Language": "es"}).get("/home", follow=True))
    assert "Reservar una vacunación" in home
