"""计数接种: what did our teams count today, vial by vial and street by street?"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from seawall.campaigns.selectors import CampaignRow
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.sites.boards.week import reached
from seawall.supply import selectors as supply
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.names import Name
from seawall.terms.sites import SiteRow
from seawall.terms.stock import PackRow
from seawall.terms.tally import TallyRow

from .. import selectors

MOST_PACKS = 60


@dataclass(frozen=True, slots=True)
class TallyLine:
    """A tally with its street and vaccine by name."""

    row: TallyRow
    street: Name
    product: Name


@dataclass(frozen=True, slots=True)
class TallyPage:
    """The day of a site in counts, nobody named; vials that may be used, opened ones first."""

    site: SiteRow
    campaign: CampaignRow
    day: date
    open: bool
    bands: tuple[tuple[str, Name], ...]
    streets: tuple[tuple[int, Name], ...]
    packs: tuple[PackRow, ...]
    lines: tuple[TallyLine, ...]

    @property
    def counted(self) -> Counter[str]:
        """Doses and houses of the day, without what was withdrawn."""
        total: Counter[str] = Counter()
        for line in self.lines:
            if not line.row.withdrawn:
                total["doses"] += line.row.doses
                total["houses"] += line.row.houses_visited
                total["zero_dose"] += line.row.zero_dose
        return total


def tally_page(actor: Actor, campaign: CampaignRow, site_id: int) -> TallyPage:
    site, day = reached(actor, site_id), clock.today()
    if not campaign.tallied:
        raise Refused("TALLY_OF_NAMED_CAMPAIGN", campaign=campaign.code)
    unit_of = reference.leaf_units(day)
    names = {a.area_id: Name.of(a) for a in reference.leaves(day)}
    near = {leaf: name for leaf, name in names.items() if unit_of.get(leaf) == unit_of.get(site.leaf_id)}
    session = next(iter(sites.sessions(day, [site_id])), None)
    products = {p.code: Name.of(p) for p in reference.products(day)}
    packs = sorted(supply.packs([site_id], limit=MOST_PACKS), key=lambda p: not p.opened)
    return TallyPage(
        site=site, campaign=campaign, day=day, open=session is not None and session.state == "open",
        bands=tuple((code, Name(zh, en)) for code, (zh, en) in selectors.tally_bands(day).items()),
        streets=tuple(sorted(near.items(), key=lambda pair: (pair[0] != site.leaf_id, pair[1].zh))), packs=tuple(packs),
        lines=tuple(
            TallyLine(row, names.get(row.leaf_id, Name.code(str(row.leaf_id))), products.get(row.product, Name.code(row.product)))
            for row in selectors.tallies(site_id, day, campaign.code)
        ),
    )  # fmt: skip
