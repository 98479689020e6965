"""Groups that differ only in size, opening day and rank share one staircase of later doses: a smaller programme, the same plan.

Let the classes k of a set K differ only in room[k], opening day and rank. A plan x[u,k,s,t] has two sets of sums

    g[u,k,t] = sum over first steps s of x[u,k,s,t]        who starts when, whatever the product
    X[u,s,t] = sum over k in K of x[u,k,s,t]               what is given when, to whomever

and every rule and cost speaks of these sums alone: rules on first doses of a class of g, all others, whose coefficients are the
same for every k of K, of X. Back from the sums: first doses are g x the product mix of X; a later dose goes to whoever of K has
been due longest. Nobody gets a dose before it is due, and nobody waits too long, or is overdue, in one class while a newer one of
another is served: the sum over classes of max(0, waiting[k] - lately due[k]) is the max(0, sum) of the merged class. Both
programmes therefore have the same optimum (tests solve both).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .blocks import Solution
from .case import Case
from .model import RULES, Model, Rule, _lateness, build
from .programme import city_shares
from .steps import givers


@dataclass(frozen=True)
class Merged:
    """The smaller programme: `case` with merged classes, `into` [class] of the full case -> its merged class.

    In `model.block` the rows "people" stand by class of the full case, and the columns "starts" are g. Where no two classes are
    alike, it is the full programme.
    """

    full: Case
    case: Case
    model: Model
    into: np.ndarray


def merged(case: Case, rules: Sequence[Rule] = RULES) -> Merged:
    """Build the plan with alike classes as one, and who starts when beside it."""
    into = alike(case)
    if into.max() + 1 == case.classes:
        return Merged(case, case, build(case, rules), into)
    opens = np.array([case.opens[into == n].min() for n in np.unique(into)])
    small = replace(case, class_of=into[case.class_of], opens=opens)
    model = build(small, rules)
    parts = Merged(case, small, model, into)
    starts = _starts(parts)
    for number, aim in enumerate(case.aims):
        if aim.measure == "started":
            _count_starts(parts, number, starts)
    return parts


def alike(case: Case) -> np.ndarray:
    """[class] -> merged class: in the same targets of completed series; nobody due before the class opens, nobody due of old but in one.

    Those due before the plan count as due on its first day, whatever their age. Where some of them turn late inside the plan, only
    one class may have such a past: in two, the order of age would not be known.
    """
    marks, pasts = [], 0
    for k in range(case.classes):
        inside = case.class_of == k
        early, past = case.due[:, inside][:, :, :, : case.opens[k]].any(), case.late[:, inside].any()
        series = [bool(inside[a.groups].any()) for a in case.aims if a.measure == "complete"]
        marks.append((k if early else -1, pasts if past else 0, *series))
        pasts += int(past)
    order = list(dict.fromkeys(marks))
    return np.array([order.index(mark) for mark in marks])


def _starts(parts: Merged) -> np.ndarray:
    """g >= 0, 0 before the class opens; sum_t g <= room; sum_{k of K} g = sum_{s first} X; what a class's rank adds to its days."""
    case, small, block = parts.full, parts.case, parts.model.block
    first = [n for n, s in enumerate(case.steps) if s.rank == 1]
    rank = _lateness(case)[0, :, first[0]] - _lateness(small)[0, parts.into, first[0]]
    weight = case.limits.weight[:, case.periods.first]
    g = block.columns("starts", (len(case.units), case.classes, case.periods.count), rank[None] * weight[:, None])
    block.forbid(g[:, case.periods.first[None, :] < case.opens[:, None]])
    together, room = block.row_blocks["people"], case.by_class(case.room) / parts.model.size
    block.row_upper = [np.concatenate(block.row_upper)]
    block.row_upper[0][together] = np.inf
    block.put(block.rows("people", -np.inf, room, room.shape)[:, :, None], g, 1.0)
    rows = block.rows("joined", 0.0, 0.0, (len(case.units), small.classes, case.periods.count))
    block.put(rows[:, :, None, :], parts.model.x[:, :, first], 1.0)
    block.put(rows[:, parts.into], g, -1.0)
    return g


def _count_starts(parts: Merged, number: int, g: np.ndarray) -> None:
    """Where a target of started series counts X of first doses, its own classes' g stands instead."""
    block, x = parts.model.block, parts.model.x
    spread = [n for n in block.row_blocks if n.startswith(("above.", "below.")) and n.endswith(f".{number}")]
    rows = np.concatenate([block.row_blocks[name].ravel() for name in (f"target{number}", *spread)])
    classes = np.unique(parts.full.class_of[parts.full.aims[number].groups])
    for place, (r, c, v) in enumerate(block.entries):
        here = np.isin(r, rows) & (c >= x.min()) & (c <= x.max())
        if here.any():
            block.entries[place] = (r[~here], c[~here], v[~here])
            unit, _, _, period = np.unravel_index(c[here] - x.min(), x.shape)
            each = np.unique(np.stack([r[here], unit, period, v[here]]), axis=1)
            r_, u_, t_ = each[:3].astype(int)
            block.put(r_[:, None], g[u_[:, None], classes[None, :], t_[:, None]], each[3][:, None])


def unmerged(parts: Merged, solution: Solution) -> Solution:
    """The same solution with x [unit, class, step, period] in the classes of the full case."""
    if parts.case is parts.full:
        return solution
    case, into, small = parts.full, parts.into, solution.columns["x"]
    x = np.zeros((len(case.units), case.classes, len(case.steps), case.periods.count))
    starting = np.maximum(_over(solution.columns["starts"], parts), 1e-300)[:, into]
    for n, step in enumerate(case.steps):
        if step.rank == 1:
            x[:, :, n] = solution.columns["starts"] * (small[:, into, n] / starting)
    for n in sorted(parts.model.later, key=lambda n: case.steps[n].rank):
        _hand_out(parts, small, x, n)
    return replace(solution, columns={**solution.columns, "x": x})


def _hand_out(parts: Merged, small: np.ndarray, x: np.ndarray, n: int) -> None:
    """One later step, and what is mixed in its place: whoever has waited longest in any class comes first.

    opened[k,d] persons of class k are due by day d; when the merged class has had G[t] doses by the end of t, class k has had
    opened[k,D] of them, where D is the day by which G[t] persons of all classes were due.
    """
    case, own = parts.full, givers(parts.full.steps, n)
    step, before, days = (
        case.steps[n],
        givers(case.steps, case.steps[n].previous),
        np.arange(case.periods.day_count + 1),
    )
    due = case.by_class(case.due[:, :, n]) / parts.model.size
    planned = x[:, :, before].sum(axis=2)[:, :, case.periods.of_day] * city_shares(case)
    due[:, :, step.lag :] += planned[:, :, : max(0, case.periods.day_count - step.lag)]
    opened = np.concatenate([np.zeros((*due.shape[:2], 1)), np.cumsum(due, axis=2)], axis=2)
    total, given = _over(opened, parts), np.cumsum(small[:, :, own].sum(axis=2), axis=2)
    for unit, merged_class in np.ndindex(*given.shape[:2]):
        by = np.interp(given[unit, merged_class], total[unit, merged_class], days)
        by = np.minimum(by, case.periods.last + 1)
        mix = small[unit, merged_class][own] / np.maximum(small[unit, merged_class][own].sum(axis=0), 1e-300)
        for k in np.flatnonzero(parts.into == merged_class):
            x[unit, k][own] = np.diff(np.interp(by, days, opened[unit, k]), prepend=0) * mix


def _over(values: np.ndarray, parts: Merged) -> np.ndarray:
    """Sum the class axis (1) into merged classes."""
    sums = [values[:, parts.into == merged_class].sum(axis=1) for merged_class in range(parts.case.classes)]
    return np.stack(sums, axis=1)
