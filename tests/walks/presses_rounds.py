"""A round from who cannot come to the door: a mobile site, a store, people who wait, and the presses of each role."""

from dataclasses import replace
from uuid import UUID

from seawall.outreach import selectors as outreach
from seawall.outreach import services
from seawall.sites import services as sites
from seawall.terms.codes import SiteKind
from seawall.terms.rounds import HomeboundNote, RoundAccept, RoundPropose
from seawall.terms.visits import SiteOpen
from tests.clinic.world import CAMPAIGN, DAY, World, done

from .presses_portal import citizen
from .pressing import CITY, Enter, Press, fresh, from_page


def vehicle(hall: World, code: str = "CAR-1") -> int:
    """A mobile site that has no session on any day."""
    item = SiteOpen(
        **hall.base(), code=code, kind=SiteKind.MOBILE, name_zh=f"流动点{code}", name_en=code, leaf_id=hall.leaf,
        address_zh="某街 2 号", address_en="2 Some Street", phone="023-00000001", stations=1, seats=10,
        longitude=108.4, latitude=30.8, synthetic=True,
    )  # fmt: skip
    return int(done(sites.site_open(hall.actor, [item]))[0].answer["site_id"])


def wait(hall: World, persons: list[int], where: str = "1 幢 2 楼 {p}") -> None:
    notes = [
        HomeboundNote(**hall.base(), person_id=p, need="FRAIL", wish="phone", whereabouts=where.format(p=p))
        for p in persons
    ]
    done(services.homebound_note(hall.actor, notes))


def waiting(hall: World, count: int = 2, **more: object) -> tuple[int, list[int]]:
    """A vehicle, doses at the first site, and people who cannot come."""
    car, persons = vehicle(hall), hall.persons(count, **more)
    hall.packs(8)
    wait(hall, persons)
    return car, persons


def proposed(hall: World, car: int, act: UUID | None = None) -> UUID:
    item = RoundPropose(**hall.base(), site_id=car, day=DAY, campaign=CAMPAIGN, store_id=hall.site)
    item = replace(item, act=act or item.act)
    done(services.round_propose(hall.actor, [item]))
    return item.act


def driven(hall: World, count: int = 2) -> tuple[int, list[int]]:
    """A round of today that is accepted."""
    car, persons = waiting(hall, count)
    item = RoundAccept(**hall.base(), site_id=car, day=DAY, proposal=proposed(hall, car))
    done(services.round_accept(hall.actor, [item]))
    return car, persons


def stops(car: int) -> list[int]:
    found = outreach.round_of(car, DAY)
    assert found is not None
    return [stop.stop for stop in found.stops]


def propose(hall: World, enter: Enter) -> Press:
    car, _ = waiting(hall)
    return from_page(
        enter("DISTRICT_OFFICER", CITY), f"/console/rounds?day={DAY}", "store_id", site_id=car, store_id=hall.site
    )


def accept(hall: World, enter: Enter) -> Press:
    car, _ = waiting(hall)
    proposed(hall, car)
    return from_page(enter("DISTRICT_OFFICER", CITY), f"/console/rounds?day={DAY}", "proposal")


def next_stop(hall: World, enter: Enter) -> Press:
    car, _ = driven(hall)
    return from_page(enter("STATION_NURSE", ("site", car)), f"/console/site/{car}/stops", "stop")


def settle(hall: World, enter: Enter) -> Press:
    car, _ = driven(hall)
    return from_page(
        enter("STATION_NURSE", ("site", car)), f"/console/site/{car}/stops", "result", result="UNREACHABLE"
    )


def ask(hall: World, enter: Enter) -> Press:
    return Press(citizen(hall.person()), "/home-visit/ask", fresh(need="FRAIL", whereabouts="1 幢 2 楼"))


def end(hall: World, enter: Enter) -> Press:
    person = hall.person()
    wait(hall, [person])
    return Press(citizen(person), "/home-visit/end", fresh())


PRESSES = {
    ("console/rounds/propose", "round_propose"): propose,
    ("console/rounds/accept", "round_accept"): accept,
    ("console/site/<int:site_id>/stops/next", "stop_next"): next_stop,
    ("console/site/<int:site_id>/stops/settle", "stop_settle"): settle,
    ("home-visit/ask", "homebound_note"): ask,
    ("home-visit/end", "homebound_end"): end,
}
