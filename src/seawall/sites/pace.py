"""How many a quarter-hour may take, and whether the door should slow now: what the flow engine says of this room's sites."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from math import ceil

from seawall.engines import flow
from seawall.engines.tables import Mistakes
from seawall.terms.sites import DoorAdvice

from . import tables

HALL = 480  # stations times quarter-hours of one search, which takes some seconds: twelve stations for ten hours
FEW_CHAIRS = 3  # for a station: with fewer it is the chairs that people wait for, and more stations change nothing
STEP_OF = {"REGISTRAR": "registration", "SCREENER": "screening"}


def quarter_sizes(quarters: int, stations: int, chairs: int) -> tuple[int, ...]:
    """Seats of each quarter-hour of a day so that waiting and the chairs for observation keep their bounds.

    A large site is taken as halls side by side, alike up to one station and one chair: what each bears they bear
    together, and people who may go to any station wait no longer than those who are bound to a hall.
    """
    stations = min(stations, ceil(chairs / FEW_CHAIRS) or 1)
    halls = max(1, ceil(stations * quarters / HALL))
    sizes = [0] * quarters
    for hall, number in Counter(zip(_shared(stations, halls), _shared(chairs, halls), strict=True)).items():
        sizes = [size + number * more for size, more in zip(sizes, _hall_sizes(quarters, *hall), strict=True)]
    return tuple(sizes)


def _shared(total: int, halls: int) -> list[int]:
    """So many for each hall, the first ones one more."""
    each, more = divmod(total, halls)
    return [each + (n < more) for n in range(halls)]


@cache
def _hall_sizes(quarters: int, stations: int, chairs: int) -> tuple[int, ...]:
    if not chairs:
        return (0,) * quarters
    site = flow.session_site(0, quarters * _minutes(tables.slot()), {"injection": stations}, seats=chairs)
    most = tables.most_seats(stations)
    return tuple(min(int(size), most) for size in flow.slot_sizes(site).sizes)


def advice(
    opens: datetime, closes: datetime, now: datetime, staff: Mapping[str, int], chairs: int, *,
    here: Mapping[str, int], seated_for: Sequence[float], coming: int,
) -> DoorAdvice:  # fmt: skip
    """Whether all who come in the next hour may come in.

    here: persons at each step, served or waiting: nobody waits while a server is free; seated_for: minutes that each has
    sat; coming: persons a quarter-hour. Too many for the engine is an answer too, of level `unknown`.
    """
    length = _minutes(max(tables.slot(), closes - opens))
    minute = min(max(0.0, _minutes(now - opens)), length)
    site = flow.session_site(0, length, {step: n for step, n in staff.items() if n}, seats=chairs)
    busy = {step: min(n, staff[step]) for step, n in here.items() if staff.get(step)}
    waiting = {step: n - busy.get(step, 0) for step, n in here.items()}
    present = flow.Present(minute, waiting=waiting, busy=busy, seated_for=tuple(seated_for))
    try:
        found = flow.door_advice(site, present, coming)
    except Mistakes as refused:
        return DoorAdvice("unknown", coming, coming, 0.0, 0, chairs, refused.found[0].zh, refused.found[0].en)
    zh, en = found.say()
    need = int(found.ahead[:, 3].max())
    return DoorAdvice(found.level, found.admit, found.coming, found.wait[1], need, chairs, zh, en)


def _minutes(span: timedelta) -> float:
    return span / timedelta(minutes=1)
