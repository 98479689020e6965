"""Makes the database ready: created when missing, migrated when behind."""

from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def _administrative_connection() -> "psycopg.Connection[Any]":
    """A connection to the cluster's own `postgres` database, for creating ours."""
    params = {k: v for k, v in connection.get_connection_params().items() if k in {"host", "port", "user", "password"}}
    return psycopg.connect(dbname="postgres", autocommit=True, **params)


def create_if_missing() -> bool:
    """Create the campaign's database; True when it was not there."""
    name = settings.DATABASES["default"]["NAME"]
    with _administrative_connection() as admin:
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return False
        admin.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
    return True


def migrate_if_behind() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)


def make_ready() -> None:
    create_if_missing()
    migrate_if_behind()
