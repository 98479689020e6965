"""The same scenario with single agents (`starsim`, optional part `agents`), beside the compartments' answer."""

import importlib.util
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ..tables import Findings
from .arrays import arrays
from .contacts import transmission
from .kernel.rates import BLOCKS, E, I, R, S
from .reading import SENTENCES
from .run import ALL, COMPARTMENTS, run
from .scenario import Scenario

F = NDArray[np.float64]
INFECTED = COMPARTMENTS.index("infections")


def applies(scenario: Scenario, file: str = "") -> None:
    """Raises Mistakes where the agents cannot do what the scenario asks, each thing by name, or are not installed."""
    findings = Findings(SENTENCES)
    if importlib.util.find_spec("starsim") is None:
        findings.add(file, 0, "agents", "", "need_agents")
    disease, plan = scenario.disease, scenario.plan
    no = {
        "population.districts": len(scenario.districts) > 1,
        "measure": bool(scenario.measures),
        "import": scenario.arrivals is not None,
        "rollout.order": scenario.order is not None,
        "rollout.file": plan is not None and bool(plan[1:].any()),
        "disease.incubation_days": disease.incubation_days == 0,
        "disease.immunity_days": disease.immunity_days is not None,
        "disease.hospitalisation": bool(disease.hospitalisation.any()),
        "vaccine": any(v.waning_days or v.severity for v in scenario.vaccines) and plan is not None,
    }
    for key in (key for key, asked in no.items() if asked):
        findings.add(file, 0, key, "", "agents_apply", key)
    findings.stop_if_any()


def agents(scenario: Scenario, people: int, members: int, seed: int) -> pl.DataFrame:
    """Attack rates by group over `members` runs of `people` agents, beside the deterministic course.

    Columns: group, ours, agents (mean), low, high (5% and 95% of the members). Agents meet by the contacts of their age
    group; stays are exponential, a step is a day, doses of day 0 are given before it, who is infected then starts exposed.
    """
    applies(scenario)
    ours = run(scenario)
    sizes = scenario.people.sum(axis=1)
    rates = np.array([_one(scenario, people, seed + n) for n in range(members)])
    wanted = ours.curves[-1, INFECTED] / np.where(sizes > 0, sizes, 1.0)
    share = sizes / sizes.sum()
    whole = np.concatenate([rates, (rates * share).sum(axis=1, keepdims=True)], axis=1)
    low, high = np.quantile(whole, (0.05, 0.95), axis=0)
    return pl.DataFrame(
        {
            "group": [*scenario.groups, ALL],
            "ours": [*wanted, float(wanted @ share)],
            "agents": whole.mean(axis=0),
            "low": low,
            "high": high,
        }
    )


def _one(scenario: Scenario, people: int, seed: int) -> F:
    """Attack rate by group of one run."""
    import starsim as ss

    rng = np.random.default_rng(seed)
    share = scenario.people.sum(axis=1) / scenario.people.sum()
    counts = rng.multinomial(people, share)
    group = np.repeat(np.arange(len(share)), counts)
    disease = scenario.disease
    sickness = ss.SEIR(
        name="illness", init_prev=ss.bernoulli(p=0.0), p_death=ss.bernoulli(p=0.0),
        dur_exp=ss.expon(scale=ss.days(disease.incubation_days)), dur_inf=ss.expon(scale=ss.days(disease.infectious_days)),
    )  # fmt: skip
    sim = ss.Sim(
        n_agents=people, diseases=sickness, networks=_route(ss, scenario, group, rng), start=ss.date("2021-01-01"),
        dur=ss.days(scenario.days), dt=ss.days(1), rand_seed=seed, verbose=0,
    )  # fmt: skip
    sim.init()
    immune = _begin(ss, sim.diseases.illness, scenario, group, rng)
    sim.run()
    infected = ~np.asarray(sim.diseases.illness.susceptible.raw[:people], bool) & ~immune
    return np.asarray(np.bincount(group, infected, len(share)) / np.maximum(counts, 1), np.float64)


def _route(ss: Any, scenario: Scenario, group: NDArray[np.int64], rng: np.random.Generator) -> Any:
    """How agents meet: each by the contacts of its group with the infectious share of every group, drawn once a day."""
    spread, contacts, count = transmission(scenario), scenario.contacts, len(scenario.groups)
    sizes = np.maximum(np.bincount(group, minlength=count), 1)

    class ByAge(ss.Route):
        def step(self) -> None:
            """Nobody changes how they meet."""

        def compute_transmission(self, rel_sus: Any, rel_trans: Any, disease_beta: Any, disease: Any = None) -> Any:
            infectious = np.bincount(group, rel_trans.raw[: len(group)], count) / sizes
            force = spread * (contacts @ infectious)
            chance = -np.expm1(-force[group] * rel_sus.raw[: len(group)])
            return ss.uids(np.flatnonzero(rng.random(len(group)) < chance))

    return ByAge()


def _begin(
    ss: Any, illness: Any, scenario: Scenario, group: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Day 0: each agent a stratum and a compartment by the shares of the scenario's state after the doses of day 0."""
    made = arrays(scenario)
    count, groups = len(made.strata), len(scenario.groups)
    state = made.state.reshape(BLOCKS, count, groups).copy()
    if scenario.plan is not None:
        _dosed(state, made, scenario)
    people = len(group)
    open_ = made.rates.susceptibility.reshape(count, groups) / (transmission(scenario))
    block_of, stratum_of = np.empty(people, int), np.empty(people, int)
    for g in range(groups):
        mine = np.flatnonzero(group == g)
        weights = state[[S, E, I, R], :, g].ravel()
        drawn = rng.choice(weights.size, len(mine), p=weights / weights.sum())
        block_of[mine], stratum_of[mine] = np.divmod(drawn, count)
    illness.rel_sus.raw[:people] = open_[stratum_of, group]
    illness.rel_trans.raw[:people] = made.rates.infectiousness[stratum_of]
    sick, immune = np.flatnonzero((block_of == 1) | (block_of == 2)), block_of == 3
    illness.set_prognoses(ss.uids(sick))
    resting = ss.uids(np.flatnonzero(immune))
    illness.susceptible[resting] = False
    illness.recovered[resting] = True
    return np.asarray(immune, bool)


def _dosed(state: F, made: Any, scenario: Scenario) -> None:
    """Gives the doses of day 0 to the state (BLOCKS, strata, groups), in place."""
    assert scenario.plan is not None
    for move in made.moves:
        given = scenario.plan[0, move.dose, :, 0]
        reached = np.array(state[[S, E, R], move.source].sum(axis=0))
        if move.target == next(m.target for m in made.moves if m.dose == move.dose and m.source == move.source):
            before = state[[S, E, R], move.source].copy()
            leaving = before * np.divide(given, reached, out=np.zeros_like(given), where=reached > 0).clip(0, 1)
            state[[S, E, R], move.source] -= leaving
            for other in made.moves:
                if other.dose == move.dose and other.source == move.source:
                    state[[S, E, R], other.target] += leaving * other.share
