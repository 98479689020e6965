"""Test databases: one migrated template and one rehearsed city for each state of the code, cloned for each worker."""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connection, connections
from psycopg.sql import SQL, Identifier

import seawall

PACKAGE = Path(seawall.__file__).parent
CITIES = PACKAGE.parents[1] / "cities"


def administrator() -> "psycopg.Connection[tuple]":
    """A connection to the cluster's own database."""
    params = {k: v for k, v in connection.get_connection_params().items() if k in {"host", "port", "user", "password"}}
    return psycopg.connect(dbname="postgres", autocommit=True, **params)


def _digest(*patterns: str) -> str:
    """Of the package without its interfaces, which nothing that lives a day imports."""
    digest = hashlib.sha256()
    for pattern in patterns:
        for path in sorted(PACKAGE.rglob(pattern)):
            if path.is_relative_to(PACKAGE / "interfaces"):
                continue
            digest.update(str(path.relative_to(PACKAGE)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def clone(admin: "psycopg.Connection[tuple]", template: str, name: str) -> None:
    drop(admin, name)
    admin.execute(
        SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(Identifier(name), Identifier(template))
    )


def drop(admin: "psycopg.Connection[tuple]", name: str) -> None:
    admin.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


@contextlib.contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """Django's connection, moved to another database of the cluster."""
    before = connection.settings_dict["NAME"]
    connections.close_all()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = before


def _made_once(admin: "psycopg.Connection[tuple]", kind: str, key: str, make) -> str:
    """The database `kind_key`, made by whichever worker comes first; older ones of the kind are dropped."""
    name = f"seawall_{kind}_{key}"
    admin.execute("SELECT pg_advisory_lock(hashtext(%s))", [kind])
    try:
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            for (old,) in admin.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"seawall\\_{kind}\\_%"]
            ):
                drop(admin, old)
            make(f"{name}_making")
            admin.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(f"{name}_making"), Identifier(name)))
    finally:
        admin.execute("SELECT pg_advisory_unlock(hashtext(%s))", [kind])
    return name


def migrated(admin: "psycopg.Connection[tuple]") -> str:
    """An empty, migrated database."""

    def make(name: str) -> None:
        admin.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        with pointed_at(name):
            call_command("migrate", verbosity=0, interactive=False)

    return _made_once(admin, "migrated", _digest("migrations/*.py", "config/settings.py"), make)


def rehearsed(admin: "psycopg.Connection[tuple]") -> str:
    """A small city that has lived its first weeks, through the services that a site uses."""
    from .city import LIVED_UNTIL, SCALE, SEED, live

    def make(name: str) -> None:
        clone(admin, migrated(admin), name)
        with pointed_at(name):
            live()

    tables = _digest("migrations/*.py", "config/settings.py")[:6]
    if os.environ.get("SEAWALL_KEEP_CITY") and (kept := _kept(admin, tables)):
        return kept
    cities = hashlib.sha256(b"".join(p.read_bytes() for p in sorted(CITIES.rglob("*.*")))).hexdigest()[:6]
    life = hashlib.sha256(repr((SCALE, SEED, LIVED_UNTIL)).encode()).hexdigest()[:4]
    key = f"{tables}_{_digest('*.py', '*.csv', '*.toml')[:8]}{cities}{life}"
    return _made_once(admin, "rehearsed", key, make)


def _kept(admin: "psycopg.Connection[tuple]", tables: str) -> str | None:
    """A city that was lived before the code changed, with the tables of today."""
    ours = f"seawall_rehearsed_{tables}_"
    admin.execute("SELECT pg_advisory_lock(hashtext('rehearsed'))")
    try:
        found = admin.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s AND datname NOT LIKE %s ORDER BY datname LIKE %s DESC",
            ["seawall\\_rehearsed\\_%", "%\\_making", f"{ours}%"],
        ).fetchone()
        if found is None or found[0].startswith(ours):
            return found and str(found[0])
        admin.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(found[0]), Identifier(f"{ours}kept")))
        with pointed_at(f"{ours}kept"):
            call_command("migrate", verbosity=0, interactive=False)
        return f"{ours}kept"
    finally:
        admin.execute("SELECT pg_advisory_unlock(hashtext('rehearsed'))")


def worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")
