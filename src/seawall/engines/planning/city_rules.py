"""Rules that tie the units of a city: vaccine by product and day, reserves, fairness, even days. Nothing else ties them."""

import numpy as np

from .case import Aim, Case
from .programme import Model, by_period, city_shares, counting, left_of, opening_between, usable_lots, use_of
from .steps import givers

SWING = 3.0  # of a dose a day more or less than the day before, at equal opening hours
RESERVED = 3000.0  # cost of a reserved later dose given away, where the policy reserves them
WORST = 200.0  # of the worst missing share, and of the spread between comparable units
UNEQUAL = 5000.0  # of a spread beyond its bound
UNCLEARED = 20.0  # of a dose left of a stock to be used up


def supply(case: Case, model: Model) -> None:
    """Vaccine: y[p,t] = y[p,t-1] + arrivals[p,t] - (1 + wastage[p]) sum_{u,k,s of p} x[u,k,s,t] - lost[p,t], y >= 0.

    Where deliveries are followed, y is the city store and sum_u r[u,p,t] takes the place of the use.
    """
    arriving = arrivals_by_period(case) / model.size
    rows = model.block.rows("supply", arriving, arriving, arriving.shape)
    model.block.put(rows, model.y, 1.0)
    model.block.put(rows[:, 1:], model.y[:, :-1], -1.0)
    model.block.put(rows, model.block.column_blocks["lost"], 1.0)
    for product in range(len(case.products)):
        columns, share = _drawn(case, model, product)
        model.block.put(rows[product], columns, share)


def _drawn(case: Case, model: Model, product: int) -> tuple[np.ndarray, float]:
    """What a product's city store gives out: variables [..., period] and the doses of each."""
    return use_of(case, model, product) if model.sent is None else (model.sent[:, product], 1.0)


def supply_inside(case: Case, model: Model) -> None:
    """Inside a week no dose is used before it comes: (1 + wastage) x share of t before day d x x[t] <= y[t-1] + arrivals before d."""
    usable, shares = usable_by_day(case), city_shares(case)
    inside = np.setdiff1d(np.arange(case.periods.day_count), case.periods.first)
    for product in range(len(case.products)):
        columns, each = _drawn(case, model, product)
        for day in inside[usable[product, inside] > 0]:
            period, first = case.periods.of_day[day], case.periods.first[case.periods.of_day[day]]
            row = model.block.rows(
                f"inside{product}.{day}", -np.inf, usable[product, first:day].sum() / model.size, (1,)
            )
            if period:
                model.block.put(row, model.y[product, period - 1], -1.0)
            model.block.put(row, columns[..., period].ravel(), shares[first:day].sum() * each)


def expiry(case: Case, model: Model) -> None:
    """First expired, first out, nothing after its last day e: z[e,t] = z[e,t-1] + arrivals[e,t] - q[e,t] - l[e,t], 0 from e on.

    q[e,t] is what is used of the doses of that last day: sum_e q[e,t] <= (1 + wastage) sum x[t], in the period of e only the part
    of it that is used by e; sum_e z[e,t] <= all that is left; sum_e l[e,t] = lost[t].
    """
    lots, block, last = usable_lots(case), model.block, case.periods.day_count - 1
    lost, there = block.column_blocks["lost"], block.column_blocks.get("lost_there")
    for product in range(len(case.products)):
        ends = sorted({e for p, _, e, _, _ in lots if p == product and e < last})
        all_lost = lost[product][None] if there is None else np.concatenate([lost[product][None], there[:, product]])
        if not ends:
            block.forbid(all_lost)
            continue
        z, q, gone = (block.columns(f"{name}{product}", (len(ends), case.periods.count)) for name in ("z", "q", "gone"))
        coming = np.zeros((len(ends), case.periods.day_count))
        for p, day, end, doses, _ in lots:
            if p == product and end in ends:
                coming[ends.index(end), day] += doses
        arriving = by_period(case, coming) / model.size
        rows = block.rows(f"expiry{product}", arriving, arriving, arriving.shape)
        for columns in (z, q, gone):
            block.put(rows, columns, 1.0)
        block.put(rows[:, 1:], z[:, :-1], -1.0)
        periods = case.periods.of_day[ends]
        block.forbid(z[np.arange(case.periods.count)[None, :] >= periods[:, None]])
        _use_of_expiring(case, model, product, ends, q)
        rows = block.rows(f"held{product}", -np.inf, 0.0, (case.periods.count,))
        block.put(rows[None], z, 1.0)
        block.put(rows[None], left_of(model, product), -1.0)
        rows = block.rows(f"gone{product}", 0.0, 0.0, (case.periods.count,))
        block.put(rows[None], gone, 1.0)
        block.put(rows[None], all_lost, -1.0)


def _use_of_expiring(case: Case, model: Model, product: int, ends: list[int], q: np.ndarray) -> None:
    """sum_e q[e,t] <= use[t]; what expires inside a period is used in the part of it before: sum_{e <= d} q[e,t] <= share x use[t]."""
    block, shares = model.block, city_shares(case)
    columns, each = use_of(case, model, product)
    rows = block.rows(f"expiring{product}", -np.inf, 0.0, (case.periods.count,))
    block.put(rows[None], q, 1.0)
    block.put(rows, columns, -each)
    for number, end in enumerate(ends):
        period = case.periods.of_day[end]
        first, last = case.periods.first[period], case.periods.last[period]
        if end < last:
            (row,) = block.rows(f"expiring{product}.{end}", -np.inf, 0.0, (1,))
            block.put(row, q[: number + 1, period][[ends[n] >= first for n in range(number + 1)]], 1.0)
            block.put(row, columns[..., period], -each * shares[first : end + 1].sum())


def reserve(case: Case, model: Model) -> None:
    """Where later doses are reserved: y[p,t] >= sum of w[u,k,s of p,t] + those opening in the next `reserve_days` days."""
    reserved = np.flatnonzero(case.reserve[case.periods.last] > 0)
    until = np.minimum(case.periods.last + 1 + case.reserve_days, case.periods.day_count)
    for product in range(len(case.products)):
        steps = [(n, s) for n, s in enumerate(model.later) if case.steps[s].product == product]
        if not steps or not len(reserved):
            continue
        coming = [opening_between(case, step, case.periods.last + 1, until) for _, step in steps]
        soon = sum(past.sum(axis=(0, 1)) for past, _ in coming)[reserved]
        slack = model.block.columns(f"reserve{product}", (len(reserved),), RESERVED)
        rows = model.block.rows(f"reserve{product}", soon / model.size, np.inf, (len(reserved),))
        model.block.put(rows[None], left_of(model, product)[:, reserved], 1.0)
        model.block.put(rows, slack, 1.0)
        for (number, step), (_, shares) in zip(steps, coming, strict=True):
            model.block.put(rows, model.w[:, :, number][:, :, reserved], -1.0)
            source, goal = np.nonzero(shares[:, reserved])
            for giver in givers(case.steps, case.steps[step].previous):
                first = model.x[:, :, giver][:, :, source]
                model.block.put(rows[goal], first, -shares[:, reserved][source, goal])


def fairness(case: Case, model: Model) -> None:
    """Share what is missing: m[j,u] <= z[j] x denominator[j,u]; z is paid for, so no unit is left behind."""
    worst = model.block.columns("z", (len(case.aims),), WORST)
    for number, aim in enumerate(case.aims):
        rows = model.block.rows(f"fairness{number}", 0.0, np.inf, (len(case.units),))
        model.block.put(rows, worst[number], aim.denominator / max(1.0, aim.denominator.mean()))
        model.block.put(rows, model.missing[number], -1.0)


def steadiness(case: Case, model: Model) -> None:
    """No see-saw: swing[t] >= |use[t] - use[t-1]| x mean day capacity of the city, use[t] = load[t] / capacity[t].

    load[t] = sum_{u,k,s} x[u,k,s,t]; before the first day stands the mean use of the week before, so that orders hold.
    """
    load = model.block.columns("load", (case.periods.count,))
    swing = model.block.columns("swing", (case.periods.count,), SWING)
    rows = model.block.rows("load", 0.0, 0.0, load.shape)
    model.block.put(rows[None, None, None, :], model.x, 1.0)
    model.block.put(rows, load, -1.0)
    room, mean = (
        by_period(case, case.capacity.sum(axis=0)) / model.size,
        case.capacity.sum() / case.periods.day_count / model.size,
    )
    use = np.divide(mean, room, out=np.zeros_like(room), where=room > 0)
    before = np.zeros_like(room)
    before[0] = min(case.lately.sum() / model.size, mean)
    for name, sign in (("rise", 1.0), ("fall", -1.0)):
        rows = model.block.rows(name, -sign * before, np.inf, room.shape)
        model.block.put(rows, swing, 1.0)
        model.block.put(rows, load, -sign * use)
        model.block.put(rows[1:], load[:-1], sign * use[:-1])


def equity(case: Case, model: Model) -> None:
    """Comparable units: high[j] >= coverage[j,u] >= low[j], high - low <= max_spread + excess; high - low is paid for.

    coverage[j,u] = (done + counting doses until the day) / denominator; excess <= what today's spread is beyond the bound.
    """
    for peers in case.limits.peers:
        for number, aim in enumerate(case.aims):
            here = peers.units[aim.denominator[peers.units] > 0]
            if len(here) > 1:
                _spread(case, model, f"{peers.code}.{number}", here, aim, peers.max_spread)


def _spread(case: Case, model: Model, name: str, here: np.ndarray, aim: Aim, most: float) -> None:
    """One set of units and one target; high and low are in persons of a mean unit."""
    mean, block = aim.denominator[here].mean(), model.block
    high, low = (block.columns(f"{kind}.{name}", (1,), cost) for kind, cost in (("high", WORST), ("low", -WORST)))
    part, done = aim.denominator[here] / mean, aim.done[here] / model.size
    columns = counting(case, model, aim)[here]
    for kind, edge, lower, upper in (("above", high, done, np.inf), ("below", low, -np.inf, done)):
        rows = block.rows(f"{kind}.{name}", lower, upper, (len(here),))
        block.put(rows, edge, part)
        block.put(rows[:, None], columns.reshape(len(here), -1), -1.0)
    if np.isfinite(most):
        now = aim.done[here] / aim.denominator[here]
        beyond = max(0.0, now.max() - now.min() - most) * mean / model.size
        excess = block.columns(f"excess.{name}", (1,), UNEQUAL, beyond)
        row = block.rows(f"spread.{name}", -np.inf, most * mean / model.size, (1,))
        for column, sign in ((high, 1.0), (low, -1.0), (excess, -1.0)):
            block.put(row, column, sign)


def clearance(case: Case, model: Model) -> None:
    """Stock to be used up strands nobody: left[p, end] + later arrivals >= (1 + wastage) owed[p, end] - slack; rest >= left[p, by] - that.

    owed[p,t] = doses of the series x first doses - all doses of the series, given before and until t; slack <= owed today.
    """
    later = {p: 0.0 for p, _ in case.limits.clear}
    for day, product, _, _, doses, _ in case.arrivals.iter_rows():
        number = case.products.index(product) if product in case.products else -1
        if number in later and case.periods.number(day) + case.lead >= case.periods.day_count:
            later[number] += doses
    for product, by in case.limits.clear:
        each = 1.0 + float(case.wastage[product])
        own = [n for n, s in enumerate(case.steps) if s.host == n and s.product == product]
        owed = np.array([[len(own) if case.steps[n].rank == 1 else 0.0] for n in own])[:, 0] - 1.0
        today = each * float((case.given[:, :, own].sum(axis=(0, 1)) * owed).sum()) / model.size
        rest = model.block.columns(f"rest{product}", (1,), UNCLEARED)
        slack = model.block.columns(f"stranded{product}", (1,), RESERVED, max(0.0, today))
        end = case.periods.count - 1
        bound = today - later[product] / model.size
        for name, period, lower, kept, sign in (
            ("strand", end, bound, slack, 1.0),
            ("clear", int(case.periods.of_day[by]), -today, rest, -1.0),
        ):
            (row,) = model.block.rows(f"{name}{product}", lower, np.inf, (1,))
            model.block.put(row, kept, 1.0)
            model.block.put(row, left_of(model, product)[:, period], sign)
            for number, step in enumerate(own):
                for giver in givers(case.steps, step):
                    model.block.put(row, model.x[:, :, giver, : period + 1], -sign * each * owed[number])


def arrivals_by_period(case: Case) -> np.ndarray:
    """Doses usable from each period on, by product; what is in stock counts from the first. Lead time is in the dates."""
    return by_period(case, usable_by_day(case))


def usable_by_day(case: Case) -> np.ndarray:
    """[product, day] doses that become usable: stock on day 0, an arrival `lead` days after it comes.

    Where deliveries are followed, what lies in the units is not the city's any more.
    """
    result = np.zeros((len(case.products), case.periods.day_count))
    delivered = case.limits.delivered
    for product, day, _, doses, place in usable_lots(case):
        if place == case.city or not delivered:
            result[product, day] += doses
    return result
