"""Presses of who books for others."""

from collections.abc import Callable

from seawall.booking import services
from seawall.reference import selectors as reference
from seawall.terms.bookings import StandbyJoin, WaitingJoin
from seawall.terms.visits import AppointmentBook
from tests.clinic.world import CAMPAIGN, DAY, World, done

from .pages import Visitor
from .presses_rounds import wait
from .pressing import Enter, Press, from_page


def officer(hall: World, enter: Enter) -> Visitor:
    leaf = next(a.code for a in reference.leaves(DAY) if a.area_id == hall.leaf)
    return enter("STREET_OFFICER", ("area", leaf))


def press(
    name: str, prepare: Callable[[World, int], object] = lambda hall, person: None, **filled: str
) -> Callable[[World, Enter], Press]:
    def made(hall: World, enter: Enter) -> Press:
        person = hall.person()
        prepare(hall, person)
        return from_page(officer(hall, enter), f"/console/bookings?person={person}", f"/bookings/{name}", **filled)

    return made


def holds(hall: World, person: int) -> None:
    item = AppointmentBook(
        **hall.base(), person_id=person, campaign=CAMPAIGN, site_id=hall.site, starts_at=hall.now, hold=True
    )
    done(services.appointment_book(hall.actor, [item]))


def moves(hall: World, enter: Enter) -> Press:
    person = hall.person()
    page = f"/console/bookings?person={person}&change={hall.book(person)}"
    return from_page(officer(hall, enter), page, "/bookings/move")


def waits(hall: World, person: int) -> None:
    item = WaitingJoin(**hall.base(), person_id=person, campaign=CAMPAIGN, site_id=hall.site, opens=DAY, closes=DAY)
    done(services.waiting_join(hall.actor, [item]))


def cannot_come(hall: World, person: int) -> None:
    wait(hall, [person])


def stands_by(hall: World, person: int) -> None:
    done(services.standby_join(hall.actor, [StandbyJoin(**hall.base(), person_id=person, campaign=CAMPAIGN, km=3)]))


ADDRESS = "console/bookings/<slug:name>"
PRESSES = {
    (ADDRESS, "others_book"): press("book", wish="phone"),
    (ADDRESS, "others_cancel"): press("cancel", lambda hall, person: hall.book(person)),
    (ADDRESS, "others_confirm"): press("confirm", holds),
    (ADDRESS, "others_move"): moves,
    (ADDRESS, "others_wait"): press("wait"),
    (ADDRESS, "others_wait_no_more"): press("wait_no_more", waits),
    (ADDRESS, "others_invite"): press("invite"),
    (ADDRESS, "others_homebound"): press("homebound", whereabouts="1 幢 2 楼"),
    (ADDRESS, "others_homebound_no_more"): press("homebound_no_more", cannot_come),
    (ADDRESS, "others_stand_by"): press("stand_by"),
    (ADDRESS, "others_stand_by_no_more"): press("stand_by_no_more", stands_by),
}
