"""An uninterrupted day to compare with, and a fresh city for each death."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connections

from .. import databases
from ..city import LIVED_UNTIL
from .scene import moments, signature

DAY = LIVED_UNTIL + timedelta(days=1)


@pytest.fixture(scope="session")
def whole(rehearsal: str, django_db_blocker: Any) -> dict[str, Any]:
    """The next day lived in one go: what it leaves, and how many moments it has."""
    name = f"seawall_whole_{databases.worker()}"
    with django_db_blocker.unblock(), databases.administrator() as admin:
        databases.clone(admin, rehearsal, name)
        with databases.pointed_at(name):
            found = {"day": DAY, "moments": moments("live", DAY), "left": signature(DAY)}
        connections.close_all()
        databases.drop(admin, name)
        return found


@pytest.fixture
def fresh(rehearsal: str, django_db_blocker: Any) -> Iterator[date]:
    """A clone of the rehearsed city; the day that comes next."""
    name = f"seawall_killed_{databases.worker()}"
    with django_db_blocker.unblock(), databases.administrator() as admin:
        databases.clone(admin, rehearsal, name)
        with databases.pointed_at(name):
            yield DAY
        connections.close_all()
        databases.drop(admin, name)
