"""Where much is lost at once: the second person who stands by, and the picture."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime, time
from typing import NamedTuple

from seawall.platform import clock, sql
from seawall.terms.acts import Refusal
from seawall.terms.codes import MovementKind
from seawall.terms.stock import DoseWaste, PacksWaste

from . import photos, tables
from .models import Removal

LOST = f"""
SELECT s.place_id, s.lot, -sum(s.delta)::int FROM supply_stockline s
JOIN {sql.unnest({"place_id": "bigint", "lot": "text"})} ON s.place_id = u.place_id AND s.lot = u.lot
WHERE s.kind = 'waste' AND s.kind <> 'use' AND s.reason <> 'OPEN_VIAL' AND s.recorded_at >= %s GROUP BY 1, 2
"""
REST = "OPEN_VIAL"  # the rest of an opened pack, which nobody could have kept
COLUMNS = ("place_id", "act", "lot", "doses", "kind", "reason", "certificate", "witness", "photo", "at")
Key = tuple[int, str]  # place and lot


class Lost(NamedTuple):
    """Doses of a lot that an act says are lost; of what is no vaccine, nobody need stand by."""

    item: DoseWaste | PacksWaste
    lot: str
    doses: int
    vaccine: bool

    @property
    def key(self) -> Key:
        return self.item.place_id, self.lot


class Much:
    """What was lost of each lot at each place today, with what this batch adds."""

    def __init__(self, asked: Collection[Lost]) -> None:
        today = clock.today()
        self.from_witness, self.from_photo = (tables.much_lost_from(asks, today) for asks in ("witness", "photo"))
        keys = {row.key for row in asked if _lacks(row.item)}
        day = datetime.combine(today, time(), clock.zone())
        rows = sql.fetch(LOST, [*sql.turn(sorted(keys), 2), day]) if keys else []
        self.lost = Counter[Key]({(place, lot): doses for place, lot, doses in rows})

    def refuses(self, row: Lost) -> Refusal | None:
        """So much is lost that a second person must be named, and a picture taken of what is left of it."""
        item = row.item
        if item.reason == REST or not row.vaccine:
            return None
        doses = self.lost[row.key] + row.doses
        if not item.witness.strip() and doses >= self.from_witness:
            return Refusal("WITNESS_NEEDED", {"lot": row.lot, "doses": doses, "most": self.from_witness})
        if not item.photo and doses >= self.from_photo and tables.pictured(item.reason):
            return Refusal("PHOTO_NEEDED", {"lot": row.lot, "doses": doses, "most": self.from_photo})
        self.lost[row.key] = doses
        return None


def _lacks(item: DoseWaste | PacksWaste) -> bool:
    return item.reason != REST and not (item.witness.strip() and item.photo)


def keep(lost: Iterable[Lost], seen: photos.Seen) -> None:
    """What was lost before a second person, or with a picture."""
    sql.insert(
        Removal,
        COLUMNS,
        [
            (i.place_id, i.act, lot, doses, MovementKind.WASTE, i.reason, "", i.witness)
            + (photos.name(i, seen), i.occurred_at)
            for i, lot, doses, _ in lost
            if i.witness.strip() or i.photo
        ],
    )
