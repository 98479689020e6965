"""How many a quarter-hour may take, and whether the door should slow now: what the flow engine says of this room's sites."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

from seawall.engines import flow
from seawall.terms.sites import DoorAdvice

from . import tables

QUARTER = 15
STEP_OF = {"REGISTRAR": "registration", "SCREENER": "screening"}


@cache
def quarter_sizes(quarters: int, stations: int, chairs: int) -> tuple[int, ...]:
    """Seats of each quarter-hour of a day so that waiting and the chairs for observation keep their bounds."""
    site = flow.session_site(0, quarters * QUARTER, {"injection": stations}, seats=chairs)
    most = tables.most_seats(stations)
    return tuple(min(int(size), most) for size in flow.slot_sizes(site).sizes)


def advice(
    opens: datetime, closes: datetime, now: datetime, staff: Mapping[str, int], chairs: int, *,
    waiting: Mapping[str, int], seated_for: Sequence[float], coming: int,
) -> DoorAdvice:  # fmt: skip
    """Whether all who come in the next hour may come in; `waiting` by step, `seated_for` in minutes, `coming` a quarter-hour."""
    length = max(QUARTER, (closes - opens).total_seconds() / 60)
    minute = min(max(0.0, (now - opens).total_seconds() / 60), length)
    site = flow.session_site(0, length, {step: n for step, n in staff.items() if n}, seats=chairs)
    present = flow.Present(minute, waiting={k: n for k, n in waiting.items() if n}, seated_for=tuple(seated_for))
    found = flow.door_advice(site, present, coming)
    zh, en = found.say()
    need = int(found.ahead[:, 3].max())
    return DoorAdvice(found.level, found.admit, found.coming, found.wait[1], need, chairs, zh, en)
