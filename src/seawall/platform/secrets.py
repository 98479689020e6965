"""Numbers that identify people: encrypted at rest with a key id, found again by a keyed index.

The last key of the ring seals; what an earlier one sealed is read, and found, as long as that key stands in the ring.
"""

import hashlib
import hmac
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from . import keyring


def source() -> str:
    """Where the keys come from, for sentences."""
    return "SEAWALL_DATA_KEY" if settings.DATA_KEY else str(key_file())


def key_file() -> Path:
    return Path(settings.VAR) / "keys" / "data"


def there() -> bool:
    """Whether a key stands ready; the first use of another makes one."""
    return bool(settings.DATA_KEY) or key_file().exists()


@cache
def ring() -> dict[int, str]:
    """The keys by number, in order; made where this is the first use of an installation."""
    return keyring.read(settings.DATA_KEY or keyring.kept_secret(key_file()), source())


@cache
def in_force() -> int:
    """Number of the key that seals."""
    return max(ring())


@cache
def _key(number: int, use: bytes) -> bytes:
    hkdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=use)
    return hkdf.derive(ring()[number].encode())


@cache
def _box(number: int) -> AESGCM:
    return AESGCM(_key(number, b"seawall numbers"))


def encrypt(text: str) -> bytes:
    """Key id (1 byte), nonce (12), ciphertext with tag."""
    nonce, number = os.urandom(12), in_force()
    return bytes([number]) + nonce + _box(number).encrypt(nonce, text.encode(), None)


def decrypt(sealed: bytes | memoryview) -> str:
    """ValueError when no key of the ring has that number, InvalidTag when it is another key."""
    raw = bytes(sealed)
    if raw[0] not in ring():
        raise ValueError(f"unknown key id {raw[0]}")
    return _box(raw[0]).decrypt(raw[1:13], raw[13:], None).decode()


def keyed_index(text: str) -> bytes:
    """16 bytes that find a number without telling it, by the key in force."""
    return _index(in_force(), text)


def indexes(texts: Iterable[str]) -> dict[bytes, bytes]:
    """The index of each text by every key of the ring, beside the one by the key in force: what is stored may be either."""
    numbers, last = ring(), in_force()
    return {_index(number, text): _index(last, text) for text in texts for number in numbers}


def _index(number: int, text: str) -> bytes:
    return hmac.digest(_key(number, b"seawall index"), text.encode(), hashlib.sha256)[:16]


def derived(use: str, number: int | None = None) -> bytes:
    """32 bytes for a use of its own, the same as long as the key of that number stands in the ring; of the first key by default."""
    return _key(min(ring()) if number is None else number, f"seawall {use}".encode())


def opens(sealed: bytes | memoryview) -> bool:
    """Whether this installation's keys open what was sealed."""
    try:
        decrypt(sealed)
    except (InvalidTag, ValueError):
        return False
    return True


def forget() -> None:
    """Read the ring anew."""
    for kept in (ring, in_force, _key, _box):
        kept.cache_clear()
