"""Small sites for tests."""

import tomllib
from pathlib import Path
from typing import Any

from seawall.engines.flow import Appointments, Site, Station, exponential, fixed, load_site
from seawall.engines.flow.load import SENTENCES, read_site
from seawall.engines.flow.site import OBSERVATION, WalkIns
from seawall.engines.tables import Findings

EXAMPLES = Path(__file__).parents[3] / "examples" / "sites"


def example(name: str) -> Site:
    return load_site(EXAMPLES / f"{name}.toml")


def markov(servers: int, rate: float, service: float, minutes: float = 1380) -> Site:
    """M/M/c: persons a minute by chance, exponential service."""
    desk = Station("desk", servers, exponential(service))
    return Site("markov", 0, minutes, (desk,), walk_ins=(WalkIns(0, minutes, rate * 60),))


def even(every: float, persons: int, last: float, *stations: Station) -> Site:
    """Persons exactly on time."""
    return Site("even", 0, last + 1, stations, (Appointments(0, last, every, persons),))


def chairs(seats: int, minutes: float = 30) -> Station:
    return Station("observation", seats, fixed(minutes), OBSERVATION)


def mistakes(text: str) -> dict[str, list[str]]:
    """Rules broken by a TOML text, by key."""
    return mistakes_of(tomllib.loads(text))


def mistakes_of(values: dict[str, Any]) -> dict[str, list[str]]:
    findings = Findings(SENTENCES)
    read_site(values, "site.toml", findings)
    found: dict[str, list[str]] = {}
    for mistake in findings.found:
        assert mistake.zh
        assert mistake.en
        found.setdefault(mistake.column, []).append(mistake.rule)
    return found
