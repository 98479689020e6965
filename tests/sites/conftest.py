"""Reference data for each module, and shorthands for the acts of a site."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import uuid4

import pytest

from seawall.reference import selectors as reference
from seawall.reference.services import FacilityNew, facilities_register
from seawall.sites import services
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome
from seawall.terms.codes import SiteKind
from seawall.terms.sites import ReadinessRecord, SessionOpen
from seawall.terms.visits import SessionPlan, SiteOpen
from tests.supply.conftest import loaded  # noqa: F401

DAY = date(2021, 4, 12)
FOUR = frozenset({"EMERGENCY_CLINICIAN", "EMERGENCY_KIT", "AMBULANCE", "GREEN_CHANNEL"})


@dataclass
class Town:
    """A leaf, two hospitals, and acts with fresh ids."""

    actor: Actor
    now: datetime
    leaf: int
    clinic: int
    hospital: int

    def item(self, code: str = "S1", **changed: object) -> SiteOpen:
        told: dict = {
            "act": uuid4(),
            "occurred_at": self.now,
            "code": code,
            "kind": SiteKind.FIXED,
            "name_zh": "甲接种点",
            "name_en": "Site A",
            "leaf_id": self.leaf,
            "address_zh": "甲路1号",
            "address_en": "1 A Road",
            "phone": "023-00000000",
            "stations": 4,
            "seats": 40,
            "longitude": 106.5,
            "latitude": 29.5,
            "synthetic": True,
        }
        return SiteOpen(**{**told, **changed})

    def open(self, code: str = "S1", **changed: object) -> int:
        (outcome,) = services.site_open(self.actor, [self.item(code, **changed)])
        assert outcome.done, outcome.refusal
        return int(outcome.answer["site_id"])

    def plan(
        self,
        site: int,
        seats: int | None = 2,
        day: date = DAY,
        opens: time = time(9),
        closes: time = time(11),
        **more: object,
    ) -> Outcome:
        told: dict = {"stations": 4, "opens": opens, "closes": closes, "seats_per_slot": seats}
        item = SessionPlan(act=uuid4(), occurred_at=self.now, site_id=site, day=day, **{**told, **more})
        return services.session_plan(self.actor, [item])[0]

    def ready(self, site: int, ready: frozenset[str] = FOUR, missing: frozenset[str] = frozenset()) -> Outcome:
        item = ReadinessRecord(act=uuid4(), occurred_at=self.now, site_id=site, day=DAY, ready=ready, missing=missing)
        return services.readiness_record(self.actor, [item])[0]

    def mark(self, site: int, day: date = DAY, **found: frozenset[str]) -> SessionOpen:
        return SessionOpen(act=uuid4(), occurred_at=self.now, site_id=site, day=day, **found)


def make_town(actor: Actor, now: datetime) -> Town:
    leaf = min(reference.leaf_units(DAY))
    rows = [FacilityNew(code=f"H{g}", name_zh="院", name_en="H", grade=g, leaf_id=leaf, synthetic=True) for g in (1, 2)]
    clinic, hospital = facilities_register(rows)
    return Town(actor, now, leaf, clinic, hospital)


@pytest.fixture
def town(loaded: None, db: None, anyone: Actor, noon: datetime) -> Town:  # noqa: F811
    return make_town(anyone, noon)
