"""What a demonstration shows of its rehearsal: who one may be today, how far the city has lived, what was planted."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl

from seawall.people import selectors as people
from seawall.platform import clock
from seawall.platform.selectors import nature
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.terms.people import age_on

from .models import Citizen, Living, Plant, Step

_SILENT = timedelta(minutes=3)  # a rehearsal that has not spoken for so long has died
_CITIZENS = 4


def demo_posts() -> list[dict[str, Any]]:
    """The posts that the start page offers."""
    return staff.demo_posts()


def demo_citizens() -> list[dict[str, Any]]:
    """A few people who are due different things today."""
    rows = list(Citizen.objects.order_by("person_id"))
    due = people.due_rows([r.person_id for r in rows], reference.programmes_in_use()[0]) if rows else {}
    chosen: list[dict[str, Any]] = []
    seen = set[tuple[str, int | None]]()
    for row in rows:
        answer = due.get(row.person_id)
        kind = (str(answer.status), answer.dose_rank) if answer else None
        if answer and kind and kind not in seen and len(chosen) < _CITIZENS:
            seen.add(kind)
            chosen.append(_citizen(row, {"status": str(answer.status), "dose_rank": answer.dose_rank}))
    return chosen


def _citizen(row: Citizen, due: dict[str, Any]) -> dict[str, Any]:
    today = clock.today()
    age = age_on(row.birth, today)
    unit = {"zh": row.unit_zh, "en": row.unit_en}
    return {"person_id": row.person_id, "name": row.name, "age": age, "unit": unit, "due": due}


def live_progress() -> dict[str, Any]:
    """Whether the city is living on just now, which day, and how far."""
    row = Living.objects.filter(pk=1).first()
    if row is None:
        today = clock.today()
        return {"running": False, "day": today, "until": today, "step": "", "share": 0.0, "stopped": None}
    alive = row.running and clock.system_now() - row.beat < _SILENT
    died = {"code": "REHEARSAL_DIED", "params": {"day": row.day.isoformat()}}
    stopped = row.stopped or (None if alive or not row.running else died)
    return {
        "running": alive,
        "day": row.day,
        "until": row.until,
        "step": row.step,
        "share": row.share,
        "stopped": stopped,
    }


def lived_until() -> date | None:
    """The last whole day."""
    names = Step.objects.exclude(name__startswith="load").order_by("-name").values_list("name", flat=True)
    return date.fromisoformat(names[0]) if names else None


def is_rehearsal() -> bool:
    return nature().seed is not None


def planted(since: date | None = None, until: date | None = None) -> pl.DataFrame:
    """Everything planted: day, kind, code (the refusal expected), person, site, lot, act, answer (what came)."""
    return pl.DataFrame(list(_plants(since, until)), schema=_SCHEMA, orient="row")


_SCHEMA = {
    "day": pl.Date,
    "kind": pl.String,
    "code": pl.String,
    "person": pl.Int64,
    "site": pl.Int64,
    "lot": pl.String,
    "act": pl.String,
    "answer": pl.String,
}


def _plants(since: date | None, until: date | None) -> Iterator[tuple[Any, ...]]:
    rows = Plant.objects.order_by("day", "kind", "act")
    rows = rows.filter(day__gte=since) if since else rows
    rows = rows.filter(day__lte=until) if until else rows
    for p in rows:
        yield p.day, p.kind, p.code, p.person_id, p.site_id, p.lot, str(p.act), p.answer
