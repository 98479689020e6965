"""One product per unit where wanted: which one, chosen by a mixed-integer programme before the plan is made."""

from dataclasses import dataclass, replace

import numpy as np

from .blocks import SolverFailed
from .case import Case
from .model import build
from .proof import gap_of


@dataclass(frozen=True)
class Choice:
    """The product of each such unit, and how good the choice is proven to be: cost, bound and gap of the mixed-integer programme."""

    products: dict[str, str]
    cost: float
    bound: float

    @property
    def gap(self) -> float | None:
        return gap_of(self.cost, self.bound)


def with_one_product(case: Case, seconds: float) -> tuple[Case, Choice | None]:
    """The case with every such unit's other products closed to first doses.

    b[u,p] in {0, 1}: sum_p b[u,p] = 1, sum_{k,t} x[u,k,first of p,t] <= room[u] b[u,p], at the least cost of the whole plan. Where the
    time is not enough for a proven choice, each unit takes the product of which the relaxed plan starts most.
    """
    if not case.limits.one:
        return case, None
    model = build(case)
    block = model.block
    units = np.array([unit for unit, _ in case.limits.one])
    allowed = np.zeros((len(units), len(case.products)))
    for number, (_, products) in enumerate(case.limits.one):
        allowed[number, products] = 1.0
    choose = block.columns("choose", allowed.shape, 0.0, allowed)
    rows = block.rows("choose", 1.0, 1.0, (len(units),))
    block.put(rows[:, None], choose, 1.0)
    room = case.room.sum(axis=1)[units] / model.size
    first = {s.product: n for n, s in enumerate(case.steps) if s.rank == 1}
    for product, step in first.items():
        rows = block.rows(f"chosen{product}", -np.inf, 0.0, (len(units),))
        block.put(rows[:, None, None], model.x[units, :, step], 1.0)
        block.put(rows, choose[:, product], -np.maximum(room, 1e-6))
    block.whole.append(choose)
    try:
        found = block.solve(seconds)
    except SolverFailed:
        block.whole.clear()
        found = replace(block.solve(seconds), bound=0.0)
    chosen = found.columns["choose"].argmax(axis=1)
    offered = case.limits.offered.copy()
    offered[units] = False
    offered[units, chosen] = True
    names = {case.units[u]: case.products[p] for u, p in zip(units.tolist(), chosen.tolist(), strict=True)}
    return replace(case, limits=replace(case.limits, offered=offered)), Choice(names, found.objective, found.bound)
