"""What a mass arrival, a lost clerk or a late delivery would do: the same days lived as planned and disturbed."""

from dataclasses import dataclass, replace

import numpy as np

from .chance import in_turn
from .measuring import FINE, LONGEST
from .simulate import Flow, chunks, expected, joined, lived, no_more_than_can_be_lived, over_days
from .simulate import Interval as Interval
from .site import Site, WhatIf


@dataclass(frozen=True, slots=True)
class Disturbed:
    """One disturbance: its days, and what it adds to the same days as planned (disturbed minus planned, by day).

    wait_added: mean minutes more of those whom the plan has come; who is never served waits no less than until the last
    of the plan leaves. crowd_added, finish_added: of the whole day, so that a day that nobody leaves is no early end.
    unserved: persons who came and never leave.
    """

    what_if: WhatIf
    flow: Flow
    wait_added: Interval
    crowd_added: Interval
    finish_added: Interval
    unserved: Interval


def what_ifs(site: Site, replications: int, seed: int = 0) -> tuple[Flow, list[Disturbed]]:
    """The planned day, and every disturbance of `site.what_ifs`, each on the same drawn days."""
    everybody = replace(site, crowds=(*site.crowds, *(c for w in site.what_ifs for c in w.crowds)))
    cases = [site, *(site.disturbed(w) for w in site.what_ifs)]
    no_more_than_can_be_lived(expected(everybody) * len(cases), replications)
    counts = [np.zeros((len(site.steps) + 2, FINE * LONGEST + 1), np.int64) for _ in cases]
    parts: list[list[tuple[np.ndarray, ...]]] = [[] for _ in cases]
    for drawn in chunks(everybody, replications, seed):
        until = np.full(len(drawn.arrive), site.closes)
        planned = drawn.arrive.shape[1] - sum(c.persons for w in site.what_ifs for c in w.crowds)
        for k, case in enumerate(cases):
            arrive = np.where(_come(everybody, site, k, drawn.arrive.shape[1]), drawn.arrive, np.inf)
            same = replace(drawn, arrive=arrive, coming=in_turn(arrive), releases=_releases(case))
            parts[k].append(lived(case, same, counts[k], until, planned))
            if not k:
                until = np.fmax(until, parts[0][-1][0][:, 2])
    flows = [joined(case, seed, rows, count) for case, rows, count in zip(cases, parts, counts, strict=True)]
    return flows[0], [_against(flows[0], flow, w) for flow, w in zip(flows[1:], site.what_ifs, strict=True)]


def _releases(site: Site) -> np.ndarray:
    return site.releases() if site.preparation else np.empty(0)


def _come(everybody: Site, site: Site, case: int, persons: int) -> np.ndarray:
    """Which persons may come in a case: all but the crowds of other disturbances, who are the last of the row."""
    come = np.ones(persons, bool)
    at = persons - sum(c.persons for c in everybody.crowds[len(site.crowds) :])
    for number, w in enumerate(site.what_ifs, 1):
        more = sum(c.persons for c in w.crowds)
        come[at : at + more] = number == case
        at += more
    return come


def _against(planned: Flow, flow: Flow, what_if: WhatIf) -> Disturbed:
    added = flow.totals - planned.totals
    return Disturbed(
        what_if, flow, over_days(added[:, 7]), over_days(added[:, 3]), over_days(added[:, 2]),
        flow.unserved,
    )  # fmt: skip
