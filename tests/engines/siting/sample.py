"""The open sample of facility location with published optima (p-median: OR-Library; capacitated: Holmberg et al. 1999)."""

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse.csgraph import floyd_warshall

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "facility-sample"
needed = pytest.mark.skipif(not FOLDER.is_dir(), reason="the facility sample is not on this machine")


def medians() -> list[tuple[np.ndarray, int, float]]:
    """Distances (all pairs of a graph; of a repeated edge the last cost counts), sites to open, optimum."""
    optima = [float(line.split()[1]) for line in (FOLDER / "pmedopt_1-5.txt").read_text().splitlines()]
    return [(*_graph(FOLDER / f"pmed{k}.txt"), optimum) for k, optimum in enumerate(optima, 1)]


def _graph(path: Path) -> tuple[np.ndarray, int]:
    numbers = np.array(path.read_text().split(), int)
    nodes, edges, count = numbers[:3]
    direct = np.full((nodes, nodes), np.inf)
    for a, b, cost in numbers[3 : 3 + 3 * edges].reshape(edges, 3):
        direct[a - 1, b - 1] = direct[b - 1, a - 1] = cost
    np.fill_diagonal(direct, 0)
    return floyd_warshall(direct), int(count)


def packings() -> list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float]]:
    """Weights, distances (cost of the whole demand, divided by it), capacities, fixed costs, optimum."""
    optima = [float(line) for line in (FOLDER / "holmberg_opt_1-5.txt").read_text().split()]
    return [(*_packing(FOLDER / f"holmberg_p{k}.txt"), optimum) for k, optimum in enumerate(optima, 1)]


def _packing(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    numbers = np.array(path.read_text().split(), float)
    m, n = int(numbers[0]), int(numbers[1])
    capacity, fixed_cost, weight = np.split(numbers[2 : 2 + 2 * m + n], [m, 2 * m])
    return weight, numbers[2 + 2 * m + n :].reshape(n, m) / weight[:, None], capacity, fixed_cost
