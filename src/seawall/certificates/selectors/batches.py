"""How far batches are."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from seawall.platform import sql
from seawall.terms.codes import BatchState

COLUMNS = "batch, programme, post_id, state, total, done, refused, after, asked_at, moved_at"


@dataclass(frozen=True, slots=True)
class BatchRow:
    """`done` and `refused` of `total` persons; it goes on after the person `after`."""

    batch: UUID
    programme: str
    post_id: int
    state: BatchState
    total: int
    done: int
    refused: int
    after: int
    asked_at: datetime
    moved_at: datetime


def batches(most: int = 10) -> list[BatchRow]:
    """Newest first."""
    rows = sql.fetch(f"SELECT {COLUMNS} FROM certificates_batch ORDER BY asked_at DESC, batch LIMIT %s", [most])
    return [BatchRow(batch, name, post, BatchState(state), *rest) for batch, name, post, state, *rest in rows]
