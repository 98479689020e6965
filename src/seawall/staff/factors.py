"""Secrets of second factors, which rest sealed inside allauth's rows, under another key."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from seawall.platform import secrets, sql

SECRETS = ("secret", "seed", "migrated_codes")


@dataclass(frozen=True, slots=True)
class SecondFactorSecrets:
    """Few, and read whole."""

    def example(self) -> bytes | None:
        if not sql.there(Authenticator._meta.db_table, "data"):
            return None
        held = [
            data[name]
            for data in Authenticator.objects.values_list("data", flat=True)
            for name in ("secret", "seed")
            if data.get(name)
        ]
        return bytes.fromhex(held[0]) if held else None

    def waits(self) -> bool:
        return any(_renewed(data) != data for data in Authenticator.objects.values_list("data", flat=True))

    def renewed(self) -> Iterator[int]:
        count = 0
        with transaction.atomic():
            for row in Authenticator.objects.select_for_update():
                new = _renewed(row.data)
                if new != row.data:
                    row.data, count = new, count + 1
                    row.save(update_fields=["data"])
        yield count


def _renewed(data: dict[str, Any]) -> dict[str, Any]:
    return data | {name: _anew(data[name]) for name in SECRETS if data.get(name)}


def _anew(value: Any) -> Any:
    if isinstance(value, list):
        return [_anew(one) for one in value]
    raw = bytes.fromhex(value)
    return value if raw[0] == secrets.in_force() else secrets.encrypt(secrets.decrypt(raw)).hex()
