"""A town with one site, a few persons, and bookings with fresh ids."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest

from seawall.booking import services
from seawall.booking.rules import ANYBODY, Opening, Rules
from seawall.people.services import dose_record, persons_register
from seawall.platform import clock
from seawall.reference.plugs.china.numbers import check_digit
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome
from seawall.terms.codes import DoseSource, Sex
from seawall.terms.people import DocumentGiven, DoseRecord, PersonRegister
from seawall.terms.visits import AppointmentBook, AppointmentChange
from tests.sites.conftest import DAY, Town, make_town
from tests.supply.conftest import loaded  # noqa: F401

NINE = datetime(2021, 4, 12, 1, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
PROGRAMME = "covid19-cn"
OPEN = Rules(PROGRAMME, (Opening(frozenset({ANYBODY}), frozenset({1, 2, 3})),))


@dataclass
class Desk:
    """Where people book."""

    town: Town
    site: int
    rules: Rules = OPEN
    serial: int = 0

    @property
    def actor(self) -> Actor:
        return self.town.actor

    def persons(self, count: int = 1, birth: date = date(1980, 5, 1)) -> list[int]:
        items = []
        for _ in range(count):
            self.serial += 1
            body = f"509999{birth:%Y%m%d}{self.serial:03d}"
            items.append(
                PersonRegister(
                    act=uuid4(),
                    occurred_at=self.town.now,
                    name="张三",
                    sex=Sex.MALE if self.serial % 2 else Sex.FEMALE,
                    birth=birth,
                    leaf_id=self.town.leaf,
                    documents=(DocumentGiven(kind="RESIDENT_ID", number=body + check_digit(body)),),
                )
            )
        outcomes = persons_register(self.actor, items)
        assert all(o.done for o in outcomes), [o.refusal for o in outcomes]
        return [int(o.answer["person_id"]) for o in outcomes]

    def dosed(self, person: int, day: date) -> None:
        item = DoseRecord(
            act=uuid4(),
            occurred_at=self.town.now,
            person_id=person,
            programme=PROGRAMME,
            given_on=day,
            product="BIBP",
            source=DoseSource.HISTORY,
        )
        assert dose_record(self.actor, [item])[0].done

    def item(self, person: int, at: datetime = NINE, **more: object) -> AppointmentBook:
        told: dict = {"act": uuid4(), "occurred_at": self.town.now, "site_id": self.site, "campaign": "test"}
        return AppointmentBook(person_id=person, starts_at=at, **{**told, **more})

    def book(self, *items: AppointmentBook) -> list[Outcome]:
        return services.appointment_book(self.actor, items, rules_for=lambda code, day, persons: self.rules)

    def change(self, person: int, appointment: object) -> AppointmentChange:
        return AppointmentChange(
            act=uuid4(), occurred_at=self.town.now, person_id=person, appointment=UUID(str(appointment))
        )


def make_desk(actor: Actor, now: datetime, seats: int = 2) -> Desk:
    clock.set_to(now)
    town = make_town(actor, now)
    site = town.open()
    town.plan(site, seats, closes=time(11))
    return Desk(town, site)


@pytest.fixture
def desk(loaded: None, db: None, anyone: Actor, noon: datetime) -> Desk:  # noqa: F811
    assert clock.civil_day(NINE) == DAY
    return make_desk(anyone, noon)
