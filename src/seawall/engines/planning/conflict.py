"""Which rules together make a target impossible: an irreducible set, each of which would be enough to lift, with its days.

A deletion filter over the plan's own rules (Chinneck, Feasibility and Infeasibility in Optimization, 2008, section 6.2): lift one rule
after another; whatever can be lifted while the target stays out of reach has no part in it, the rest is needed every one.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from . import city_rules, delivery, unit_rules
from .blocks import Solution
from .case import Case
from .model import BINDING, Model, Rule, build
from .printed import rule_names

CARRIED = frozenset(
    [unit_rules.target, delivery.unit_stock]
)  # what defines the target and what lies where: never lifted
TOGETHER: dict[Rule, tuple[Rule, ...]] = {city_rules.supply: (city_rules.supply_inside, city_rules.expiry)}
LIFTED_FIRST: tuple[Rule, ...] = (
    unit_rules.group_opening,
    city_rules.equity,
    city_rules.clearance,
    unit_rules.mixing,
    unit_rules.one_product,
    delivery.cover_ceiling,
    delivery.cold_storage,
    delivery.transport,
    delivery.fleet,
    unit_rules.staff,
    unit_rules.people,
    unit_rules.pause,
    unit_rules.capacity,
    unit_rules.opening,
    city_rules.supply,
)
BITE = 0.25  # share of a rule's highest price from which on a day counts
SMALL = 60_000  # variables of a programme that is solved a dozen times for an explanation
ENOUGH = 0.5  # persons: fewer missing is met


@dataclass(frozen=True)
class Clash:
    """One rule of the conflict, its sentence in both languages, and the days on which it bites (none where it has no price)."""

    rule: str
    zh: str
    en: str
    first: date | None
    last: date | None


def conflict_of(case: Case, number: int, seconds: float = 60.0) -> list[Clash]:
    """The irreducible conflict that keeps target `number` out of reach; empty where it is within reach, or time is up."""
    until = time.perf_counter() + seconds
    kept = list(BINDING)
    model, solution = _least_missing(case, kept, number, seconds)
    if _missing(model, solution, number) <= ENOUGH:
        return []
    for rule in LIFTED_FIRST:
        left = until - time.perf_counter()
        if left <= 0:
            return []
        fewer = [one for one in kept if one is not rule and one not in TOGETHER.get(rule, ())]
        tried, found = _least_missing(case, fewer, number, left)
        if _missing(tried, found, number) > ENOUGH:
            kept, model, solution = fewer, tried, found
    return [_clash(case, rule, solution) for rule in LIFTED_FIRST if rule in kept]


def facts_of(case: Case, number: int, variables: int, seconds: float) -> dict[str, Any]:
    """The conflict of a target as the summary tells it; of a very large plan none is sought."""
    found = conflict_of(case, number, seconds) if variables <= SMALL else []
    rules = [
        {key: str(value) if isinstance(value, date) else value for key, value in vars(clash).items()} for clash in found
    ]
    return {"target": case.aims[number].code, "rules": rules}


def _least_missing(case: Case, rules: Sequence[Rule], number: int, seconds: float) -> tuple[Model, Solution]:
    """As few persons missing from the target as these rules allow."""
    model = build(case, rules)
    cost = np.zeros(model.block.column_count)
    cost[model.missing[number]] = 1.0
    model.block.cost = [cost]
    return model, model.block.solve(seconds)


def _missing(model: Model, solution: Solution, number: int) -> float:
    return float(solution.columns["m"][number].sum()) * model.size


def _clash(case: Case, rule: Rule, solution: Solution) -> Clash:
    """The days are those of the rows that have a price: one more there would bring somebody to the target."""
    name, row = rule.__name__, rule_names()[rule.__name__]
    worth = np.zeros(case.periods.count)
    for block, prices in solution.prices.items():
        if block.rstrip("0123456789") == name and prices.shape[-1:] == worth.shape:
            known = _known(case) if name == "supply" else slice(None)
            worth = np.maximum(worth, np.abs(prices)[known].reshape(-1, len(worth)).max(axis=0))
    if rule is unit_rules.pause:
        worth = 1.0 - case.first_allowed[case.periods.first]
    bites = np.flatnonzero(worth > max(1e-3, BITE * worth.max(initial=0.0)))
    if not len(bites):
        return Clash(name, row["zh"], row["en"], None, None)
    first, last = case.periods.first[bites[0]], case.periods.last[bites[-1]]
    return Clash(name, row["zh"], row["en"], case.periods.day(int(first)), case.periods.day(int(last)))


def _known(case: Case) -> np.ndarray:
    """The products that this campaign has at all: a price on others is true and of no use."""
    known = city_rules.usable_by_day(case).sum(axis=1) > 0
    return known if known.any() else ~known
