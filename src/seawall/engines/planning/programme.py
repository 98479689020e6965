"""The variables of a campaign plan, and what its rules share: periods summed, doses shifted by their interval."""

from dataclasses import dataclass

import numpy as np

from .blocks import Block
from .case import Aim, Case
from .periods import day_shares
from .steps import givers


@dataclass(frozen=True)
class Model:
    """The programme under construction and the numbers of its variables."""

    block: Block
    x: np.ndarray  # [unit, class, step, period] doses
    later: list[int]  # steps of rank 2 and more, in the order of w and v
    w: np.ndarray  # [unit, class, later step, period] persons whose dose is open and not given
    v: np.ndarray  # of them those who wait longer than the policy allows
    y: np.ndarray  # [product, period] doses left
    missing: np.ndarray  # [target, unit] persons
    size: float  # persons per unit of the programme
    sent: np.ndarray | None = (
        None  # [unit, product, period] doses that leave the city store, where deliveries are followed
    )
    held: np.ndarray | None = None  # [unit, product, period] doses left in the unit; y is then the city store alone


def by_period(case: Case, by_day: np.ndarray) -> np.ndarray:
    """Sum the last axis from days to periods."""
    return np.add.reduceat(by_day, case.periods.first, axis=-1)


def city_shares(case: Case) -> np.ndarray:
    """Share of each day in its period, by the doses that the city's stations can give."""
    return day_shares(case.periods, case.day_room.sum(axis=0))


def put_shifted(case: Case, model: Model, rows: np.ndarray, step: int, shares: np.ndarray, sign: float) -> None:
    """Add sign x shares[t',t] x[step,t'] to row t; a mixed dose counts as the one whose place it takes."""
    source, goal = np.nonzero(shares)
    for giver in givers(case.steps, step):
        model.block.put(rows[:, :, goal], model.x[:, :, giver][:, :, source], sign * shares[source, goal])


def use_of(case: Case, model: Model, product: int) -> tuple[np.ndarray, float]:
    """x of a product [unit, class, step, period], and the doses that one of them takes, waste included."""
    steps = [n for n, s in enumerate(case.steps) if s.product == product]
    return model.x[:, :, steps], 1.0 + float(case.wastage[product])


def left_of(model: Model, product: int) -> np.ndarray:
    """[1 + units, period] what is left of a product: y, and h of every unit where deliveries are followed."""
    city = model.y[product][None]
    return city if model.held is None else np.concatenate([city, model.held[:, product]])


def opening_between(case: Case, step: int, since: np.ndarray, until: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Who opens on days since[t] <= d < until[t] for each period t: from the past, and as shares of planned doses."""
    past = case.by_class(case.due[:, :, step])
    total = np.concatenate([np.zeros((*past.shape[:2], 1)), np.cumsum(past, axis=2)], axis=2)
    shares, day_share = np.zeros((case.periods.count, case.periods.count)), city_shares(case)
    lag = case.steps[step].lag
    for period, (a, b) in enumerate(zip(since.tolist(), until.tolist(), strict=True)):
        for day in range(max(0, a - lag), b - lag):
            shares[case.periods.of_day[day], period] += day_share[day]
    return total[:, :, until] - total[:, :, since], shares


def counting(case: Case, model: Model, aim: Aim) -> np.ndarray:
    """[unit, class, step, period] x of what counts for a target: first doses, or last ones of a series, until its day."""
    classes = sorted({int(case.class_of[g]) for g in aim.groups})
    steps = [n for n, s in enumerate(case.steps) if (s.rank == 1 if aim.measure == "started" else s.closes)]
    until = np.flatnonzero(case.periods.last <= aim.by)
    return model.x[:, classes][:, :, steps][:, :, :, until]


def usable_lots(case: Case) -> list[tuple[int, int, int, int, str]]:
    """(product, day number usable from, last day number, doses, place) of every lot that can be used at all inside the plan."""
    lots = []
    for place, product, _, expires, doses, _ in case.stock.iter_rows():
        lots.append((product, max(0, case.lead - 1) if place == case.city else 0, expires, doses, place))
    for day, product, _, expires, doses, _ in case.arrivals.iter_rows():
        lots.append((product, max(0, case.periods.number(day) + case.lead), expires, doses, case.city))
    found = [
        (case.products.index(product), day, case.periods.number(expires), doses, place)
        for product, day, expires, doses, place in lots
        if product in case.products and day < case.periods.day_count
    ]
    return [lot for lot in found if lot[1] <= lot[2]]


def opening_stock(case: Case) -> np.ndarray:
    """[1 + units, product] doses that can be used on the first day: the units, then the city store last."""
    result = np.zeros((len(case.units) + 1, len(case.products)))
    places = {code: n for n, code in enumerate(case.units)} | {case.city: len(case.units)}
    for place, product, _, expires, doses, _ in case.stock.iter_rows():
        if product in case.products and place in places and expires >= case.periods.start:
            result[places[place], case.products.index(product)] += doses
    return result


def last_useful_day(case: Case, product: int) -> int:
    """The last day number on which a first dose counts for some target."""
    lag = sum(s.lag for n, s in enumerate(case.steps) if s.host == n and s.product == product)
    return max((a.by - (lag if a.measure == "complete" else 0) for a in case.aims), default=-1)
