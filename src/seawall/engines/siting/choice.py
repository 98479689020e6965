"""One door to the models: what is asked of a case, answered by the model it names."""

import numpy as np

from .capacitated import capacitated
from .case import Answer, Case, Floats, Infeasible
from .intake import Asked
from .maxcover import max_cover
from .median import p_median
from .setcover import set_cover


def choose(
    asked: Asked, of: Case, radius: Floats | None, seconds: float = 60.0, areas: np.ndarray | None = None
) -> Answer:
    """Answers a question; raises Infeasible with the reason when nothing satisfies it.

    `radius` (n) bounds the ways of the covering models; elsewhere it only judges who is far. `areas` (n, whole
    numbers from 0) are those whose least served share is held above `asked.least_share`.
    """
    if asked.model == "p-median":
        assert asked.open is not None
        return p_median(of, asked.open, seconds=seconds)
    if asked.model == "capacitated":
        return capacitated(of, open_=asked.open, seconds=seconds)
    assert radius is not None
    near = of.within(radius)
    if asked.model == "max-cover":
        assert asked.open is not None
        return max_cover(near, asked.open, seconds=seconds, least_share=asked.least_share, areas=areas)
    cost = of.fixed_cost if of.fixed_cost.any() else None
    return set_cover(near, cost=cost, open_=asked.open, seconds=seconds)


__all__ = ["Infeasible", "choose"]
