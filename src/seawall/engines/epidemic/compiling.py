"""Compiles the deterministic and the stochastic kernel once, so that nobody waits for them later."""

import numpy as np

from .ensemble import ensemble
from .run import run
from .scenario import Disease, Layer, Scenario


def compile_all() -> None:
    """Runs a small scenario through both kernels; what they compile to is kept."""
    one = np.ones(1)
    disease = Disease(1.5, 3.0, 5.0, one, 0 * one, 0 * one)
    small = Scenario(
        "", 1, ("0+",), np.array([[1000.0]]), (Layer("all", np.ones((1, 1))),), disease, infectious=0.01 * one
    )
    run(small)
    ensemble(small, 1, 1)
