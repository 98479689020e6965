"""Shared fixtures: a real PostgreSQL, embedded unless DATABASE_URL names one."""

import os

os.environ.setdefault("SEAWALL_VOLATILE", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seawall.config.settings")

from datetime import UTC, datetime  # noqa: E402
from uuid import UUID, uuid5  # noqa: E402

import pytest  # noqa: E402

from seawall.terms.actor import Actor, Reach  # noqa: E402

NAMES = UUID("6f0c1a5e-0000-4000-8000-000000000000")


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
