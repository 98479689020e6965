"""The barrier: coverage by group -> effective reproduction number -> which measures may be lifted, with interval.

There is no herd-immunity number here: what is safe to lift comes out of contacts, coverage and effects each time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .contacts import basic_reproduction, spectral_radius
from .run import run
from .scenario import Measure, Scenario, Vaccine

F = NDArray[np.float64]
HOLDS, UNCERTAIN, BREAKS = "holds", "uncertain", "breaks"
DRAWS, LEVEL = 2000, 0.9


@dataclass(frozen=True, slots=True)
class Assumed:
    """Intervals of what is not known: r0, and the effect on infection; drawn from, each uniformly and independently."""

    r0: tuple[float, float]
    infection: tuple[float, float]
    draws: int = DRAWS
    level: float = LEVEL


def effective_matrix(contacts: F, susceptibility: F, infectious_days: float, still: F) -> F:
    """Next-generation matrix per unit of transmission where `still[i]` of the susceptibility of group i is left.

    Of the people of group i the share c_v in stratum v is infected (1 - a_v) times as easily and infects (1 - b_v) times as
    much; still_i = sum_v c_v (1 - a_v)(1 - b_v). The matrix over strata and groups has rank one within a group, so its
    spectral radius is that of diag(still) K. Diekmann et al. 2010 (J R Soc Interface 7:873), separable mixing.
    """
    return (still * np.asarray(susceptibility))[:, None] * np.asarray(contacts) * infectious_days


def still_open(coverage: F, infection: float | F, transmission: float, immune: F) -> F:
    """The share of its transmission that a group keeps: coverage times effects taken away, and who is immune."""
    kept = 1.0 - coverage + coverage * (1.0 - np.asarray(infection)) * (1.0 - transmission)
    return np.asarray(kept * (1.0 - immune), np.float64)


def barrier(
    scenario: Scenario,
    vaccine: Vaccine,
    coverage: F,
    assumed: Assumed,
    packages: Mapping[str, Sequence[str]],
    seed: int,
) -> pl.DataFrame:
    """Effective reproduction number with and without the coverage under each package of measures, with interval.

    `coverage` (groups) is the share with this dose, `packages` name measures of the scenario that hold together. Columns:
    package, coverage (now or none), r, low, high, below_one (share of draws under 1), verdict: holds when the whole
    interval is under 1, breaks when none of it is, uncertain between. Immunity of day 0 counts; waning does not.
    """
    rng = np.random.default_rng(seed)
    r0 = rng.uniform(*assumed.r0, assumed.draws)
    effect = rng.uniform(*assumed.infection, assumed.draws)
    middle, centre = float(np.mean(assumed.r0)), float(np.mean(assumed.infection))
    immune = scenario.by_group(scenario.immune)
    whole = np.ones(len(scenario.groups))
    base = _radius(scenario, scenario.contacts, whole)
    tail = (1 - assumed.level) / 2
    rows: list[dict[str, object]] = []
    for name, wanted in packages.items():
        contacts = under(scenario, [m for m in scenario.measures if m.name in wanted])
        for shown, share in (("now", coverage), ("none", np.zeros_like(coverage))):
            factor = _relative(scenario, contacts, share, vaccine, immune, base)
            values = r0 * factor(effect)
            low, high = np.quantile(values, (tail, 1 - tail))
            verdict = HOLDS if high < 1 else BREAKS if low >= 1 else UNCERTAIN
            rows.append(
                {
                    "package": name,
                    "coverage": shown,
                    "r": middle * float(factor(np.array([centre]))[0]),
                    "low": low,
                    "high": high,
                    "below_one": float((values < 1).mean()),
                    "verdict": verdict,
                }
            )
    return pl.DataFrame(rows)


def _radius(scenario: Scenario, contacts: F, still: F) -> float:
    disease = scenario.disease
    return spectral_radius(effective_matrix(contacts, disease.susceptibility, disease.infectious_days, still))


def _relative(
    scenario: Scenario, contacts: F, coverage: F, vaccine: Vaccine, immune: F, base: float
) -> Callable[[F], F]:
    """R over R0 as a function of the mean effect on infection: exact at 65 effects from 0 to 1, linear between them.

    An effect that differs by group keeps its pattern.
    """
    grid = np.linspace(0, 1, 65)
    mean = float(vaccine.infection.mean())
    pattern = vaccine.infection / mean if mean > 0 else np.ones_like(vaccine.infection)
    values = []
    for effect in grid:
        still = still_open(coverage, np.clip(effect * pattern, 0, 1), vaccine.transmission, immune)
        values.append(_radius(scenario, contacts, still) / base)
    return lambda effect: np.interp(effect, grid, values)


def under(scenario: Scenario, measures: Sequence[Measure]) -> F:
    """All contacts with some measures in force together."""
    made = np.zeros_like(scenario.contacts)
    for layer in scenario.layers:
        factor = 1.0
        for measure in measures:
            factor *= measure.factors.get(layer.name, measure.factors.get("all", 1.0))
        made += factor * layer.contacts
    return made


def needed(scenario: Scenario, vaccine: Vaccine, groups: Sequence[str], rest: F, target: float = 1.0) -> float | None:
    """The coverage of `groups`, the same in each, at which R reaches `target`, the others' coverage being `rest`.

    None where even full coverage does not reach it. R falls with coverage, so the root is found by bisection.
    """
    chosen = np.array([name in groups for name in scenario.groups])
    immune = scenario.by_group(scenario.immune)
    r0 = basic_reproduction(scenario)
    base = _radius(scenario, scenario.contacts, np.ones(len(scenario.groups)))

    def at(share: float) -> float:
        coverage = np.where(chosen, share, rest)
        still = still_open(coverage, vaccine.infection, vaccine.transmission, immune)
        return r0 * _radius(scenario, scenario.contacts, still) / base

    if at(1.0) > target:
        return None
    low, high = 0.0, 1.0
    if at(0.0) <= target:
        return 0.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if at(middle) > target else (low, middle)
    return high


def averted_outbreak(scenario: Scenario, vaccine: Vaccine, coverage: F) -> tuple[float, float]:
    """Infections of an imported outbreak without and with the coverage, as the scenario's arrivals start it."""
    plan = np.zeros((1, 1, len(scenario.groups), len(scenario.districts)))
    plan[0, 0] = coverage[:, None] * scenario.people
    with_it = replace(scenario, vaccines=(replace(vaccine, after=()),), plan=plan, order=None)
    runs = (run(scenario.without_vaccine()), run(with_it))
    return runs[0].total("infections"), runs[1].total("infections")
