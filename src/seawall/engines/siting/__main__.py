"""`python -m seawall.engines.siting`: compiles the kernels once, so that nobody waits for them later."""

import numpy as np

from .capacitated import capacitated
from .case import case_of_matrix
from .median import p_median


def compile_all() -> None:
    """Answers two small cases that call every kernel with the types they are used with."""
    rng = np.random.default_rng(1)
    weight, distance = rng.integers(1, 9, 30).astype(float), rng.random((30, 20))
    p_median(case_of_matrix(weight, distance), 4, seconds=600.0)
    room = np.full(20, weight.sum() / 5)
    capacitated(case_of_matrix(weight, distance, capacity=room, fixed_cost=np.ones(20)), seconds=600.0)


if __name__ == "__main__":
    compile_all()
