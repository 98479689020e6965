"""EU Digital COVID Certificate of the last dose: CBOR in COSE_Sign1, packed, in base45 behind `HC1:`.

eHealth Network, Technical Specifications for Digital Green Certificates, volumes 1 and 3; schema 1.3.0.
"""

import hashlib
import zlib
from base64 import b32decode, b32encode
from uuid import UUID

import base45
import cbor2
from cwt import COSE, COSEAlgs, COSEHeaders

from seawall.terms.codes import Precision

from .keys import Signer
from .proof import Given, Proof, partial

PREFIX = "HC1:"
VERSION = "1.3.0"
CODED = 26  # characters of 16 bytes in base32, unpadded
HASHED = 16  # bytes of a revocation hash (volume 1, annex on revocation)
ISSUER, EXPIRES, ISSUED, HCERT = 1, 4, 6, -260
LONGEST = 80  # characters of a text in the schema
SIGNING = COSE.new(alg_auto_inclusion=False)


def identifier(country: str, certificate: UUID) -> str:
    """The unique certificate identifier, option 3: opaque, without meaning."""
    return f"URN:UVCI:01:{country}:{b32encode(certificate.bytes).decode().rstrip('=')}"


def certificate_of(text: str) -> UUID | None:
    """The certificate that an identifier names; None for any other text."""
    coded = text.strip().upper().rpartition(":")[2]
    if not text.strip().upper().startswith("URN:UVCI:01:") or len(coded) != CODED:
        return None
    try:
        return UUID(bytes=b32decode(coded + "=" * (-len(coded) % 8)))
    except ValueError:
        return None


def revocation_hash(country: str, certificate: UUID) -> bytes:
    """As a list of revoked certificates names it (hash type UCI)."""
    return hashlib.sha256(identifier(country, certificate).encode()).digest()[:HASHED]


def encode(proof: Proof, signer: Signer) -> str:
    """The text of the code; empty where the EU lists have no word for the last vaccine, or its day is not known."""
    last = proof.doses[-1]
    if last.dcc is None or last.precision != Precision.DAY:
        return ""
    claims = {
        ISSUER: proof.country,
        EXPIRES: int(proof.expires_at.timestamp()),
        ISSUED: int(proof.issued_at.timestamp()),
        HCERT: {1: body(proof, last)},
    }
    protected = {COSEHeaders.ALG: COSEAlgs.ES256, COSEHeaders.KID: signer.dcc_kid}
    signed = SIGNING.encode(cbor2.dumps(claims), signer.cose, protected=protected, unprotected={})
    return PREFIX + base45.b45encode(zlib.compress(signed, 9)).decode()


def body(proof: Proof, last: Given) -> dict[str, object]:
    """By the schema: one name, one birth date, one vaccination."""
    assert last.dcc is not None
    vaccination = {
        "tg": last.dcc.tg,
        "vp": last.dcc.vp,
        "mp": last.dcc.mp,
        "ma": last.dcc.ma,
        "dn": last.dose_rank,
        "sd": max(proof.of, last.dose_rank),
        "dt": last.given_on.isoformat(),
        "co": last.country,
        "is": proof.issuer[:LONGEST],
        "ci": identifier(proof.country, proof.certificate),
    }
    name = {"fn": proof.name[:LONGEST], "fnt": "<".join(proof.spelt.split())[:LONGEST]}
    return {"ver": VERSION, "nam": name, "dob": partial(proof.birth, proof.birth_precision), "v": [vaccination]}
