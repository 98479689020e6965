"""What contacts came to by area: results, hesitancy, and the funnel from understanding to being reassured."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from seawall.platform import sql

LAST = """
SELECT DISTINCT ON (a.person_id) a.person_id, a.leaf_id, a.result, a.hesitancy, a.stance FROM outreach_contactattempt a
WHERE a.campaign = %(campaign)s AND a.leaf_id = ANY(%(leaves)s) AND a.occurred_at >= %(since)s AND a.occurred_at < %(until)s
ORDER BY a.person_id, a.occurred_at DESC, a.act
"""


@dataclass(frozen=True, slots=True)
class Funnel:
    """Of those contacted in an area: how many were reached, understand, are willing, are reassured; each of the one before."""

    leaf_id: int
    contacted: int
    reached: int
    understands: int
    willing: int
    reassured: int


def funnel(campaign: str, leaves: Collection[int], since: datetime, until: datetime) -> list[Funnel]:
    """明白、愿意、放心: by leaf, from the last contact of each person in a span."""
    rows = sql.fetch(
        "SELECT leaf_id, count(*), count(*) FILTER (WHERE result <> 'UNREACHABLE'), "
        "count(*) FILTER (WHERE stance IN ('understands', 'willing', 'reassured')), "
        "count(*) FILTER (WHERE stance IN ('willing', 'reassured')), count(*) FILTER (WHERE stance = 'reassured') "
        f"FROM ({LAST}) x GROUP BY leaf_id ORDER BY 2 DESC, leaf_id",
        {"campaign": campaign, "leaves": sorted(leaves), "since": since, "until": until},
    )
    return [Funnel(*row) for row in rows]


def outcomes_by_leaf(campaign: str, leaves: Collection[int], since: datetime, until: datetime) -> dict[str, int]:
    """How many persons' last contact came to each result."""
    rows = sql.fetch(
        f"SELECT result, count(*) FROM ({LAST}) x GROUP BY result ORDER BY 2 DESC, 1",
        {"campaign": campaign, "leaves": sorted(leaves), "since": since, "until": until},
    )
    return dict(rows)


def reason_counts(campaign: str, leaves: Collection[int], since: datetime, until: datetime) -> dict[str, int]:
    """How many hesitate for each reason, by the last contact."""
    rows = sql.fetch(
        f"SELECT hesitancy, count(*) FROM ({LAST}) x WHERE hesitancy <> '' GROUP BY hesitancy ORDER BY 2 DESC, 1",
        {"campaign": campaign, "leaves": sorted(leaves), "since": since, "until": until},
    )
    return dict(rows)
