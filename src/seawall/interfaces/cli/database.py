"""Is the database there, migrated, and does this installation's key fit it? Commands that read never make one."""

import os
import sys
from typing import Any

import django
import psycopg
import typer
from django.conf import settings
from django.core.management import call_command
from django.db import NotSupportedError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from seawall.terms.actor import EN
from seawall.terms.acts import Refused

LEAST_POSTGRES = 15
OURS = frozenset({"dbname", "context", "cursor_factory", "prepare_threshold"})  # not for another connection


def to_read(language: str = EN) -> None:
    """For commands that only read: nothing is created, migrated or written."""
    _said(_checked, language)


def to_write(language: str = EN) -> None:
    """For the server and for commands that write: our own database is made when missing, a foreign one only by `migrate`."""
    _said(_there, language)
    _said(_confirmed, language)


def to_reach(language: str = EN) -> None:
    """For commands that must work on tables of an earlier version."""
    _said(_reached, language)


def to_fill(language: str = EN) -> None:
    """For `restore`: created when missing, and left empty."""
    _said(_created, language)


def to_make(language: str = EN) -> int:
    """For `migrate` and `demo`: created when missing, migrated when behind; how many migrations were applied."""
    applied = _said(_made, language)
    _said(_confirmed, language)
    return applied


def engines_compiled() -> None:
    """What judges histories and sizes slots is compiled once for each version, here and not while somebody waits at a desk."""
    from seawall.engines.__main__ import compile_all

    if sys.stderr.isatty():
        typer.echo("compiling, up to two minutes ...", err=True)
    if compile_all():
        raise typer.Exit(2)


def _said(work: Any, language: str) -> int:
    settings_read()
    from .saying import or_refusal

    return int(or_refusal(work, language) or 0)


def settings_read() -> None:
    """For commands that work on files alone, in the words of the program."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seawall.config.settings")
    django.setup()


def where() -> dict[str, str]:
    """The database by name and host, for sentences."""
    told = settings.DATABASES["default"]
    return {"database": str(told["NAME"]), "host": "embedded" if settings.EMBEDDED else told["HOST"] or "localhost"}


def _there() -> None:
    _made() if settings.EMBEDDED else _checked()


def _reached() -> None:
    if not _connects():
        raise Refused("DATABASE_MISSING", **where())
    if unknown := _newer():
        raise Refused("DATABASE_NEWER", **where(), migration=unknown[0])
    if connection.introspection.table_names():
        _key_fits()


def _checked() -> None:
    if not _connects():
        raise Refused("DATABASE_MISSING", **where())
    if waiting := behind():
        raise Refused("DATABASE_BEHIND", **where(), migrations=waiting)
    _reached()


def _created() -> None:
    if not _connects():
        with _administrative() as admin:
            admin.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(where()["database"])))


def _made() -> int:
    _created()
    _reached()
    waiting = behind()
    if waiting:
        call_command("migrate", verbosity=0, interactive=False)
    return waiting


def _key_fits() -> None:
    from seawall.platform import secrets
    from seawall.platform import selectors as platform

    if platform.key_fits() is False:
        raise Refused("DATA_KEY_DIFFERS" if secrets.there() else "DATA_KEY_MISSING", **where(), source=secrets.source())


def _confirmed() -> None:
    """The key is the database's own from its first use on, and acts are sealed in the epoch of their cluster."""
    from seawall.platform import services as platform

    platform.canary_leave()
    _key_fits()
    platform.epoch_keep()


def _connects() -> bool:
    """Whether the database is there; refused where that cannot be known."""
    from seawall.platform.embedded import cluster_folder

    if settings.EMBEDDED and not (cluster_folder() / "PG_VERSION").exists():
        return False
    try:
        connection.ensure_connection()
        _new_enough(connection.pg_version)  # type: ignore[attr-defined]
    except NotSupportedError:
        _new_enough(connection.connection.info.server_version if connection.connection else 0)
    except OperationalError as error:
        if _listed() is not False:
            raise Refused("DATABASE_UNREACHED", **where(), why=" ".join(str(error).split())) from error
        return False
    return True


def _new_enough(version: int) -> None:
    if version < LEAST_POSTGRES * 10_000:
        raise Refused("POSTGRES_TOO_OLD", **where(), version=version // 10_000, least=LEAST_POSTGRES)


def _listed() -> bool | None:
    """Whether the server knows a database of this name; None when it will not say."""
    try:
        with _administrative() as admin:
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            return admin.execute(query, [where()["database"]]).fetchone() is not None
    except psycopg.OperationalError:
        return None


def _administrative() -> "psycopg.Connection[Any]":
    """A connection to the cluster's own `postgres` database."""
    params = {k: v for k, v in connection.get_connection_params().items() if k not in OURS}
    return psycopg.connect(dbname="postgres", autocommit=True, **params)


def behind() -> int:
    """Migrations that wait to be applied."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _newer() -> list[str]:
    """Migrations of our rooms that were applied here and that this version does not know."""
    loader = MigrationLoader(connection)
    ours = {app for app, _ in loader.disk_migrations}
    unknown = [key for key in loader.applied_migrations or () if key[0] in ours and key not in loader.disk_migrations]
    return sorted(f"{app}.{name}" for app, name in unknown)


def migrate() -> None:
    """Create the database when it is missing, and bring its tables up to this version. Take a copy first (docs/operate.md)."""
    applied = to_make()
    typer.echo(
        f"{where()['database']} on {where()['host']}: " + (f"{applied} migrations applied" if applied else "up to date")
    )
