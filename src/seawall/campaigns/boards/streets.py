"""Streets of a unit by doses short, each with its groups and with whom to press."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from seawall.people import selectors as people
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.terms import figures
from seawall.terms.names import Name

from .. import selectors

Standing = Mapping[tuple[int, str], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class StreetGroup:
    """Doses asked of a street for a group of people, and given."""

    due: int
    done: int

    @property
    def cell(self) -> figures.Cell:
        return figures.cell(self.due)


@dataclass(frozen=True, slots=True)
class StreetLine:
    """A street with its cells by group, and its own contact, where one is named."""

    leaf_id: int
    name: Name
    cells: Mapping[str, StreetGroup]
    done: int
    contact: staff.Owner | None

    @property
    def due(self) -> int:
        return sum(cell.due for cell in self.cells.values())

    @property
    def short(self) -> int:
        return max(0, self.due - self.done)

    @property
    def over(self) -> int:
        return max(0, self.done - self.due)


def street_lines(
    code: str, unit: reference.UnitRow, day: date, standing: Standing, done: Mapping[tuple[int, str], int]
) -> tuple[StreetLine, ...]:
    """A street's quota is its part of the unit's, in proportion to those still to come; `standing` and `done`: by leaf and group."""
    asked = _asked(code, unit.unit_id, day)
    names = {a.area_id: Name.of(a) for a in reference.leaves(day) if a.area_id in unit.leaves}
    contacts = people.contacts(list(unit.leaves), day)
    posts = staff.posts_by_id(contacts.values(), day)
    rows = []
    for leaf in unit.leaves:
        contact = posts.get(contacts.get(leaf, 0))
        cells = {
            group: StreetGroup(asked.get((leaf, group), 0), done.get((leaf, group), 0))
            for (at, group), stands in standing.items()
            if at == leaf and stands["eligible"]
        }
        given = sum(doses for (at, _), doses in done.items() if at == leaf)
        name = names.get(leaf, Name.code(str(leaf)))
        rows.append(StreetLine(leaf, name, cells, given, contact.owner if contact else None))
    return tuple(sorted(rows, key=lambda row: (-row.short, row.leaf_id)))


def _asked(code: str, unit_id: int, day: date) -> dict[tuple[int, str], int]:
    frame = selectors.street_quotas(code, day, unit_id)
    sums = frame.group_by("leaf_id", "group").agg(pl.col("doses").sum())
    return {(leaf, group): doses for leaf, group, doses in sums.iter_rows()}
