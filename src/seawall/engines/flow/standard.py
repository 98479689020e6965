"""A session's site from its staff and seats, with the standard times of each step (standard.toml), which may be measured."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from .load import load_site
from .site import OBSERVATION, QUARTER, Bounds, Law, Site
from .trial import EVERYBODY, quarters

STANDARD = Path(__file__).with_name("standard.toml")


@cache
def standard() -> Site:
    """The standard steps: arrival, registration, screening, injection, observation."""
    return load_site(STANDARD)


def session_site(
    opens: float, closes: float, staff: Mapping[str, int], seats: int | None = None, *, persons: int = 0,
    bounds: Bounds | None = None, services: Mapping[str, Law] | None = None,
) -> Site:  # fmt: skip
    """A session from `opens` to `closes` (minutes), `persons` booked a quarter-hour.

    staff: servers by step (`arrival`, `registration`, `screening`, `injection`); a step that is not named takes its
    time but makes nobody wait. seats: observation seats; None counts none. services: measured times of steps in place
    of the standard ones. `standard.toml` says the standard times and where they come from. Raises ValueError for an
    unknown step or one without staff.
    """
    known = {s.station: s for s in standard().steps}
    numbers = dict(staff) | ({OBSERVATION: seats} if seats is not None else {})
    if wrong := [name for name, number in numbers.items() if name not in known or number < 1]:
        raise ValueError(f"unknown or unstaffed steps: {', '.join(wrong)}; known are {', '.join(known)}")
    laws = services or {}
    stations = tuple(
        replace(s, servers=numbers.get(s.station, EVERYBODY), service=laws.get(s.station, s.service))
        for s in known.values()
    )
    site = replace(standard(), site="session", opens=opens, closes=closes, stations=stations, bounds=bounds or Bounds())
    moments = quarters(site, QUARTER)
    return site.booked(moments, np.full(len(moments), persons))
