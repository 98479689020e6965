"""Reference data for each module, and a small chain: a store and two sites."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from seawall.platform import sql
from seawall.reference.services import PlaceNew, city_load, places_register
from seawall.supply import services
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome
from seawall.terms.codes import PlaceKind
from seawall.terms.cold import ColdReading, DeviceKind, DeviceRegister, TemperatureClass
from seawall.terms.stock import DoseUse, LotReceive, ShipmentAccept, ShipmentSend

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND starts_with(tablename, 'reference_')"


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        city_load("chongqing")
    yield
    with django_db_blocker.unblock():
        sql.execute(f"TRUNCATE {', '.join(name for (name,) in sql.fetch(TABLES))} CASCADE")


@dataclass
class Chain:
    """Shorthands for the acts of a supply chain; every act gets a fresh id."""

    actor: Actor
    now: datetime
    store: int
    site: int
    other: int

    def lot(self, lot: str = "B1", packs: int = 10, doses: int = 1, **changed: object) -> LotReceive:
        told: dict = {
            "act": uuid4(),
            "occurred_at": self.now,
            "lot": lot,
            "product": "BIBP",
            "place_id": self.store,
            "expires": date(2022, 3, 1),
            "release_certificate": "LR-" + lot,
            "temperature_record": "T-1",
            "max_celsius": 7.5,
            "min_celsius": 2.5,
            "handed_by": "Chen Li",
            "taken_by": "Wang Fang",
            "doses_per_pack": doses,
            "packs": packs,
            "first_code": "81" + str(abs(hash(lot)) % 100000).zfill(5) + "0" * 13,
        }
        return LotReceive(**{**told, **changed})

    def receive(self, *args: object, **changed: object) -> Outcome:
        return services.lot_receive(self.actor, [self.lot(*args, **changed)])[0]

    def send(self, lot: str, packs: int, to: int | None = None, at: int | None = None) -> ShipmentSend:
        return ShipmentSend(
            act=uuid4(),
            occurred_at=self.now,
            from_place_id=at or self.store,
            to_place_id=to or self.site,
            lot=lot,
            packs=packs,
            expected_on=date(2021, 4, 11),
        )

    def accept(
        self, shipment: object, place: int | None = None, high: float = 7.0, record: str = "T-2", **more: object
    ) -> Outcome:
        item = ShipmentAccept(
            act=uuid4(),
            occurred_at=self.now,
            shipment=str(shipment),
            place_id=place or self.site,
            temperature_record=record,
            max_celsius=high,
            min_celsius=3.0,
            handed_by="Liu Yang",
            taken_by="Wang Fang",
            **more,
        )
        return services.shipment_accept(self.actor, [item])[0]

    def deliver(self, lot: str = "B1", packs: int = 10, doses: int = 1, **changed: object) -> list[str]:
        """Receive a lot, ship all of it to the site and take it in; the trace codes."""
        item = self.lot(lot, packs, doses, **changed)
        self.deliver_item(item)
        return [item.first_code[:7] + str(int(item.first_code[7:]) + n).zfill(13) for n in range(packs)]

    def device(self, name: str = "F1", place: int | None = None, **changed: object) -> str:
        """A refrigerator at the site, by hand, unless told otherwise."""
        told: dict = {
            "act": uuid4(), "occurred_at": self.now, "place_id": place or self.site, "device": name,
            "kind": DeviceKind.REFRIGERATOR, "temperature": TemperatureClass.COOL, "litres": 100.0,
        }  # fmt: skip
        assert services.device_register(self.actor, [DeviceRegister(**{**told, **changed})])[0].done
        return name

    def read(self, celsius: float, minutes: int = 0, device: str = "F1", place: int | None = None) -> Outcome:
        at = self.now + timedelta(minutes=minutes)
        item = ColdReading(act=uuid4(), occurred_at=at, place_id=place or self.site, device=device, celsius=celsius)
        return services.cold_record(self.actor, [item])[0]

    def deliver_item(self, item: LotReceive) -> None:
        assert services.lot_receive(self.actor, [item])[0].done
        sent = services.shipment_send(self.actor, [self.send(item.lot, item.packs)])[0]
        assert self.accept(sent.answer["shipment"]).done

    def use(
        self, code: str, product: str = "BIBP", place: int | None = None, minutes: int = 0, **more: bool
    ) -> DoseUse:
        at = self.now + timedelta(minutes=minutes)
        return DoseUse(act=uuid4(), occurred_at=at, place_id=place or self.site, code=code, product=product, **more)


@pytest.fixture
def chain(loaded: None, db: None, anyone: Actor, noon: datetime) -> Chain:
    rows = [
        PlaceNew(kind=kind, code=code, name_zh=code, name_en=code, synthetic=True)
        for kind, code in ((PlaceKind.STORE, "T-STORE"), (PlaceKind.SITE, "T-SITE"), (PlaceKind.SITE, "T-OTHER"))
    ]
    return Chain(anyone, noon, *places_register(rows))
