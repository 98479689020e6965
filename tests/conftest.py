"""Shared fixtures: a real PostgreSQL, embedded unless DATABASE_URL names one; a rehearsed city, cloned where a test needs it."""

import os

os.environ.setdefault("SEAWALL_VOLATILE", "1")
os.environ.setdefault("SEAWALL_DEMO", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seawall.config.settings")

from datetime import UTC, datetime
from uuid import UUID, uuid5

import pytest
from django.db import connections

from seawall.terms.actor import Actor, Reach

from . import databases

NAMES = UUID("6f0c1a5e-0000-4000-8000-000000000000")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """Each worker's database is a clone of one migrated template, kept between runs while the migrations stay."""
    with django_db_blocker.unblock():
        name = f"seawall_test_{databases.worker()}"
        with databases.administrator() as admin:
            databases.clone(admin, databases.migrated(admin), name)
            with databases.pointed_at(name):
                yield
            databases.drop(admin, name)


@pytest.fixture(scope="session")
def rehearsal(django_db_blocker):
    """Name of this run's rehearsed city; clone it, do not change it."""
    with django_db_blocker.unblock(), databases.administrator() as admin:
        return databases.rehearsed(admin)


@pytest.fixture(scope="module")
def city(rehearsal, django_db_blocker):
    """Django's connection on this worker's own clone of the rehearsed city, for one test module."""
    name = f"seawall_city_{databases.worker()}"
    with django_db_blocker.unblock(), databases.administrator() as admin:
        databases.clone(admin, rehearsal, name)
        with databases.pointed_at(name):
            yield name
        connections.close_all()
        databases.drop(admin, name)


@pytest.fixture
def anyone() -> Actor:
    """An actor who may do everything everywhere."""
    return Actor(account_id=1, post_id=1, role="TEST", grants=frozenset({"*"}), reach=Reach(everywhere=True))


@pytest.fixture
def act():
    """Make act ids by name, so that a test can repeat one."""
    return lambda *parts: uuid5(NAMES, "/".join(map(str, parts)))


@pytest.fixture
def noon():
    """10 April 2021, 12:00 in Chongqing."""
    return datetime(2021, 4, 10, 4, 0, tzinfo=UTC)
