"""Measures the schedule engine against the bare time of scanning the same columns, and against the reference engine."""

import time
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np

from .judging import Schedule, load, run, shipped
from .kernel import layout as at
from .kernel.columns import People
from .plain import judge_one
from .plain.person import Between, Dose, Person

EPOCH = date(1970, 1, 1)
AS_OF = 18_960  # 2021-11-29
DOSES = (0.12, 0.08, 0.40, 0.35, 0.05)  # share of people with 0 to 4 doses


def synthetic(schedule: Schedule, count: int, rng: np.random.Generator) -> People:
    """People with 0 to 4 doses at intervals as a campaign gives them; no conditions."""
    births = rng.integers(-15_000, 16_000, count).astype(np.int32)
    doses = rng.choice(len(DOSES), count, p=DOSES)
    owner = np.repeat(np.arange(count), doses)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(doses) - doses, doses)
    product = rng.choice([schedule.words.vaccines[code] for code in ("BIBP", "WIBP", "SVAC", "AD5", "ZF2001")], count)
    gaps = np.array([[0, 1], [18, 50], [190, 260], [400, 460]])
    day = rng.integers(18_680, 18_990, count)[owner] + rng.integers(
        gaps[np.minimum(nth, 3), 0], gaps[np.minimum(nth, 3), 1]
    )
    starts = np.zeros((count + 1, 2), np.int64)
    starts[1:, 0] = np.cumsum(doses)
    volume = np.full(len(owner), at.NONE)
    return People(
        np.column_stack([births, births, rng.integers(1, 3, count)]).astype(np.int32),
        starts,
        np.column_stack([day, day, product[owner], volume]).astype(np.int32),
        np.empty((0, 3), np.int32),
    )


def plain_person(schedule: Schedule, people: People, n: int) -> Person:
    """The same person for the reference engine."""
    birth = EPOCH + timedelta(days=int(people.births[n, at.B_LOW]))
    rows = people.doses[people.starts[n, 0] : people.starts[n + 1, 0]]
    days = [EPOCH + timedelta(days=int(row[at.L_LOW])) for row in rows]
    products = [schedule.words.products[row[at.L_VACCINE]] for row in rows]
    doses = tuple(Dose(Between(day, day), product) for day, product in zip(days, products, strict=True))
    return Person(Between(birth, birth), int(people.births[n, at.B_SEX]), doses)


def bench(count: int = 1_000_000, plain: int = 2_000, seed: int = 7) -> dict[str, float]:
    """People per second on one core, its ratio to a scan of the same columns, and to the reference engine."""
    schedule = load(shipped("covid19-cn"))
    people = synthetic(schedule, count, np.random.default_rng(seed))
    rules = schedule.compiled[0]
    run(rules, people, AS_OF)
    kernel = _timed(lambda: run(rules, people, AS_OF)) / count
    scan = _timed(lambda: [column.sum() for column in people]) / count
    target, as_of = schedule.tables.targets[0], EPOCH + timedelta(days=AS_OF)
    persons = [plain_person(schedule, people, n) for n in range(min(plain, count))]
    slow = _timed(lambda: [judge_one(schedule.tables, target, person, as_of) for person in persons]) / len(persons)
    return {"people_per_second": 1 / kernel, "kernel_to_scan": kernel / scan, "plain_to_kernel": slow / kernel}


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
