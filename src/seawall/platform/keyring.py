"""Keys of an installation: made at first use, kept readable by their owner alone; those of data have numbers, so that they can change."""

import os
import re
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

NUMBERED = re.compile(r"(?:(\d{1,3}):)?(\S+)")
LAST = 255  # a key's number is one byte before what it sealed


class KeysUnreadable(RuntimeError):
    """A keyring that holds no key, a number twice, or a number that is none; or a key that cannot be kept."""


def kept_secret(path: Path) -> str:
    """The secret in a file, made when there is none."""
    if not path.exists():
        _keep(path, secrets.token_hex(32), anew=True)
    return _read(path)


def read(text: str, where: str) -> dict[int, str]:
    """Keys by number, from `1:...` parted by commas or lines; a key without a number is the first."""
    found: dict[int, str] = {}
    for part in re.split(r"[,\s]+", text.strip()):
        match = NUMBERED.fullmatch(part)
        number = int(match[1] or 1) if match else 0
        if match is None or not 0 < number <= LAST or number in found:
            raise KeysUnreadable(f"{where} holds no keyring: keys are written NUMBER:KEY, each number once")
        found[number] = match[2]
    return dict(sorted(found.items()))


def written(keys: dict[int, str]) -> str:
    """As `read` reads them."""
    return "\n".join(f"{number}:{key}" for number, key in sorted(keys.items()))


def add(path: Path) -> int:
    """Put a new key beside those of a file; its number."""
    keys = read(_read(path), str(path))
    number = max(keys) + 1
    if number > LAST:
        raise KeysUnreadable(f"{path} holds key {LAST}, the last number there is")
    put(path, written(keys | {number: secrets.token_hex(32)}))
    return number


def put(path: Path, text: str) -> None:
    """Write a file of keys, whole or not at all, for its owner's eyes."""
    _keep(path, text, anew=False)


def _read(path: Path) -> str:
    secret = path.read_text().strip()
    if not secret:
        raise KeysUnreadable(
            f"{path} is empty: put the secret back from its copy, or remove the file if nothing was ever sealed"
        )
    return secret


def _keep(path: Path, secret: str, *, anew: bool) -> None:
    """Whole or not there; of two that make it anew at once the first has it."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
            made = Path(file.name)
            try:
                file.write(secret)
                file.flush()
                _put(made, path, anew=anew)
            finally:
                made.unlink(missing_ok=True)
    except OSError as error:
        raise KeysUnreadable(
            f"The key {path} cannot be kept there: {error.strerror}. Make room, or name another folder."
        ) from error


def _put(made: Path, path: Path, *, anew: bool) -> None:
    with suppress(FileExistsError):
        os.link(made, path) if anew else made.replace(path)
