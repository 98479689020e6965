"""Choosing sites: medians of generated maps, a city, maximal cover of many points, and the same questions asked of spopt."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import numpy as np

from seawall.engines.siting import Answer, Case, capacitated, case_of_matrix, max_cover, p_median
from tests.engines.siting import sample

from .measure import Line, seconds

T = TypeVar("T")
SIZES = (100, 200, 300, 400, 500, 600, 700, 900)
EACH = 20.0  # seconds allowed for one generated median
CITY = (1_031, 2_000, 300)  # streets, candidates, sites to open


def flat(n: int, m: int, rng: np.random.Generator) -> np.ndarray:
    """Distances between random points of a square of 100 by 100."""
    here, there = rng.random((n, 2)) * 100, rng.random((m, 2)) * 100
    return np.hypot(here[:, None, 0] - there[None, :, 0], here[:, None, 1] - there[None, :, 1])


def graph(n: int, rng: np.random.Generator) -> np.ndarray:
    """Shortest paths of a random graph of n * n / 50 edges of 1 to 100, as Beasley (1985) made his."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import dijkstra

    a = np.r_[np.arange(n - 1), rng.integers(0, n, n * n // 50 - n + 1)]
    b = np.r_[np.arange(1, n), rng.integers(0, n, n * n // 50 - n + 1)]
    cost = {
        (min(i, j), max(i, j)): int(c) for i, j, c in zip(a, b, rng.integers(1, 101, len(a)), strict=True) if i != j
    }
    ends = np.array(list(cost))
    edges = coo_matrix((list(cost.values()), (ends[:, 0], ends[:, 1])), shape=(n, n))
    return dijkstra(edges.tocsr(), directed=False)


def generated() -> list[tuple[Case, int]]:
    """Forty medians of 100 to 900 points: eight sizes, five numbers of sites, graphs and maps in turn."""
    rng, cases = np.random.default_rng(2021), []
    for n in SIZES:
        for k, count in enumerate((5, 10, n // 10, n // 5, n // 3)):
            distance = graph(n, rng) if k % 2 == 0 else flat(n, n, rng)
            cases.append((case_of_matrix(np.ones(n), distance), count))
    return cases


def _timed(ask: Callable[[], T]) -> tuple[float, T]:
    """Seconds, and what was answered."""
    kept: list[T] = []
    took = seconds(lambda: kept.append(ask()))
    return took, kept[0]


def medians() -> Line:
    answers: list[Answer] = []
    took = seconds(lambda: answers.extend(p_median(of, count, seconds=EACH) for of, count in generated()))
    worst = max(answer.gap for answer in answers)
    proven = sum(answer.proven for answer in answers)
    return Line(
        "40 generated medians, 100 to 900 points", f"{took:.0f} s", "", f"{proven} proven, worst gap {worst:.4%}"
    )


def city() -> Line:
    streets, candidates, count = CITY
    rng = np.random.default_rng(7)
    of = case_of_matrix(rng.integers(2_000, 60_000, streets).astype(float), flat(streets, candidates, rng))
    took, answer = _timed(lambda: p_median(of, count, seconds=30))
    return Line("median of 1,031 streets, 2,000 candidates, 300 open", f"{took:.1f} s", "", f"gap {answer.gap:.1e}")


def cover() -> list[Line]:
    """100,000 points, 100 candidates: sparse, tight and wide radii."""
    lines = []
    for radius, count in ((10, 20), (15, 20), (12, 25)):
        rng = np.random.default_rng(2)
        distance = flat(100_000, 100, rng)
        distance[distance > radius] = np.inf
        of = case_of_matrix(rng.integers(1, 100, 100_000).astype(float), distance)
        took, answer = _timed(partial(max_cover, of, count))
        proof = "proven" if answer.proven else f"gap {answer.gap:.2%}"
        lines.append(
            Line(f"maximal cover, 100,000 points, radius {radius}, {count} of 100", f"{took:.1f} s", "", proof)
        )
    return lines


def published() -> list[Line]:
    """The open sample, where it is on this machine."""
    if not sample.FOLDER.is_dir():
        return []
    right: list[bool] = []
    took = seconds(
        lambda: right.extend(
            p_median(case_of_matrix(np.ones(len(d)), d), p).bound == best for d, p, best in sample.medians()
        )
    )
    packed: list[bool] = []
    took_packed = seconds(
        lambda: packed.extend(
            abs(answer.value - best) < 1e-6 and answer.proven
            for w, d, room, cost, best in sample.packings()
            for answer in [capacitated(case_of_matrix(w, d, capacity=room, fixed_cost=cost))]
        )
    )
    return [
        Line("published medians reached and proven", f"{took * 1000:.0f} ms", "", f"{sum(right)} of {len(right)}"),
        Line(
            "published capacitated optima reached and proven",
            f"{took_packed:.2f} s",
            "",
            f"{sum(packed)} of {len(packed)}",
        ),
    ]


def beside_spopt() -> list[Line]:
    """The same matrices asked of spopt with HiGHS."""
    import pulp
    from spopt.locate import MCLP, PMedian

    solver = pulp.HiGHS(msg=False, timeLimit=60)

    def asked(model: PMedian | MCLP) -> float:
        return float(model.solve(solver).problem.objective.value())

    lines = []
    for n, count in ((100, 10), (200, 20)):
        rng = np.random.default_rng(n)
        weight, distance = rng.integers(1, 100, n).astype(float), flat(n, n, rng)
        ours = _timed(partial(p_median, case_of_matrix(weight, distance), count))
        made = partial(PMedian.from_cost_matrix, distance, weight, p_facilities=count)
        theirs = _timed(lambda made=made: asked(made()))  # type: ignore[misc]
        lines.append(_beside(f"median of {n} points, {count} open", ours, theirs))
    rng = np.random.default_rng(5)
    weight, distance = rng.integers(1, 100, 3_000).astype(float), flat(3_000, 100, rng)
    near = case_of_matrix(weight, distance).within(np.full(3_000, 10.0))
    ours = _timed(lambda: max_cover(near, 15))
    theirs = _timed(lambda: asked(MCLP.from_cost_matrix(distance, weight, 10.0, p_facilities=15)))
    lines.append(_beside("maximal cover of 3,000 points, 15 of 100 open", ours, theirs))
    return lines


def _beside(what: str, ours: tuple[float, Answer], theirs: tuple[float, float]) -> Line:
    (took, answer), (rival, value) = ours, theirs
    return Line(
        what, f"{took * 1000:,.0f} ms, value {answer.value:,.6g}", f"spopt {rival:.1f} s, value {value:,.6g}",
        f"{rival / took:.0f} times faster",
    )  # fmt: skip


def measured() -> list[Line]:
    p_median(case_of_matrix(np.ones(30), flat(30, 20, np.random.default_rng(1))), 4)
    return [*published(), medians(), city(), *cover(), *beside_spopt()]
