"""Numbers that identify people: encrypted at rest with a key id, found again by a keyed index."""

import hashlib
import hmac
import os
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_ID = 1


@cache
def _key(use: bytes) -> bytes:
    hkdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=use)
    return hkdf.derive(settings.DATA_KEY.encode())


@cache
def _box() -> AESGCM:
    return AESGCM(_key(b"seawall numbers"))


def encrypt(text: str) -> bytes:
    """Key id (1 byte), nonce (12), ciphertext with tag."""
    nonce = os.urandom(12)
    return bytes([KEY_ID]) + nonce + _box().encrypt(nonce, text.encode(), None)


def decrypt(sealed: bytes | memoryview) -> str:
    raw = bytes(sealed)
    if raw[0] != KEY_ID:
        raise ValueError(f"unknown key id {raw[0]}")
    return _box().decrypt(raw[1:13], raw[13:], None).decode()


def keyed_index(text: str) -> bytes:
    """16 bytes that find a number without telling it."""
    return hmac.digest(_key(b"seawall index"), text.encode(), hashlib.sha256)[:16]
