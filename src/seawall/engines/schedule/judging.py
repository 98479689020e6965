"""Frames in, frames out: lines persons, doses and conditions up for the kernel and names what it found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from . import tables as t
from .compiled import EPOCH, Lexicon, compile_target, judging_order, lexicon
from .kernel import layout as at
from .kernel.columns import Grid, People
from .kernel.sweep import sweep
from .loader import content_hash, read
from .words import STATUSES, VERDICTS

SCHEDULES = Path(__file__).parent / "schedules"
PERSONS = {"person": pl.Int64, "birth": pl.Date, "birth_precision": pl.String, "sex": pl.Int8}
DOSES = {"person": pl.Int64, "given_on": pl.Date, "product": pl.String, "precision": pl.String, "source": pl.String}
CONDITIONS = {"person": pl.Int64, "kind": pl.String, "since": pl.Date, "until": pl.Date}


@dataclass(frozen=True, slots=True)
class Schedule:
    """A loaded schedule: its rows, their integer form, and the hash that names this content."""

    tables: t.Tables
    release: str
    words: Lexicon
    compiled: tuple[Grid, ...]

    @property
    def programme(self) -> str:
        return self.tables.programme

    def rule(self, name: str) -> t.Row:
        """The rule row that an answer names, with its level, issuer, document and clause."""
        return self.tables.rules[name]

    def citation(self, name: str) -> dict[str, str]:
        """What a sentence of the reason registry may fill in about a rule; blanks where no rule is named."""
        row = self.tables.rules.get(name)
        if row is None:
            return dict.fromkeys(("rule", "level", "issuer", "document", "clause", "source"), "")
        source = f"{row.document} {row.clause}".strip()
        return {"rule": name, "level": row.level, "issuer": row.issuer, "document": row.document, "clause": row.clause,
                "source": source}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judgement:
    """`verdicts` in the order of the doses given in, `due` in the order of the persons, per target of the schedule."""

    verdicts: pl.DataFrame
    due: pl.DataFrame


def shipped(programme: str) -> Path:
    """The folder of a schedule that comes with the program."""
    folder = SCHEDULES / programme
    if not folder.is_dir():
        names = ", ".join(sorted(p.name for p in SCHEDULES.iterdir() if p.is_dir()))
        raise FileNotFoundError(f"no schedule {programme!r} is shipped; there are: {names}")
    return folder


def load(folder: Path) -> Schedule:
    """Reads and checks a folder of tables. Raises ScheduleMistakes with every mistake at once."""
    rows = read(folder)
    words = lexicon(rows)
    compiled = tuple(compile_target(rows, words, target) for target in rows.targets)
    return Schedule(rows, content_hash(folder), words, compiled)


def judge(
    schedule: Schedule, persons: pl.DataFrame, doses: pl.DataFrame, conditions: pl.DataFrame | None, *, as_of: date
) -> Judgement:
    """Which doses count, by the rules of their day, and what is due next, by the rules in force on `as_of`."""
    people, order = columns(schedule, persons, doses, conditions)
    day = as_of.toordinal() - EPOCH
    found, answers = [], []
    for compiled in schedule.compiled:
        verdicts, due = run(compiled, people, day)
        back = np.empty_like(verdicts)
        back[order] = verdicts
        none = due[:, at.D_SERIES] == at.NONE
        number = compiled[np.where(none, 0, due[:, at.D_SERIES]), at.S_NUMBER]
        due[:, at.D_SERIES] = np.where(none, len(schedule.words.series), number)
        found.append(back)
        answers.append(due)
    return Judgement(_verdict_frame(schedule, doses, found), _due_frame(schedule, persons, answers))


def run(compiled: Grid, people: People, as_of: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The bare kernel over columns: five numbers per dose, seventeen per person."""
    count = len(people.births)
    found = np.empty((len(people.doses), 5), np.int32)
    answers = np.empty((count, at.D_STORED), np.int32)
    sweep(compiled, people, as_of, 0, count, found, answers)
    return found, answers


def columns(
    schedule: Schedule, persons: pl.DataFrame, doses: pl.DataFrame, conditions: pl.DataFrame | None
) -> tuple[People, NDArray[np.int64]]:
    """Columns grouped by person in the order of `persons`, and for each sorted dose its row in `doses`."""
    ids = persons["person"].to_numpy()
    birth_low, birth_high = _bounds(persons["birth"], persons["birth_precision"])
    owner = _rows_of(ids, doses["person"].to_numpy())
    low, high = _bounds(doses["given_on"], doses["precision"])
    vaccine = _codes(doses["product"], schedule.words.vaccines)
    volume = _volumes(doses)
    order = _order(owner, judging_order(low, high, vaccine, volume == at.NONE, schedule.words))
    start = np.searchsorted(owner[order], np.arange(len(ids) + 1))
    kinds, condition_start = _conditions(schedule, ids, conditions)
    sex = persons["sex"].fill_null(0).to_numpy().astype(np.int32)
    people = People(
        births=np.column_stack([birth_low, birth_high, sex]),
        starts=np.column_stack([start, condition_start]),
        doses=np.column_stack([low, high, vaccine, volume])[order],
        conditions=kinds,
    )
    return people, order


def _order(owner: NDArray[np.int64], within: NDArray[np.int64]) -> NDArray[np.int64]:
    """By person, then by what `judging_order` says, which takes 36 bits: EVER takes 24 of them, with its sign 25."""
    return np.argsort((owner << 36) + within, kind="stable")


def _rows_of(ids: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """The row of each wanted person. A dose of nobody is the caller's mistake: files.py tells such rows before."""
    if len(wanted) == 0:
        return np.empty(0, np.int64)
    if len(ids) > 1 and not (np.diff(ids) > 0).all():
        by_id = np.argsort(ids, kind="stable")
        found = by_id[np.minimum(np.searchsorted(ids, wanted, sorter=by_id), len(ids) - 1)]
    else:
        found = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    if len(ids) == 0 or (ids[found] != wanted).any():
        raise ValueError("a dose or condition names a person who is not among the persons")
    return found.astype(np.int64)


def _bounds(days: pl.Series, precision: pl.Series) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The first and the last day that a date may mean, by its precision; unknown dates may mean any day."""
    exact = days.to_physical().fill_null(at.NONE).to_numpy().astype(np.int32)
    low, high = exact.copy(), exact.copy()
    kind = precision.to_numpy() if precision.dtype == pl.String else precision.cast(pl.String).to_numpy()
    for word, unit in (("month", "M"), ("year", "Y")):
        rows = np.flatnonzero(kind == word)
        if len(rows):
            stamps = exact[rows].astype("datetime64[D]").astype(f"datetime64[{unit}]")
            low[rows] = stamps.astype("datetime64[D]").astype(np.int64)
            high[rows] = (stamps + 1).astype("datetime64[D]").astype(np.int64) - 1
    unknown = exact == at.NONE
    low[unknown], high[unknown] = -at.EVER, at.EVER
    return low, high


def _volumes(doses: pl.DataFrame) -> NDArray[np.int32]:
    """Microlitres given, where a column says so."""
    if "volume" not in doses.columns:
        return np.full(len(doses), at.NONE, np.int32)
    return (doses["volume"] * 1000).round().fill_null(at.NONE).to_numpy().astype(np.int32)


def _codes(words: pl.Series, numbers: dict[str, int]) -> NDArray[np.int32]:
    """The number of each code; what no table knows is at.UNKNOWN."""
    if len(words) < 4096:
        return np.array([numbers.get(word, at.UNKNOWN) for word in words.to_list()], dtype=np.int32)
    found = words.replace_strict(list(numbers), list(numbers.values()), default=at.UNKNOWN, return_dtype=pl.Int16)
    return found.to_numpy().astype(np.int32)


def _conditions(
    schedule: Schedule, ids: NDArray[np.int64], conditions: pl.DataFrame | None
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    if conditions is None or conditions.is_empty():
        return np.empty((0, 3), np.int32), np.zeros(len(ids) + 1, np.int64)
    owner = _rows_of(ids, conditions["person"].to_numpy())
    order = np.argsort(owner, kind="stable")
    numbers = {code: number for number, code in enumerate(schedule.words.conditions)}
    kind = _codes(conditions["kind"], numbers)
    since = conditions["since"].to_physical().fill_null(-at.EVER).to_numpy().astype(np.int32)
    until = conditions["until"].to_physical().fill_null(at.EVER).to_numpy().astype(np.int32)
    start = np.searchsorted(owner[order], np.arange(len(ids) + 1))
    return np.column_stack([kind, since, until])[order], start


def _words(numbers: NDArray[Any], words: Sequence[str | None], name: str) -> pl.Series:
    return pl.Series(name, words, dtype=pl.String).gather(pl.Series(numbers))


def _number(numbers: NDArray[Any], name: str) -> pl.Series:
    return _null_where_none(pl.Series(name, numbers)).cast(pl.Int16)


def _day(numbers: NDArray[Any], name: str) -> pl.Series:
    return _null_where_none(pl.Series(name, numbers)).cast(pl.Int32).cast(pl.Date)


def _null_where_none(series: pl.Series) -> pl.Series:
    return series.set(series == at.NONE, None)


def _verdict_frame(schedule: Schedule, doses: pl.DataFrame, found: list[NDArray[np.int32]]) -> pl.DataFrame:
    outcome, reason, rule, rank, number = np.ascontiguousarray(np.concatenate(found).T)
    again = pl.Series("row", np.tile(np.arange(len(doses), dtype=np.int64), len(found)))
    return pl.DataFrame(
        [
            again,
            *(_again(doses[name], again, len(found)) for name in ("person", "given_on", "product")),
            _targets(schedule, len(doses)),
            _number(number, "dose_number"),
            _number(rank, "dose_rank"),
            _words(outcome, VERDICTS, "verdict"),
            _words(reason, schedule.words.reasons, "reason"),
            _words(rule, schedule.words.rules, "rule"),
        ]
    )


def _due_frame(schedule: Schedule, persons: pl.DataFrame, answers: list[NDArray[np.int32]]) -> pl.DataFrame:
    column = np.ascontiguousarray(np.concatenate(answers).T)
    again = pl.Series(np.tile(np.arange(len(persons), dtype=np.int64), len(answers)))
    return pl.DataFrame(
        [
            _again(persons["person"], again, len(answers)),
            _targets(schedule, len(persons)),
            _words(column[at.D_SERIES], [*schedule.words.series, None], "series"),
            _words(column[at.D_STATUS], STATUSES, "status"),
            _number(column[at.D_RANK], "dose_rank"),
            _number(column[at.D_NEEDED], "doses_needed"),
            _day(column[at.D_EARLIEST], "earliest"),
            _day(column[at.D_RECOMMENDED], "recommended"),
            _day(column[at.D_OVERDUE], "overdue_from"),
            _day(column[at.D_LATEST], "latest"),
            _products(
                schedule.words.products,
                products_mask(column[at.D_PREFERRED], column[at.D_PREFERRED_HIGH]),
                products_mask(column[at.D_ALLOWED], column[at.D_ALLOWED_HIGH]),
            ),
            _words(column[at.D_REASON], schedule.words.reasons, "reason"),
            _words(column[at.D_RULE], schedule.words.rules, "rule"),
            _number(column[at.D_GIVEN], "doses_given"),
            _day(column[at.D_COMPLETE], "complete_on"),
            _day(column[at.D_DEFERRED], "deferred_until"),
        ]
    )


def products_mask(low: NDArray[np.int32], high: NDArray[np.int32]) -> NDArray[np.int64]:
    return low.astype(np.int64) | (high.astype(np.int64) << at.HALF)


def _again(column: pl.Series, rows: pl.Series, targets: int) -> pl.Series:
    return column if targets == 1 else column.gather(rows)


def _targets(schedule: Schedule, count: int) -> pl.Series:
    names = [target.target for target in schedule.tables.targets]
    return _words(np.repeat(np.arange(len(names)), count), names, "target")


def _products(codes: list[str], preferred: NDArray[np.int64], allowed: NDArray[np.int64]) -> pl.Series:
    """Lists of products, preferred first. A city shares a few lists, so each is written once."""
    if len(preferred) < 64:
        lists = [named(codes, int(p)) + named(codes, int(a)) for p, a in zip(preferred, allowed, strict=True)]
        return pl.Series("products", lists, dtype=pl.List(pl.String))
    pairs = pl.DataFrame({"p": preferred, "a": allowed})
    seen = pairs.unique(maintain_order=True).with_row_index("n")
    lists = [named(codes, p) + named(codes, a) for _, p, a in seen.iter_rows()]
    numbers = pairs.join(seen, on=["p", "a"], how="left", maintain_order="left")["n"]
    return pl.Series("products", lists, dtype=pl.List(pl.String)).gather(numbers)


def named(codes: list[str], mask: int) -> list[str]:
    return [code for number, code in enumerate(codes) if mask >> number & 1]
