"""The transmission model: one scenario, a city by single years and districts, an ensemble, and single agents beside them."""

import contextlib
import io
from pathlib import Path

import numpy as np

from seawall.engines.epidemic import agents, ensemble, load_scenario, prioritise, run
from seawall.engines.epidemic.scenario import EULER, Disease, Layer, Scenario

from .measure import Line, p50, seconds

EXAMPLES = Path(__file__).parents[2] / "examples" / "epidemic"
AGES, DISTRICTS, DAYS, MEMBERS = 85, 39, 400, 1000
AGENTS = 20_000


def city(seed: int = 1) -> Scenario:
    """Single years of age in 39 coupled districts of a made-up city, one-day Euler steps."""
    rng = np.random.default_rng(seed)
    people = np.outer(rng.dirichlet(np.full(AGES, 40.0)), rng.dirichlet(np.full(DISTRICTS, 20.0))) * 32e6
    mixing = 0.9 * np.eye(DISTRICTS) + 0.1 * people.sum(axis=0) / people.sum()
    disease = Disease(1.5, 3.0, 5.0, np.ones(AGES), np.full(AGES, 0.01), np.zeros(AGES))
    return Scenario(
        "city", DAYS, tuple(map(str, range(AGES))), people, (Layer("all", rng.random((AGES, AGES))),), disease,
        tuple(map(str, range(DISTRICTS))), mixing, infectious=np.full(AGES, 1e-5), method=EULER,
    )  # fmt: skip


def measured() -> list[Line]:
    loaded = load_scenario(EXAMPLES / "who-first.toml")
    bands, whole = loaded.scenario, city()
    one = p50(lambda: run(bands), 50)
    large = p50(lambda: run(whole), 10)
    run_members = ensemble(bands, 1, 1) and seconds(lambda: ensemble(bands, MEMBERS, 1))
    asked = loaded.asked.who_first
    assert asked is not None
    table = p50(lambda: prioritise(bands, asked.orders, asked.supply_shares, asked.r0), 3)
    return [
        Line("9 bands, 365 days, doses every day", f"{one * 1000:.2f} ms", "", ""),
        Line(f"{DAYS} days, {AGES} ages, {DISTRICTS} districts", f"{large * 1000:.1f} ms", "", ""),
        Line(f"{MEMBERS:,} chance courses of 9 bands, 365 days", f"{run_members:.1f} s", "", ""),
        Line("who first: 5 orders, 50 supplies, 3 R0", f"{table * 1000:.0f} ms", "", ""),
        *beside_agents(),
    ]


def beside_agents() -> list[Line]:
    """The same epidemic with single agents of starsim, and covasim's own default epidemic for its pace."""
    loaded = load_scenario(EXAMPLES / "agents.toml")
    ours = p50(lambda: run(loaded.scenario), 20)
    single = seconds(lambda: agents(loaded.scenario, AGENTS, 1, 1))
    found = agents(loaded.scenario, AGENTS, 3, 1).filter(group="all").row(0, named=True)
    lines = [
        Line(
            f"{loaded.scenario.days} days beside {AGENTS:,} agents (starsim)",
            f"{ours * 1000:.2f} ms",
            f"{single:.1f} s",
            f"{single / ours:,.0f}x; attack rate {found['ours'] / found['agents']:.3f} of theirs",
        )
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        import covasim as cv

        sim = cv.Sim(pop_size=AGENTS, n_days=loaded.scenario.days, verbose=0, rand_seed=1)
        pace = seconds(sim.run)
    lines.append(
        Line(
            f"{loaded.scenario.days} days beside {AGENTS:,} agents (covasim)",
            f"{ours * 1000:.2f} ms",
            f"{pace:.1f} s",
            f"{pace / ours:,.0f}x",
        )
    )
    return lines
