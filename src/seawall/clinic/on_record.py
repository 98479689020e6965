"""Doses as they stand on record after whatever was corrected of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from seawall.platform import sql

ON_RECORD = f"""
SELECT i.site_id, i.visit, i.act, i.person_id, i.programme, i.day, i.product, i.lot, i.code, i.dose_rank, i.arm, i.occurred_at,
  coalesce((SELECT c.line FROM clinic_correction c WHERE c.site_id = i.site_id AND c.visit = i.visit AND c.line IS NOT NULL
    ORDER BY c.signed_at DESC LIMIT 1), i.act),
  coalesce((SELECT c.signed_act FROM clinic_correction c WHERE c.site_id = i.site_id AND c.visit = i.visit AND c.code <> ''
    AND c.signed_at IS NOT NULL ORDER BY c.signed_at DESC LIMIT 1), i.act)
FROM clinic_injection i JOIN {sql.unnest({"site_id": "bigint", "visit": "uuid"})}
  ON i.site_id = u.site_id AND i.visit = u.visit
"""


@dataclass(frozen=True, slots=True)
class OnRecord:
    """A dose as it stands; `line` of the history and `used`, the act by which stock gave it up, are those that hold for it."""

    site_id: int
    visit: UUID
    given_act: UUID
    person_id: int
    programme: str
    day: date
    product: str
    lot: str  # empty where stock does not know the pack
    code: str
    dose_rank: int
    arm: str
    given_at: datetime
    line: UUID
    used: UUID


def on_record(visits: Iterable[tuple[int, UUID]]) -> dict[tuple[int, UUID], OnRecord]:
    """The doses of these visits (site and visit), where there is one."""
    rows = sql.fetch(ON_RECORD, sql.turn(sorted(set(visits)), 2))
    return {(row[0], row[1]): OnRecord(*row) for row in rows}
