"""Many stochastic courses of one scenario, and the bands they make."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .arrays import arrays
from .kernel.chance import chance_course
from .kernel.rates import DEAD, INFECTED
from .kernel.seen import RECORDED
from .run import ALL, COMPARTMENTS, new_record
from .scenario import Scenario

F = NDArray[np.float64]
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
DAY_PARTS = 4


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Stochastic runs: `totals` (members, days + 1, COMPARTMENTS) over all groups, `last` (members, COMPARTMENTS, groups)."""

    scenario: Scenario
    totals: F
    last: F


def ensemble(scenario: Scenario, members: int, seed: int, parts: int = DAY_PARTS) -> Ensemble:
    """`members` runs with whole people in `parts` steps a day; the same seed gives the same runs, member by member.

    Tau-leaping with binomial draws (Chatterjee, Vlachos & Katsoulakis 2005, J Chem Phys 122:024112); mean stays and so
    the reproduction number are exact; the mean differs from the deterministic course by an error that shrinks with the step.
    """
    made, days, groups = arrays(scenario), scenario.days, len(scenario.groups)
    totals, last = np.empty((members, days + 1, RECORDED)), np.empty((members, RECORDED, groups))
    for member, child in enumerate(np.random.SeedSequence(seed).spawn(members)):
        rng = np.random.Generator(np.random.PCG64(child))
        record = new_record(scenario)
        chance_course(
            rng, whole_people(made.state), made.people, made.rates, made.measures, made.doses, parts, record
        )  # fmt: skip
        totals[member], last[member] = record.by_group.sum(axis=2), record.by_group[-1]
    return Ensemble(scenario, totals, last)


def whole_people(state: F) -> F:
    """The state of day 0 in whole people: each living cell rounded, the infected counted from who is exposed or ill."""
    rounded = np.floor(state + 0.5)
    rounded[DEAD:] = 0.0
    rounded[INFECTED] = rounded[1] + rounded[2]
    return rounded


def bands(result: Ensemble) -> pl.DataFrame:
    """Quantiles over the members: day, compartment, mean and one column for each quantile (q05 ... q95)."""
    days, kinds = result.totals.shape[1:]
    found = np.quantile(result.totals, QUANTILES, axis=0)
    columns = {f"q{round(100 * q):02d}": found[n].ravel() for n, q in enumerate(QUANTILES)}
    return pl.DataFrame(
        {"day": np.repeat(np.arange(days), kinds), "compartment": np.tile(np.array(COMPARTMENTS), days)}
        | {"mean": result.totals.mean(axis=0).ravel()}
        | columns
    )


def spread(result: Ensemble) -> pl.DataFrame:
    """What the members come to, by group and in all: mean and quantiles of infections, deaths and admissions."""
    names = [*result.scenario.groups, ALL]
    whole = np.concatenate([result.last, result.last.sum(axis=2, keepdims=True)], axis=2)
    rows = []
    for compartment in ("infections", "dead", "admissions"):
        values = whole[:, COMPARTMENTS.index(compartment)]
        for n, group in enumerate(names):
            quantiles = np.quantile(values[:, n], QUANTILES)
            row = {f"q{round(100 * q):02d}": quantiles[k] for k, q in enumerate(QUANTILES)}
            rows.append({"group": group, "count": compartment, "mean": values[:, n].mean(), **row})
    return pl.DataFrame(rows)
