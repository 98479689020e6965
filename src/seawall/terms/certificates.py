"""Rows about certificates that cross rooms."""

from dataclasses import dataclass
from uuid import UUID

from .acts import Item
from .codes import RevocationReason


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKeyMake(Item):
    """A new key signs from now on; the one before signs no more and stays on the lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKeyRetire(Item):
    """Take a key off the lists. Of a compromised one every certificate is revoked; otherwise none may still be in force."""

    key: str
    compromised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateIssue(Item):
    """Make out a person's certificate of a programme; one that still says the same is answered instead."""

    person_id: int
    programme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRevoke(Item):
    """Take a certificate back: its number stands on the public lists from then on."""

    person_id: int
    certificate: UUID
    reason: RevocationReason


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateBatch(Item):
    """Make out certificates of a programme for everybody who had a dose."""

    programme: str
