"""The crowd, and places that many hands reach for."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from seawall.platform import clock
from seawall.reference.services import PlaceNew, city_load, places_register
from seawall.terms.actor import Actor
from seawall.terms.codes import PlaceKind
from tests.booking.conftest import Desk, make_desk
from tests.supply.conftest import Chain

from .crowd import Crowd


@pytest.fixture
def crowd(transactional_db: None) -> Iterator[Crowd]:
    hands = Crowd()
    yield hands
    hands.leave()


@pytest.fixture
def desk(transactional_db: None, anyone: Actor, noon: datetime) -> Desk:
    city_load("chongqing")
    return make_desk(anyone, noon)


@pytest.fixture
def chain(transactional_db: None, anyone: Actor, noon: datetime) -> Chain:
    city_load("chongqing")
    clock.set_to(noon)
    kinds = ((PlaceKind.STORE, "T-STORE"), (PlaceKind.SITE, "T-SITE"), (PlaceKind.SITE, "T-OTHER"))
    rows = [PlaceNew(kind=kind, code=code, name_zh=code, name_en=code, synthetic=True) for kind, code in kinds]
    return Chain(anyone, noon, *places_register(rows))
