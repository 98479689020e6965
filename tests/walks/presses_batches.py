"""Presses of those who book for others: batches of an organisation."""

from datetime import datetime, time, timedelta

from seawall.booking import services as booking
from seawall.people import services as people
from seawall.platform import clock
from seawall.terms.bookings import BatchArrange
from seawall.terms.rosters import MembershipRecord, OrganisationRegister
from tests.clinic.world import CAMPAIGN, DAY, World, done

from .pressing import Enter, Press, from_page

DAY_OF_IT = DAY + timedelta(days=4)


def factory(hall: World, count: int = 3) -> tuple[int, list[int]]:
    """An organisation, its members, and a session of four days later."""
    item = OrganisationRegister(**hall.base(), name_zh="某厂", kind="FACTORY", sector="INDUSTRY", leaf_id=hall.leaf)
    organisation = int(str(done(people.organisation_register(hall.actor, [item]))[0].answer["organisation_id"]))
    hall.open_day(hall.site, DAY_OF_IT)
    persons = hall.persons(count)
    joins = [
        MembershipRecord(**hall.base(), person_id=p, organisation_id=organisation, since=DAY, role="一车间")
        for p in persons
    ]
    done(people.membership_record(hall.actor, joins))
    return organisation, persons


def batch_of(hall: World, organisation: int, *persons: int, seats: int = 2) -> BatchArrange:
    at = datetime.combine(DAY_OF_IT, time(9), clock.zone())
    return BatchArrange(
        **hall.base(), organisation_id=organisation, campaign=CAMPAIGN, label="一车间", site_id=hall.site, starts_at=at,
        seats=seats, per_slot=5, persons=persons,
    )  # fmt: skip


def arrange(hall: World, enter: Enter) -> Press:
    organisation, persons = factory(hall)
    liaison = enter("ROSTER_LIAISON", ("organisation", organisation))
    page = f"/console/rosters/{organisation}/batches?day={DAY_OF_IT}"
    return from_page(liaison, page, "starts_at", persons=[str(p) for p in persons])


def _arranged(hall: World, enter: Enter, having: str, **filled: str) -> Press:
    organisation, persons = factory(hall)
    item = batch_of(hall, organisation, persons[0])
    done(booking.batch_arrange(hall.actor, [item]))
    liaison = enter("ROSTER_LIAISON", ("organisation", organisation))
    return from_page(liaison, f"/console/rosters/{organisation}/batches/{item.act}", having, **filled)


def seat(hall: World, enter: Enter) -> Press:
    return _arranged(hall, enter, "instead_of", instead_of="")


def give_back(hall: World, enter: Enter) -> Press:
    return _arranged(hall, enter, "everybody", everybody="true")


ADDRESS = "console/rosters/<int:organisation_id>/batches/"
PRESSES = {
    (f"{ADDRESS}arrange", "batch_arrange"): arrange,
    (f"{ADDRESS}<uuid:batch>/seat", "batch_seat"): seat,
    (f"{ADDRESS}<uuid:batch>/return", "batch_return"): give_back,
}
