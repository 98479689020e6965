"""The second person: who stands by where much is lost at once, and where anything is destroyed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time

from seawall.platform import clock, sql
from seawall.terms.acts import Refusal
from seawall.terms.codes import MovementKind
from seawall.terms.stock import DoseWaste

from . import tables
from .models import Removal
from .usable import Open

LOST = f"""
SELECT s.place_id, s.lot, -sum(s.delta)::int FROM supply_stockline s
JOIN {sql.unnest({"place_id": "bigint", "lot": "text"})} ON s.place_id = u.place_id AND s.lot = u.lot
WHERE s.kind = 'waste' AND s.kind <> 'use' AND s.reason <> 'OPEN_VIAL' AND s.recorded_at >= %s GROUP BY 1, 2
"""
REST = "OPEN_VIAL"  # the rest of an opened pack, which nobody could have kept
COLUMNS = ("place_id", "act", "lot", "doses", "kind", "reason", "certificate", "witness", "at")


class Much:
    """What was lost of each lot at each place today, with what this batch adds."""

    def __init__(self, items: Sequence[DoseWaste], packs: Mapping[str, Open]) -> None:
        self.packs, self.most = packs, tables.second_person_from("waste", clock.today())
        alone = {self._key(i) for i in items if i.code in packs and self._alone(i)}
        day = datetime.combine(clock.today(), time(), clock.zone())
        rows = sql.fetch(LOST, [*sql.turn(sorted(alone), 2), day]) if alone else []
        self.lost = Counter[tuple[int, str]]({(place, lot): doses for place, lot, doses in rows})

    def _key(self, item: DoseWaste) -> tuple[int, str]:
        return item.place_id, self.packs[item.code].lot

    def _alone(self, item: DoseWaste) -> bool:
        return item.reason != REST and not item.witness.strip()

    def refuses(self, item: DoseWaste) -> Refusal | None:
        """So much is lost that a second person must be named."""
        if not self._alone(item):
            return None
        key = self._key(item)
        if self.lost[key] + item.doses >= self.most:
            return Refusal("WITNESS_NEEDED", {"lot": key[1], "doses": self.lost[key] + item.doses, "most": self.most})
        self.lost[key] += item.doses
        return None


def keep(items: Iterable[DoseWaste], packs: Mapping[str, Open]) -> None:
    """What was lost before a second person."""
    sql.insert(
        Removal,
        COLUMNS,
        [
            (i.place_id, i.act, packs[i.code].lot, i.doses, MovementKind.WASTE, i.reason, "", i.witness, i.occurred_at)
            for i in items
        ],
    )
