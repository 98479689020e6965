"""Board, plan, policy and district board of the rehearsed city, through their doors: one verdict, true causes, days that are days."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.services import policies
from seawall.command import selectors as command
from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.reports.boards import unreached
from seawall.supply import selectors as supply
from seawall.supply import services as supply_services
from seawall.terms.actor import Actor, Reach
from seawall.terms.acts import Refused
from seawall.terms.codes import PlaceKind
from seawall.terms.stock import DosesReserve
from tests.city import LIVED_UNTIL
from tests.walks.pages import Visitor, read

ANYONE = Actor(
    account_id=1, post_id=1, role="TEST", grants=frozenset({"*"}), reach=Reach(everywhere=True), language="en"
)
TODAY = LIVED_UNTIL + timedelta(days=1)
WORD = re.compile(r'<h1>\s*<span class="state-tag (\w+)')


@pytest.fixture(autouse=True)
def _in_the_city(
    city: str, settings: pytest.FixtureRequest, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    settings.SEAWALL_DEMO = True
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def director() -> Visitor:
    return Visitor().takes_post("LEADING_GROUP_HEAD")


@pytest.fixture
def unit() -> int:
    """The unit with the most sites."""
    count = sql.fetch(
        "SELECT ul.unit_id FROM sites_site s JOIN reference_unitleaf ul ON ul.leaf_id = s.leaf_id "
        "JOIN reference_reportingunit u ON u.id = ul.unit_id AND u.kind = 'plan' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
    )
    return int(count[0][0])


@pytest.mark.parametrize("page", ["/console/board", "/console/district/{unit}", "/console/worth", "/console/supply"])
@pytest.mark.parametrize(
    ("day", "status", "words"),
    [
        ("today", 400, "is not a day"),
        ("2021-02-30", 400, "is not a day"),
        ("0001-01-01", 404, "not a day of this campaign"),
        ("9999-12-31", 404, "not a day of this campaign"),
    ],
)
def test_a_day_that_is_none_is_answered_in_words(director, unit, page, day, status, words):
    director.go(page.format(unit=unit) + f"?day={day}", status).sees(words)


@pytest.mark.parametrize("page", ["/console/board", "/console/district/{unit}"])
def test_a_day_without_a_closing_has_no_figures(director, unit, page):
    director.go(page.format(unit=unit) + f"?day={TODAY + timedelta(days=3)}", 404).sees("has not been closed")


def test_board_plan_and_policy_say_one_verdict(director):
    board = WORD.search(director.go("/console/board").text)
    plan = WORD.search(director.go("/console/plan").text)
    assert board and plan and board.group(1) == plan.group(1)
    waiting = next(p.code for p in campaigns.policies(campaigns.current().code) if not p.applied)
    told = [
        command.command_board(ANYONE, campaigns.current(), LIVED_UNTIL).verdict,
        command.plan_page(ANYONE, campaigns.current()).verdict,
        command.policy_preview(ANYONE, campaigns.current(), waiting).moves.verdict_before,
    ]
    kept = [{key: getattr(row, key) for key in ("state", "code", "expected_on", "short", "met")} for row in told]
    assert kept[0] == kept[1] == kept[2]


def test_a_preview_says_who_would_miss_the_target_and_what_would_cure_it():
    code = campaigns.current().code
    waiting = next(p.code for p in campaigns.policies(code) if not p.applied)
    page = command.policy_preview(ANYONE, campaigns.current(), waiting).moves
    short = page.verdict_after.short
    assert short == sum(row.people for row in page.missed)
    assert (page.verdict_after.code == "NOT_ON_TIME") >= (short > 0)
    assert bool(page.hit) == bool(page.missed)
    for row in page.cures:
        assert row.remedy.zh and row.remedy.en


def test_a_preview_ends_with_its_time(monkeypatch):
    """A person waits: out of time, the best plan found is said to be that, or nothing is answered in words."""
    monkeypatch.setattr(policies, "SECONDS", 0.01)
    code = campaigns.current().code
    sql.execute("DELETE FROM campaigns_policylook")
    waiting = next(p.code for p in campaigns.policies(code) if not p.applied)
    try:
        assert command.policy_preview(ANYONE, campaigns.current(), waiting).moves.stopped
    except Refused as refused:
        assert refused.refusal.code == "PLAN_TIME_UP"
    sql.execute("DELETE FROM campaigns_policylook")


def test_what_is_done_is_told_by_where_it_comes_from():
    board = command.command_board(ANYONE, campaigns.current(), LIVED_UNTIL)
    assert sum(board.sources.values()) == board.figures.done
    assert board.sources["before"] == board.burnup.base > 0
    assert board.sources["here"] == board.reconciliation.given


@pytest.mark.parametrize("before", [0, 1, 7])
def test_nothing_published_after_the_day_stands_on_its_board(before):
    board = command.command_board(ANYONE, campaigns.current(), LIVED_UNTIL - timedelta(days=before))
    assert board.burnup.published is None
    assert all(row.since <= LIVED_UNTIL for row in board.obstacles)


def test_every_obstacle_names_its_cause_and_an_owner():
    rows = command.command_board(ANYONE, campaigns.current(), LIVED_UNTIL).obstacles
    behind = [row.why for row in rows if row.why.code.startswith("BEHIND_")]
    assert behind and all(row.owner for row in rows)
    assert len({reference.say(w.code, w.params, "en") for w in behind}) > len(behind) // 2
    assert not [row for row in rows if row.why.code == "UNIT_BEHIND_PLAN"]


def test_the_board_names_every_place_where_a_later_dose_that_is_due_has_no_dose(director):
    place = max(reference.places([PlaceKind.SITE]), key=lambda row: row.place_id)
    held = sum(row.doses for row in supply.stock([place.place_id]))
    keep = DosesReserve(
        act=uuid4(), occurred_at=clock.now(), place_id=place.place_id, product="BIBP", doses=held + 7, until=TODAY
    )
    assert supply_services.doses_reserve.one(ANYONE, keep).done
    later = command.command_board(ANYONE, campaigns.current(), LIVED_UNTIL).later
    assert place.place_id in {row.place_id for row in later.rows}
    shown = f"{later.doses} doses at {later.places} place" + "s" * (later.places > 1)
    director.go("/console/board").sees(f"Later doses due without a dose: {shown}", place.name_en)
    assert 'href="/console/supply#later"' in director.text
    assert {row.place_id for row in command.supply_page(ANYONE, LIVED_UNTIL).later.rows} == {
        row.place_id for row in later.rows
    }
    sql.execute("UPDATE supply_reserve SET doses = 0")
    director.go("/console/board").sees("Every later dose due has its dose")


def test_orders_of_past_days_are_counted_and_do_not_lead():
    sql.execute("UPDATE command_order SET executed_at = NULL, state = 'issued' WHERE for_day = %s", [LIVED_UNTIL])
    orders = command.command_board(ANYONE, campaigns.current(), LIVED_UNTIL).orders
    assert orders.day == TODAY and orders.past_open > 0
    listed = {row.order_id for row in orders.rows}
    assert listed <= {order.order for order in command.orders(for_day=TODAY)}


def test_safety_is_live_whatever_day_the_board_is_of(director):
    director.go(f"/console/board?day={LIVED_UNTIL - timedelta(days=5)}")
    strip = command.command_board(ANYONE, campaigns.current(), LIVED_UNTIL - timedelta(days=5)).safety
    assert clock.now() - strip.at < timedelta(minutes=1)


def test_the_wall_has_its_own_name_and_does_not_reload_itself(director):
    page = director.go("/console/board?view=wall").text
    assert "Command wall" in page and 'http-equiv="refresh"' not in page
    assert page.count('class="wall-view"') == 3
    assert len(re.findall(r"<h1", page)) == 1


# the district board


def district(unit: int, day: date | None = None) -> command.DistrictBoard:
    return command.district_board(ANYONE, campaigns.current(), unit, day)


def test_before_the_first_dose_a_district_is_neither_ahead_nor_behind(unit):
    officer = Visitor().takes_post("FIRST_RESPONSIBLE", unit).go(f"/console/district/{unit}")
    page = district(unit)
    assert page.running and page.day == TODAY and page.known == LIVED_UNTIL
    assert page.quota.done == 0
    assert page.verdict.code in {"NOT_BEGUN", "NO_QUOTA", "BEHIND_QUOTA"}
    yesterday = sum(reports.leaf_doses(campaigns.current().code, LIVED_UNTIL, unit).values())
    assert page.yesterday.done == yesterday
    officer.sees(f"closed: {yesterday} done of a quota of")
    assert "met" not in re.findall(r"<h1>.*?</h1>", officer.text, re.S)[0]


def test_a_closed_day_is_shown_as_it_was_and_nothing_live_beside_it(unit):
    page = district(unit, LIVED_UNTIL)
    assert not page.running and page.stamp.state == "final"
    assert page.sites == () and page.orders is None and page.calls is None
    told = Visitor().takes_post("FIRST_RESPONSIBLE", unit).go(f"/console/district/{unit}?day={LIVED_UNTIL}").text
    assert "Live" not in told


@pytest.mark.parametrize(("state", "door", "shown"), [("open", "normal", "open"), ("open", "held", "held")])
def test_a_site_opened_today_shows_open(unit, state, door, shown):
    site = district(unit).sites[0].site_id
    before = sql.fetch(
        "SELECT s.state, p.door FROM sites_session s JOIN sites_site p USING (site_id) WHERE site_id = %s AND day = %s",
        [site, TODAY],
    )[0]
    sql.execute("UPDATE sites_session SET state = %s WHERE site_id = %s AND day = %s", [state, site, TODAY])
    sql.execute("UPDATE sites_site SET door = %s WHERE site_id = %s", [door, site])
    assert {row.site_id: row.state for row in district(unit).sites}[site] == shown
    sql.execute("UPDATE sites_session SET state = %s WHERE site_id = %s AND day = %s", [before[0], site, TODAY])
    sql.execute("UPDATE sites_site SET door = %s WHERE site_id = %s", [before[1], site])


def test_an_open_site_without_an_entry_for_half_an_hour_is_silent(unit):
    site = district(unit).sites[0].site_id
    sql.execute(
        "UPDATE sites_session SET state = 'open', opens_at = %s WHERE site_id = %s AND day = %s",
        [clock.now() - timedelta(minutes=50), site, TODAY],
    )
    rows = {row.site_id: row for row in district(unit).sites}
    assert 50 <= rows[site].silent_minutes <= 52
    sql.execute("UPDATE sites_session SET state = 'planned' WHERE site_id = %s AND day = %s", [site, TODAY])
    assert {row.site_id: row for row in district(unit).sites}[site].silent_minutes is None


def test_the_sites_of_a_unit_cost_the_same_statements_however_many_they_are(unit):
    few = sql.fetch(
        "SELECT ul.unit_id FROM sites_site s JOIN reference_unitleaf ul ON ul.leaf_id = s.leaf_id "
        "JOIN reference_reportingunit u ON u.id = ul.unit_id AND u.kind = 'plan' GROUP BY 1 ORDER BY count(*), 1 LIMIT 1"
    )[0][0]
    counts = []
    for one in (unit, few):
        district(one)
        with CaptureQueriesContext(connection) as queries:
            district(one)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_call_list_that_was_assigned_is_counted_and_not_assigned_twice():
    officer = Visitor().takes_post("DISTRICT_OFFICER")
    unit = int(officer.go("/console/district").path.rsplit("/", 1)[1])
    sql.execute(
        "UPDATE reports_standing SET later_overdue = later_overdue + 3 WHERE (day, leaf_id, campaign_group) = (SELECT "
        "f.day, f.leaf_id, f.campaign_group FROM reports_standing f JOIN reference_unitleaf l ON l.leaf_id = f.leaf_id "
        "WHERE f.day = %s AND l.unit_id = %s ORDER BY 2, 3 LIMIT 1)",
        [LIVED_UNTIL, unit],
    )
    before = district(unit).calls
    assert before.waiting >= 3
    assert not calls_form(Visitor().takes_post("LEADING_GROUP_HEAD").go(f"/console/district/{unit}"))
    (form,) = calls_form(officer.go(f"/console/district/{unit}"))
    officer.send(f"/console/district/{unit}/calls")
    calls = district(unit).calls
    assert (calls.assigned, calls.waiting) == (before.assigned + before.waiting, 0)
    assert not calls_form(officer)
    another = {**form.values, "act": str(uuid4())}
    again = officer.client.post(f"/console/district/{unit}/calls", another, follow=True, HTTP_ACCEPT_LANGUAGE="en")
    assert "on a call list already" in read(again)
    assert district(unit).calls.assigned == calls.assigned


def calls_form(visitor: Visitor) -> list:
    return [form for form in visitor.forms() if form.action.endswith("/calls")]


def test_the_count_without_a_reason_opens_to_its_people(unit):
    page = district(unit)
    rows = unreached(ANYONE, campaigns.current(), unit)
    assert rows.total == page.no_reason
    assert len(rows.people) == min(rows.total, 200)
    allowed = Visitor().takes_post("DISTRICT_OFFICER")
    mine = allowed.go("/console/district").path.rsplit("/", 1)[1]
    allowed.go(f"/console/district/{mine}/unreached").sees("without a reason")
    head = Visitor().takes_post("FIRST_RESPONSIBLE", unit).go(f"/console/district/{unit}")
    assert "/unreached" not in head.text
    head.go(f"/console/district/{unit}/unreached", 403)
