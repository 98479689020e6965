"""The journal: acts as they were recorded, found again by owner, post, verb and day."""

from dataclasses import dataclass
from datetime import datetime

from seawall.terms.acts import Params

from . import sql

ACTS = """
SELECT owner_kind, owner_id, verb, post_id, device, occurred_at, recorded_at, refusal, answer FROM platform_act
WHERE recorded_at >= %(since)s AND recorded_at < %(until)s
AND (%(kind)s::text IS NULL OR (owner_kind = %(kind)s AND owner_id = %(owner)s))
AND (%(post)s::bigint IS NULL OR post_id = %(post)s) AND (%(verb)s::text IS NULL OR verb = %(verb)s)
ORDER BY recorded_at DESC, act LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class ActRow:
    """One act: whose, which verb, by which post from which device, when, and what came of it."""

    owner_kind: str
    owner_id: int
    verb: str
    post_id: int
    device: str
    occurred_at: datetime
    recorded_at: datetime
    refusal: str
    answer: Params


def acts(
    since: datetime,
    until: datetime,
    *,
    owner: tuple[str, int] | None = None,
    post_id: int | None = None,
    verb: str | None = None,
    most: int = 200,
) -> list[ActRow]:
    """Acts recorded in [since, until), the newest first."""
    kind, owner_id = owner or (None, None)
    params = {
        "since": since,
        "until": until,
        "kind": kind,
        "owner": owner_id,
        "post": post_id,
        "verb": verb,
        "most": most,
    }
    return [ActRow(*row) for row in sql.fetch(ACTS, params)]
