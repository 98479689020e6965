"""Sums over what was counted without names, as of a closing; nothing here is part of the doses that name somebody."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from seawall.platform import sql

COUNTED = """
SELECT leaf_id, measure, band, sum(count)::int FROM reports_tallied
WHERE campaign = %s AND closing_day <= %s AND leaf_id = ANY(%s) GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class StreetTally:
    """A street: doses by age band, of them to children without any dose before and with the finger marked; and houses."""

    leaf_id: int
    given: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def doses(self) -> int:
        return sum(self.given.values())

    @property
    def zero_dose(self) -> int:
        return self.counts.get("zero_dose", 0)

    @property
    def marked(self) -> int:
        return self.counts.get("marked", 0)

    @property
    def houses(self) -> tuple[int, int, int]:
        """Visited; of them closed, and with somebody away who is due."""
        counts = self.counts
        return counts.get("houses_visited", 0), counts.get("houses_closed", 0), counts.get("houses_absent", 0)


def tallied(campaign: str, as_of: date, leaves: Collection[int]) -> list[StreetTally]:
    """By street, as known at a closing."""
    found: dict[int, StreetTally] = {}
    for leaf, measure, band, count in sql.fetch(COUNTED, [campaign, as_of, sorted(leaves)]):
        row = found.setdefault(leaf, StreetTally(leaf, {}, {}))
        part = row.given if band else row.counts
        assert isinstance(part, dict)
        part[band or measure] = count
    return sorted(found.values(), key=lambda row: -row.doses)
