"""A small hall: two sites, a team with certificates, vaccine on hand, and makers of every act of the walk."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

from seawall.booking import services as booking
from seawall.clinic import services as clinic
from seawall.people import services as people
from seawall.reference.plugs.china.numbers import check_digit
from seawall.reference.selectors import leaves
from seawall.reference.services import PlaceNew, places_register
from seawall.sites import services as sites
from seawall.staff import services as staff
from seawall.supply import services as supply
from seawall.supply.selectors import stock
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome
from seawall.terms.codes import DoseSource, PlaceKind, ScreeningOutcome, Sex, SiteKind
from seawall.terms.cold import DeviceKind, DeviceRegister, TemperatureClass
from seawall.terms.people import DocumentGiven, DoseRecord, PersonRegister
from seawall.terms.sites import ReadinessRecord, SessionOpen
from seawall.terms.staff import CredentialGrant, PostAssign, Scope
from seawall.terms.stock import LotReceive, ShipmentAccept, ShipmentSend, StockRow
from seawall.terms.visits import (
    CHECKS,
    AppointmentBook,
    Arrival,
    ConsentRecord,
    DayClose,
    DoseGive,
    DoseHappened,
    ObservationEnd,
    ScreeningRecord,
    SessionPlan,
    SiteOpen,
)

PROGRAMME = "covid19-cn"
CAMPAIGN = "chongqing-covid19-2021"
DAY = date(2021, 4, 10)
SIGNED = {"handed_by": "Chen Li", "taken_by": "Wang Fang"}


def done(outcomes: list[Outcome]) -> list[Outcome]:
    """All of them, or the refusals as the failure."""
    assert all(o.done for o in outcomes), [o.refusal for o in outcomes if o.refusal]
    return outcomes


def resident_id(birth: date, serial: int) -> str:
    """A well-formed number under a division never issued."""
    body = f"509999{birth:%Y%m%d}{serial:03d}"
    return body + check_digit(body)


@dataclass
class World:
    """Everything stands ready on 10 April 2021, noon."""

    actor: Actor
    now: datetime
    site: int = 0
    other: int = 0
    store: int = 0
    leaf: int = 0
    posts: dict[str, int] = field(default_factory=dict)
    serial: int = 0
    lots: int = 0

    def build(self) -> "World":
        self.leaf = leaves(DAY)[0].area_id
        self.site, self.other = (self.open_site(f"HALL-{n}") for n in (1, 2))
        store = PlaceNew(kind=PlaceKind.STORE, code="T-STORE", name_zh="市库", name_en="City store", synthetic=True)
        (self.store,) = places_register([store])
        for name, kind in (("screener", "SCREENER"), ("vaccinator", "VACCINATOR"), ("observer", "OBSERVER")):
            self.posts[name] = self.post(kind, certified=True)
        self.posts["novice"] = self.post("VACCINATOR", certified=False)
        return self

    def base(self, minutes: float = 0) -> dict:
        return {"act": uuid4(), "occurred_at": self.now + timedelta(minutes=minutes)}

    def open_site(self, code: str, day: date = DAY) -> int:
        opened = SiteOpen(
            **self.base(), code=code, kind=SiteKind.FIXED, name_zh=f"接种点{code}", name_en=code, leaf_id=self.leaf,
            address_zh="某街 1 号", address_en="1 Some Street", phone="023-00000000", stations=4, seats=60,
            longitude=106.5, latitude=29.5, synthetic=True,
        )  # fmt: skip
        site = done(sites.site_open(self.actor, [opened]))[0].answer["site_id"]
        self.open_day(site, day)
        return site

    def device(self, place: int = 0, name: str = "LOGGER-1") -> str:
        """A refrigerator, at the first site unless told otherwise."""
        item = DeviceRegister(
            **self.base(), place_id=place or self.site, device=name, kind=DeviceKind.REFRIGERATOR,
            temperature=TemperatureClass.COOL, litres=100.0,
        )  # fmt: skip
        done(supply.device_register(self.actor, [item]))
        return name

    def open_day(self, site: int, day: date, seats: int = 20) -> None:
        plan = SessionPlan(
            **self.base(), site_id=site, day=day, opens=time(8), closes=time(18), stations=4, seats_per_slot=seats
        )
        done(sites.session_plan(self.actor, [plan]))
        needs = frozenset({"EMERGENCY_CLINICIAN", "EMERGENCY_KIT", "AMBULANCE", "GREEN_CHANNEL"})
        done(sites.readiness_record(self.actor, [ReadinessRecord(**self.base(), site_id=site, day=day, ready=needs)]))
        done(sites.session_open(self.actor, [SessionOpen(**self.base(), site_id=site, day=day)]))

    def post(self, role: str, *, certified: bool) -> int:
        scopes = tuple(Scope(kind="site", ref=str(site)) for site in (self.site, self.other))
        item = PostAssign(
            **self.base(), role=role, person="某某", scopes=scopes, valid_from=date(2021, 1, 1), synthetic=True
        )
        post = done(staff.posts_assign(self.actor, [item]))[0].answer["post_id"]
        if certified:
            grant = CredentialGrant(
                **self.base(), post_id=post, kind="VACCINATION_TRAINING", programme=PROGRAMME,
                valid_from=date(2021, 1, 1), valid_to=date(2022, 12, 31),
            )  # fmt: skip
            done(staff.credentials_grant(self.actor, [grant]))
        return post

    def person(self, birth: date = date(1980, 5, 1), **more: object) -> int:
        return self.persons(1, birth, **more)[0]

    def persons(self, count: int, birth: date = date(1980, 5, 1), **more: object) -> list[int]:
        items = []
        for _ in range(count):
            self.serial += 1
            number = DocumentGiven(kind="RESIDENT_ID", number=resident_id(birth, self.serial))
            given = {"name": "张三丰", "sex": Sex.MALE if self.serial % 2 else Sex.FEMALE, "birth": birth,
                     "leaf_id": self.leaf, "documents": (number,)}  # fmt: skip
            items.append(PersonRegister(**self.base(), **(given | more)))
        return [o.answer["person_id"] for o in done(people.persons_register(self.actor, items))]

    def history(self, person: int, given_on: date, product: str = "BIBP") -> None:
        line = DoseRecord(
            **self.base(), person_id=person, programme=PROGRAMME, given_on=given_on, product=product,
            source=DoseSource.HISTORY,
        )  # fmt: skip
        done(people.dose_record(self.actor, [line]))

    def receive(self, lot: str, packs: int = 5) -> None:
        """A lot comes from its maker to the city store now."""
        item = LotReceive(
            **self.base(), lot=lot, product="BIBP", place_id=self.store, expires=date(2022, 3, 1), release_certificate=f"R-{lot}",
            temperature_record="T-1", max_celsius=7.0, min_celsius=3.0, **SIGNED, doses_per_pack=1, packs=packs,
        )  # fmt: skip
        done(supply.lot_receive(self.actor, [item]))

    def packs(self, count: int = 5, *, product: str = "BIBP", doses: int = 1, expires: date = date(2022, 3, 1),
              site: int | None = None) -> list[str]:  # fmt: skip
        """A lot of its own, received, shipped and taken in at the site; its trace codes."""
        self.lots += 1
        made = {"minutes": -30 * 24 * 60}  # taken in a month ago
        lot, first = f"L{self.lots:04d}", f"8{self.lots:06d}" + "0" * 13
        received = LotReceive(
            **self.base(**made), lot=lot, product=product, place_id=self.store, expires=expires, release_certificate=f"R-{lot}",
            temperature_record="T-1", max_celsius=7.0, min_celsius=3.0, **SIGNED, doses_per_pack=doses, packs=count, first_code=first,
        )  # fmt: skip
        done(supply.lot_receive(self.actor, [received]))
        sent = ShipmentSend(
            **self.base(**made),
            from_place_id=self.store,
            to_place_id=site or self.site,
            lot=lot,
            packs=count,
            expected_on=DAY,
        )
        shipment = done(supply.shipment_send(self.actor, [sent]))[0].answer["shipment"]
        accept = ShipmentAccept(
            **self.base(**made), shipment=str(shipment), place_id=site or self.site, temperature_record="T-2",
            max_celsius=7.0, min_celsius=3.0, **SIGNED,
        )  # fmt: skip
        done(supply.shipment_accept(self.actor, [accept]))
        return [first[:7] + str(int(first[7:]) + n).zfill(13) for n in range(count)]

    def stock(self, site: int | None = None) -> list[StockRow]:
        return stock([site or self.site])

    def book(self, person: int, at: datetime | None = None, site: int | None = None) -> UUID:
        item = AppointmentBook(
            **self.base(), person_id=person, campaign=CAMPAIGN, site_id=site or self.site, starts_at=at or self.now
        )
        return UUID(str(done(booking.appointment_book(self.actor, [item]))[0].answer["appointment"]))

    def arrival(self, person: int, appointment: UUID | None = None, minutes: float = 0, **more: object) -> Arrival:
        given = {"site_id": self.site, "person_id": person, "campaign": CAMPAIGN, "appointment": appointment}
        return Arrival(**self.base(minutes), **(given | more))

    def arrive(self, person: int, minutes: float = 0, site: int | None = None) -> UUID:
        """A walk-in who is let in; the visit."""
        item = self.arrival(person, None, minutes, site_id=site or self.site)
        done(clinic.visit_arrive(self.actor, [item]))
        return item.act

    def screening(self, visit: UUID, minutes: float = 5, **more: object) -> ScreeningRecord:
        given = {"site_id": self.site, "visit": visit, "clinician_post_id": self.posts["screener"],
                 "outcome": ScreeningOutcome.RECOMMENDED, "celsius": 36.5}  # fmt: skip
        return ScreeningRecord(**self.base(minutes), **(given | more))

    def consent(self, visit: UUID, minutes: float = 6, **more: object) -> ConsentRecord:
        given = {"site_id": self.site, "visit": visit, "version": "COVID19-2021-1", "language": "zh-hans"}
        return ConsentRecord(**self.base(minutes), **(given | more))

    def dose(self, visit: UUID, code: str, minutes: float = 10, **more: object) -> DoseGive:
        given = {"site_id": self.site, "visit": visit, "code": code, "product": "BIBP",
                 "vaccinator_post_id": self.posts["vaccinator"], "checks": frozenset(CHECKS)}  # fmt: skip
        return DoseGive(**self.base(minutes), **(given | more))

    def paper(self, person: int, code: str, minutes: float = 0, **more: object) -> DoseHappened:
        """A dose that was given without a link, as its paper form tells it."""
        given = {"site_id": self.site, "person_id": person, "campaign": CAMPAIGN, "code": code, "product": "BIBP",
                 "vaccinator_post_id": self.posts["vaccinator"], "screener_post_id": self.posts["screener"],
                 "checks": frozenset(CHECKS)}  # fmt: skip
        return DoseHappened(**self.base(minutes), **(given | more))

    def leave(self, visit: UUID, minutes: float, **more: object) -> ObservationEnd:
        given = {"site_id": self.site, "visit": visit, "doctor_post_id": self.posts["observer"]}
        return ObservationEnd(**self.base(minutes), **(given | more))

    def closing(self, counted: dict[str, int], minutes: float = 300, **more: object) -> DayClose:
        given = {"site_id": self.site, "day": DAY, "counted_doses": counted}
        return DayClose(**self.base(minutes), **(given | more))

    def ready(self, person: int, minutes: float = 0, site: int | None = None) -> UUID:
        """Arrived, screened and agreed: the visit waits for its dose."""
        where = site or self.site
        visit = self.arrive(person, minutes, where)
        done(clinic.screening_record(self.actor, [self.screening(visit, minutes + 5, site_id=where)]))
        done(clinic.consent_record(self.actor, [self.consent(visit, minutes + 6, site_id=where)]))
        return visit

    def give(self, visit: UUID, code: str, minutes: float = 10, **more: object) -> Outcome:
        return clinic.dose_give(self.actor, [self.dose(visit, code, minutes, **more)])[0]
