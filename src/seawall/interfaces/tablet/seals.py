"""What is signed and sealed between server and tablet: JWS with ES256 (RFC 7515), JWE with ECDH-ES+A256KW and A256GCM (RFC 7516)."""

import gzip
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from seawall.clinic.selectors import SignerKey
from seawall.platform import secrets

ALGORITHMS = ["ES256"]
SEALING = {"alg": "ECDH-ES+A256KW"}
SIGNING = "tablet bundles"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (FIPS 186-4, D.1.2.3)


class NotSigned(Exception):
    """Not a message of a signer of this tablet."""


def base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@cache
def _key(number: int) -> ECKey:
    """The key that signs bundles, from the installation's own: nothing more is to be kept."""
    scalar = int.from_bytes(secrets.derived(SIGNING, number)) % (ORDER - 1) + 1
    private = ec.derive_private_key(scalar, ec.SECP256R1())
    key: ECKey = ECKey.import_key(private)
    return key


def published() -> dict[str, Any]:
    """The public keys of bundles: that in force and those before it."""
    keys = [_key(number) for number in secrets.ring()]
    return {"keys": [key.as_dict(private=False) | {"kid": key.thumbprint()} for key in keys]}


def kept_key(site_id: int, tablet: UUID) -> bytes:
    """16 bytes by which a tablet seals what it keeps: the same in all its bundles."""
    return secrets.derived(f"tablet {site_id} {tablet}")[:16]


def salt(site_id: int) -> bytes:
    return secrets.derived(f"cards {site_id}")[:16]


def sealed(bundle: Mapping[str, Any], signers: Mapping[str, SignerKey]) -> str:
    """The bundle, packed and signed by this installation, to be opened by each of the signers alone."""
    key = _key(secrets.in_force())
    packed = gzip.compress(json.dumps(bundle, ensure_ascii=False, separators=(",", ":")).encode(), 6, mtime=0)
    signed = jws.serialize_compact({"alg": "ES256", "kid": key.thumbprint()}, packed, key, algorithms=ALGORITHMS)
    letter = jwe.GeneralJSONEncryption({"enc": "A256GCM"}, signed.encode())
    for kid, signer in signers.items():
        letter.add_recipient(SEALING | {"kid": kid}, ECKey.import_key(json.loads(signer.sealing)))
    return json.dumps(jwe.encrypt_json(letter, None, algorithms=["ECDH-ES+A256KW", "A256GCM"]))


def tablet_named(text: str) -> UUID | None:
    """The tablet that a message says it is from; nothing is proven by that."""
    try:
        kid = str(jws.extract_compact(text.encode()).headers().get("kid"))
    except (JoseError, ValueError):
        return None
    return uuid_or_none(kid.partition("/")[0])


def uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def opened(text: str, signers: Mapping[str, SignerKey]) -> tuple[SignerKey, dict[str, Any]]:
    """Who signed a message, and what it says. NotSigned for anything that is not from one of the signers."""
    try:
        head = jws.extract_compact(text.encode()).headers()
        signer = signers[str(head.get("kid"))]
    except (JoseError, KeyError, ValueError, TypeError) as error:
        raise NotSigned from error
    for key in signer.signing:
        with suppress(JoseError, ValueError, TypeError):
            told = jws.deserialize_compact(text, ECKey.import_key(json.loads(key)), algorithms=ALGORITHMS)
            if isinstance(said := json.loads(told.payload), dict):
                return signer, said
    raise NotSigned
