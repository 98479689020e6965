"""p-median: open sites so that people travel as little as possible in all."""

import numpy as np

from .case import Answer, Case, Infeasible, nearest_open
from .exact import Service, cheapest, filled
from .setcover import fewest_sites, greedy_cover, late, out_of_reach


def p_median(of: Case, open_: int, *, seconds: float = 60.0, seed: int = 1) -> Answer:
    """min sum weight[i] * distance[i,j] * x[i,j], sum_j x[i,j] = 1, x[i,j] <= y[j], sum y = `open_`, y binary.

    ReVelle & Swain (1970), Central facilities location, Geographical Analysis 2:30-42. `open_` counts kept sites.
    Sites beyond need (or beyond a budget) stay closed. Points of no weight do not count; every other point must be
    served. Raises Infeasible when so many sites cannot reach everybody.
    """
    heavy = np.flatnonzero(of.weight > 0)
    served = of.of(heavy)
    cost = served.distance * served.weight[served.point]
    outside = np.full(len(heavy), 2.0 * cost.sum() + 1.0)
    service = Service(
        served.start,
        served.site,
        cost,
        outside,
        np.zeros(of.sites),
        of.kept,
        open_,
        of.use,
        of.limits,
        served.weight,
    )
    choice = cheapest(service, reaching(served, open_, seconds), seconds, np.random.default_rng(seed))
    opened = filled(of, choice.opened, open_)
    serves, _ = nearest_open(of, opened)
    return Answer("p-median", opened, serves, choice.value, choice.bound)


def reaching(of: Case, open_: int, seconds: float) -> np.ndarray:
    """Sites that reach every point, at most so many: greedily, or exactly where that fails. Raises Infeasible."""
    if len(unreached := np.flatnonzero(np.diff(of.start) == 0)):
        raise out_of_reach(of, unreached)
    opened = greedy_cover(of, np.ones(of.sites))
    if opened.sum() <= open_ and not len(of.limits):
        return filled(of, opened, open_)
    found = fewest_sites(of, seconds)
    if found is None:
        raise Infeasible(
            "limits",
            "在这些限额内没有一组接种点能到达所有需求点。",
            "Within these budgets no sites reach every point of demand.",
        )
    opened, need = found
    if need > open_:
        raise Infeasible(
            "sites_short",
            f"{open_} 个接种点到不了所有需求点，至少需要 {need} 个。",
            f"{open_} sites cannot reach every point of demand: at least {need} are needed.",
            needed=need,
        )
    if opened.sum() > open_:
        raise late()
    return opened
