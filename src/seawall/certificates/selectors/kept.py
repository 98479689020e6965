"""Certificates as rows: of persons, by number, and the codes that rest sealed."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from seawall.platform import secrets, sql
from seawall.terms.codes import CertificateState

COLUMNS = "person_id, certificate, programme, kid, lines, dose_rank, of, state, reason, issued_at, expires_at, ended_at, holder"


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """What was proven, when, and whether it still is; `lines` are the doses' acts with their ranks."""

    person_id: int
    certificate: UUID
    programme: str
    kid: str
    lines: dict[str, int]
    dose_rank: int
    of: int
    state: CertificateState
    reason: str
    issued_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    holder: bytes


def row_of(columns: Iterable[Any]) -> CertificateRow:
    person, number, programme, kid, lines, rank, of, state, reason, issued, expires, ended, holder = columns
    return CertificateRow(
        person, number, programme, kid, json.loads(lines), rank, of, CertificateState(state), reason, issued, expires,
        ended, bytes(holder),
    )  # fmt: skip


def of_persons(person_ids: Iterable[int]) -> list[CertificateRow]:
    """Of these very records, newest first."""
    query = (
        f"SELECT {COLUMNS} FROM certificates_certificate WHERE person_id = ANY(%s) "
        "ORDER BY issued_at DESC, ended_at DESC NULLS FIRST, certificate"
    )
    return [row_of(row) for row in sql.fetch(query, [sorted(set(person_ids))])]


def by_number(certificate: UUID) -> CertificateRow | None:
    rows = sql.fetch(f"SELECT {COLUMNS} FROM certificates_certificate WHERE certificate = %s", [certificate])
    return row_of(rows[0]) if rows else None


def owner_of(certificate: UUID) -> int | None:
    """The record that a certificate belongs to."""
    found = by_number(certificate)
    return found.person_id if found else None


def codes(person_id: int, certificate: UUID) -> dict[str, str]:
    """The texts of its codes: shc, and dcc where there is one."""
    query = "SELECT codes_sealed FROM certificates_certificate WHERE person_id = %s AND certificate = %s"
    ((sealed,),) = sql.fetch(query, [person_id, certificate])
    found: dict[str, str] = json.loads(secrets.decrypt(sealed))
    return found
