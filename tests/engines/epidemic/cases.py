"""Scenarios for tests: the published nine bands, and small ones whose answers are known."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seawall.engines.epidemic.load import load_scenario
from seawall.engines.epidemic.scenario import Scenario

EXAMPLES = Path(__file__).parents[3] / "examples" / "epidemic"
BROUGHT = Path(__file__).parents[4] / "shared" / "data" / "contact-matrices"


def nine_bands(**changes: object) -> Scenario:
    """The shipped example: nine ten-year bands, all-or-nothing vaccine for 20% of the people, the elderly first."""
    return replace(load_scenario(EXAMPLES / "who-first.toml").scenario, **changes)


def closed(seed: float = 1e-9, **changes: object) -> Scenario:
    """The nine bands with no dose, nobody dying and an infinitesimal seed, for theory."""
    scenario = nine_bands()
    nobody = np.zeros(9)
    disease = replace(scenario.disease, fatality=nobody, r0=changes.pop("r0", 1.5))
    share: NDArray[np.float64] = np.full(9, seed)
    fixed = {"plan": None, "order": None, "vaccines": (), "refusing": None, "exposed": share, "infectious": share}
    return replace(scenario, disease=disease, **{**fixed, **changes})
