"""How people pass a site: waiting, crowd, seats, slot sizes, staff, disturbances and the door."""

from .door import Advice, Present, door_advice, seats_ahead
from .load import load_site
from .simulate import Flow, Interval, simulate
from .site import (
    Absence,
    Appointments,
    Bounds,
    Crowd,
    Part,
    Release,
    Site,
    Station,
    WalkIns,
    WhatIf,
    exponential,
    fixed,
)  # fmt: skip
from .slots import Slots, slot_sizes
from .staffing import Staffing, staff_for
from .standard import session_site
from .what_if import Disturbed, what_ifs

__all__ = [
    "Absence", "Advice", "Appointments", "Bounds", "Crowd", "Disturbed", "Flow", "Interval", "Part", "Present",
    "Release", "Site", "Slots", "Staffing", "Station", "WalkIns", "WhatIf", "compile_all", "door_advice",
    "exponential", "fixed", "load_site", "seats_ahead", "session_site", "simulate", "slot_sizes", "staff_for",
    "what_ifs",
]  # fmt: skip


def compile_all() -> None:
    """Compiles every kernel once, so that nobody waits for it later."""
    site = session_site(0, 60, {"injection": 1}, seats=4, persons=2)
    simulate(site, 1)
    door_advice(site, Present(0, {"injection": 1}), 1)
