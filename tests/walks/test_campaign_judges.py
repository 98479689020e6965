"""A campaign taken in on its page judges the people who live here by the rules that it brings, in the background."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from seawall.campaigns import jobs
from seawall.people import selectors as people
from seawall.people.services import due, persons_register
from seawall.platform import clock, relay
from seawall.reference import folders, selectors
from seawall.reference.services import city_load
from seawall.terms.people import DocumentGiven, PersonRegister

from .beginning import administrator, joins
from .pages import Visitor

pytestmark = pytest.mark.django_db
SIA = "measles-cl/SIA"
NAMES = "ABCDEFG"


@pytest.fixture
def office(tmp_path: Path, settings) -> Visitor:
    """Of a region whose folder names no programme and whose campaign is still to be taken in."""
    settings.SEAWALL_DEMO, settings.CAMPAIGN_TIME_ZONE = False, ""
    clock.set_to(datetime(2026, 9, 4, 16, tzinfo=UTC))
    region = shutil.copytree(folders.folder("los-rios"), tmp_path / "los-rios")
    (region / "programmes.csv").unlink()
    city_load(region)
    return joins(administrator(""), "office", "Rosa Soto", "COMMAND_OFFICE", "area", "14")


def run(number: int) -> str:
    """An identity number of Chile with its check digit by modulo 11."""
    rest = -sum(int(digit) * (2 + n % 6) for n, digit in enumerate(reversed(str(number)))) % 11
    return f"{number}-{'K' if rest == 10 else rest}"


def registered(anyone, number: int) -> int:
    leaf = selectors.leaves(clock.today())[0]
    person = PersonRegister(
        act=UUID(int=number), occurred_at=clock.now(), name=f"Ana Soto {NAMES[number]}", sex=2, birth=date(2021, 5, 4),
        leaf_id=leaf.area_id, documents=(DocumentGiven(kind="RUN", number=run(20_000_000 + number)),),
    )  # fmt: skip
    (outcome,) = persons_register(anyone, [person])
    assert outcome.refusal is None, outcome.refusal
    return int(str(outcome.answer["person_id"]))


def taken_in(office: Visitor) -> None:
    files = [
        SimpleUploadedFile(path.name, path.read_bytes())
        for path in folders.campaigns(folders.folder("los-rios"))[0].iterdir()
    ]
    office.go("/console/campaign").send("/campaign/files", files=files).sees("The campaign is taken in.")
    relay.deliver()


def test_who_lives_here_is_judged_some_at_a_time_and_the_page_says_how_far(
    office: Visitor, anyone, monkeypatch
) -> None:
    known = [registered(anyone, number) for number in range(1, 6)]
    assert not people.due_rows(known, SIA, clock.today())
    taken_in(office)
    assert jobs.judging()
    office.go("/console/campaign").sees("People are being judged by the rules of this campaign: 0 of 5")
    monkeypatch.setattr(due, "CHUNK", 2)
    refreshed = due.dues_refresh

    def broken(actor, ids, *rest):
        if known[3] in ids:
            raise OSError("the power went")
        return refreshed(actor, ids, *rest)

    with monkeypatch.context() as patch, pytest.raises(OSError, match="power"):
        patch.setattr(due, "dues_refresh", broken)
        jobs.judge_task.func()
    office.go("/console/campaign").sees("judged by the rules of this campaign: 2 of 5")
    jobs.judge_task.func()
    assert {row.status for row in people.due_rows(known, SIA, clock.today()).values()} == {"due"}
    assert "being judged" not in office.go("/console/campaign").text


def test_a_campaign_by_whose_rules_everybody_is_judged_asks_for_nothing(office: Visitor, anyone) -> None:
    taken_in(office)
    assert not jobs.judging(), "nobody lives here yet"
    registered(anyone, 1)
    taken_in(office)
    assert not jobs.judging()
