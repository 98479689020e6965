"""The days go on among anybody's acts, whatever a visitor left behind; and what stops them says what happened and what to do."""

import time
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from seawall.campaigns import selectors as campaigns
from seawall.clinic import selectors as clinic
from seawall.clinic import services as clinic_services
from seawall.command import lists
from seawall.drill import selectors as drill
from seawall.drill import services as life
from seawall.drill.acts import holding
from seawall.people import services as people
from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.sites import selectors as sites
from seawall.sites import services as site_services
from seawall.staff import selectors as staff
from seawall.staff.roles import shipped_roles
from seawall.supply import selectors as supply
from seawall.supply import services as supply_services
from seawall.terms.actor import Actor
from seawall.terms.codes import LotState, SiteKind
from seawall.terms.rosters import PersonMerge
from seawall.terms.sites import ReadinessRecord, SessionOpen
from seawall.terms.stock import LotHold
from seawall.terms.visits import SiteOpen
from tests.city import LIVED_UNTIL
from tests.clinic.world import World, done, resident_id
from tests.walks.pages import Visitor, post_of

DAY = LIVED_UNTIL + timedelta(days=1)
NINTH_OF_JUNE, DEADLINE = date(2021, 6, 9), date(2021, 6, 30)
IMPORTED = 300
NAMES = "春夏秋冬梅兰竹菊松柏山川江河云雨风雪星月"
NEEDS = frozenset({"EMERGENCY_CLINICIAN", "EMERGENCY_KIT", "AMBULANCE", "GREEN_CHANNEL"})


@pytest.fixture(autouse=True)
def _in_the_city(
    city: str, settings: pytest.FixtureRequest, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    settings.SEAWALL_DEMO = True
    with django_db_blocker.unblock():
        yield


def next_morning(anyone: Actor) -> World:
    """The makers of acts, at nine in the morning of the next day, at the site that holds most vaccine."""
    clock.set_to(clock.now().replace(hour=1, minute=0))
    world = World(anyone, clock.now())
    here = {s.site_id for s in sites.sites(clock.today())}
    packs = [p for p in supply.packs(sorted(here)) if p.product == "BIBP" and p.doses_left == 1]
    world.site = max(sorted(here), key=lambda s: sum(p.place_id == s for p in packs))
    row = sites.site(world.site)
    assert row is not None
    world.leaf, world.serial = row.leaf_id, 500
    world.posts = {r.lower(): post_of(r, site=world.site) for r in ("SCREENER", "VACCINATOR", "OBSERVER")}
    return world


@pytest.fixture
def hall(anyone: Actor) -> World:
    return next_morning(anyone)


def lived_by_page(visitor: Visitor, until: str = "next") -> str:
    """Press "Next day", or "On to 30 Jun", wait until it is lived or has stopped; what the control says then."""
    visitor.go("/console/living").send("until", until=until)
    while drill.live_progress()["running"]:
        time.sleep(0.25)
    return visitor.go("/console/living").text


def visited(hall: World) -> Visitor:
    """A visitor presses whatever there is to press, under the posts that may; the director who applied the policy."""
    director = Visitor().takes_post("LEADING_GROUP_HEAD")
    code = next(p.code for p in campaigns.policies(campaigns.current().code) if not p.applied)
    assert director.client.post(f"/console/policy/{code}").status_code == 302
    assert all(p.applied for p in campaigns.policies(campaigns.current().code) if p.code == code)
    imported()
    merged(hall)
    sites_opened_and_left_open(hall)
    left_in_observation_and_open(hall)
    lot_held(hall)
    return director


def test_the_days_go_on_among_a_visitors_acts(hall: World) -> None:
    said = lived_by_page(visited(hall))
    assert drill.live_progress()["stopped"] is None and 'role="alert"' not in said
    assert drill.lived_until() == DAY == reports.last_closing()
    life.live_until(DAY + timedelta(days=1))
    assert drill.lived_until() == DAY + timedelta(days=1)
    assert len(clinic.given(DAY)) > 0 < len(clinic.given(DAY + timedelta(days=1)))
    assert hall.site in {
        s for u in reports.units_closed(DAY).values() for s in u
    }  # not closed for its open visits, and said
    assert "SITES_NOT_CLOSED" in {a.code for a in lists.alerts(DAY)}
    assert supply.difference() == []


@pytest.mark.long
def test_the_last_three_weeks_go_on_among_a_visitors_acts(anyone: Actor) -> None:
    life.live_until(NINTH_OF_JUNE)
    said = lived_by_page(visited(next_morning(anyone)), "deadline")
    assert drill.live_progress()["stopped"] is None and 'role="alert"' not in said
    assert drill.lived_until() == DEADLINE == reports.last_closing()
    assert len(clinic.given(DEADLINE)) > 0
    assert supply.difference() == []


def imported() -> None:
    """A liaison sends a roster of strangers to the city through the page."""
    (organisation,) = staff.posts(role="ROSTER_LIAISON")[0].refs("organisation")
    rows = "".join(
        f"李{NAMES[n % 20]}{NAMES[n // 20]},{resident_id(date(1985, 3, 2), n)},女,1985-03-02\n"
        for n in range(1, IMPORTED + 1)
    )
    file = SimpleUploadedFile("roster.csv", ("姓名,证件号码,性别,出生日期\n" + rows).encode(), "text/csv")
    before = sql.fetch("SELECT count(*) FROM people_person")[0][0]
    liaison = Visitor().takes_post("ROSTER_LIAISON").go(f"/console/rosters/{organisation}")
    liaison.send("file", file=file).send("commit")
    taken = sql.fetch("SELECT count(*) FROM people_person")[0][0] - before
    assert 0.9 * IMPORTED < taken <= IMPORTED  # a row that looks like somebody known is put aside for review


def merged(hall: World) -> None:
    """Two of the city are found to be one; and one of the city is found to be a stranger who was imported."""
    ids = [i for (i,) in sql.fetch("SELECT id FROM people_person ORDER BY id")]
    pairs = [(ids[10], ids[11]), (ids[12], ids[-1])]
    done(
        people.person_merge(
            hall.actor,
            [PersonMerge(**hall.base(), person_id=gone, into_id=kept, reason="same") for gone, kept in pairs],
        )
    )


def sites_opened_and_left_open(hall: World) -> None:
    """A new site; and the day of an old one opened by hand, which nobody closes."""
    made = SiteOpen(
        **hall.base(), code="VISITOR-1", kind=SiteKind.FIXED, name_zh="访客接种点", name_en="Visitor's site",
        leaf_id=hall.leaf, address_zh="", address_en="", phone="", stations=4, seats=60, longitude=106.5, latitude=29.5,
        synthetic=True,
    )  # fmt: skip
    site = done(site_services.site_open(hall.actor, [made]))[0].answer["site_id"]
    hall.open_day(int(str(site)), clock.today())
    ready = ReadinessRecord(**hall.base(), site_id=hall.site, day=clock.today(), ready=NEEDS)
    done(site_services.readiness_record(hall.actor, [ready]))
    done(site_services.session_open(hall.actor, [SessionOpen(**hall.base(), site_id=hall.site, day=clock.today())]))


def left_in_observation_and_open(hall: World) -> None:
    """Two get their second dose: one leaves, one stays in the seat; a third has come no farther than the ticket."""
    month_ago = clock.today() - timedelta(days=30)
    codes = [p.code for p in supply.packs([hall.site]) if p.product == "BIBP" and p.doses_left == 1]
    known = hall.persons(3, birth=date(1990, 1, 1))
    for person in known:
        hall.history(person, month_ago)
    seated = [hall.ready(p) for p in known[:2]]
    clock.set_to(hall.now + timedelta(minutes=15))
    assert all(hall.give(v, code).done for v, code in zip(seated, codes, strict=False))
    clock.set_to(hall.now + timedelta(minutes=50))
    done(clinic_services.observation_end(hall.actor, [hall.leave(seated[0], 45)]))
    hall.arrive(known[2], 45)


def lot_held(hall: World) -> None:
    """The lot that most sites hold is stopped everywhere."""
    lots = [row.lot for row in supply.stock() if row.lot_state == LotState.RELEASED]
    lot = max(sorted(set(lots)), key=lots.count)
    hold = LotHold(**hall.base(), lot=lot, place_id=None, state=LotState.QUARANTINED, authority="test")
    done(supply_services.lot_hold(hall.actor, [hold]))


@pytest.mark.parametrize(("language", "said"), [("en", "The rehearsal stopped on"), ("zh-hans", "演练停在")])
def test_what_stops_says_what_happened_and_goes_on_once_it_is_put_right(language: str, said: str) -> None:
    last = drill.lived_until()
    assert last is not None
    (kept,) = sql.fetch("SELECT files::text, digest FROM campaigns_campaign")
    sql.execute("UPDATE campaigns_campaign SET files = '{}', digest = %s", [f"torn {language}"])
    director = Visitor().takes_post("LEADING_GROUP_HEAD")
    director.client.cookies["django_language"] = language
    text = lived_by_page(director)
    assert said in text and 'role="alert"' in text
    assert reference.say("EVENING_PLAN", {}, language) in text and drill.lived_until() == last
    sql.execute("UPDATE campaigns_campaign SET files = %s, digest = %s", kept)
    if language == "en":
        assert 'role="alert"' not in lived_by_page(director)
        assert drill.lived_until() == last + timedelta(days=1)


def test_the_rehearsal_acts_under_real_roles_only() -> None:
    for role in ("REGISTRAR", "SCREENER", "VACCINATOR", "OBSERVER", "SITE_MANAGER", "COMMAND_OFFICE", "GRID_WORKER"):
        assert holding(role).grants == shipped_roles()[role].grants and "*" not in holding(role).grants
    with pytest.raises(KeyError):
        holding("DRILL")
    assert sql.fetch("SELECT count(*) FROM platform_act WHERE verb = 'dose_give' AND refusal = 'NOT_PERMITTED'") == [
        (0,)
    ]
