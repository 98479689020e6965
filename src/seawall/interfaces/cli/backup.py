"""`seawall backup`, `verify`, `restore`: everything that an installation is, in one sealed file, and back."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import typer
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from seawall.platform import clock, keyring, pgtools, secrets, vitals
from seawall.terms.actor import EN
from seawall.terms.acts import Refused

from .archive import FORMAT, SHORTEST, Archive, Measured, write
from .database import behind

SESSION = "session"


def backup(file: Path, recipients: list[str]) -> None:
    """Write the file; what it holds is what the database held at one moment, whoever works meanwhile."""
    if file.exists():
        raise Refused("BACKUP_FILE_THERE", file=str(file))
    if not file.parent.is_dir():
        raise Refused("BACKUP_FOLDER_MISSING", folder=str(file.parent))
    secret = "" if recipients else passphrase(anew=True)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
        manifest = _manifest()
        command = [pgtools.program("pg_dump"), "-Fc", f"--snapshot={snapshot}"]
        with _piped(command, pgtools.environment(), stdout=subprocess.PIPE) as (dump, ended):

            def rest(seen: Measured) -> tuple[Any, str]:
                ended()
                return manifest | {"sha256": seen.digest.hexdigest(), "bytes": seen.size}, _keys()

            size = write(file, recipients, secret, dump, rest)
    typer.echo(f"{file}: {size:,} bytes, {sum(manifest['acts'].values()):,} acts, as of {manifest['taken_at']}")


def verify(file: Path, identity: Path | None) -> None:
    """Read the whole file as a restore would, and write nothing."""
    with _opened(file, identity) as archive:
        command = [pgtools.newest("pg_restore"), "-f", "/dev/null"]
        with _piped(command, dict(os.environ), stdin=subprocess.PIPE) as (program, ended):
            archive.database(program)
            program.close()
            ended()
        _tell(file, archive.manifest)


def restore(file: Path, identity: Path | None, language: str = EN) -> bool:
    """Bring everything back into an empty database; whether every proof, shown, holds afterwards.

    A backup of an earlier version waits with its proofs for the upgrade.
    """
    from .checking import proven

    with _opened(file, identity) as archive:
        known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
        if not set(archive.manifest["migrations"]) <= known:
            raise Refused("BACKUP_NEWER", file=str(file), version=archive.manifest["version"])
        if connection.introspection.table_names():
            raise Refused("RESTORE_NOT_EMPTY", database=str(connection.settings_dict["NAME"]))
        keys = dict(line.split(" ", 1) for line in archive.keys.splitlines())
        ring = keyring.read(keys["data"], str(file))
        _room_for(ring)
        name = str(connection.get_connection_params()["dbname"])
        how = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", "-d", name]
        command = [pgtools.program("pg_restore"), *how]
        with _piped(command, pgtools.environment(), stdin=subprocess.PIPE) as (program, ended):
            archive.database(program)
            program.close()
            ended()
        _put_back(ring, keys[SESSION])
        _tell(file, archive.manifest)
        held = vitals.acts_by_verb()
        if held != archive.manifest["acts"]:
            raise Refused("RESTORE_DIFFERS", file=str(file))
    if waiting := behind():
        typer.echo(f"{waiting} migrations wait: seawall upgrade --no-copy")
        return True
    return proven(language)


def passphrase(*, anew: bool = False) -> str:
    """Of SEAWALL_PASSPHRASE, or asked for at the terminal."""
    if settings.PASSPHRASE:
        return str(settings.PASSPHRASE)
    if not sys.stdin.isatty():
        raise Refused("PASSPHRASE_MISSING", shortest=SHORTEST)
    return str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=anew))


def _opened(file: Path, identity: Path | None) -> Archive:
    key = (
        next((line for line in identity.read_text().split() if line.startswith("AGE-SECRET-KEY-")), "-")
        if identity
        else ""
    )
    return Archive(file, key, passphrase)


def _manifest() -> dict[str, Any]:
    """What the snapshot holds; read in its own transaction."""
    return {
        "format": FORMAT,
        "version": version("seawall"),
        "taken_at": clock.system_now().isoformat(timespec="seconds"),
        "server": vitals.server_version(),
        "migrations": [f"{app}.{name}" for app, name in MigrationLoader(connection).applied_migrations or ()],
        "acts": vitals.acts_by_verb(),
    }


def _keys() -> str:
    """A line for each kind of key: its name, then what its file holds in one line."""
    return f"data {','.join(keyring.written(secrets.ring()).split())}\n{SESSION} {settings.SECRET_KEY}\n"


def _room_for(ring: dict[int, str]) -> None:
    if secrets.there() and not ring.items() <= secrets.ring().items():
        raise Refused("RESTORE_OTHER_KEYS", source=secrets.source())


def _put_back(ring: dict[int, str], session: str) -> None:
    folder = secrets.key_file().parent
    if not secrets.there():
        keyring.put(secrets.key_file(), keyring.written(ring))
        secrets.forget()
    if (folder / SESSION).exists():  # no variable names it
        keyring.put(folder / SESSION, session)


def _tell(file: Path, manifest: dict[str, Any]) -> None:
    acts, taken = sum(manifest["acts"].values()), datetime.fromisoformat(manifest["taken_at"])
    typer.echo(f"{file}: version {manifest['version']}, {acts:,} acts, {manifest['bytes']:,} bytes, as of {taken}")


@contextmanager
def _piped(command: list[str], env: dict[str, str], **pipe: int) -> "Iterator[tuple[IO[bytes], Any]]":
    """A program of PostgreSQL, its open end, and what to call to see it end well."""
    process = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, **pipe)  # type: ignore[call-overload]
    stream = process.stdout or process.stdin

    def ended() -> None:
        said = process.stderr.read().decode(errors="replace")
        if process.wait():
            raise Refused("POSTGRES_TOOL_FAILED", tool=Path(command[0]).name, why=" ".join(said.split())[:400])

    try:
        yield stream, ended
    except BrokenPipeError:
        ended()
        raise
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for end in (process.stdout, process.stdin, process.stderr):
            if end and not end.closed:
                try:
                    end.close()
                except BrokenPipeError:
                    continue
