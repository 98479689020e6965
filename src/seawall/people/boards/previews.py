"""What somebody would be due if their history were another one: judged as ever, and nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from seawall.terms.codes import DueStatus

from ..judging import judge, schedule
from ..services import due as dues


@dataclass(frozen=True, slots=True)
class DueLine:
    """What one person is due in one programme, as a preview tells it."""

    programme: str
    name_zh: str
    name_en: str
    status: DueStatus
    dose_rank: int | None
    earliest: date | None
    doses_given: int
    complete_on: date | None


@dataclass(frozen=True, slots=True)
class Change:
    """A line of history replaced by another one, or taken back."""

    act: str
    given_on: date
    precision: str
    product: str | None
    withdrawn: bool


def together(root: int, others: Sequence[int], on: date) -> tuple[DueLine, ...]:
    """What `root` would be due if the others were other names of the same person."""
    ids = [root, *others]
    persons, conditions = dues.known(ids)
    one = {name: pl.lit(root, pl.Int64).alias("person") for name in ("lines", "conditions")}
    return _due(
        persons.filter(pl.col("person") == root),
        {name: dues.lines(ids, name).with_columns(one["lines"]) for name in dues.followed(ids)},
        conditions.with_columns(one["conditions"]),
        on,
    )


def apart(alias: int, root: int, on: date) -> tuple[tuple[DueLine, ...], tuple[DueLine, ...]]:
    """What an alias and the person it stands for would be due, each by what was recorded under their own id."""
    persons, conditions = dues.known([alias])
    theirs, rest = dues.known([root])
    names = dues.followed([root])
    lines = {name: dues.lines([root], name) for name in names}
    own = pl.col("person_id") == alias
    alone = {
        name: rows.filter(own).with_columns(pl.lit(alias, pl.Int64).alias("person")) for name, rows in lines.items()
    }
    others = rest.join(conditions.select("kind", "since"), on=["kind", "since"], how="anti")
    return (
        _due(persons, alone, conditions, on),
        _due(theirs, {name: rows.filter(~own) for name, rows in lines.items()}, others, on),
    )


def changed(root: int, programme: str, change: Change, on: date) -> tuple[DueLine, ...]:
    """What somebody would be due after a correction of one line."""
    persons, conditions = dues.known([root])
    lines = dues.lines([root], programme)
    this = pl.col("act") == change.act
    if change.withdrawn:
        lines = lines.filter(~this)
    else:
        told = {"given_on": change.given_on, "product": change.product, "precision": change.precision}
        new = [pl.when(this).then(pl.lit(v, lines.schema[k])).otherwise(pl.col(k)).alias(k) for k, v in told.items()]
        lines = lines.with_columns(new).sort("given_on", "act")
    return _due(persons, {programme: lines}, conditions, on)


def _due(
    persons: pl.DataFrame, lines: dict[str, pl.DataFrame], conditions: pl.DataFrame, on: date
) -> tuple[DueLine, ...]:
    columns = ("programme", "status", "dose_rank", "earliest", "doses_given", "complete_on")
    lines_due = []
    for name, rows in sorted(lines.items()):
        words = schedule(name, on).tables
        for told, status, *rest in judge(name, persons, rows, conditions, on).due.select(columns).iter_rows():
            lines_due.append(DueLine(told, words.name_zh, words.name_en, DueStatus(status), *rest))
    return tuple(lines_due)
