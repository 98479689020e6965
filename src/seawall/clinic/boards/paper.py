"""The page on which a dose is entered that was given on paper: a site of the post, a person, and what the paper form tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from seawall.campaigns.selectors import CampaignRow
from seawall.people import selectors as people
from seawall.platform import access, clock
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.staff import selectors as staff
from seawall.staff.selectors import PostRow
from seawall.terms.actor import Actor
from seawall.terms.people import PersonRow
from seawall.terms.sites import SiteRow

from .. import asks
from ..hands import INJECTION, SCREENING
from ..tables import CheckRow, checks


@dataclass(frozen=True, slots=True)
class Vaccine:
    """A product in use on the day."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class PaperBoard:
    """What the form offers at one site; no site where the post covers none."""

    today: date
    campaign: str
    sites: Sequence[SiteRow]
    site: SiteRow | None
    found: Sequence[PersonRow]
    products: tuple[Vaccine, ...]
    vaccinators: Sequence[PostRow]
    screeners: Sequence[PostRow]
    checks: Sequence[CheckRow]
    arms: Sequence[str]


def paper(actor: Actor, campaign: CampaignRow, site_id: int | None, person_id: int | None, wanted: str) -> PaperBoard:
    """The person comes from their page, or is searched for: within reach, or by document or whole name and birth date."""
    on, own_products = clock.today(), people.products_of(campaign.programme)
    own = [row for row in sites.sites(on) if access.sees_site(actor, row.site_id)]
    site = next((row for row in own if row.site_id == site_id), own[0] if own else None)
    posts = staff.posts(site_id=site.site_id, on=on) if site else []
    roles = staff.roles(on)
    products = tuple(Vaccine(p.code, p.name_zh, p.name_en) for p in reference.products(on) if p.code in own_products)
    return PaperBoard(
        on, campaign.code, own, site, _found(actor, person_id, wanted), products,
        [row for row in posts if INJECTION in roles[row.role].grants],
        [row for row in posts if SCREENING in roles[row.role].grants], checks(), asks.arms(own_products, on),
    )  # fmt: skip


def _found(actor: Actor, person_id: int | None, wanted: str) -> Sequence[PersonRow]:
    if person_id is not None:
        return [people.person(actor, person_id, "paper")]
    if not wanted:
        return []
    rows = {row.person_id: row for row in people.search(actor, wanted, "paper")}
    if not rows and access.may(actor, "visit_arrive"):
        shown = people.present(actor, wanted, "paper")
        rows = {row.person_id: row for row in ([shown] if shown else people.introduced(actor, wanted, "paper"))}
    return list(rows.values())
