"""The schedule engine: a city and its children beside a bare scan of the same columns, one person, files, and linear cost.

`python -m tests.bench.schedule` prints the lines and draws docs/pictures/schedule/linear.svg; a number of persons after
it (such as 32000000) judges so many from file to file as well.
"""

import resource
import sys
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import polars as pl

from seawall.engines import schedule as engine
from seawall.engines.pictures import figure, save
from seawall.engines.schedule.files import due_to_files
from seawall.engines.schedule.judging import run
from seawall.engines.schedule.kernel import layout as at
from seawall.engines.schedule.kernel.columns import People
from seawall.engines.schedule.plain import judge_one
from seawall.engines.schedule.plain.person import Between, Dose, Person
from seawall.engines.schedule.synthetic import CARD, children, synthetic

from .measure import Line, p50
from .people import write_people

EPOCH = date(1970, 1, 1)
AS_OF, AFTER_ALL = 18_960, date(2023, 6, 30)  # 2021-11-29; a day after every synthetic dose
CHUNK, CITY, CHILDREN, PLAIN, FILED = 1_000_000, 4_000_000, 100_000, 100_000, 1_000_000
SIZES = [10_000, 32_000, 100_000, 320_000, 1_000_000, 3_200_000, 10_000_000, 32_000_000]
PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "schedule" / "linear.svg"


def cpu(work: Callable[[], object]) -> float:
    """Seconds of one core."""
    start = process_time()
    work()
    return process_time() - start


def kernel_seconds(rules: engine.Schedule, persons: int) -> tuple[float, float]:
    """Core seconds of the kernel and of summing the same columns once, a chunk of other people at a time."""
    rng = np.random.default_rng(persons)
    kernel = scan = 0.0
    for first in range(0, persons, CHUNK):
        people = synthetic(rules, min(CHUNK, persons - first), rng)
        kernel += cpu(lambda people=people: run(rules.compiled[0], people, AS_OF))
        scan += cpu(lambda people=people: [column.sum() for column in people])
    return kernel, scan


def measured() -> list[Line]:
    rules = engine.load(engine.shipped("covid19-cn"))
    kernel_seconds(rules, 10_000)
    kernel, scan = kernel_seconds(rules, CITY)
    return [
        Line(f"judge {CITY:,} persons with 0-4 doses, in memory", f"{CITY / kernel:,.0f}/s per core",
             f"{CITY / scan:,.0f}/s to sum the same columns", f"{kernel / scan:.0f}×"),
        card(), plainly(rules), desk(rules), filed(FILED),
    ]  # fmt: skip


def card() -> Line:
    rules = engine.load(engine.shipped("childhood-example"))
    people = children(rules, CHILDREN, np.random.default_rng(3), AS_OF)

    def judge() -> None:
        for target in rules.compiled:
            run(target, people, AS_OF)

    judge()
    spent, scan = cpu(judge), cpu(lambda: [column.sum() for column in people])
    what = f"judge children with {len(CARD)} doses for {len(rules.compiled)} targets, live vaccines too close"
    return Line(what, f"{CHILDREN / spent:,.0f}/s per core", f"{CHILDREN / scan:,.0f}/s to sum the same columns",
                f"{spent / scan:.0f}×")  # fmt: skip


def plain_person(rules: engine.Schedule, people: People, n: int) -> Person:
    """The same person for the reference engine."""
    birth = EPOCH + timedelta(days=int(people.births[n, at.B_LOW]))
    rows = people.doses[people.starts[n, 0] : people.starts[n + 1, 0]]
    days = [EPOCH + timedelta(days=int(row[at.L_LOW])) for row in rows]
    products = [rules.words.products[row[at.L_VACCINE]] for row in rows]
    doses = tuple(Dose(Between(day, day), product) for day, product in zip(days, products, strict=True))
    return Person(Between(birth, birth), int(people.births[n, at.B_SEX]), doses)


def plainly(rules: engine.Schedule, count: int = PLAIN) -> Line:
    """The reference engine on the same histories."""
    people = synthetic(rules, count, np.random.default_rng(7))
    target, day = rules.tables.targets[0], EPOCH + timedelta(days=AS_OF)
    persons = [plain_person(rules, people, n) for n in range(count)]
    fast = cpu(lambda: run(rules.compiled[0], people, AS_OF))
    slow = cpu(lambda: [judge_one(rules.tables, target, person, day) for person in persons])
    return Line(f"the same {count:,} histories by both engines", f"{count / fast:,.0f}/s per core",
                f"{count / slow:,.0f}/s by the reference engine", f"{slow / fast:,.0f}×")  # fmt: skip


def desk(rules: engine.Schedule) -> Line:
    persons = pl.DataFrame({"person": [1], "birth": [date(1980, 5, 1)], "birth_precision": ["day"], "sex": [1]})
    doses = pl.DataFrame({"person": [1, 1], "given_on": [date(2021, 4, 1), date(2021, 4, 25)],
                          "product": ["BIBP", "SVAC"], "precision": ["day", "day"], "source": ["clinic", "clinic"]})  # fmt: skip
    one = p50(lambda: engine.judge(rules, persons, doses, None, as_of=date(2021, 11, 29)), 200)
    return Line("one person with two doses at the desk", f"{one * 1000:.2f} ms", "", "")


def filed(persons: int) -> Line:
    """From Parquet to Parquet, in any order; wall seconds, and memory of this process at its highest."""
    rules = engine.load(engine.shipped("covid19-cn"))
    with tempfile.TemporaryDirectory() as folder:
        people, doses = write_people(rules, Path(folder), persons)
        start, busy = perf_counter(), process_time()
        summary = due_to_files(schedule="covid19-cn", as_of=AFTER_ALL, people=people, doses=doses,
                               out=Path(folder) / "due.parquet", verdicts=Path(folder) / "verdicts.parquet",
                               rejected=Path(folder) / "rejected.csv")  # fmt: skip
        wall, busy = perf_counter() - start, process_time() - busy
    assert summary.persons == persons and not summary.rejected
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return Line(f"{persons:,} persons with {summary.doses:,} doses, Parquet to Parquet, {memory:.1f} GiB at most",
                f"{persons / wall:,.0f}/s, {wall:.0f} s", f"{busy:.0f} core seconds", "")  # fmt: skip


def draw(sizes: list[int] = SIZES, picture: Path = PICTURE) -> list[tuple[int, float]]:
    """Measures the kernel's core seconds for each number of persons, and draws them."""
    rules = engine.load(engine.shipped("covid19-cn"))
    kernel_seconds(rules, 10_000)
    spent = [(size, kernel_seconds(rules, size)[0]) for size in sizes]
    plot(spent, picture)
    return spent


def plot(spent: list[tuple[int, float]], picture: Path) -> None:
    """Core seconds by the number of persons, and the line that is exactly linear through the middle of them."""
    sizes, seconds = zip(*spent, strict=True)
    middle = float(np.median([second / size for size, second in spent]))
    with figure(8, 4.5) as (made, axes):
        line = f"{middle * 1e9:.0f} ns × 人数 persons"
        axes.loglog(sizes, [middle * size for size in sizes], linestyle="--", linewidth=1.2, label=line)
        axes.loglog(sizes, seconds, "o", label="实测 measured")
        axes.set_title("判断全体人员的单核秒数 · Judging people: seconds of one core")
        axes.set_xlabel("人数（各0至4剂） · persons with 0 to 4 doses")
        axes.legend()
        save(made, picture)


def main() -> None:
    for line in measured() + [filed(int(size)) for size in sys.argv[1:]]:
        sys.stdout.write(" | ".join([line.what, line.ours, line.bare, line.ratio]) + "\n")
        sys.stdout.flush()
    for size, seconds in draw():
        sys.stdout.write(f"{size:>12,} persons {seconds:8.3f} s {size / seconds:>12,.0f}/s\n")


if __name__ == "__main__":
    main()
