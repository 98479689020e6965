"""Streets as forms offer them: by district, in the order of their codes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from seawall.reference import selectors as reference
from seawall.terms.actor import Actor


@dataclass(frozen=True, slots=True)
class Street:
    """A street with its district."""

    leaf_id: int
    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str


@dataclass(frozen=True, slots=True)
class District:
    """A district's streets, to choose from."""

    name_zh: str
    name_en: str
    streets: tuple[Street, ...]


def districts(on: date, within: Collection[int] | None = None) -> tuple[District, ...]:
    """All streets of a day, or those of some ids."""
    found: dict[tuple[str, str], list[Street]] = {}
    for street in streets(on).values():
        if within is None or street.leaf_id in within:
            found.setdefault((street.unit_zh, street.unit_en), []).append(street)
    return tuple(District(zh, en, tuple(rows)) for (zh, en), rows in found.items())


def streets(on: date) -> dict[int, Street]:
    """Streets of a day by id, by district and code."""
    units = {u.unit_id: u for u in reference.units(on)}
    unit_of = reference.leaf_units(on)
    rows = sorted(reference.leaves(on), key=lambda a: (unit_of.get(a.area_id, 0), a.code))
    found = {}
    for row in rows:
        unit = units.get(unit_of.get(row.area_id, 0))
        names = (unit.name_zh, unit.name_en) if unit else ("", "")
        found[row.area_id] = Street(row.area_id, row.name_zh, row.name_en, *names)
    return found


def own(actor: Actor) -> Collection[int] | None:
    """Streets in which a post may place somebody: its own; a site's, and the city's, all of them."""
    return None if actor.reach.everywhere or (actor.reach.sites and not actor.reach.leaves) else actor.reach.leaves
