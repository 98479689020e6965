"""The site board: can the hall take the next quarter-hour, and shall we end with people and doses matched?"""

from dataclasses import dataclass
from datetime import date, timedelta

from seawall.booking import selectors as booking
from seawall.campaigns.selectors import CampaignRow
from seawall.clinic import selectors as clinic
from seawall.clinic.boards import hall, site_day
from seawall.clinic.boards.serving import serving
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.sites.boards.rescue import Rescue, rescue
from seawall.sites.boards.week import reached
from seawall.staff import selectors as staff
from seawall.supply import selectors as supply
from seawall.supply.boards.goods import GoodsHere, goods_here
from seawall.terms.actor import Actor
from seawall.terms.closings import Stamp
from seawall.terms.sites import DoorReason, ReadyRow, SiteRow

from ..selectors.stamps import live, stamp


@dataclass(frozen=True, slots=True)
class SitePage:
    """One site on one day."""

    stamp: Stamp
    live: bool
    day: date
    site: SiteRow
    verdict: site_day.Verdict
    flow: tuple[hall.Step, ...]
    slots: tuple[hall.Quarter, ...]
    stations: tuple[hall.OnDuty, ...]
    doses: tuple[site_day.DosesHere, ...]
    observation: hall.Seats
    advice: hall.Advice | None
    door: tuple[DoorReason, ...]
    leader: staff.Owner | None
    rescue: tuple[Rescue, ...]
    goods: tuple[GoodsHere, ...]
    readiness: tuple[ReadyRow, ...]
    close: site_day.Close


def site_page(actor: Actor, campaign: CampaignRow, site_id: int, day: date) -> SitePage:
    """The hall of one site on one day; on the day that is, as it stands now."""
    row, today = reached(actor, site_id), day == clock.today()
    booked = booking.day_list([site_id], day)
    seated = clinic.observation_tiles(site_id) if today else []
    session = site_day.session_of(site_id, day)
    return SitePage(
        stamp=live() if today else stamp(campaign.code, day),
        live=today,
        day=day,
        site=row,
        verdict=site_day.verdict(row, session),
        flow=hall.flow(site_id, day, len(booked)),
        slots=hall.quarters(site_id, day, booked),
        stations=hall.on_duty(site_id, day, [row.programme for row in serving(session, campaign)]),
        doses=site_day.doses(site_id, day, booked),
        observation=hall.seats(row, seated, booked),
        advice=hall.advice(site_id, day, seated, booked) if today else None,
        door=sites.door_reasons(),
        leader=_leader(site_id, day),
        rescue=rescue(row, day),
        goods=_goods(site_id, day),
        readiness=tuple(sites.readiness(site_id, day)),
        close=site_day.close(site_id, day, session, booked),
    )


def _goods(site_id: int, day: date) -> tuple[GoodsHere, ...]:
    """Syringes, forms and emergency drugs as they stand now; nothing of a day that is past."""
    if day != clock.today():
        return ()
    stock = supply.stock([site_id], ancillary=True)
    cover = supply.days_of_cover([site_id], day + timedelta(days=1), ancillary=True)
    return goods_here(reference.places(place_ids=[site_id]), stock, cover, day)


def _leader(site_id: int, day: date) -> staff.Owner | None:
    """Who answers for the site."""
    leader = next(iter(staff.posts(role="SITE_LEADER", site_id=site_id, on=day)), None)
    return leader.owner if leader else None
