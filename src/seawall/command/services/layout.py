"""New sites are put forward as the siting engine found them: what each is worth is measured here, not taken from a form."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID, uuid5

from seawall.campaigns.selectors import CampaignRow
from seawall.platform import selectors as platform
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.reports.selectors import NewSite, SitesAsked
from seawall.sites import services as sites
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome
from seawall.terms.codes import SiteKind
from seawall.terms.sites import SitePropose

GRADE = 2  # of the hospital that a temporary site belongs to


def sites_put_forward(
    actor: Actor,
    campaign: CampaignRow,
    asked: SitesAsked,
    leaf_ids: Collection[int],
    day: date,
    act: UUID,
    at: datetime,
) -> list[Outcome]:
    """Propose a site in the middle of each of these streets, with what it buys under the question asked."""
    unit = reference.unit_reached(actor, asked.unit_id, day)
    hospital = min((f.facility_id for f in reference.facilities(GRADE) if f.leaf_id in unit.leaves), default=None)
    synthetic = platform.nature().synthetic
    found = reports.ways(campaign, reports.streets_to_come(campaign.code, unit, day), asked, day)
    gains = [gain for gain in found.new if gain.leaf_id in leaf_ids]
    items = [_item(gain, unit.code, hospital, synthetic, uuid5(act, str(gain.leaf_id)), at) for gain in gains]
    return sites.site_propose(actor, items)


def _item(gain: NewSite, unit: str, hospital: int | None, synthetic: bool, act: UUID, at: datetime) -> SitePropose:
    temporary = hospital is not None
    zh, en = ("临时接种点", "temporary site") if temporary else ("接种点", "site")
    return SitePropose(
        act=act, occurred_at=at, dated_here=True, code=f"{unit}-P{gain.leaf_id}",
        kind=SiteKind.TEMPORARY if temporary else SiteKind.FIXED, name_zh=f"{gain.name.zh}{zh}",
        name_en=f"{gain.name.en} {en}", leaf_id=gain.leaf_id, address_zh="", address_en="", phone="",
        stations=gain.stations, seats=gain.seats, parent_facility_id=hospital, longitude=gain.lon,
        latitude=gain.lat, synthetic=synthetic,
        gains={"people": gain.people, "newly_near": gain.newly_near, "km_saved": gain.km_saved},
    )  # fmt: skip
