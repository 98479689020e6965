"""Reference data and the campaign for each module, taken away after it; a hall for each test."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from seawall.campaigns.services import campaign_load
from seawall.platform import clock, sql
from seawall.reference.services import city_load
from seawall.terms.actor import Actor
from tests.clinic.world import World

CITY = Path(__file__).parents[2] / "cities" / "chongqing" / "campaigns" / "covid19-2021"
TABLES = """
SELECT tablename FROM pg_tables WHERE schemaname = 'public'
AND (starts_with(tablename, 'reference_') OR starts_with(tablename, 'campaigns_'))
"""


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with django_db_blocker.unblock():
        city_load("chongqing")
        campaign_load(CITY)
    yield
    with django_db_blocker.unblock():
        sql.execute(f"TRUNCATE {', '.join(name for (name,) in sql.fetch(TABLES))} CASCADE")


@pytest.fixture
def hall(loaded: None, db: None, anyone: Actor, noon: datetime) -> World:
    clock.set_to(noon)
    return World(anyone, noon).build()
