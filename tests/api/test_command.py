"""What the command, the keeper of records and the manager of a site ask for, each verb done by the machine of the post whose work it is."""

from typing import Any
from uuid import uuid4

import pytest

from seawall.command import jobs
from seawall.command import selectors as command
from seawall.platform import clock, sql
from seawall.supply import services as supply
from seawall.terms.stock import DoseUse
from tests.clinic.world import CAMPAIGN, DAY, PROGRAMME, done

from .test_walks import WHOLE, City, _morning  # noqa: F401

pytestmark = pytest.mark.django_db
WAITING = "SELECT args->>'run' FROM procrastinate_jobs WHERE task_name = 'command.evening' AND status = 'todo'"


def test_two_who_look_alike_are_told_apart_or_made_one_and_a_document_ends():
    city = City()
    born = {"name": "李梅", "sex": 2, "birth": "1985-03-02", "leaf_id": city.leaf, "witness": "王芳"}
    first = city.registered(520)
    answers = [city.officer.does("persons_register", **born) for _ in range(2)]
    assert [a["candidates"] for a in answers] == [1, 2]
    second, third = (a["person_id"] for a in answers)
    city.officer.does("candidate_decide", person_id=first, other_id=second)
    assert city.officer.refused("candidate_decide", person_id=first, other_id=first) == "CANDIDATE_UNKNOWN"
    city.officer.does("person_merge", person_id=third, into_id=first, reason="同一证件")
    (row,) = city.officer.reads("persons", person=third)
    assert row["person_id"] == first
    mask = row["document"].split()[-1]
    city.officer.does("document_end", person_id=first, kind="RESIDENT_ID", mask=mask, reason="LOST")
    (row,) = city.officer.reads("persons", person=first)
    assert row["document"] != mask


def test_a_team_is_set_whole_and_the_next_one_takes_its_place():
    city = City()
    before = [(role, city.posts[role]) for role in ("SITE_MANAGER", "VACCINATOR")]
    for role in ("SITE_MANAGER", "VACCINATOR", "EMERGENCY_CLINICIAN"):
        city.joins(role, ("site", city.site))
    roles = ("SCREENER", "OBSERVER", "EMERGENCY_CLINICIAN", "SITE_MANAGER", "VACCINATOR")
    named = [*before, *((role, city.posts[role]) for role in roles)]
    members = [{"post_id": post, "role": role, "station": n % 2 + 1} for n, (role, post) in enumerate(named)]
    told = {"site_id": city.site, "day": DAY, "programme": PROGRAMME}
    assert city.manager.refused("team_set", **told, members=members[:-1]) == "TEAM_TOO_SMALL"
    assert city.manager.does("team_set", **told, members=members)["members"] == len(members)
    assert city.manager.does("team_set", **told, members=members)["members"] == len(members)


def test_the_evening_runs_its_dispatch_goes_out_calls_are_assigned_and_a_policy_is_applied():
    city = City()
    head, director = city.joins("LEADING_GROUP_HEAD", WHOLE), city.joins("CDC_DIRECTOR", WHOLE)
    line = {"person_id": city.registered(522), "programme": PROGRAMME, "product": "BIBP", "source": "elsewhere"}
    director.does("dose_record", **line, given_on="2021-01-10")
    city.office.does("groups_assign", campaign=CAMPAIGN, on=DAY)
    run: dict[str, Any] = {"campaign": CAMPAIGN, "day": DAY}
    assert city.office.refused("evening", **run) == "EVENING_TOO_SOON"
    city.manager.does("day_close", site_id=city.site, day=DAY, counted_doses={})
    clock.set_to(clock.now().replace(hour=13))
    city.office.does("evening", **run)
    for (waiting,) in sql.fetch(WAITING):
        jobs.evening_task.func(waiting)
    assert head.does("dispatch_release", **run)["day"] == DAY.isoformat()
    assert head.refused("dispatch_release", **run) == "DISPATCH_RELEASED"
    assert len(city.office.reads("dispatch", day=DAY)) == 39
    unit = next(row["unit_id"] for row in city.office.reads("units") if city.leaf in row["leaves"])
    assert city.officer.does("calls_assign", unit_id=unit, **run)["people"] == 1
    assert city.officer.refused("calls_assign", unit_id=unit, **run) == "CALLS_NOBODY_LEFT"
    policy = {"campaign": CAMPAIGN, "code": "PAUSE_X"}
    told = {
        "value": "later_doses_only",
        "since": "2021-05-02",
        "until": "2021-05-20",
        "name_zh": "试行",
        "name_en": "Trial",
    }
    head.does("policy_propose", **policy, **told, source="letter 7")
    assert head.does("policy_apply", **policy) == {"policy": "PAUSE_X"}
    assert head.refused("policy_apply", **policy) == "POLICY_ALREADY_APPLIED"


def test_a_move_that_is_proposed_is_approved(hall, machine):
    """One hall has what another will be short of tomorrow."""
    hall.packs(40)
    used = hall.packs(30, site=hall.other)[:28]
    done(
        supply.dose_use(hall.actor, [DoseUse(**hall.base(), place_id=hall.other, code=c, product="BIBP") for c in used])
    )
    keeper = machine("CDC_COLD_CHAIN", WHOLE)
    (move,) = command.supply_page(hall.actor, DAY).proposed.moves
    (outcome,) = keeper.act("moves_approve", {"act": str(uuid4()), "day": DAY, "moves": [move.key]})["outcomes"]
    assert outcome["done"] and outcome["answer"] == {"moves": 1}
    sent = keeper.client.get("/api/v1/shipments", {"day": DAY}).json()["rows"]
    assert [(row["from_place_id"], row["to_place_id"], row["order"]) for row in sent if row["order"] == "MOVE"] == [
        (hall.site, hall.other, "MOVE")
    ]
