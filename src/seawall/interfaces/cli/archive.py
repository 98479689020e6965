"""The file of a backup: a tar of age files (age-encryption.org), so that the standard tools open it as well.

`manifest.age`, `keys.age` and `database.age` are sealed for a recipient. Where a passphrase was given the recipient was made for this file,
and `unlock.age` holds its key, sealed with the passphrase. Nothing of the content ever rests on a disk unsealed.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pyrage
from pyrage import passphrase, x25519

from seawall.terms.acts import Refused

FORMAT = 1
SHORTEST = 12  # characters of a passphrase
MEMBERS = ("manifest", "keys", "database")
UNREADABLE = (tarfile.TarError, pyrage.DecryptError, KeyError, ValueError, EOFError)


@dataclass(slots=True)
class Measured:
    """A stream that remembers how much went through, and its digest."""

    to: IO[bytes] | None
    size: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.size += len(data)
        if self.to:
            self.to.write(data)
        return len(data)

    def flush(self) -> None:
        if self.to:
            self.to.flush()


@dataclass(slots=True)
class Source:
    """A stream that is read, measured on its way."""

    of: IO[bytes]
    seen: Measured

    def read(self, size: int = -1) -> bytes:
        data = self.of.read(size)
        self.seen.write(data)
        return data


def recipients(told: Sequence[str]) -> list[x25519.Recipient]:
    try:
        return [x25519.Recipient.from_str(text) for text in told]
    except pyrage.RecipientError as error:
        raise Refused("BACKUP_RECIPIENT", why=str(error)) from error


def write(
    file: Path, told: Sequence[str], secret: str, database: IO[bytes], rest: Callable[[Measured], tuple[Any, str]]
) -> int:
    """Write the file whole or not at all; its size in bytes.

    `told`: recipients (`age1...`), or none and a passphrase. `rest` is asked, once the database is through, for manifest and keys.
    """
    whom, sealed = recipients(told), {}
    if not whom:
        own = x25519.Identity.generate()
        whom = [own.to_public()]
        sealed["unlock"] = passphrase.encrypt(str(own).encode(), _long_enough(secret))
    part, body = file.with_name(file.name + ".part"), file.with_name(file.name + ".database")
    try:
        with body.open("xb") as stream:
            seen = Measured(None)
            sealed_into(stream, Source(database, seen), whom)
        manifest, keys = rest(seen)
        sealed["manifest"] = pyrage.encrypt(json.dumps(manifest).encode(), whom)
        sealed["keys"] = pyrage.encrypt(keys.encode(), whom)
        with part.open("xb") as made, tarfile.open(fileobj=made, mode="w") as tar:
            for name, content in sealed.items():
                tar.addfile(_entry(name, len(content)), io.BytesIO(content))
            with body.open("rb") as stream:
                tar.addfile(_entry("database", body.stat().st_size), stream)
        part.chmod(0o600)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
        body.unlink(missing_ok=True)
    return file.stat().st_size


class Sink:
    """A stream that keeps the disk's own error, which the library that seals turns into one of its own."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.failed: OSError | None = None

    def write(self, data: bytes) -> int:
        with self._kept():
            return self.stream.write(data)

    def flush(self) -> None:
        with self._kept():
            self.stream.flush()

    @contextmanager
    def _kept(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.failed = OSError(error.errno, error.strerror, self.stream.name)
            raise


def sealed_into(stream: IO[bytes], source: Source, whom: Sequence[Any]) -> None:
    """Seal what is read for recipients. Raises OSError where the disk has no room."""
    sink = Sink(stream)
    try:
        pyrage.encrypt_io(source, sink, whom)
    except pyrage.EncryptError:
        if sink.failed:
            raise sink.failed from None
        raise


def _long_enough(secret: str) -> str:
    if len(secret) < SHORTEST:
        raise Refused("PASSPHRASE_SHORT", shortest=SHORTEST)
    return secret


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(f"{name}.age")
    entry.size, entry.mode = size, 0o600
    return entry


class Archive:
    """A backup's file, opened."""

    def __init__(self, file: Path, identity: str, secret: Callable[[], str]) -> None:
        self.file = file
        try:
            self.tar = tarfile.open(file)  # noqa: SIM115 - closed with this
            self.key = x25519.Identity.from_str(identity or self._unlocked(secret()))
            self.manifest: dict[str, Any] = json.loads(self._small("manifest"))
            self.keys = self._small("keys").decode()
        except (*UNREADABLE, pyrage.IdentityError) as error:
            raise Refused("BACKUP_UNREADABLE", file=str(file), why=_why(error)) from error
        if self.manifest.get("format") != FORMAT:
            raise Refused("BACKUP_NEWER", file=str(file), version=str(self.manifest.get("version")))

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_: object) -> None:
        self.tar.close()

    def database(self, to: IO[bytes]) -> None:
        """Hand the dump on; refused when it is not, byte for byte, what was sealed."""
        seen = Measured(to)
        try:
            pyrage.decrypt_io(self._member("database"), seen, [self.key])
        except (*UNREADABLE, OSError) as error:
            if getattr(error, "errno", None):  # a pipe or a disk of ours: the file itself fails without a number
                raise
            raise Refused("BACKUP_UNREADABLE", file=str(self.file), why=_why(error)) from error
        if seen.digest.hexdigest() != self.manifest["sha256"]:
            raise Refused("BACKUP_UNREADABLE", file=str(self.file), why="sha256")

    def _unlocked(self, secret: str) -> str:
        return passphrase.decrypt(self._member("unlock").read(), secret).decode()

    def _small(self, name: str) -> bytes:
        return pyrage.decrypt(self._member(name).read(), [self.key])

    def _member(self, name: str) -> IO[bytes]:
        found = self.tar.extractfile(f"{name}.age")
        if found is None:
            raise KeyError(name)
        return found


def _why(error: Exception) -> str:
    if isinstance(error, tarfile.ReadError):
        return "it is no archive, or was cut off"
    return " ".join(str(error).split()) or type(error).__name__
