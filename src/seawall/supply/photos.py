"""Pictures of what was lost or destroyed: kept sealed at their place, each once, under a name made from their content."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from seawall.platform import secrets, sql
from seawall.platform.files import images
from seawall.terms.acts import Refusal, Refused
from seawall.terms.stock import DoseWaste, PacksWaste, StockReturn

from .models import Photo

FOUND = "SELECT sealed FROM supply_photo WHERE place_id = %s AND photo = %s"


Pictured = DoseWaste | PacksWaste | StockReturn


class ReadPhoto(NamedTuple):
    """A picture as it is kept."""

    photo: UUID
    jpeg: bytes


Seen = Mapping[UUID, ReadPhoto | Refusal]
"""Pictures by the act of their item, or why what was sent is none."""


def read(items: Iterable[Pictured]) -> dict[UUID, ReadPhoto | Refusal]:
    """By act: the picture of each item that has one, or why it is none."""
    return {item.act: _read(item.photo.bytes()) for item in items if item.photo}


def _read(content: bytes | None) -> ReadPhoto | Refusal:
    try:
        jpeg = images.small(content or b"")
    except Refused as why:
        return why.refusal
    return ReadPhoto(UUID(bytes=hashlib.blake2b(jpeg, digest_size=16).digest()), jpeg)


def wrong(item: Pictured, seen: Seen) -> Refusal | None:
    found = seen.get(item.act)
    return found if isinstance(found, Refusal) else None


def name(item: Pictured, seen: Seen) -> UUID | None:
    found = seen.get(item.act)
    return found.photo if isinstance(found, ReadPhoto) else None


def keep(done: Iterable[Pictured], seen: Seen, at: datetime) -> None:
    """The pictures of what was done: one that is there already stays."""
    taken = {(i.place_id, found.photo): found.jpeg for i in done if isinstance(found := seen.get(i.act), ReadPhoto)}
    rows = [
        (place, photo, secrets.encrypt(base64.b64encode(jpeg).decode()), at)
        for (place, photo), jpeg in sorted(taken.items())
    ]
    sql.insert(Photo, ("place_id", "photo", "sealed", "at"), rows, on_conflict="DO NOTHING")


def shown(place_id: int, photo: UUID) -> bytes | None:
    """A picture as a JPEG, if the place has it."""
    found = sql.fetch(FOUND, [place_id, photo])
    return base64.b64decode(secrets.decrypt(found[0][0])) if found else None
