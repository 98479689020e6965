"""A hall with its staff, each with an account; and the way in through the sign-in page."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from seawall.campaigns.services import campaign_load
from seawall.platform import clock, sql
from seawall.reference.services import city_load
from seawall.terms.actor import Actor
from tests.clinic.conftest import CITY, TABLES
from tests.clinic.world import World

from .authenticator import PASSWORD
from .holders import holder
from .pages import Visitor


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with django_db_blocker.unblock():
        city_load("chongqing")
        campaign_load(CITY)
    yield
    with django_db_blocker.unblock():
        sql.execute(f"TRUNCATE {', '.join(name for (name,) in sql.fetch(TABLES))} CASCADE")


@pytest.fixture
def hall(loaded: None, db: None, anyone: Actor, noon: datetime, settings: pytest.FixtureRequest) -> World:
    settings.SEAWALL_DEMO = False
    clock.set_to(noon)
    return World(anyone, noon).build()


@pytest.fixture
def sign_in(hall: World) -> Callable[..., Visitor]:
    """Give a role a post with an account, and go in through the door."""

    def enter(role: str, *scopes: tuple[str, object], certified: bool = False) -> Visitor:
        name, post = holder(hall, role, *scopes, certified=certified)
        visitor = Visitor()
        visitor.go("/console/sign-in").send("username", username=name, password=PASSWORD)
        visitor.go("/console/start").send("post", post=post)
        return visitor

    return enter
