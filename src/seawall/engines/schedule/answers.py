"""Answers as tables with the columns that files have: Arrow, with words as dictionaries, so that a city is written fast."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from .intake import Records
from .judging import Schedule, named, products_mask
from .kernel import layout as at
from .words import STATUSES, VERDICTS

STATUS = {"not_yet": "later", "contraindicated": "not_eligible", "ineligible": "not_eligible", "review": "deferred"}
VERDICT = {"valid_by_grace": "grace", None: "extra"}
Numbers = NDArray[Any]


def _words(numbers: Numbers, words: Sequence[str | None], missing: Numbers | None = None) -> pa.Array:
    """Words by number, each kept once however many numbers share it; no word, or one that is missing, is null."""
    different = list(dict.fromkeys(word for word in words if word))
    place = np.array([different.index(word) if word else -1 for word in words], np.int32)
    found = place[np.where(missing, 0, numbers) if missing is not None else numbers]
    nothing = found < 0 if missing is None else missing | (found < 0)
    return pa.DictionaryArray.from_arrays(
        _masked(found, nothing, pa.int32()), _text(pl.Series(different, dtype=pl.String))
    )


def _masked(numbers: Numbers, nothing: Numbers, kind: pa.DataType) -> pa.Array:
    """Numbers as they lie in memory, null where there is nothing; `pa.array` would load pandas to look at them first."""
    valid = np.packbits(~nothing, bitorder="little")
    return pa.Array.from_buffers(kind, len(numbers), [pa.py_buffer(valid), pa.py_buffer(np.ascontiguousarray(numbers))])


def _count(numbers: Numbers) -> pa.Array:
    return _masked(numbers.astype(np.int16), numbers == at.NONE, pa.int16())


def _day(numbers: Numbers) -> pa.Array:
    return _masked(numbers, numbers == at.NONE, pa.date32())


def _text(column: pl.Series) -> pa.Array:
    return column.to_arrow().cast(pa.large_string())


def _numbered(values: Numbers) -> tuple[Numbers, Numbers]:
    """The few different values, and which of them each is."""
    different = np.sort(pl.Series(values).unique().to_numpy())
    return different, np.searchsorted(different, values)


def _products(schedule: Schedule, answer: Numbers) -> pa.Array:
    """Lists joined by |, preferred first. A city shares a few lists, so each is written once."""
    preferred, first = _numbered(products_mask(answer[:, at.D_PREFERRED], answer[:, at.D_PREFERRED_HIGH]))
    allowed, second = _numbered(products_mask(answer[:, at.D_ALLOWED], answer[:, at.D_ALLOWED_HIGH]))
    pairs, numbers = _numbered(first * len(allowed) + second)
    codes = schedule.words.products
    lists = [
        "|".join(named(codes, int(preferred[pair // len(allowed)])) + named(codes, int(allowed[pair % len(allowed)])))
        for pair in pairs
    ]
    place = _masked(numbers.astype(np.int32), np.zeros(len(numbers), bool), pa.int32())
    return pa.DictionaryArray.from_arrays(place, _text(pl.Series(lists, dtype=pl.String)))


def _levels(schedule: Schedule) -> list[str]:
    return [str(schedule.tables.rules[rule].level) if rule else "" for rule in schedule.words.rules]


def _rules(schedule: Schedule, numbers: Numbers) -> dict[str, pa.Array]:
    """The rule row that decided, and the level that made it."""
    return {"rule": _words(numbers, schedule.words.rules), "level": _words(numbers, _levels(schedule))}


def due_table(schedule: Schedule, person_ids: pl.Series, answers: Numbers) -> pa.Table:
    """One row per person and target; `answers` has a row per person, and in it a row per target."""
    targets = answers.shape[1]
    rows = answers.reshape(-1, at.D_STORED)
    persons = person_ids if targets == 1 else person_ids.gather(np.repeat(np.arange(len(person_ids)), targets))
    names = [target.target for target in schedule.tables.targets]
    zeros = np.zeros(len(rows), np.int32)
    series = rows[:, at.D_SERIES]
    return pa.table(
        {
            "person_id": _text(persons),
            "programme": _words(zeros, [schedule.programme]),
            "target": _words(np.tile(np.arange(targets), len(answers)), names),
            "series": _words(series, schedule.words.series, series == at.NONE),
            "status": _words(rows[:, at.D_STATUS], [STATUS.get(word, word) for word in STATUSES]),
            "next_rank": _count(rows[:, at.D_RANK]),
            "doses_needed": _count(rows[:, at.D_NEEDED]),
            "earliest": _day(rows[:, at.D_EARLIEST]),
            "recommended": _day(rows[:, at.D_RECOMMENDED]),
            "overdue_from": _day(rows[:, at.D_OVERDUE]),
            "latest": _day(rows[:, at.D_LATEST]),
            "products": _products(schedule, rows),
            "complete_on": _day(rows[:, at.D_COMPLETE]),
            "deferred_until": _day(rows[:, at.D_DEFERRED]),
            "why": _words(rows[:, at.D_REASON], schedule.words.reasons),
            **_rules(schedule, rows[:, at.D_RULE]),
        }
    )


def served(found: Numbers) -> tuple[Numbers, Numbers]:
    """Dose and target of each row: one per dose and target that it serves, and one for a dose that serves none."""
    if found.shape[1] == 1:
        return np.arange(len(found)), np.zeros(len(found), np.int64)
    serves = found[:, :, 0] != at.X_OTHER
    serves[:, 0] |= ~serves.any(axis=1)
    dose, target = np.nonzero(serves)
    return dose, target


def verdict_table(schedule: Schedule, text: pl.DataFrame, records: Records) -> pa.Table:
    """The rows of `served`; `text` has dose_id, person_id and date of the same doses. A dose for no target names none."""
    dose, target = served(records["found"])
    rows = records["found"][dose, target]
    text, product = text[dose], records["product"][dose]
    names = [target.target for target in schedule.tables.targets]
    outcome = rows[:, 0]
    return pa.table(
        {
            "dose_id": _text(text["dose_id"]),
            "person_id": _text(text["person_id"]),
            "date": _text(text["date"]),
            "product": _words(product, [row.product for row in schedule.tables.vaccines()], product < 0),
            "programme": _words(np.zeros(len(rows), np.int32), [schedule.programme]),
            "target": _words(target, names, outcome == at.X_OTHER),
            "dose_rank": _count(rows[:, 3]),
            "verdict": _words(outcome, [VERDICT.get(word, word) for word in VERDICTS]),
            "reason": _words(rows[:, 1], schedule.words.reasons),
            **_rules(schedule, rows[:, 2]),
            "dose_number": _count(rows[:, 4]),
        }
    )
