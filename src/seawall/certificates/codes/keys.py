"""A P-256 key and what is published of it: JWK with its thumbprint (RFC 7638), and an X.509 certificate of its own."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from cwt import COSEKey
from cwt.cose_key_interface import COSEKeyInterface
from joserfc.jwk import ECKey

COORDINATE = 32  # bytes of a coordinate on P-256
LONGEST = 64  # characters of a name in an X.509 certificate (RFC 5280, upper bounds)


@dataclass(frozen=True, slots=True)
class Made:
    """A new key; `pem` is its private part."""

    kid: str
    dcc_kid: bytes
    x: str
    y: str
    x509: bytes
    pem: str


@dataclass(frozen=True, slots=True)
class Signer:
    """A key ready to sign, for both codes."""

    kid: str
    jwk: ECKey
    dcc_kid: bytes
    cose: COSEKeyInterface


def text(raw: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def make(issuer: str, country: str, since: datetime, until: datetime) -> Made:
    """A key of its own with a certificate that it signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    named = [(NameOID.COUNTRY_NAME, country), (NameOID.COMMON_NAME, issuer[:LONGEST])]
    subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in named if value])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(since).not_valid_after(until)
    certificate = builder.sign(key, hashes.SHA256())
    point = key.public_key().public_numbers()
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return Made(
        kid=ECKey.import_key(pem).thumbprint(),
        dcc_kid=certificate.fingerprint(hashes.SHA256())[:8],
        x=text(point.x.to_bytes(COORDINATE)),
        y=text(point.y.to_bytes(COORDINATE)),
        x509=certificate.public_bytes(serialization.Encoding.DER),
        pem=pem,
    )


@lru_cache(maxsize=4)
def signer(kid: str, dcc_kid: bytes, pem: str) -> Signer:
    """Kept ready: reading a key costs more than signing with it."""
    return Signer(kid, ECKey.import_key(pem), dcc_kid, COSEKey.from_pem(pem, alg="ES256", kid=dcc_kid))
