"""Doses of a site's day to look into: which rule each breaks, by whom it was given, from which pack."""

from dataclasses import dataclass
from datetime import date, datetime

from seawall.platform import clock
from seawall.sites.boards.week import reached
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor
from seawall.terms.sites import SiteRow

from .. import tables
from ..irregular import irregular_doses


@dataclass(frozen=True, slots=True)
class Suspicious:
    """A dose, named by its ticket."""

    rule: tables.Irregular
    ticket: int
    by: staff.Owner | None
    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IrregularPage:
    site: SiteRow
    day: date
    doses: tuple[Suspicious, ...]


def irregular_page(actor: Actor, site_id: int, day: date | None = None) -> IrregularPage:
    """For who answers for the site, or inspects it."""
    site, on = reached(actor, site_id), day or clock.today()
    rules = tables.irregulars(on)
    return IrregularPage(
        site,
        on,
        tuple(
            Suspicious(rules[row.rule], row.ticket, staff.owner(row.post), row.code, row.at)
            for row in irregular_doses(on, [site_id])
        ),
    )
