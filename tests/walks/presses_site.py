"""Presses at a site: its stations, its door, its day, its week and team, and its coming and going."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

from seawall.clinic import selectors as clinic
from seawall.clinic import services as clinic_services
from seawall.platform import clock, sql
from seawall.safety import services as safety
from seawall.safety import tables as safety_tables
from seawall.sites import selectors as sites
from seawall.sites import services as site_services
from seawall.terms.codes import SiteKind
from seawall.terms.sites import ProposalCheck, ProposalMark, SitePropose
from seawall.terms.visits import EventRecord, InjectionCorrect
from tests.clinic.world import DAY, World, done

from .pages import Visitor
from .pressing import CITY, Enter, Press, answered, fresh, from_page, unit_of
from .tablet import Hand, Tablet


def nurse(hall: World, enter: Enter) -> Visitor:
    return enter("STATION_NURSE", ("site", hall.site), certified=True)


def manager(hall: World, enter: Enter) -> Visitor:
    return enter("SITE_MANAGER", ("site", hall.site))


def arrival(hall: World, enter: Enter) -> Press:
    appointment = hall.book(hall.person())
    return from_page(nurse(hall, enter), f"/console/site/{hall.site}/arrival?booked={appointment}", "appointment")


def answers(visitor: Visitor) -> dict[str, str]:
    return {name: "no" for name in visitor.form("celsius").values if name.startswith("q_")}


def screening(hall: World, enter: Enter) -> Press:
    visitor, visit = nurse(hall, enter), hall.arrive(hall.person())
    press = from_page(visitor, f"/console/site/{hall.site}/screening?visit={visit}", "celsius")
    press.told |= {"celsius": "36.6", "outcome": "recommended", "agreed": ["1"], "signer": "self"} | answers(visitor)
    return press


def consent(hall: World, enter: Enter) -> Press:
    visitor, visit = nurse(hall, enter), hall.arrive(hall.person())
    done(clinic_services.screening_record(hall.actor, [hall.screening(visit)]))
    press = from_page(visitor, f"/console/site/{hall.site}/screening?visit={visit}", "agreed")
    press.told |= {"outcome": "consent", "agreed": "1", "signer": "self"}
    return press


def injection(hall: World, enter: Enter) -> Press:
    (code,) = hall.packs(1)
    page = f"/console/site/{hall.site}/injection?visit={hall.ready(hall.person())}&code={code}"
    return from_page(nurse(hall, enter), page, "arm", check=[c.code for c in clinic.checks()])


def observed(hall: World) -> UUID:
    """Somebody who had the dose half an hour ago."""
    visit = hall.ready(hall.person(), -60)
    assert hall.give(visit, hall.packs(1)[0], -45).done
    return visit


def leaving(hall: World, enter: Enter) -> Press:
    observed(hall)
    return from_page(
        enter("OBSERVER", ("site", hall.site), certified=True),
        f"/console/site/{hall.site}/observation",
        "visit",
        do="leave",
    )


def gone(hall: World, enter: Enter) -> Press:
    page = f"/console/site/{hall.site}/screening?visit={hall.arrive(hall.person())}"
    return from_page(nurse(hall, enter), page, "reason", where={"station": "screening"}, reason="CHANGED_MIND")


def taken_back(hall: World, enter: Enter) -> Press:
    visit, (code,) = hall.ready(hall.person()), hall.packs(1)
    done(clinic_services.dose_give(hall.actor, [replace(hall.dose(visit, code), occurred_at=clock.now())]))
    return from_page(nurse(hall, enter), f"/console/site/{hall.site}/injection", "reason", reason="PRESSED_BY_MISTAKE")


def called(hall: World, enter: Enter) -> Press:
    hall.arrive(hall.person())
    page = f"/console/site/{hall.site}/screening"
    return from_page(nurse(hall, enter), page, "desk", where={"station": "screening"}, desk="2")


def called_back(hall: World, enter: Enter) -> Press:
    visit, (code,) = hall.ready(hall.person(), -30), hall.packs(1)
    assert hall.give(visit, code, -20).done
    done(clinic_services.observation_end(hall.actor, [hall.leave(visit, -10, early_reason="UNSEEN")]))
    return from_page(nurse(hall, enter), f"/console/site/{hall.site}/observation", "outcome", outcome="NOT_REACHED")


def _wrong(hall: World) -> InjectionCorrect:
    visit, (code,) = hall.ready(hall.person()), hall.packs(1)
    assert hall.give(visit, code).done
    return InjectionCorrect(**hall.base(11), site_id=hall.site, visit=visit, arm="R", note="seen at the seat")


def corrected(hall: World, enter: Enter) -> Press:
    _wrong(hall)
    page = f"/console/site/{hall.site}/corrections?ticket=1&day={DAY}"
    return from_page(manager(hall, enter), page, "not_given", arm="R", note="seen at the seat")


def signed(hall: World, enter: Enter) -> Press:
    done(clinic_services.injection_correct(hall.actor, [_wrong(hall)]))
    return from_page(manager(hall, enter), f"/console/site/{hall.site}/corrections", "correction")


def revoked(hall: World, enter: Enter) -> Press:
    assert Tablet(hall).enrol(nurse(hall, enter)).status_code == 200
    return from_page(manager(hall, enter), f"/console/site/{hall.site}/tablets", "tablet")


def settled(hall: World, enter: Enter) -> Press:
    """An arrival whose moment had not come when a tablet brought it."""
    tablet, visitor = Tablet(hall), nurse(hall, enter)
    post = tablet.enrol(visitor).json()["post"]
    early = Hand(hall, lambda _: post, at=180).arrival(hall.person())
    assert tablet.send(visitor.client, [tablet.act(post, "visit_arrive", early)]).status_code == 200
    page = f"/console/site/{hall.site}/tablets"
    return from_page(manager(hall, enter), page, "conflict", way="noted", note="the clock was wrong")


def choice(visitor: Visitor, name: str) -> str:
    """The first value of a select that says something."""
    found = re.search(rf'<select[^>]* name="{name}".*?<option value="([^"]+)"', visitor.text, re.S)
    assert found, name
    return found.group(1)


def reaction(hall: World, enter: Enter) -> Press:
    page = f"/console/site/{hall.site}/observation?unwell={observed(hall)}"
    visitor = enter("OBSERVER", ("site", hall.site), certified=True)
    press = from_page(visitor, page, "onset")
    press.told |= {name: choice(visitor, name) for name in ("kind", "treatment", "called")}
    press.told |= {"onset": "11:50", "serious": "0", "do": "event"}
    return press


def release(hall: World, enter: Enter) -> Press:
    visit = observed(hall)
    row = clinic.visit(hall.site, visit)
    event = EventRecord(
        **hall.base(), person_id=row.person_id, site_id=hall.site, visit=visit, kind=next(iter(safety_tables.kinds())),
        onset_at=hall.now, serious=False, reporter_post_id=hall.posts["observer"],
    )  # fmt: skip
    done(safety.event_record(hall.actor, [event]))
    visitor = enter("EMERGENCY_CLINICIAN", ("site", hall.site), certified=True)
    return from_page(visitor, f"/console/site/{hall.site}/observation", "event", do="release")


def door(hall: World, enter: Enter) -> Press:
    return from_page(manager(hall, enter), f"/console/site/{hall.site}", "choice", choice="held:SEATS")


def follow(hall: World, enter: Enter) -> Press:
    return from_page(manager(hall, enter), f"/console/site/{hall.site}/capacity", "/capacity/follow")


def opening(hall: World, enter: Enter) -> Press:
    sql.execute("UPDATE sites_session SET state = 'planned', opened_at = NULL WHERE site_id = %s", [hall.site])
    sql.execute("DELETE FROM sites_readiness WHERE site_id = %s", [hall.site])
    ready = [need.code for need in sites.readiness(hall.site, DAY)]
    return from_page(manager(hall, enter), f"/console/site/{hall.site}", "ready", ready=ready)


def closing(hall: World, enter: Enter) -> Press:
    hall.packs(3)
    clock.set_to(hall.now + timedelta(hours=6, minutes=5))
    return from_page(manager(hall, enter), f"/console/site/{hall.site}", "count_L0001", count_L0001="3")


def officer(hall: World, enter: Enter) -> Visitor:
    return enter("DISTRICT_OFFICER", ("unit", unit_of(hall)[1]))


def opens(hall: World, enter: Enter) -> Press:
    told = {
        "code": "N2", "name_zh": "新点", "name_en": "New site", "phone": "023-1", "leaf_id": str(hall.leaf), "address_zh": "路1号",
        "address_en": "1 Road", "longitude": "106.5", "latitude": "29.5", "stations": "1", "seats": "20",
    }  # fmt: skip
    return from_page(officer(hall, enter), "/console/sites", "/sites/open", **told)


def leaves(hall: World, enter: Enter) -> Press:
    hall.book(hall.person(), hall.now + timedelta(hours=1))
    told = fresh(day=(DAY + timedelta(days=1)).isoformat(), reason="FLOOD")
    return Press(officer(hall, enter).client, f"/console/site/{hall.other}/leave", told)


def team(hall: World, enter: Enter) -> Press:
    visitor = manager(hall, enter).go(f"/console/site/{hall.site}/team")
    press = from_page(visitor, f"/console/site/{hall.site}/team", "/team/set")
    roles = [*["SITE_MANAGER"] * 2, *["VACCINATOR"] * 4, "SCREENER", "OBSERVER", "EMERGENCY_CLINICIAN"]
    for station, role in enumerate(roles, -1):
        post = hall.post(role, certified=True)
        press.told |= {f"role_{post}": role, f"station_{post}": str(station) if role == "VACCINATOR" else "0"}
    return press


def week(hall: World, enter: Enter) -> Press:
    day = DAY + timedelta(days=7)
    page = f"/console/site/{hall.site}/week?from={day}"
    told = {
        f"plan_{day}": "1",
        f"opens_{day}": "09:00",
        f"closes_{day}": "12:00",
        f"stations_{day}": "1",
        f"seats_{day}": "4",
    }
    return from_page(manager(hall, enter), page, "/week/plan", **told)


def week_off(hall: World, enter: Enter) -> Press:
    planned = week(hall, enter)
    answered(planned)
    told = fresh(day=(DAY + timedelta(days=7)).isoformat())
    return Press(planned.client, f"/console/site/{hall.site}/week/off", told)


def site_leave(hall: World, enter: Enter) -> Press:
    hall.book(hall.person(), hall.now + timedelta(hours=1))
    address = f"/console/layout/{unit_of(hall)[0]}/site/{hall.other}/leave"
    return Press(officer(hall, enter).client, address, fresh(day=DAY.isoformat(), reason="FLOOD"))


def proposal(hall: World, by: int = 1) -> UUID:
    item = SitePropose(
        **hall.base(), code="N1", kind=SiteKind.FIXED, name_zh="新点", name_en="New", leaf_id=hall.leaf, address_zh="",
        address_en="", phone="", stations=2, seats=20, longitude=106.5, latitude=29.5, synthetic=True, gains={},
    )  # fmt: skip
    done(site_services.site_propose(replace(hall.actor, post_id=by), [item]))
    return item.act


def step(name: str) -> Callable[[World, Enter], Press]:
    """One step of a proposal that has come as far as that."""
    roles = {"check": "CITY_INSPECTOR", "approve": "COMMAND_OFFICE", "publish": "DISTRICT_OFFICER"}
    found = sorted(c.code for c in sites.checks())

    def press(hall: World, enter: Enter) -> Press:
        made = proposal(hall)
        base = {"proposal": made, "occurred_at": hall.now}
        if name in {"approve", "publish"}:
            checked = ProposalCheck(act=uuid4(), found=frozenset(found), missing=frozenset(), **base)
            done(site_services.proposal_check(replace(hall.actor, post_id=2), [checked]))
        if name == "publish":
            done(site_services.proposal_approve(replace(hall.actor, post_id=3), [ProposalMark(act=uuid4(), **base)]))
        visitor = enter(roles.get(name, "COMMAND_OFFICE"), CITY)
        told = fresh(step=name, found=found, asked=found, reason="no lift" if name == "refuse" else "")
        return Press(visitor.client, f"/console/layout/{unit_of(hall)[0]}/proposal/{made}", told)

    return press


def moves(hall: World, enter: Enter) -> Press:
    """One hall ran out today, the other has more than it needs."""
    for code in hall.packs(11):
        assert hall.give(hall.ready(hall.person(), -60), code, -45).done
    hall.packs(20, site=hall.other)  # too few for a second move
    return from_page(enter("CDC_COLD_CHAIN", CITY), f"/console/supply?day={DAY}", "move")
