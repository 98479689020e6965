"""How many people to ask for each quarter of an hour, so that waiting, the crowd and the seats keep their bounds."""

from dataclasses import dataclass, replace

import numpy as np

from .site import OBSERVATION, PREPARATION, QUARTER, Bounds, Site, average
from .trial import WAIT, Trial, broken, days_for, no_more_than_can_be_searched, quarters, seated, trial


@dataclass(frozen=True, slots=True)
class Slots:
    """moments (Q,): minute of each slot; sizes (Q,): persons to book in it; broken: bounds that even one person breaks."""

    site: Site
    bounds: Bounds
    moments: np.ndarray
    sizes: np.ndarray
    broken: tuple[str, ...] = ()

    @property
    def booked(self) -> Site:
        """The site with these slots as its appointments."""
        return self.site.booked(self.moments, self.sizes)


def capacity(site: Site, minutes: float = QUARTER) -> float:
    """Persons whom the narrowest station can serve in so many minutes when nobody is away."""
    rates = [s.servers / average(s.service) for s in site.stations if average(s.service) > 0]
    return min(rates, default=np.inf) * minutes


def with_defaults(site: Site, bounds: Bounds | None) -> Bounds:
    """Bounds of the site unless given; waiting and seats always are bounded: 20 minutes, and the seats there are."""
    bounds = bounds or site.bounds
    seats = next((s.servers for s in site.steps if s.kind == OBSERVATION), None)
    wait = WAIT if bounds.wait is None else bounds.wait
    return replace(bounds, wait=wait, seats=seats if bounds.seats is None else bounds.seats)


def slot_sizes(
    site: Site, bounds: Bounds | None = None, *, every: float = QUARTER, seed: int = 0, most: int | None = None
) -> Slots:
    """Persons to book at each slot of `every` minutes from opening until closing, beside walk-ins and crowds.

    The smallest slot is as large as it can be, then those that can take more are raised together, all on the same drawn
    days. `bounds.share` of the persons of every slot wait no longer than `bounds.wait`, and on that
    share of days crowd, seats and finish keep theirs. `most`: no slot is larger. Sizes count booked persons: those who
    will not come are among them. Raises tables.Mistakes for a day that is too large to be searched.
    """
    bounds = with_defaults(site, bounds)
    moments = quarters(site, every)
    roof = capacity(replace(site, stations=tuple(s for s in site.stations if s.kind != PREPARATION)), every)
    cap = int(min(1.5 * roof + 2, most if most is not None else np.inf, 5000))
    no_more_than_can_be_searched(cap * len(moments))
    full = seated(site.booked(moments, np.full(len(moments), max(cap, 1))))
    tried = trial(full, bounds, days_for(roof * len(moments)), seed)
    search = _Search(full, tried, len(moments), cap)
    level = search.level()
    if not level:
        none = np.zeros(len(moments), np.int64)
        one = seated(site.booked(moments, np.ones(len(moments), np.int64)))
        return Slots(site, bounds, moments, none, broken(one, bounds, 50, seed))
    return Slots(site, bounds, moments, search.raised(level))


ROUNDS = 3


class _Search:
    """Asks whether slot sizes hold, on one set of drawn days: the first `size` persons of each slot come."""

    def __init__(self, site: Site, tried: Trial, slots: int, cap: int) -> None:
        self.site, self.tried, self.slots, self.cap = site, tried, slots, cap
        persons = tried.drawn.arrive.shape[1]
        self.rank = np.full(persons, -1)
        self.rank[: slots * max(cap, 1)] = np.tile(np.arange(max(cap, 1)), slots)
        self.slot = np.minimum(tried.drawn.group, slots - 1)

    def keeps(self, sizes: np.ndarray) -> bool:
        come = self.rank < sizes[self.slot]
        return self.tried.keeps(self.site, np.where(come, self.tried.drawn.arrive, np.inf))

    def level(self) -> int:
        """The greatest size that may be the same in every slot."""
        return self._more(np.zeros(self.slots, np.int64), np.ones(self.slots, bool))

    def _more(self, sizes: np.ndarray, open_: np.ndarray) -> int:
        """By how much all open slots can be raised together."""
        low, high = 0, self.cap + 1 - int(sizes[open_].max())
        while high - low > 1:
            middle = (low + high) // 2
            if self.keeps(sizes + middle * open_):
                low = middle
            else:
                high = middle
        return low

    def raised(self, level: int) -> np.ndarray:
        """The smallest slots as large as they can be, then the others together: a slot that cannot take one more stays.

        Ends after ROUNDS of asking each slot that is open; sizes so stay even but where the day is narrow or wide.
        """
        sizes, open_ = np.full(self.slots, level), np.full(self.slots, level < self.cap)
        for _ in range(ROUNDS):
            for q in np.flatnonzero(open_):
                sizes[q] += 1
                if not self.keeps(sizes):
                    sizes[q] -= 1
                    open_[q] = False
            open_ &= sizes < self.cap
            if not open_.any():
                break
            sizes = sizes + self._more(sizes, open_) * open_
        return sizes
