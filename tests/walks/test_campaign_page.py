"""The campaign by page and interface: read, taken in whole or not at all, groups assigned, a plan made, a policy proposed."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from seawall.campaigns import selectors as campaigns
from seawall.campaigns import services
from seawall.campaigns.boards.campaign import campaign_page
from seawall.people import selectors as people
from seawall.people import services as people_services
from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.reports import services as reports
from seawall.terms.campaigns import CampaignSet
from seawall.terms.closings import CityDayClose, UnitDayClose
from seawall.terms.people import DueRefresh
from seawall.terms.rosters import FileContent
from tests.clinic.conftest import CITY
from tests.clinic.world import CAMPAIGN, DAY, PROGRAMME, World, done

from .pages import read

AREA = ("area", "500000")


def folder() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(CITY).iterdir()}


def sent(visitor, files: dict[str, bytes]) -> str:
    visitor.go("/console/campaign")
    form = visitor.form("/console/campaign/files").values
    parts = [SimpleUploadedFile(name, body) for name, body in files.items()]
    data = form | {"act": str(uuid4()), "files": parts}
    answer = visitor.client.post("/console/campaign/files", data, follow=True, headers={"Accept-Language": "en"})
    return str(read(answer))


def test_a_folder_is_taken_in_whole_or_not_at_all(hall: World, sign_in) -> None:
    office = sign_in("COMMAND_OFFICE", AREA).go("/console/campaign").sees("Phases", "Targets", "Mass vaccination")
    wrong = folder() | {"targets.csv": folder()["targets.csv"].replace(b"0.53", b"53")}
    assert "were not taken in" in sent(office, wrong)
    assert {t.share for t in campaigns.targets(CAMPAIGN)} >= {0.53}
    assert "is taken in" in sent(office, folder() | {"targets.csv": folder()["targets.csv"].replace(b"0.53", b"0.54")})
    assert {t.share for t in campaigns.targets(CAMPAIGN)} >= {0.54}
    office.client.cookies["django_language"] = "zh-hans"
    office.go("/console/campaign").sees("重排计划", "录入活动文件夹", "提出政策")


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({}, "CAMPAIGN_FILES_WRONG"),
        ({"campaign.toml": "["}, "CAMPAIGN_FILES_WRONG"),
        ({"other.csv": ""}, "CAMPAIGN_FILES_WRONG"),
    ],
    ids=["nothing", "half a line", "a stranger"],
)
def test_files_that_make_no_campaign_are_refused(hall: World, files: dict[str, str], why: str) -> None:
    refusal = services.campaign_set.one(
        hall.actor, CampaignSet(**hall.base(), files={name: FileContent(text) for name, text in files.items()})
    ).refusal
    assert refusal is not None and refusal.code == why


def test_a_plan_is_made_once_there_is_a_closing_and_quotas_are_read_down_to_the_street(hall: World, sign_in) -> None:
    office = sign_in("COMMAND_OFFICE", AREA).go("/console/campaign")
    office.send("/console/campaign/plan").sees("has not closed a day yet")
    units = [UnitDayClose(**hall.base(), unit_id=u.unit_id, day=DAY) for u in reference.units(DAY)]
    done(reports.unit_day_close(hall.actor, units))
    done([reports.city_day_close.one(hall.actor, CityDayClose(**hall.base(), day=DAY, campaign=CAMPAIGN))])
    office.go("/console/campaign").send("/console/campaign/plan").sees("The plan is made")
    (run,) = campaigns.plans(CAMPAIGN)
    office.go("/console/plan").send(f"/console/plan/{run.run_id}/publish")
    mine, other = reference.units(DAY)[:2]
    sql.execute(  # a hall of nobody has no quota of its own
        "INSERT INTO campaigns_quota (campaign, day, unit_id, group_code, product, dose_rank, doses, run_id) "
        "VALUES (%s, %s, %s, 'HEALTH', 'BIBP', 1, 97, %s)",
        [CAMPAIGN, DAY + timedelta(days=1), mine.unit_id, run.run_id],
    )
    page = campaign_page(hall.actor, campaigns.current(), None, mine.unit_id)
    assert page.unit and (page.unit.first, sum(s.first for s in page.streets)) == (97, 97)
    assert [(o.part_id, o.first) for o in page.organisations] == [(None, 97)]
    officer = sign_in("DISTRICT_OFFICER", ("unit", mine.code)).go(f"/console/campaign?unit={mine.unit_id}")
    officer.sees("97 first and 0 later doses", "of no organisation")
    assert "/console/campaign/plan" not in {f.action for f in officer.forms()}
    assert officer.client.get(f"/console/campaign?unit={other.unit_id}").status_code == 403
    assert officer.client.post("/console/campaign/plan", {"act": str(uuid4())}).status_code == 403


def test_groups_are_assigned_and_a_policy_is_proposed_from_the_page(hall: World, sign_in) -> None:
    hall.persons(3)
    office = sign_in("COMMAND_OFFICE", AREA).go("/console/campaign")
    office.send("/console/campaign/groups").sees("Everybody is in a group again")
    assert sum(campaigns.group_counts(CAMPAIGN).values()) >= 3
    told = {"code": "PAUSE_X", "value": "later_doses_only", "name_zh": "试行", "name_en": "Trial", "source": "letter 7"}
    office.send("/console/campaign/policy", **told, since="2021-05-02", until="2021-05-01").sees("PAUSE_X")
    assert "PAUSE_X" not in {p.code for p in campaigns.policies(CAMPAIGN)}
    form = office.go("/console/campaign").form("/console/campaign/policy").values | told | {"until": "2021-05-20"}
    office.client.post("/console/campaign/policy", form)
    (made,) = [p for p in campaigns.policies(CAMPAIGN) if p.code == "PAUSE_X"]
    assert (made.state, made.source, made.name_en) == ("proposed", "letter 7", "Trial")


def test_persons_are_judged_anew_one_by_one(hall: World) -> None:
    (person,) = hall.persons(1)
    before = people.due_rows([person], PROGRAMME)
    items = [
        DueRefresh(**hall.base(), person_id=person, programme=PROGRAMME),
        DueRefresh(**hall.base(), person_id=person, programme="none"),
        DueRefresh(**hall.base(), person_id=10**9, programme=PROGRAMME),
    ]
    found = [o.refusal.code if o.refusal else "" for o in people_services.due_refresh(hall.actor, items)]
    assert found == ["", "PROGRAMME_UNKNOWN", "PERSON_NOT_IN_REACH"]
    assert people.due_rows([person], PROGRAMME) == before and clock.today() == DAY
