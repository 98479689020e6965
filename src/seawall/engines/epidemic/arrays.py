"""A scenario as the arrays that the compiled steps read: strata of vaccination, moves between them, layers, triggers."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .contacts import transmission
from .kernel.rates import BLOCKS, DISCHARGE, INFECTED, LEAVE, LOSE, ONSET, RATES
from .kernel.records import Doses, Measures, People, Rates
from .scenario import ALL_OR_NOTHING, INFECTIONS, Scenario, Vaccine

F = NDArray[np.float64]
N = NDArray[np.int64]
WILLING, REFUSING = 0, 1


@dataclass(frozen=True, slots=True)
class Stratum:
    """People with the same vaccination: relative susceptibility by group, infectiousness and severity."""

    name: str
    susceptibility: F
    infectiousness: float = 1.0
    severity: float = 1.0
    wanes_to: int = -1
    waning: float = 0.0
    dosed: bool = True


@dataclass(frozen=True, slots=True)
class Move:
    """Of those who get dose `dose` in stratum `source`, the share `share` (by group) goes to `target`."""

    dose: int
    source: int
    target: int
    share: F


@dataclass(frozen=True, slots=True)
class Arrays:
    """All that one course needs; cells run group by group, district within group."""

    strata: tuple[Stratum, ...]
    moves: tuple[Move, ...]
    state: F
    people: People
    rates: Rates
    measures: Measures
    doses: Doses


def strata_of(scenario: Scenario) -> tuple[tuple[Stratum, ...], tuple[Move, ...]]:
    """The strata and moves that the vaccines in use make: protected, not protected (all-or-nothing) and waned."""
    ones = np.ones(len(scenario.groups))
    strata = [Stratum("unvaccinated", ones, dosed=False)]
    if scenario.by_group(scenario.refusing).any():
        strata.append(Stratum("refusing", ones, dosed=False))
    if scenario.plan is None and scenario.order is None:
        return tuple(strata), ()
    found: dict[tuple[str, int], list[int]] = {}
    for vaccine in scenario.vaccines:
        found[vaccine.key] = list(range(len(strata), len(strata) + _count(vaccine)))
        strata += _own(vaccine, len(strata), ones)
    moves: list[Move] = []
    for dose, vaccine in enumerate(scenario.vaccines):
        moves += _moves(dose, vaccine, found, scenario.vaccines)
    return tuple(strata), tuple(moves)


def _count(vaccine: Vaccine) -> int:
    return 1 + (vaccine.mode == ALL_OR_NOTHING) + (vaccine.waning_days is not None)


def _own(vaccine: Vaccine, first: int, ones: F) -> list[Stratum]:
    """The strata of one dose, in order: protected, not protected where all-or-nothing, waned where it wanes."""
    whole = vaccine.mode == ALL_OR_NOTHING
    name, effect = f"{vaccine.product}:{vaccine.dose_rank}", np.asarray(vaccine.infection, np.float64)
    wanes = vaccine.waning_days is not None
    waned = first + _count(vaccine) - 1 if wanes else -1
    rate = 1.0 / vaccine.waning_days if vaccine.waning_days is not None else 0.0
    spread, harm = 1.0 - vaccine.transmission, 1.0 - vaccine.severity
    own = [Stratum(name, 0 * ones if whole else ones - effect, spread, harm, waned, rate)]
    if whole:
        own.append(Stratum(f"{name} unprotected", ones, spread, harm, waned, rate))
    if wanes:
        left = vaccine.kept
        weak = ones if whole else ones - left * effect
        own.append(Stratum(f"{name} waned", weak, 1 - left * vaccine.transmission, 1 - left * vaccine.severity))
    return own


def _moves(
    dose: int, vaccine: Vaccine, found: dict[tuple[str, int], list[int]], earlier: Iterable[Vaccine]
) -> list[Move]:
    """Who gets a dose moves to its protected stratum; all-or-nothing leaves the share that it does not protect.

    After an all-or-nothing dose a later one keeps who is protected already, and protects of the others so many that its
    effect holds for all who have it: (effect - before) / (1 - before), never below 0.
    """
    targets, effect = found[vaccine.key], np.asarray(vaccine.infection, np.float64)
    before = {v.key: v for v in earlier}
    moves: list[Move] = []
    for key in vaccine.after or [None]:
        sources = [WILLING] if key is None else found.get(key, [])
        former = None if key is None else before.get(key)
        for place, source in enumerate(sources):
            share = np.ones_like(effect)
            if vaccine.mode == ALL_OR_NOTHING:
                nested = former is not None and former.mode == ALL_OR_NOTHING
                share = _newly(effect, former.infection, place) if nested and former is not None else effect
                moves.append(Move(dose, source, targets[1], 1.0 - share))
            moves.append(Move(dose, source, targets[0], share))
    return moves


def _newly(effect: F, before: F, place: int) -> F:
    """Share protected by a later all-or-nothing dose: of the protected all, of the unprotected the rest, of the waned anew."""
    if place == 0:
        return np.ones_like(effect)
    if place == 1:
        return np.asarray(
            np.divide(np.clip(effect - before, 0, None), 1 - before, out=np.zeros_like(effect), where=before < 1)
        )
    return effect


def arrays(scenario: Scenario) -> Arrays:
    """The arrays of a checked scenario."""
    strata, moves = strata_of(scenario)
    start = _start(scenario, len(strata))
    return Arrays(
        strata, moves, start, _people(scenario), _rates(scenario, strata), _measures(scenario), _doses(scenario, strata, moves)
    )  # fmt: skip


def _people(scenario: Scenario) -> People:
    districts, cells = len(scenario.districts), scenario.people.size
    return People(
        scenario.people.ravel().astype(np.float64),
        np.eye(districts) if scenario.mixing is None else np.array(scenario.mixing.T, np.float64, order="C"),
        np.array([layer.contacts.T for layer in scenario.layers], np.float64, order="C"),
        np.zeros((0, cells)) if scenario.arrivals is None else scenario.arrivals.reshape(len(scenario.arrivals), cells),
    )


def _rates(scenario: Scenario, strata: tuple[Stratum, ...]) -> Rates:
    disease, districts = scenario.disease, len(scenario.districts)
    spread = _cells(transmission(scenario) * disease.susceptibility, districts)
    admitted = np.asarray(disease.hospitalisation, np.float64)
    inside = admitted > 0
    dies_inside = np.divide(disease.fatality, admitted, out=np.zeros(len(scenario.groups)), where=inside)
    outside = np.where(inside, 0.0, disease.fatality)
    daily = np.zeros(RATES)
    daily[ONSET] = 1.0 / disease.incubation_days if disease.incubation_days else 0.0
    daily[LEAVE], daily[DISCHARGE] = 1.0 / disease.infectious_days, 1.0 / disease.hospital_days
    daily[LOSE] = 1.0 / disease.immunity_days if disease.immunity_days else 0.0
    return Rates(
        latent=disease.incubation_days > 0,
        ward=bool(inside.any()),
        daily=daily,
        infectiousness=np.array([s.infectiousness for s in strata]),
        susceptibility=np.concatenate([_cells(s.susceptibility, districts) * spread for s in strata]),
        hospital=np.concatenate([_cells(admitted * s.severity, districts) for s in strata]),
        fatal=np.concatenate([_cells(outside * s.severity, districts) for s in strata]),
        fatal_inside=np.tile(_cells(dies_inside, districts), len(strata)),
        onto=np.array([s.wanes_to for s in strata], np.int64),
        waning=np.array([s.waning for s in strata]),
    )


def _measures(scenario: Scenario) -> Measures:
    watched = [m for m in scenario.measures if m.watch]
    triggers = [[float(m.watch != INFECTIONS), m.on, m.off, m.least_days] for m in watched]
    return Measures(
        _by_date(scenario),
        np.array(triggers, np.float64).reshape(-1, 4),
        np.array([_where(scenario, m.districts) for m in watched], np.float64).reshape(-1, len(scenario.districts)),
        np.array([_factors(scenario, m.factors) for m in watched], np.float64).reshape(-1, len(scenario.layers)),
    )


def _doses(scenario: Scenario, strata: tuple[Stratum, ...], moves: tuple[Move, ...]) -> Doses:
    kinds, cells, districts = len(scenario.vaccines), scenario.people.size, len(scenario.districts)
    supply, shares, tiers = _supply(scenario)
    sources = np.zeros((kinds, len(strata)))
    for move in moves:
        sources[move.dose, move.source] = 1.0
    return Doses(
        supply=supply,
        plan=np.zeros((0, kinds, cells))
        if scenario.plan is None
        else scenario.plan.reshape(len(scenario.plan), kinds, cells),
        shares=shares,
        tiers=tiers,
        sources=sources,
        moves=np.array([[m.dose, m.source, m.target] for m in moves], np.int64).reshape(-1, 3),
        splits=np.array([_cells(m.share, districts) for m in moves]).reshape(-1, cells),
        vaccinated=np.array([float(s.dosed) for s in strata]),
    )


def _cells(by_group: F, districts: int) -> F:
    return np.repeat(np.asarray(by_group, np.float64), districts)


def _start(scenario: Scenario, count: int) -> F:
    """The state on day 0: shares of the people, refusing or not, in S, E, I and R; the infected count as infected."""
    people = scenario.people.ravel().astype(np.float64)
    districts = len(scenario.districts)
    refusing = _cells(scenario.by_group(scenario.refusing), districts)
    state = np.zeros((BLOCKS, count, people.size))
    exposed, ill, immune = (
        _cells(scenario.by_group(v), districts) for v in (scenario.exposed, scenario.infectious, scenario.immune)
    )
    for block, share in enumerate((1.0 - exposed - ill - immune, exposed, ill, immune)):
        state[block, WILLING] = people * share * (1.0 - refusing)
        if refusing.any():
            state[block, REFUSING] = people * share * refusing
    state[INFECTED] = state[1] + state[2]
    return state.reshape(BLOCKS, -1)


def _supply(scenario: Scenario) -> tuple[F, F, N]:
    """Doses a day (days, kinds), fixed shares of the first tier (kinds, cells), and the tier of each cell.

    The fixed shares are those of the people open to a first dose on day 0, who are willing and not infectious.
    """
    groups, districts, kinds = len(scenario.groups), len(scenario.districts), len(scenario.vaccines)
    supply, shares = np.zeros((scenario.days, kinds)), np.zeros((kinds, groups * districts))
    tiers = np.zeros(groups, np.int64)
    order = scenario.order
    if order is None:
        return supply, shares, np.repeat(tiers, districts)
    kind = [v.key for v in scenario.vaccines].index(order.vaccine)
    tiers[:] = len(order.tiers)
    for tier, names in enumerate(order.tiers):
        tiers[[scenario.groups.index(name) for name in names]] = tier
    cells = np.repeat(tiers, districts)
    given = np.clip(order.supply - order.daily * np.arange(max(0, scenario.days - order.start)), 0.0, order.daily)
    supply[order.start :, kind] = given
    willing = 1.0 - scenario.by_group(scenario.refusing)
    open_ = (scenario.people * (willing * (1.0 - scenario.by_group(scenario.infectious)))[:, None]).ravel() * (
        cells == 0
    )
    if not scenario.vaccines[kind].after and open_.sum() > 0:
        shares[kind] = open_ / open_.sum()
    return supply, shares, cells


def _where(scenario: Scenario, districts: tuple[str, ...]) -> list[float]:
    return [float(not districts or name in districts) for name in scenario.districts]


def _factors(scenario: Scenario, factors: dict[str, float]) -> list[float]:
    """A factor for each layer; `all` holds where a layer is not named."""
    return [factors.get(layer.name, factors.get("all", 1.0)) for layer in scenario.layers]


def _by_date(scenario: Scenario) -> F:
    """Factors of the measures with dates (days, layers, districts); several in force multiply."""
    base = np.ones((scenario.days, len(scenario.layers), len(scenario.districts)))
    for measure in scenario.measures:
        if not measure.watch:
            last = scenario.days if measure.end is None else measure.end + 1
            factor = np.outer(_factors(scenario, measure.factors), _where(scenario, measure.districts))
            here = np.outer(np.ones(len(scenario.layers)), _where(scenario, measure.districts)) > 0
            base[measure.start : last] *= np.where(here, factor, 1.0)
    return base
