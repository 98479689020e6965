"""The planner on a whole city: the target level with its proof, all levels, an evening's re-plan, and how time grows with size.

`python -m tests.bench.planning PICTURE.svg` draws the curve.
"""

import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import polars as pl

from seawall.engines import pictures
from seawall.engines.planning import Plan, Scenario, load_scenario, plan
from seawall.engines.planning.blocks import Block
from seawall.engines.planning.case import Case, make_case
from seawall.engines.planning.generate import write_city
from seawall.engines.planning.merge import merged
from seawall.engines.planning.model import build
from seawall.engines.planning.past import spread_history
from seawall.engines.planning.proof import proven

from .measure import Line

FULL = Path(__file__).parents[2] / "examples" / "plans" / "city-full"
LONG = 900.0  # seconds that a solve may take at most
EVENINGS = (1, 30, 90)  # days lived
UNITS, GROUPS, DAYS, SMALL = (3, 6, 13, 26, 39), (1, 3, 6, 12), (60, 120, 180, 270, 365), 13
PLAIN = 90.0  # seconds that the full programme may take beside


def case_of(scenario: Scenario) -> Case:
    return make_case(scenario, scenario.campaign.opens - timedelta(days=1))


def made(units: int, groups: int = 12, days: int = 180) -> Case:
    """A city by seed, from its files."""
    with tempfile.TemporaryDirectory() as folder:
        write_city(Path(folder), units, groups, days)
        return case_of(load_scenario(folder))


def target_level(scenario: Scenario) -> tuple[float, float]:
    """Seconds from the tables to the fewest persons missing from the completed-series target, proven; and the gap."""
    started = perf_counter()
    case = case_of(scenario)
    model = merged(case).model
    number = next(n for n, aim in enumerate(case.aims) if aim.measure == "complete")
    cost = np.zeros(model.block.column_count)
    cost[model.missing[number]] = 1.0
    model.block.cost = [cost]
    solution = model.block.solve(LONG)
    bound = proven(model.block, solution)
    return perf_counter() - started, abs(solution.objective - bound) / bound


def evening(scenario: Scenario, known: Plan, lived: int) -> dict[str, pl.DataFrame]:
    """What the evening after so many days knows when all went as planned: doses given, stock by lot and place."""
    closed = closing(scenario, lived)
    history = spread_history(scenario)
    doses = known.quotas.filter(pl.col("date") <= closed).rename({"date": "day"}).select(history.columns)
    lots = scenario.supply.select("lot", "expires", "doses_per_pack")
    stock = known.stock.filter(pl.col("date") == closed).join(lots, on="lot")
    return {"given": pl.concat([history, doses]), "stock": stock.drop("date")}


def closing(scenario: Scenario, lived: int) -> date:
    return scenario.campaign.opens + timedelta(days=lived - 1)


def measured() -> list[Line]:
    city = load_scenario(FULL)
    seconds, gap = target_level(city)
    started, cpu = perf_counter(), process_time()
    known = plan(city, seconds=LONG)
    ladder, ladder_cpu = perf_counter() - started, process_time() - cpu
    proof = max(row["gap"] for row in known.summary["proof"])
    small = made(3)
    all_levels = "all levels of the full city, whole doses, obstacles and proof"
    lines = [
        Line("target level of the full city (39 units, 12 groups, 180 days)", f"{seconds:.1f} s", "", f"gap {gap:.4%}"),
        Line(all_levels, told(ladder, ladder_cpu), "", f"gap {proof:.4%} in whole doses"),
    ]
    for lived in EVENINGS:
        inputs = evening(city, known, lived)
        started, cpu = perf_counter(), process_time()
        again = plan(city, as_of=closing(city, lived), seconds=LONG, strict=False, **inputs)
        spent = told(perf_counter() - started, process_time() - cpu)
        lines.append(Line(f"re-plan of the full city after day {lived}", spent, "", f"gap {again.summary['gap']:.4%}"))
    ours, plain = _solved(merged(small).model.block), _solved(build(small).block)
    beside = f"{plain[0]:.2f} s for every group alone, same optimum within {abs(ours[1] / plain[1] - 1):.4%}"
    return [
        *lines,
        Line("3 units, 12 groups, 180 days in one solve", f"{ours[0]:.2f} s", beside, f"1/{plain[0] / ours[0]:.0f}"),
    ]


def told(seconds: float, cpu: float) -> str:
    return f"{seconds:.1f} s ({cpu:.1f} s of one core)"


def _solved(block: Block, most: float = LONG) -> tuple[float, float]:
    """CPU seconds and cost of one solve with all costs weighed; nan where it takes too long."""
    started = process_time()
    solution = block.solve(most)
    return (process_time() - started if solution.status == "Optimal" else np.nan), solution.objective


def curve(picture: Path) -> dict[str, list[tuple[int, float, float]]]:
    """CPU seconds of one solve against units, groups and days: (size, ours, every group alone or nan), and their picture."""
    cities = {
        "units": [(n, made(n)) for n in UNITS],
        "groups": [(n, made(SMALL, n)) for n in GROUPS],
        "days": [(n, made(SMALL, 12, n)) for n in DAYS],
    }
    found = {name: list(_timed(sizes)) for name, sizes in cities.items()}
    draw(found, picture)
    return found


def draw(found: dict[str, list[tuple[int, float, float]]], picture: Path) -> None:
    with pictures.figure(9.0, 3.4, ncols=3, sharey=True) as (drawn, axes):
        for axis, (name, rows) in zip(axes, found.items(), strict=True):
            size, ours, plain = (np.array(values, dtype=float) for values in zip(*rows, strict=True))
            axis.plot(size, ours, marker="o", color=pictures.ACTION, label="groups as one")
            axis.plot(size, plain, marker="o", color=pictures.CLOSED, label="every group alone")
            axis.set_xticks(size)
            axis.set_xlabel(LABELS[name])
        axes[0].set(yscale="log", ylim=(0.1, 100), ylabel="CPU seconds of one solve", yticks=(0.1, 1, 10, 100))
        axes[0].set_yticklabels(("0.1", "1", "10", "100"))
        axes[0].legend(loc="lower right", fontsize=9)
        pictures.save(drawn, picture)


LABELS = {
    "units": "units (12 groups, 180 days)",
    "groups": f"groups ({SMALL} units, 180 days)",
    "days": f"days ({SMALL} units, 12 groups)",
}


def _timed(sizes: list[tuple[int, Case]]) -> Iterator[tuple[int, float, float]]:
    """Once the full programme has taken too long, larger ones are not tried."""
    plain = 0.0
    for size, case in sizes:
        ours, _ = _solved(merged(case).model.block)
        plain = _solved(build(case).block, PLAIN)[0] if not np.isnan(plain) else plain
        yield size, ours, plain


if __name__ == "__main__":
    for what, rows in curve(Path(sys.argv[1])).items():
        for row in rows:
            sys.stdout.write(f"{what} {row[0]}: {row[1]:.2f} s, every group alone {row[2]:.2f} s\n")
