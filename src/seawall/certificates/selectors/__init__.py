"""What others may ask the certificates room."""

from .batches import BatchRow, batches
from .kept import CertificateRow, by_number, codes, of_persons, owner_of
from .keys import KeyRow, signing_keys
from .lists import Revoked, dcc_revoked, jwks, revoked, trust_list

__all__ = [
    "BatchRow",
    "CertificateRow",
    "KeyRow",
    "Revoked",
    "batches",
    "by_number",
    "codes",
    "dcc_revoked",
    "jwks",
    "of_persons",
    "owner_of",
    "revoked",
    "signing_keys",
    "trust_list",
]
