"""Shared fixtures: a real PostgreSQL, embedded unless DATABASE_URL names one; a rehearsed city, cloned where a test needs it."""

import os

os.environ.setdefault("SEAWALL_VOLATILE", "1")
os.environ.setdefault("SEAWALL_DEMO", "1")
os.environ.setdefault("SEAWALL_PUBLIC_SECONDS", "0")  # a page shows what the act before it did
os.environ.setdefault("SEAWALL_TIME_ZONE", "Asia/Shanghai")  # of tests that load no city
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seawall.config.settings")

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid5

import pytest
from django.conf import settings
from django.db import connections

from seawall.terms.actor import Actor, Reach

from . import databases, strict

settings.PUBLIC_SECONDS = 0  # django has read its settings by now

NAMES = UUID("6f0c1a5e-0000-4000-8000-000000000000")
# Folders of tests in which a warning is not an error yet.
WARNINGS_PASS = {"browser", "drill", "kill"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A warning is an error, whoever gives it; one worker lives the city while the others test what needs none."""
    for item in items:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        if folder not in WARNINGS_PASS:
            item.add_marker(pytest.mark.filterwarnings("error"))
    need = [item for item in items if "rehearsal" in getattr(item, "fixturenames", ())]
    need.sort(key=lambda item: "browser" not in item.path.parts)  # the longest group, which stays on one worker
    known = set(map(id, need))
    items[:] = need[:1] + [item for item in items if id(item) not in known] + need[1:]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    from .together import Together

    return Together(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.fixture(autouse=True)
def names_given():
    """No template asks for a name that nobody gave."""
    strict.asked_in_vain.clear()
    yield
    assert not strict.asked_in_vain, "names that nobody gave: " + "; ".join(sorted(strict.asked_in_vain))


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


@pytest.fixture(scope="module", autouse=True)
def nothing_remembered():
    """A module asks its database which city it holds, whatever the one before it knew."""
    from seawall.platform import clock
    from seawall.reference import loaded

    loaded.forget()
    clock.zone_forget()


@pytest.fixture(autouse=True)
def nothing_learned():
    """What a test loads is gone with it; so is what the process learned from it of the city."""
    from seawall.platform import clock
    from seawall.reference import loaded

    hashes, zones = dict(loaded._hashes), dict(clock._zones)
    yield
    loaded._hashes.clear()
    loaded._hashes.update(hashes)
    clock._zones.clear()
    clock._zones.update(zones)


@pytest.fixture
def chongqing(monkeypatch):
    """The city, known without a database."""
    from seawall.reference import city, folders, loaded

    known = city.parse(folders.texts(folders.folder("chongqing")))
    monkeypatch.setattr(loaded, "_hashes", {str(connections["default"].settings_dict["NAME"]): known.hash})
    monkeypatch.setattr(loaded, "_parsed", lambda _: known)


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


settings.PASSWORD_HASHERS = ["tests.hashing.FewRounds"]
