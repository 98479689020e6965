"""A hall with its staff, each with an account; and the way in through the sign-in page."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

import pytest

from seawall.campaigns.services import campaign_load
from seawall.platform import clock, sql
from seawall.reference.services import city_load
from seawall.staff import services as staff
from seawall.terms.actor import Actor
from seawall.terms.staff import AccountCreate, CredentialGrant, PostAssign, Scope, Secret
from tests.clinic.conftest import CITY, TABLES
from tests.clinic.world import PROGRAMME, World, done

from .authenticator import PASSWORD
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
        name = f"{role.lower()}-{len(scopes)}-{hall.serial}"
        create = AccountCreate(**hall.base(), username=name, name=name, password=Secret(PASSWORD))
        account = done(staff.accounts_create(hall.actor, [create]))[0].answer["account_id"]
        assign = PostAssign(
            **hall.base(), role=role, person=name, account_id=account, valid_from=date(2021, 1, 1), synthetic=True,
            scopes=tuple(Scope(kind=kind, ref=str(ref)) for kind, ref in scopes),
        )  # fmt: skip
        post = done(staff.posts_assign(hall.actor, [assign]))[0].answer["post_id"]
        if certified:
            grant = CredentialGrant(
                **hall.base(), post_id=post, kind="VACCINATION_TRAINING", programme=PROGRAMME,
                valid_from=date(2021, 1, 1), valid_to=date(2022, 12, 31),
            )  # fmt: skip
            done(staff.credentials_grant(hall.actor, [grant]))
        visitor = Visitor()
        visitor.go("/console/sign-in").send("username", username=name, password=PASSWORD)
        visitor.go("/console/start").send("post", post=post)
        return visitor

    return enter
