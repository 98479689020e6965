"""The sites of an area: which are in service, what of today and of the week is planned, and where a new one may stand."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from seawall.platform import access, clock, sql
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.sites import SessionRow, SiteRow

from .. import selectors, tables

AHEAD = 7  # days that the list looks ahead, today with them
PLANNED = (
    "SELECT site_id, day FROM sites_session WHERE day BETWEEN %s AND %s AND site_id = ANY(%s) AND state <> 'closed'"
)


@dataclass(frozen=True, slots=True)
class SiteLine:
    """A site in service: today's session if any, and for how many of the coming days one is planned."""

    site: SiteRow
    street: reference.AreaRow | None
    session: SessionRow | None
    planned: int


@dataclass(frozen=True, slots=True)
class SitesPage:
    """Sites in the actor's reach, and what the form for a new one offers."""

    day: date
    ahead: int
    sites: tuple[SiteLine, ...]
    streets: tuple[reference.AreaRow, ...]
    hospitals: tuple[reference.FacilityRow, ...]
    grade: int

    @property
    def unplanned(self) -> int:
        """Sites without any session in the coming days."""
        return sum(not line.planned for line in self.sites)


def sites_page(actor: Actor) -> SitesPage:
    """Sites in service today that the actor reaches."""
    day, grade = clock.today(), int(tables.rates()["parent_grade"])
    reached = [row for row in selectors.sites(day) if access.sees_site(actor, row.site_id)]
    ids = [row.site_id for row in reached]
    streets = {row.area_id: row for row in reference.leaves(day)}
    today = {row.site_id: row for row in selectors.sessions(day, ids)}
    planned = Counter(site for site, _ in sql.fetch(PLANNED, [day, day + timedelta(days=AHEAD - 1), ids]))
    return SitesPage(
        day=day,
        ahead=AHEAD,
        sites=tuple(
            SiteLine(row, streets.get(row.leaf_id), today.get(row.site_id), planned[row.site_id]) for row in reached
        ),
        streets=tuple(row for row in streets.values() if access.sees_leaf(actor, row.area_id)),
        hospitals=tuple(row for row in reference.facilities(grade) if access.sees_leaf(actor, row.leaf_id)),
        grade=grade,
    )
