"""A release of rules: everybody is judged by it before it is switched on, and whose answer changes is listed."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from seawall.engines import schedule as engine
from seawall.platform import access
from seawall.reference import services as reference
from seawall.terms.actor import Actor

from ..judging import judge_by, kept, programmes, schedule
from .due import CHUNK, dues_refresh, everybody, known, lines

KEY = ("person", "programme")
ANSWER = (
    "status",
    "dose_rank",
    "earliest",
    "recommended",
    "overdue_from",
    "latest",
    "products",
    "complete_on",
    "reason",
)
KINDS = (
    "status",
    "dose_rank",
    "complete_on",
    "products",
    "earliest",
    "recommended",
    "overdue_from",
    "latest",
    "reason",
)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a release would change. `changes` has a row per changed answer: person, programme, change, was_* and is_*.

    `change` is the weightiest difference: another status, else another dose, completion, products, or day.
    """

    programme: str
    judged: int
    changes: pl.DataFrame

    def counts(self) -> pl.DataFrame:
        """Changed answers by kind of change and by the statuses before and after, most frequent first."""
        kinds = self.changes.group_by("programme", "change", "was_status", "is_status").len("persons")
        return kinds.sort("persons", "programme", "change", "was_status", "is_status", descending=[True, *[False] * 4])


def rules_preview(actor: Actor, folder: Path, as_of: date) -> Preview:
    """Judges everybody by the rules in force on the day and by those of a folder, and stores nothing.

    By a programme that is new here nobody is judged yet. Raises ScheduleMistakes when the folder is no schedule, and
    Mistakes with every bad cell of what it says to stations.
    """
    access.require(actor, "due_refresh")
    new = engine.load(folder)
    reference.programme_check(folder)
    known_here = new.programme in programmes()
    old, ids = (schedule(new.programme, as_of), everybody()) if known_here else (new, [])
    found = [_changes(old, new, ids[start : start + CHUNK], as_of) for start in range(0, len(ids) or 1, CHUNK)]
    return Preview(new.programme, len(ids), pl.concat(found))


def rules_release(actor: Actor, folder: Path, name: str, as_of: date) -> tuple[str, int]:
    """Switches a folder's rules on from a day, and judges by them everybody whom the programme is kept for: hash, and how many.

    A programme that is new here is kept for people once a campaign of it is taken in.
    """
    access.require(actor, "due_refresh")
    programme = engine.load(folder).programme
    reference.programme_check(folder)
    key = reference.release_store(folder, name=name, released_on=as_of, programme=programme)
    return key, dues_refresh(actor, None, programme, as_of) if programme in kept() else 0


def _changes(old: engine.Schedule, new: engine.Schedule, ids: list[int], as_of: date) -> pl.DataFrame:
    persons, conditions = known(ids)
    given = lines(ids, new.programme)
    was, now = (
        judge_by(rules, persons, given, conditions, as_of).due.with_columns(pl.col("products").list.join("|"))
        for rules in (old, new)
    )
    both = was.select(*KEY, *(pl.col(name).alias(f"was_{name}") for name in ANSWER)).join(
        now.select(*KEY, *(pl.col(name).alias(f"is_{name}") for name in ANSWER)),
        on=KEY, how="full", coalesce=True, maintain_order="left_right",
    )  # fmt: skip
    kind = pl.lit(None, pl.String)
    for name in reversed(KINDS):
        kind = pl.when(pl.col(f"was_{name}").ne_missing(pl.col(f"is_{name}"))).then(pl.lit(name)).otherwise(kind)
    return both.insert_column(2, both.select(kind.alias("change"))["change"]).filter(pl.col("change").is_not_null())
