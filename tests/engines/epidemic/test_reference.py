"""The compiled course against independent slow computations, to six digits."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from seawall.engines.epidemic import Order, Scenario, Vaccine, ages_implied, outcome, run, spectral_radius, toml_text
from seawall.engines.epidemic.contacts import transmission

from .cases import BROUGHT, closed, nine_bands

F = NDArray[np.float64]


def slowly(scenario: Scenario, daily: float, supply: float, tier: slice, effect: float, refuse: float) -> tuple[F, F]:
    """All-or-nothing doses by order as an adaptive integration from day to day: infections and deaths by group.

    Written from the published description alone: willing, refusing or unprotected, and protected people; doses to S, E and
    R pro rata; a full group's doses to the rest of the tier and then to the others.
    """
    people, disease, contacts = scenario.people[:, 0], scenario.disease, scenario.contacts
    beta = disease.r0 / spectral_radius(disease.susceptibility[:, None] * contacts * disease.infectious_days)
    seed = 0.0025
    state = np.zeros((3, 4, 9))
    for row, share in ((0, 1 - refuse), (1, refuse)):
        state[row] = share * people * np.array([[1 - 2 * seed], [seed], [seed], [0.0]])
    dead, infected = np.zeros(9), 2 * seed * people
    chosen = np.zeros(9, bool)
    chosen[tier] = True
    asked = np.where(chosen, people * (1 - refuse) * (1 - seed), 0)
    asked /= asked.sum()

    def slope(_: float, y: F) -> F:
        z, died = y[:108].reshape(3, 4, 9), y[108:117]
        force = beta * disease.susceptibility * (contacts @ (z[:, 2].sum(axis=0) / (people - died)))
        new = z[:, 0] * force
        new[2] = 0
        ill, left = z[:, 1] / disease.incubation_days, z[:, 2] / disease.infectious_days
        change = np.stack([-new, new - ill, ill - left, left * (1 - disease.fatality)], axis=1)
        return np.concatenate([change.ravel(), (left * disease.fatality).sum(axis=0), new.sum(axis=0)])

    for _ in range(scenario.days):
        give = min(daily, supply)
        supply -= give
        room = state[0, [0, 1, 3]].sum(axis=0)
        dose = np.minimum(give * asked, room)
        for group in (chosen, ~chosen):
            rest, open_ = give - dose.sum(), np.where(group, room - dose, 0)
            if rest > 1e-9 and open_.sum() > 0:
                dose = dose + open_ * min(1.0, rest / open_.sum())
        part = np.divide(dose, room, out=np.zeros(9), where=room > 0)
        for block in (0, 1, 3):
            moved = state[0, block] * part
            state[0, block] -= moved
            state[2, block] += effect * moved
            state[1, block] += (1 - effect) * moved
        start = np.concatenate([state.ravel(), dead, infected])
        end = solve_ivp(slope, (0, 1), start, method="DOP853", rtol=1e-10, atol=1e-3).y[:, -1]
        state, dead, infected = end[:108].reshape(3, 4, 9), end[108:117], end[117:]
    return infected, dead


@pytest.mark.parametrize(("r0", "tier", "share"), [(1.5, slice(6, 9), 0.2), (2.6, slice(2, 5), 0.4)])
def test_doses_by_order_agree_with_an_adaptive_integration(r0: float, tier: slice, share: float) -> None:
    scenario = nine_bands(days=200)
    total = scenario.people.sum()
    order = Order(("V", 1), 0.002 * total, share * total, (scenario.groups[tier],))
    scenario = replace(scenario, order=order, disease=replace(scenario.disease, r0=r0), steps_per_day=4)
    infected, dead = slowly(scenario, 0.002 * total, share * total, tier, 0.9, 0.3)
    result = run(scenario)
    assert result.curves[-1, 5] == pytest.approx(infected, rel=1e-6)
    assert result.curves[-1, 4] == pytest.approx(dead, rel=1e-6)
    assert result.doses.sum() == pytest.approx(share * total, rel=1e-9)


def test_hospital_waning_leaky_doses_and_districts_agree_with_an_adaptive_integration() -> None:
    base = closed(seed=1e-4, r0=2.0, days=120)
    rng = np.random.default_rng(4)
    people = base.people * np.array([[0.7, 0.3]])
    mixing = np.array([[0.9, 0.1], [0.25, 0.75]])
    fatality, hospital = rng.uniform(0, 0.02, 9), rng.uniform(0.03, 0.1, 9)
    disease = replace(base.disease, fatality=fatality, hospitalisation=hospital, hospital_days=8.0, immunity_days=90.0)
    effect = np.linspace(0.4, 0.8, 9)
    vaccine = Vaccine("V", 1, "leaky", effect, 0.3, 0.6, 60.0, 0.5)
    plan = np.zeros((1, 1, 9, 2))
    plan[0, 0] = 0.5 * people
    scenario = replace(
        base, people=people, districts=("a", "b"), mixing=mixing, disease=disease, vaccines=(vaccine,), plan=plan,
        steps_per_day=4,
    )  # fmt: skip
    susceptible = np.array([np.ones(9), 1 - effect, 1 - 0.5 * effect])
    spread, harm = np.array([1, 0.7, 0.85]), np.array([1, 0.4, 0.7])
    beta = transmission(scenario) * disease.susceptibility

    def slope(_: float, y: F) -> F:
        s, e, i, r, h = y[:270].reshape(5, 3, 9, 2)
        dead = y[270:288].reshape(9, 2)
        share = np.einsum("v,vgd->gd", spread, i) / (people - dead)
        force = beta[:, None] * (base.contacts @ (share @ mixing.T))
        new, ill, left, out, lost = susceptible[:, :, None] * force * s, e / 3.0, i / 5.0, h / 8.0, r / 90.0
        admitted = left * hospital[None, :, None] * harm[:, None, None]
        died = out * (fatality / hospital)[None, :, None]
        change = np.stack([lost - new, new - ill, ill - left, left - admitted + out - died - lost, admitted - out])
        waned = np.stack([s[1], e[1], i[1], r[1], h[1]]) / 60.0
        change[:, 1] -= waned
        change[:, 2] += waned
        return np.concatenate([change.ravel(), died.sum(axis=0).ravel(), new.sum(axis=0).ravel()])

    start = np.zeros((5, 3, 9, 2))
    for block, share in ((0, 1 - 2e-4), (1, 1e-4), (2, 1e-4)):
        start[block, 0] = share * people
    part = 0.5 / (1 - 1e-4)
    for block in (0, 1):
        start[block, 1], start[block, 0] = part * start[block, 0], (1 - part) * start[block, 0]
    first = np.concatenate([start.ravel(), np.zeros(18), (2e-4 * people).ravel()])
    end = solve_ivp(slope, (0, 120), first, method="DOP853", rtol=1e-11, atol=1e-4).y[:, -1]
    result = run(scenario)
    assert result.curves[-1, 4] == pytest.approx(end[270:288].reshape(9, 2).sum(axis=1), rel=1e-6)
    assert result.curves[-1, 5] == pytest.approx(end[288:].reshape(9, 2).sum(axis=1), rel=1e-6)
    assert result.by_district[-1, 6] == pytest.approx(end[216:270].reshape(3, 9, 2).sum(axis=(0, 1)), rel=1e-6)


def test_the_contact_matrix_of_chongqing_gives_the_published_attack_rates() -> None:
    """Mistry et al. 2021, analysis_results of their repository: 0.494638 at R0 1.5 for China's matrix."""
    if not BROUGHT.exists():
        pytest.skip("the contact matrices of Mistry et al. are not beside the repository")
    text = (
        "[scenario]\ndays = 700\nmethod = 'euler'\n[population]\ntotal = 32054159\n"
        "[[layer]]\nname = 'overall'\nfile = 'China_subnational_Chongqing_M_overall_85.csv'\n"
        "[disease]\nr0 = 1.5\nreference = 'China_country_level_M_overall_85.csv'\nincubation_days = 0\n"
        "infectious_days = 2.6\n[start]\ninfectious = 1e-7\n"
    )
    scenario = toml_text(text, BROUGHT).scenario
    assert len(scenario.groups) == 85
    assert scenario.people.sum(axis=1) / scenario.people.sum() == pytest.approx(ages_implied(scenario.contacts))
    found = outcome(run(scenario)).filter(group="all")["attack_rate"][0]
    assert found == pytest.approx(0.494638, abs=2e-6)
