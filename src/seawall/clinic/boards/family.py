"""Who comes together: each by their own next dose, with their own seat, and never with a health reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from seawall.booking import selectors as booking
from seawall.people import selectors as people
from seawall.terms.acts import Refusal

from .own import OwnAppointment, appointments_of


@dataclass(frozen=True, slots=True)
class FamilyMember:
    """Somebody of a family: whether they may book on a day, and every appointment they had."""

    person_id: int
    person: str
    refusal: Refusal | None
    appointments: tuple[OwnAppointment, ...]

    @property
    def coming(self) -> tuple[OwnAppointment, ...]:
        return tuple(row for row in self.appointments if row.coming)

    def appointment(self, act: UUID) -> OwnAppointment | None:
        return next((row for row in self.appointments if row.appointment == act), None)


def family(persons: Sequence[int], campaign: str, day: date) -> tuple[FamilyMember, ...]:
    """In the order asked: the seats and the reasons of each."""
    reasons, seats = booking.may_book(persons, campaign, day), appointments_of(persons)
    return tuple(
        FamilyMember(
            person, people.masked(person), reasons[person], tuple(row for whose, row in seats if whose == person)
        )
        for person in persons
    )
