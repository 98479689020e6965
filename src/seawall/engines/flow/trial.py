"""Whether a site keeps its bounds: the same drawn days lived again with other staff or other slot sizes."""

from dataclasses import dataclass, replace

import numpy as np

from ..tables import Findings
from .chance import Days, days
from .load import SENTENCES
from .measuring import holds
from .simulate import expected as expected
from .simulate import setting
from .site import OBSERVATION, QUARTER, Bounds, Site

WAIT = 20.0  # minutes of waiting a bound allows where none is stated
EVERYBODY = 10**6  # servers: more than a site ever has persons
MOST_SEARCHED = 50_000  # persons of a day for which staff or slots are looked for: each trial lives 20 such days
PERSONS = 30_000  # persons that a trial lives, over all its days


def days_for(persons: float) -> int:
    """Days of a trial: enough persons to know a share of one in twenty, and at least some days."""
    return int(np.clip(PERSONS / max(persons, 1.0), 20, 200))


def no_more_than_can_be_searched(persons: float) -> None:
    """Raises tables.Mistakes for a day so large that hundreds of trials would take hours."""
    if persons > MOST_SEARCHED:
        findings = Findings(SENTENCES)
        findings.add("", 0, "", None, "too_many_searched", f"{persons:,.0f}")
        findings.stop_if_any()


def unlimited(site: Site, *stations: str) -> Site:
    """This site with a server for everybody at the named stations, and nobody of them away."""
    return replace(
        site,
        stations=tuple(
            replace(s, servers=EVERYBODY, absences=()) if s.station in stations else s for s in site.stations
        ),
    )


def seated(site: Site) -> Site:
    """This site with a chair for everybody, so that the seats asked for can be counted."""
    return unlimited(site, *(s.station for s in site.steps if s.kind == OBSERVATION))


def limit(bound: float | None) -> float:
    return np.inf if bound is None else float(bound)


@dataclass(slots=True)
class Trial:
    """Drawn days and the bounds they must keep; `skip`: groups whose waiting is not judged."""

    drawn: Days
    bounds: Bounds
    skip: frozenset[int] = frozenset()

    def keeps(self, site: Site, arrive: np.ndarray | None = None) -> bool:
        """Whether this site keeps the bounds on the drawn days; `arrive` (R, n): the drawn arrivals, some inf."""
        d, b = self.drawn, self.bounds
        arrive = d.arrive if arrive is None else arrive
        over = 1 - b.share + 1e-12
        spare = np.floor(over * np.bincount(d.group, np.isfinite(arrive).sum(axis=0), d.groups)).astype(np.int64)
        spare[list(self.skip)] = np.iinfo(np.int64).max
        spare_days = np.full(3, int(over * len(arrive)))
        return bool(
            holds(
                arrive, d.coming, d.entry, d.service, d.walk, d.releases, d.filling, *setting(site), d.group, spare,
                limit(b.wait), limit(b.crowd), limit(b.seats), limit(b.finish), spare_days,
            )
        )  # fmt: skip


def trial(site: Site, bounds: Bounds, count: int, seed: int) -> Trial:
    """`count` drawn days of a site, to be lived with bounds."""
    return Trial(days(site, count, np.random.Generator(np.random.SFC64(seed))), bounds)


def broken(site: Site, bounds: Bounds, count: int, seed: int) -> tuple[str, ...]:
    """Names of the bounds that a site does not keep, each asked by itself."""
    stated = [name for name in ("wait", "crowd", "seats", "finish") if getattr(bounds, name) is not None]
    drawn = trial(site, bounds, count, seed).drawn
    alone = {name: Bounds(share=bounds.share, **{name: getattr(bounds, name)}) for name in stated}
    return tuple(name for name, one in alone.items() if not Trial(drawn, one).keeps(site))


def quarters(site: Site, every: float = QUARTER) -> np.ndarray:
    """Moments of the quarter-hours from opening until closing."""
    return np.arange(site.opens, site.closes - 1e-9, every)
