"""Judges one part of a population: the records of some persons, all their doses and conditions among them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .compiled import judging_order
from .intake import ANY_CODE, JOINED, Records
from .judging import Schedule, run
from .kernel import layout as at
from .kernel.columns import People
from .kernel.grouping import grouped, numbered, owners, repeated


@dataclass(frozen=True, slots=True)
class Fault:
    """Lines of one kind of file set aside for one reason, found only by looking at other rows."""

    lines: NDArray[np.int64]
    column: str
    code: str


@dataclass(frozen=True, slots=True)
class Part:
    """Answers by line of the people file, verdicts by line of the dose file, and the lines set aside in each file."""

    due: Records
    verdicts: Records
    faults: dict[str, list[Fault]]


def due_record(schedule: Schedule) -> np.dtype[Any]:
    return np.dtype([("line", "<i8"), ("answer", "<i4", (len(schedule.compiled), at.D_STORED))])


def verdict_record(schedule: Schedule) -> np.dtype[Any]:
    return np.dtype([("line", "<i8"), ("product", "<i4"), ("found", "<i4", (len(schedule.compiled), 5))])


class _Faults:
    def __init__(self) -> None:
        self.found: dict[str, list[Fault]] = {"people": [], "doses": [], "conditions": []}

    def without(
        self, kind: str, records: Records, wrong: NDArray[np.bool_], column: str, code: str
    ) -> NDArray[np.bool_]:
        """Notes the wrong rows; the mask of the others."""
        if wrong.any():
            self.found[kind].append(Fault(records["line"][wrong], column, code))
        return ~wrong


def judge_part(schedule: Schedule, people: Records, doses: Records, conditions: Records, day: int) -> Part:
    """Every row is answered, or stands among the faults. Of a person the first row is taken, of a dose the fullest."""
    faults = _Faults()
    places, first = numbered(people["key"], people["check"])
    once = faults.without("people", people, first != np.arange(len(people)), "person_id", "PERSON_TWICE")
    if not once.all():
        people = people[once]
        places, _ = numbered(people["key"], people["check"])
    doses, owner = _owned("doses", places, people, doses, faults)
    born = faults.without("doses", doses, doses["high"] < people["low"][owner], "date", "DATE_BEFORE_BIRTH")
    if not born.all():
        doses, owner = doses[born], owner[born]
    vaccine = _vaccines(schedule)[doses["product"]]
    key = judging_order(doses["low"], doses["high"], vaccine, doses["unsaid"], schedule.words)
    start, order = grouped(owner, len(people), key)
    again = repeated(start, order, doses["low"], doses["high"], _told_apart(schedule)[doses["product"]])
    if again.any():
        new = faults.without("doses", doses, again, "product", "DOSE_TWICE")
        doses, owner, vaccine, key = doses[new], owner[new], vaccine[new], key[new]
        start, order = grouped(owner, len(people), key)
    conditions, having = _owned("conditions", places, people, conditions, faults)
    condition_start, condition_order = grouped(having, len(people), np.zeros(len(having), np.int64))
    columns = People(
        births=np.column_stack([people[name] for name in ("low", "high", "sex")]),
        starts=np.column_stack([start, condition_start]),
        doses=np.column_stack([doses["low"], doses["high"], vaccine, doses["volume"]])[order],
        conditions=np.column_stack([conditions[name] for name in ("kind", "low", "high")])[condition_order],
    )
    return Part(*_answers(schedule, columns, order, people, doses, day), faults.found)


def _owned(
    kind: str, places: NDArray[np.int32], people: Records, records: Records, faults: _Faults
) -> tuple[Records, NDArray[np.int32]]:
    """The records of known persons, and whose they are."""
    owner = owners(places, people["key"], people["check"], records["key"], records["check"])
    known = faults.without(kind, records, owner < 0, "person_id", "PERSON_UNKNOWN")
    return (records, owner) if known.all() else (records[known], owner[known])


def _vaccines(schedule: Schedule) -> NDArray[np.int32]:
    """The kernel's number of every product; the last one stands for the unknown product, which is number -1."""
    rows = schedule.tables.vaccines()
    return np.array([*(schedule.words.vaccines[row.product] for row in rows), at.UNKNOWN], np.int32)


def _told_apart(schedule: Schedule) -> NDArray[np.int32]:
    """Numbers of products that two doses may have in common; a row that stands for many vaccines has none."""
    rows = schedule.tables.vaccines()
    many = [row.cvx == ANY_CODE or JOINED in row.cvx for row in rows]
    return np.array([*(-1 if stands else n for n, stands in enumerate(many)), -1], np.int32)


def _answers(
    schedule: Schedule, columns: People, order: NDArray[np.int64], people: Records, doses: Records, day: int
) -> tuple[Records, Records]:
    due = np.empty(len(people), due_record(schedule))
    verdicts = np.empty(len(doses), verdict_record(schedule))
    due["line"], verdicts["line"], verdicts["product"] = people["line"], doses["line"], doses["product"]
    for number, compiled in enumerate(schedule.compiled):
        found, answers = run(compiled, columns, day)
        none = answers[:, at.D_SERIES] == at.NONE
        series = compiled[np.where(none, 0, answers[:, at.D_SERIES]), at.S_NUMBER]
        answers[:, at.D_SERIES] = np.where(none, at.NONE, series)
        due["answer"][:, number] = answers
        verdicts["found"][order, number] = found
    return due, verdicts
