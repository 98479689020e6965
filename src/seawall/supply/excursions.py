"""When a device was out of its limits: a pure function over its readings. Minutes count from any fixed moment."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from seawall.terms.cold import ExcursionKind

Minutes = npt.NDArray[np.int64]
Celsius = npt.NDArray[np.float64]
COLDER = frozenset({ExcursionKind.COLD})


@dataclass(frozen=True, slots=True)
class Limit:
    """Beyond `celsius` (below it for cold) for so many minutes; cumulative ones count within a window, a gap has no degrees."""

    kind: ExcursionKind
    celsius: float | None
    minutes: int
    window_minutes: int = 0


@dataclass(frozen=True, slots=True)
class ExcursionFound:
    """An excursion: `ended` is the first reading inside again, None while it goes on; `worst` the farthest reading, if any."""

    kind: ExcursionKind
    began: int
    ended: int | None
    minutes: int
    worst: float | None


def found(at: Minutes, celsius: Celsius, limits: Sequence[Limit]) -> list[ExcursionFound]:
    """Excursions of one device by kind and time. `at` ascends; time out runs from the first reading out to the first one in."""
    if not len(at):
        return []
    rows = [row for limit in limits for row in BY_KIND[limit.kind](at, celsius, limit, limits)]
    return joined(rows)


def minutes_out(at: Minutes, celsius: Celsius, low: float, high: float) -> int:
    """Minutes outside a range, as excursions count them."""
    return sum(run.minutes for run in _runs(at, celsius, (celsius < low) | (celsius > high), ExcursionKind.HOT))


def _runs(at: Minutes, celsius: Celsius, out: npt.NDArray[np.bool_], kind: ExcursionKind) -> Iterator[ExcursionFound]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], out.astype(np.int8), [0]))))
    for first, after in edges.reshape(-1, 2):
        ended = int(at[after]) if after < len(at) else None
        last = int(at[after - 1]) if ended is None else ended
        part = celsius[first:after]
        worst = float(part.min() if kind in COLDER else part.max())
        yield ExcursionFound(kind, int(at[first]), ended, last - int(at[first]), worst)


def _beyond(at: Minutes, celsius: Celsius, limit: Limit) -> list[ExcursionFound]:
    assert limit.celsius is not None
    out = celsius < limit.celsius if limit.kind in COLDER else celsius > limit.celsius
    return list(_runs(at, celsius, out, limit.kind))


def _lasting(at: Minutes, celsius: Celsius, limit: Limit, _all: Sequence[Limit]) -> list[ExcursionFound]:
    return [run for run in _beyond(at, celsius, limit) if run.minutes >= limit.minutes]


def _short(at: Minutes, celsius: Celsius, limit: Limit, limits: Sequence[Limit]) -> list[ExcursionFound]:
    """A door: over, and not long enough to be hot."""
    hot = min((x.minutes for x in limits if x.kind == ExcursionKind.HOT), default=0)
    return [run for run in _beyond(at, celsius, limit) if run.ended is not None and limit.minutes <= run.minutes < hot]


def _cumulative(at: Minutes, celsius: Celsius, limit: Limit, limits: Sequence[Limit]) -> list[ExcursionFound]:
    """Short times out that add up within the window; those long enough by themselves are hot already."""
    hot = min((x.minutes for x in limits if x.kind == ExcursionKind.HOT), default=limit.minutes)
    runs = [run for run in _beyond(at, celsius, limit) if run.minutes < hot]
    rows = []
    for place, last in enumerate(runs):
        end = last.began + last.minutes
        inside = [run for run in runs[: place + 1] if run.began + run.minutes > end - limit.window_minutes]
        total = sum(run.began + run.minutes - max(run.began, end - limit.window_minutes) for run in inside)
        if total >= limit.minutes:
            worst = max(run.worst for run in inside if run.worst is not None)
            rows.append(ExcursionFound(limit.kind, inside[0].began, last.ended, total, worst))
    return rows


def _gaps(at: Minutes, _celsius: Celsius, limit: Limit, _all: Sequence[Limit]) -> list[ExcursionFound]:
    places = np.flatnonzero(np.diff(at) > limit.minutes)
    return [ExcursionFound(limit.kind, int(at[i]), int(at[i + 1]), int(at[i + 1] - at[i]), None) for i in places]


Finder = Callable[[Minutes, Celsius, Limit, Sequence[Limit]], list[ExcursionFound]]
BY_KIND: dict[ExcursionKind, Finder] = {
    ExcursionKind.HOT: _lasting,
    ExcursionKind.COLD: _lasting,
    ExcursionKind.CUMULATIVE: _cumulative,
    ExcursionKind.DOOR: _short,
    ExcursionKind.MISSING: _gaps,
}


def joined(rows: Sequence[ExcursionFound]) -> list[ExcursionFound]:
    """Excursions by kind and time; those of one kind that overlap are one."""
    whole: list[ExcursionFound] = []
    for row in sorted(rows, key=attrgetter("kind", "began")):
        last = whole[-1] if whole else None
        if last and last.kind == row.kind and (last.ended is None or row.began < last.ended):
            open_end = last.ended is None or row.ended is None
            ended = None if open_end else max(last.ended or 0, row.ended or 0)
            minutes = max(last.minutes, row.minutes)
            whole[-1] = replace(last, ended=ended, minutes=minutes, worst=_worse(last, row))
        else:
            whole.append(row)
    return whole


def _worse(one: ExcursionFound, other: ExcursionFound) -> float | None:
    known = [x.worst for x in (one, other) if x.worst is not None]
    if not known:
        return None
    return min(known) if one.kind in COLDER else max(known)
