"""What the world reads to check a certificate without asking us: keys, and the numbers of what was taken back.

JWKS: RFC 7517 with `crlVersion` of SMART Health Cards; trust list: entries of the EU gateway (DSC); revoked numbers by key
as a card revocation list, and as hashes of unique certificate identifiers (type UCI). Nothing in them names a person.
"""

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime

from seawall.platform import sql
from seawall.reference import selectors as reference

from ..codes import dcc
from ..codes.keys import text
from .keys import published

REVOKED = "SELECT certificate FROM certificates_certificate WHERE state = 'revoked' AND kid = ANY(%s) ORDER BY 1"


@dataclass(frozen=True, slots=True)
class Revoked:
    """Numbers taken back of one key; `count` grows with each."""

    kid: str
    count: int
    rids: tuple[str, ...]


def jwks() -> list[dict[str, str | int]]:
    """Keys on the lists as JWK."""
    fixed = {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256"}
    return [{**fixed, "kid": k.kid, "x": k.x, "y": k.y, "crlVersion": k.revoked} for k in published()]


def revoked(kid: str) -> Revoked | None:
    """Of a key on the lists."""
    if kid not in {row.kid for row in published()}:
        return None
    rids = tuple(text(number.bytes) for (number,) in sql.fetch(REVOKED, [[kid]]))
    return Revoked(kid, len(rids), rids)


def trust_list() -> list[dict[str, str]]:
    """Document signer certificates, as the EU gateway lists them."""
    country = reference.city().country
    return [
        {
            "kid": b64encode(row.dcc_kid).decode(),
            "timestamp": _zulu(row.made_at),
            "country": country,
            "certificateType": "DSC",
            "thumbprint": hashlib.sha256(row.x509).hexdigest(),
            "rawData": b64encode(row.x509).decode(),
        }
        for row in published()
    ]


def dcc_revoked() -> list[str]:
    """Hashes of what was taken back, base64."""
    country, kids = reference.city().country, [row.kid for row in published()]
    return [b64encode(dcc.revocation_hash(country, number)).decode() for (number,) in sql.fetch(REVOKED, [kids])]


def _zulu(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
