"""Engines that solve by HiGHS in one process do not stand in each other's way: it refuses another number of threads."""

from pathlib import Path

import numpy as np

from seawall.engines import siting
from seawall.engines.planning import load_scenario, plan
from tests.engines.planning.folders import write_folder


def test_a_plan_and_a_choice_of_sites_are_solved_in_one_process(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    distance = rng.random((60, 40))
    case = siting.case_of_matrix(rng.integers(1, 9, 60).astype(float), distance, fixed_cost=rng.random(40))
    scenario = load_scenario(write_folder(tmp_path))
    for _ in range(2):
        assert plan(scenario).summary["status"]
        assert siting.choose(siting.Asked("set-cover"), case, np.full(60, 0.2)).proven
