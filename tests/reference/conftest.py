"""Reference data, loaded once for each module of this folder and taken away after it."""

import pytest

from seawall.platform import sql
from seawall.reference.services import city_load

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND starts_with(tablename, 'reference_')"


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """All reference tables."""
    with django_db_blocker.unblock():
        city_load("chongqing")
    yield
    with django_db_blocker.unblock():
        sql.execute(f"TRUNCATE {', '.join(name for (name,) in sql.fetch(TABLES))} CASCADE")
