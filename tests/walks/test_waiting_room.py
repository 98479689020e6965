"""The opening day at the public's door: whoever comes when too many come waits, keeps the place, and is let in; nothing fails."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.test import Client

from seawall.booking import selectors
from seawall.booking import services as bookings
from seawall.interfaces.portal import room
from seawall.platform import clock, sql, turns
from seawall.sites import selectors as sites
from seawall.terms.bookings import ReleaseAnnounce
from tests.clinic.world import CAMPAIGN, DAY, World, done

from .pages import read
from .test_portal import citizen, slot

MINUTES = timedelta(minutes=1)


@pytest.fixture
def narrow(monkeypatch):
    """A room that lets in only those who are named, until the pace is set."""

    def made(pace: float = 0.0, ahead: float = 0.0) -> turns.Watch:
        watch = turns.Watch(f"t{uuid4().hex[:8]}", turns.Rules(pace, ahead, timedelta(minutes=15)))
        monkeypatch.setattr(turns, "SEEN_FOR", 0.0)
        monkeypatch.setattr(room, "watch", lambda: watch)
        return watch

    return made


@pytest.mark.django_db
def test_who_is_not_let_in_sees_the_place_and_keeps_it_when_the_page_closes(hall: World, narrow):
    narrow()
    (person,) = hall.persons(1)
    client = citizen(person)
    page = client.get("/book/when")
    assert page.status_code == 200
    assert "Your place:" in read(page)
    assert page["Refresh"] and "no-store" in page["Cache-Control"]
    place = client.cookies["place"].value
    (drawn,) = sql.fetch("SELECT last_value FROM platform_turn")
    assert "Your place:" in read(client.get("/book/when"))
    assert client.cookies["place"].value.split(":")[0] == place.split(":")[0]
    assert sql.fetch("SELECT last_value FROM platform_turn") == [drawn], "nobody draws twice"
    assert client.post("/book/hold", slot(hall))["Location"].endswith("/book/when")
    assert sites.taken(DAY, DAY) == {}
    assert "Your place:" in read(Client(headers={"accept-language": "en"}).get("/book")), "before saying who one is"

    narrow(pace=1e6, ahead=1)
    assert "When and where?" in read(client.get("/book/when"))


@pytest.mark.django_db
def test_a_place_that_was_made_up_is_none(hall: World, narrow):
    narrow()
    client = citizen(hall.persons(1)[0])
    client.cookies["place"] = "1.0.99999999999:forged"
    assert "Your place:" in read(client.get("/book/when"))


@pytest.mark.django_db
def test_before_an_announced_moment_everybody_waits_for_the_draw(hall: World, narrow):
    narrow(pace=1000, ahead=1)
    told = {
        "campaign": CAMPAIGN,
        "opens": DAY,
        "closes": DAY,
        "source": "notice",
        "released_at": hall.now + 10 * MINUTES,
    }
    done(bookings.release_announce(hall.actor, [ReleaseAnnounce(**hall.base(), **told)]))
    clients = [citizen(person) for person in hall.persons(3)]
    for client in clients:
        assert "Then a draw places everybody who came before" in read(client.get("/book/when"))
    clock.set_to(hall.now + 10 * MINUTES)
    for client in clients:
        assert "When and where?" in read(client.get("/book/when"))


@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_a_moment_to_wait(hall: World, narrow, monkeypatch):
    narrow(pace=1000, ahead=1)
    client = citizen(hall.persons(1)[0])
    client.get("/book/when")
    told = slot(hall)
    with monkeypatch.context() as broken:
        broken.setattr("seawall.booking.services.book_grouped.one", _silent)
        page = client.post("/book/hold", told)
    assert page.status_code == 200
    assert "Nothing is lost" in read(page) and told["act"] in read(page)
    assert client.post("/book/hold", told)["Location"] == f"/book/{told['act']}", "the same press goes on"


def _silent(*_args):
    raise OperationalError("the database does not answer")


@pytest.fixture
def opening_day(hall: World, monkeypatch):
    """The public's own line, at a pace that nobody reaches by waiting, looked at anew by every request."""
    rules = turns.Rules(1 / 60, 0, timedelta(minutes=15))
    monkeypatch.setattr(turns, "SEEN_FOR", 0.0)
    monkeypatch.setattr(selectors.tables, "line_rules", lambda: rules)
    monkeypatch.setattr(selectors, "line_rules", lambda: rules)
    watch = turns.Watch(selectors.LINE, rules)
    monkeypatch.setattr(room, "watch", lambda: watch)


@pytest.mark.django_db
def test_who_runs_the_opening_sees_who_waits_how_far_it_is_and_why(hall: World, sign_in, opening_day):
    office = sign_in("COMMAND_OFFICE", ("area", "500000")).go("/console/opening")
    office.sees("Nobody waits: whoever comes is let in", "not at all")
    for person in hall.persons(3):
        assert "Your place:" in read(citizen(person).get("/book/when"))
    office.go("/console/opening").sees("3 people wait", "More come than can be served", "1 of 1 that can be served")
    office.sees("about 3 minutes").go("/console/releases").sees('href="/console/opening"')


@pytest.mark.django_db
def test_who_runs_the_opening_lets_nobody_in_for_now_and_says_why(hall: World, sign_in, opening_day):
    office = sign_in("COMMAND_OFFICE", ("area", "500000")).go("/console/opening")
    office.send("a_minute", a_minute="0", reason="the database is slow").sees(
        "The pace is set", "At most 0 a minute since"
    )
    (person,) = hall.persons(1)
    client = citizen(person)
    waiting = read(client.get("/book/when"))
    assert "Nobody is let in at this moment. Your place is kept." in waiting and "about" not in waiting
    office.go("/console/opening").sees(
        "Nobody is let in; 1 person", "until somebody is let in again", "the database is slow"
    )
    office.send("a_minute", a_minute="", reason="it is quick again").sees("As many are let in as can be served")
    assert "Your turn comes in about 1 minute" in read(client.get("/book/when"))


@pytest.mark.django_db
def test_the_room_is_run_by_who_releases_seats(hall: World, sign_in, opening_day):
    sign_in("HELPLINE_OPERATOR", ("area", "500000")).go("/console/opening", status=403)
