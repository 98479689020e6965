"""A sentence says local times, names and words: never an instant of another zone, an id or a code.

The kind: moments in sentences.
"""

import re
from datetime import date
from uuid import uuid4

import pytest

from seawall.interfaces.naming import NAMES
from seawall.reference.reasons import placeholders, rendering, say, written
from tests.clinic.world import World
from tests.walks.conftest import hall, loaded  # noqa: F401

pytestmark = pytest.mark.django_db

RAW = re.compile(r"\d{4}-\d\d-\d\d|T\d\d:\d\d|\+00:00|[0-9a-f]{8}-[0-9a-f]{4}-|\b[A-Z]+_[A-Z_]+\b|\b[a-z]+_[a-z_]+\b")
GIVEN = {
    "moment": "2021-06-01T01:30:00+00:00",
    "moments": "2021-06-01T01:45:00+00:00 2021-06-01T02:00:00+00:00",
    "day": "2021-06-01",
    "product": "BIBP|ZF2001",
    "unit": "500103",
    "word": "turned_away|not_valid",
    "role": "STATION_NURSE",
    "need": "EMERGENCY_CLINICIAN, GREEN_CHANNEL",
    "check": "HEALTH_AND_CONTRAINDICATIONS|BODY_SITE",
    "finding": "ALLERGY_COMPONENT",
    "field": "address_zh",
    "reason": "DUE_LATER",
    "number": 7,
    "text": "某",
    "citation": "预防接种工作规范 2016",
}
BY_NAME = {row.code: row for row in written()}


def spoken(code: str, params: dict[str, object], language: str) -> str:
    return say(code, params, language, NAMES)


def test_every_parameter_of_every_sentence_has_a_kind_that_somebody_can_say():
    asked = {(row.code, name) for row in written() for name in placeholders(row.zh)}
    told = {name for name, _ in rendering.kinds()}
    assert {n for _, n in asked if n.endswith(("_id", "_at", "_on"))} <= told  # others are plain text or numbers
    kinds = set(rendering.kinds().values())
    assert kinds <= {*rendering.RENDERERS, *rendering.PLAIN, *NAMES, "reason"}
    assert {n for _, n in asked if n.endswith("_id")} <= {"site_id", "place_id", "import_id"}  # said by name
    assert not {n for _, n in asked} & {
        "act",
        "appointment",
        "visit",
        "event",
        "order",
        "run",
        "proposal",
        "alert",
        "person_id",
    }


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_sentence_shows_an_instant_an_id_or_a_code(hall: World, language: str):  # noqa: F811
    given = GIVEN | {"place": hall.site, "post": hall.posts["screener"]}
    for code, row in BY_NAME.items():
        params = {name: given[rendering.kind(name, code)] for name in placeholders(row.zh)}
        text = spoken(code, params, language)
        known = RAW.findall(row.zh if language != "en" else row.en)  # what the sentence itself quotes, as a file's name
        assert [found for found in RAW.findall(text) if found not in known] == [], f"{code}: {text}"


MOMENT = "2021-06-01T01:30:00+00:00"
SAID = (
    ("SLOT_PAST", {"starts_at": MOMENT}, "The slot at Tue 1 Jun, 09:30 has passed. Choose a later one."),
    ("ALREADY_BOOKED", {"site_id": "site", "starts_at": MOMENT, "state": "booked", "appointment": str(uuid4())},
     "This person has an appointment already: HALL-1, Tue 1 Jun, 09:30 (booked). Move it, or give it back first."),
    ("NO_SUCH_SLOT", {"site_id": "site", "starts_at": MOMENT}, "HALL-1 has no slot on Tue 1 Jun, 09:30."),
    ("SEAT_GONE", {"site_id": "site", "starts_at": MOMENT, "alternatives": "2021-06-01T01:45:00+00:00 2021-06-01T16:15:00+00:00"},
     "The nearest free ones: Tue 1 Jun, 09:45; Wed 2 Jun, 00:15."),
    ("SEAT_GONE", {"site_id": "site", "starts_at": MOMENT, "alternatives": ""}, "The nearest free ones: –."),
    ("NOT_YET_DUE", {"earliest": "2021-06-20", "dose_rank": 2}, "Dose 2 is due from 20 Jun 2021."),
    ("STAY_UNTIL", {"until": MOMENT, "minutes": 7}, "The observation lasts until Tue 1 Jun, 09:30, 7 more minutes."),
    ("ONSET_BEFORE_DOSE", {"onset_at": MOMENT, "dose_at": "2022-01-01T00:00:00+08:00"}, "before the dose (Sat 1 Jan 2022, 00:00)"),
    ("NOT_READY", {"day": "2021-06-01", "missing": "EMERGENCY_KIT"}, "missing: Emergency equipment and drugs."),
    ("WRONG_SITE", {"site_id": 999999}, "The appointment is at another site: this site."),
)  # fmt: skip


@pytest.mark.parametrize(("code", "params", "expected"), SAID, ids=[f"{code}-{n}" for n, (code, *_) in enumerate(SAID)])
def test_moments_are_local_and_places_have_names(hall: World, code: str, params: dict[str, object], expected: str):  # noqa: F811
    asked = {name: hall.site if value == "site" else value for name, value in params.items()}
    assert expected in spoken(code, asked, "en")
    assert "Jun" not in spoken(code, asked, "zh-hans")


def test_an_unnamed_date_is_said_all_the_same(hall: World):  # noqa: F811
    assert rendering.said(date(2021, 6, 1), "text", "zh-hans", {}) == "2021年6月1日"
    assert rendering.said("2021-13-01", "text", "en", {}) == "2021-13-01"
    assert rendering.said(None, "moment", "en", {}) == "–"
