"""What others may ask the platform."""

from dataclasses import dataclass
from datetime import datetime

from . import sql
from .models import Nature


@dataclass(frozen=True, slots=True)
class NatureRow:
    """Synthetic or real, and how it was made."""

    synthetic: bool
    seed: int | None
    scale: float | None


def nature() -> NatureRow:
    row = Nature.objects.filter(pk=1).first()
    return NatureRow(row.synthetic, row.seed, row.scale) if row else NatureRow(False, None, None)


def refusal_counts(verb: str, since: object, until: object) -> dict[str, int]:
    """Refused acts of a verb by code, for acts that happened in [since, until)."""
    return dict(
        sql.fetch(
            "SELECT refusal, count(*) FROM platform_act WHERE verb = %s AND refusal <> '' "
            "AND occurred_at >= %s AND occurred_at < %s GROUP BY refusal ORDER BY refusal",
            [verb, since, until],
        )
    )


def waiting_facts() -> int:
    return int(sql.fetch("SELECT count(*) FROM platform_fact WHERE delivered_at IS NULL")[0][0])


def looks(person_id: int, limit: int = 30) -> list[tuple[datetime, int, str]]:
    """Who looked at a person, newest first: when, in which post, on which page."""
    return [
        (at, post, page)
        for at, post, page in sql.fetch(
            "SELECT looked_at, post_id, page FROM platform_look WHERE person_id = %s ORDER BY looked_at DESC LIMIT %s",
            [person_id, limit],
        )
    ]
