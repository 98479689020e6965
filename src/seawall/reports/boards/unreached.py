"""Who of a unit is not vaccinated and without a reason: the rows behind the district board's count."""

from dataclasses import dataclass

from seawall.campaigns.selectors import CampaignRow
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.closings import Stamp
from seawall.terms.names import Name
from seawall.terms.people import PersonRow

from .. import selectors as reports

MOST = 200


@dataclass(frozen=True, slots=True)
class UnreachedLine:
    """Somebody to call on, and the street where they live."""

    person: PersonRow
    street: Name


@dataclass(frozen=True, slots=True)
class UnreachedPage:
    """The first of those not vaccinated and without a reason, by street; `total` counts all."""

    stamp: Stamp
    unit_id: int
    unit: Name
    total: int
    people: tuple[UnreachedLine, ...]


def unreached(actor: Actor, campaign: CampaignRow, unit_id: int) -> UnreachedPage:
    """Every look is recorded, and only those in the reach of the post are shown."""
    day = clock.today()
    unit = reference.unit_reached(actor, unit_id, day)
    total, found = reports.unstarted(unit_id, day, campaign, MOST)
    streets = {a.area_id: Name.of(a) for a in reference.leaves(day)}
    rows = people.persons(actor, list(found), "district_unreached")
    shown = ((rows[key], leaf) for key, leaf in found.items() if key in rows)
    lines = tuple(UnreachedLine(row, streets.get(leaf, Name.code(str(leaf)))) for row, leaf in shown)
    return UnreachedPage(reports.live(), unit_id, Name.of(unit), total, lines)
