"""The same press sent twice gets the first answer: every form of console and portal, at once and a minute later, with one effect."""

import inspect
import re
from collections.abc import Callable, Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from seawall.platform import clock
from tests.clinic.world import World

from . import presses_batches as batches
from . import presses_certificates as certificates
from . import presses_city as city
from . import presses_cold as cold
from . import presses_for_others as others
from . import presses_outreach as outreach
from . import presses_portal as portal
from . import presses_rounds as rounds
from . import presses_site as site
from . import presses_staff as staff
from . import presses_standby as standby
from . import presses_supply as supply
from . import presses_tally as tally
from .pressing import LATER, SAID, Enter, Press, answered, changed, left

pytestmark = pytest.mark.django_db

STATION = "console/site/<int:site_id>/<slug:station>"
STEP = "console/layout/<int:unit_id>/proposal/<uuid:proposal>"
PRESSES: dict[tuple[str, str], Callable[[World, Enter], Press]] = {
    (STATION, "arrival"): site.arrival,
    (STATION, "screening"): site.screening,
    (STATION, "consent"): site.consent,
    (STATION, "injection"): site.injection,
    (STATION, "leaving"): site.leaving,
    (STATION, "reaction"): site.reaction,
    (STATION, "release"): site.release,
    ("console/station/<int:site_id>/leave", "gone"): site.gone,
    ("console/station/<int:site_id>/reverse", "taken back"): site.taken_back,
    ("console/station/<int:site_id>/call", "called"): site.called,
    ("console/station/<int:site_id>/unseen", "called back"): site.called_back,
    ("console/site/<int:site_id>/corrections/tell", "correction told"): site.corrected,
    ("console/site/<int:site_id>/corrections/sign", "correction signed"): site.signed,
    ("console/site/<int:site_id>/tablets/revoke", "tablet revoked"): site.revoked,
    ("console/site/<int:site_id>/tablets/settle", "conflict settled"): site.settled,
    ("console/site/<int:site_id>/door", "door"): site.door,
    ("console/site/<int:site_id>/capacity/follow", "follow"): site.follow,
    ("console/site/<int:site_id>/open", "opening"): site.opening,
    ("console/site/<int:site_id>/close", "closing"): site.closing,
    ("console/layout/<int:unit_id>/site/<int:site_id>/leave", "site_leave"): site.site_leave,
    (STEP, "check"): site.step("check"),
    (STEP, "approve"): site.step("approve"),
    (STEP, "publish"): site.step("publish"),
    (STEP, "refuse"): site.step("refuse"),
    ("console/sites/open", "opens"): site.opens,
    ("console/site/<int:site_id>/leave", "leaves"): site.leaves,
    ("console/site/<int:site_id>/team/set", "team"): site.team,
    ("console/site/<int:site_id>/week/plan", "week"): site.week,
    ("console/site/<int:site_id>/week/off", "week_off"): site.week_off,
    ("console/campaign/files", "campaign_files"): city.campaign_files,
    ("console/campaign/groups", "campaign_groups"): city.campaign_groups,
    ("console/campaign/plan", "campaign_plan"): city.campaign_plan,
    ("console/campaign/policy", "campaign_policy"): city.campaign_policy,
    ("console/staff/accounts/<int:account_id>/sessions", "sessions"): staff.account_step("sessions"),
    ("console/staff/accounts/<int:account_id>/factor", "factor"): staff.factor,
    ("console/supply/moves", "moves"): site.moves,
    ("console/district/<int:unit_id>/calls", "calls"): city.calls,
    ("console/dispatch", "dispatch"): city.dispatch,
    ("console/evening/unit", "unit_close"): city.unit_close,
    ("console/evening/close", "city_close"): city.city_close,
    ("console/evening/run", "evening_run"): city.evening_run,
    ("console/orders/acknowledge", "acknowledge"): city.acknowledge,
    ("console/orders/execute", "execute"): city.execute,
    ("console/orders/verify", "verify"): city.verify,
    ("console/orders/issue", "issue"): city.issue,
    ("console/orders/take", "alert_take"): city.alert("take"),
    ("console/orders/close", "alert_close"): city.alert("close", note="mended"),
    ("console/supply/place/<int:place_id>/<slug:task>/do", "receive"): staff.receive,
    ("console/supply/place/<int:place_id>/<slug:task>/do", "lose"): supply.lose,
    ("console/supply/place/<int:place_id>/sheet/counted", "count"): staff.count,
    ("console/supply/lot/<str:lot>/hold", "lot_stop"): staff.lot_stop,
    ("console/supply/place/<int:place_id>/picks/send", "picks"): supply.picks,
    ("console/supply/place/<int:place_id>/loans/<slug:act>", "ask"): supply.ask,
    ("console/staff/accounts/new", "account_new"): staff.account_new,
    ("console/staff/accounts/<int:account_id>/close", "account_close"): staff.account_step("close"),
    ("console/staff/accounts/<int:account_id>/reopen", "account_reopen"): staff.account_step("close", "reopen"),
    ("console/staff/accounts/<int:account_id>/invite", "account_invite"): staff.account_step("invite"),
    ("console/staff/assign", "assign"): staff.assign,
    ("console/staff/posts/<int:post_id>/end", "post_end"): staff.post_page("last_day", last_day="2021-12-31"),
    ("console/staff/posts/<int:post_id>/credentials", "credential"): staff.post_page("exam", **staff.TRAINED),
    ("console/policy/<str:code>", "policy"): city.policy,
    ("console/imports/stage", "stage"): staff.stage,
    ("console/imports/<int:import_id>/commit", "commit"): staff.commit,
    ("console/enter", "seated"): portal.seated,
    ("book/hold", "hold"): portal.hold,
    ("book/<uuid:appointment>", "confirm"): portal.confirm,
    ("book/family/add", "family_add"): portal.family_add,
    ("book/family/choose", "family_choose"): portal.family_choose,
    ("book/family/hold", "family_hold"): portal.family_hold,
    ("book/family/<uuid:together>", "family_confirm"): portal.family_confirm,
    ("record/<uuid:appointment>/move", "move"): portal.move,
    ("record/<uuid:appointment>/cancel", "cancel"): portal.cancel,
    ("larger", "larger"): portal.larger,
    ("book", "who"): portal.who,
    ("console/codes/issue", "slip"): portal.slip,
    ("record/unwell", "unwell"): portal.unwell,
    ("leave", "goodbye"): portal.goodbye,
    **batches.PRESSES,
    **certificates.PRESSES,
    **cold.PRESSES,
    **others.PRESSES,
    **outreach.PRESSES,
    **rounds.PRESSES,
    **standby.PRESSES,
    **tally.PRESSES,
    **supply.PRESSES,
}
ELSEWHERE = {
    "console/tablet/<int:site_id>/enrol": "tests/walks/test_tablet.py",
    "console/tablet/<int:site_id>/bundle": "tests/walks/test_tablet.py, which asks for it three times",
    "console/tablet/<int:site_id>/sync": "tests/walks/test_tablet.py, which sends a delivery twice",
    "book/code": "a way in, not an act: a code opens once",
    "book/birth": "a way in, not an act",
    "console/codes": "only shows",
    "console/sign-in": "a way in, not an act",
    "console/act/<slug:name>": "every verb in tests/walks/test_acts.py",
    "console/staff/posts/<int:post_id>": "only shows",
    "console/staff/posts/<int:post_id>/credentials/end": "as the end of a post",
    "console/staff/posts/<int:post_id>/tokens": "the secret is shown once, by design",
    "console/staff/posts/<int:post_id>/tokens/revoke": "as the end of a post",
    "console/sign-out/everywhere": "a way out, not an act",
    "console/living/on": "needs a rehearsed city; lives on to one day",
    "console/plan/<uuid:run_id>/publish": "needs a plan; tests/campaigns: a plan is published once",
    "console/plan/<uuid:run_id>/scenarios": "needs a plan; tests/campaigns: scenarios are kept by their plan",
    "console/layout/<int:unit_id>/propose": "needs streets with coordinates; tests/command/test_layout.py sends it twice",
    "console/certificates": "only finds",
    "console/sign-out": "a way out, not an act",
    "citizen": "a way in of a demonstration",
    "i18n/setlang/": "a choice of language, not an act",
}
APART = ("console/people/",)  # records, pressed in tests/walks/test_people_pages.py
SENDS = re.compile(r"require_POST|request\.POST|method [!=]= \"POST\"|def post\b")


def sending(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Addresses whose view reads a form."""
    for entry in resolver.url_patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from sending(entry, path)
        elif isinstance(entry, URLPattern):
            view = getattr(entry.callback, "view_class", inspect.unwrap(entry.callback))
            ours = getattr(view, "__module__", "").startswith(("seawall.", "django.views.i18n"))
            if ours and not path.startswith("api/") and SENDS.search(inspect.getsource(view)):
                yield path


def test_every_form_is_pressed_twice():
    told = {path for path, _ in PRESSES} | set(ELSEWHERE)
    assert {path for path in sending(get_resolver()) if not path.startswith(APART)} == told


WAYS = {"seated", "larger", "family_choose", "goodbye"}
"""Presses that change nothing but the visit itself."""


@pytest.mark.parametrize("name", PRESSES, ids=[name for _, name in PRESSES])
def test_the_same_press_sent_twice_gets_the_first_answer(hall: World, sign_in: Enter, name: tuple[str, str]):
    press = PRESSES[name](hall, sign_in)
    before = left()
    first = answered(press)
    once = left()
    assert 'class="band refusal"' not in first[2]
    again = answered(press)
    assert again == first
    for wait in LATER:
        clock.set_to(clock.now() + wait)
        later = answered(press)
        assert later[:2] == first[:2]
        assert SAID.findall(later[2]) == SAID.findall(first[2])
    assert changed(once, left()) == set(), "one effect"
    assert bool(changed(before, once)) == (name[1] not in WAYS), "an effect"
