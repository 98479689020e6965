"""Where sites stand and where more would help: who is still far, what more sites would buy, and proposals on their way."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from seawall.campaigns.selectors import CampaignRow
from seawall.reference import selectors as reference
from seawall.reference.selectors import UnitRow
from seawall.sites import selectors as sites
from seawall.terms.actor import Actor
from seawall.terms.closings import Denominator, Stamp
from seawall.terms.codes import ProposalState
from seawall.terms.names import Name
from seawall.terms.sites import CheckRow, ProposalRow, SiteRow

from ..selectors.stamps import stamp
from ..selectors.ways import MAX_COVER, MODELS, NewSite, SitesAsked, Street, StreetWay, Ways, streets_to_come, ways

MOST = 12  # more sites that one question asks for
LEAST_KM = 0.1  # person-kilometres below which a new site brings nothing worth a proposal
DONE = frozenset({ProposalState.PUBLISHED, ProposalState.REFUSED})


@dataclass(frozen=True, slots=True)
class SiteHere:
    """A site in service in the unit, with the seats of the day and those booked."""

    site: SiteRow
    planned: int
    booked: int


@dataclass(frozen=True, slots=True)
class UnitWaiting:
    """Another unit where proposals wait for their next step."""

    unit: UnitRow
    count: int


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean way of those still to come, and how many have no site within the radius of their street."""

    mean: float | None
    far: int
    share_far: float | None


@dataclass(frozen=True, slots=True)
class MoreSites:
    """What more sites would buy; `gap` and `proven` say how near this is to the best answer."""

    before: Spread
    after: Spread
    gap: float
    proven: bool
    new: tuple[NewSite, ...]
    helps: bool


@dataclass(frozen=True, slots=True)
class LayoutPage:
    """One unit; without an answer where none of its streets has coordinates: people are known, ways are not."""

    stamp: Stamp
    unit: UnitRow
    asked: SitesAsked
    sites: tuple[SiteHere, ...]
    proposals: tuple[ProposalRow, ...]
    waiting: tuple[UnitWaiting, ...]
    checks: tuple[CheckRow, ...]
    streets: tuple[Street, ...]
    ways: tuple[StreetWay, ...]
    answer: MoreSites | None

    @property
    def unplaced(self) -> int:
        return len(self.streets) - len(self.ways)

    @property
    def far(self) -> tuple[StreetWay, ...]:
        """Streets with people that stay beyond their radius, those with the most people first."""
        still = (way for way in self.ways if way.street.people and not way.near_after)
        return tuple(sorted(still, key=lambda way: -way.street.people))


def asked_of(unit_id: int, more: str, model: str) -> SitesAsked:
    """What a request asks, within what the page answers."""
    count = int(more) if more.isascii() and more.isdigit() and len(more) < 4 else 0
    return SitesAsked(unit_id, min(count, MOST), model if model in MODELS else MAX_COVER)


def layout_page(actor: Actor, campaign: CampaignRow, asked: SitesAsked, day: date) -> LayoutPage:
    """One unit's sites, people still to come and their ways before and after more sites, and proposals in reach."""
    unit = reference.unit_reached(actor, asked.unit_id, day)
    streets, proposals = streets_to_come(campaign.code, unit, day), sites.proposals(actor)
    placed = any(street.lon is not None for street in streets)
    found = ways(campaign, streets, asked, day) if placed else None
    source = Name("合成人口", "synthetic people")
    people = sum(way.street.people for way in found.streets) if found else sum(s.people for s in streets)
    return LayoutPage(
        stamp=stamp(campaign.code, day, Denominator(Name("尚需接种的人", "people still to come"), people, source)),
        unit=unit,
        asked=asked,
        sites=_sites(unit, day),
        proposals=tuple(row for row in proposals if row.leaf_id in unit.leaves),
        waiting=_waiting(proposals, unit, day),
        checks=tuple(sites.checks()),
        streets=tuple(sorted(streets, key=lambda street: -street.people)),
        ways=found.streets if found else (),
        answer=_more_sites(asked, found) if found else None,
    )


def _more_sites(asked: SitesAsked, found: Ways) -> MoreSites:
    return MoreSites(
        before=_spread([(way.street.people, way.before, way.near_before) for way in found.streets]),
        after=_spread([(way.street.people, way.after, way.near_after) for way in found.streets]),
        gap=found.gap,
        proven=found.proven,
        new=tuple(site for site in found.new if site.people),
        helps=any(_helps(asked, site) for site in found.new),
    )


def _helps(asked: SitesAsked, site: NewSite) -> bool:
    """Whether a new site brings what was asked for: people near, or shorter ways."""
    return site.newly_near > 0 if asked.model == MAX_COVER else site.km_saved >= LEAST_KM


def _spread(rows: Sequence[tuple[int, float | None, bool]]) -> Spread:
    """People of each street with their way and whether it is near."""
    total = sum(people for people, _, _ in rows)
    far = sum(people for people, _, near in rows if not near)
    way = sum(people * km for people, km, _ in rows if km is not None)
    return Spread(way / total if total else None, far, far / total if total else None)


def _waiting(proposals: Sequence[ProposalRow], unit: UnitRow, day: date) -> tuple[UnitWaiting, ...]:
    leaves = reference.leaf_units(day)
    waits = Counter(leaves.get(p.leaf_id) for p in proposals if p.state not in DONE)
    return tuple(
        UnitWaiting(u, waits[u.unit_id]) for u in reference.units(day) if waits[u.unit_id] and u.unit_id != unit.unit_id
    )


def _sites(unit: UnitRow, day: date) -> tuple[SiteHere, ...]:
    here = [s for s in sites.sites(day) if s.leaf_id in unit.leaves]
    seats = {s.site_id: (s.capacity, s.taken) for s in sites.sessions(day, [s.site_id for s in here])}
    return tuple(SiteHere(s, *seats.get(s.site_id, (0, 0))) for s in here)
