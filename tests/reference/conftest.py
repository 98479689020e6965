"""Reference data, loaded once for each module of this folder and taken away after it."""

import pytest

from seawall.platform import sql
from seawall.reference.services import reference_load


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """All reference tables."""
    with django_db_blocker.unblock():
        reference_load()
        yield
        names = sql.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'reference\\_%'"
        )
        sql.execute(f"TRUNCATE {', '.join(name for (name,) in names)} CASCADE")
