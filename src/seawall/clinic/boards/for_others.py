"""Booking for somebody who has no telephone or cannot use one: who it is, what they may have, what they have, where seats are free."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from seawall.booking import selectors as booking
from seawall.campaigns.selectors import CampaignRow
from seawall.outreach import selectors as outreach
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.sites.boards import near
from seawall.sites.boards.near import PublicSite
from seawall.terms.actor import Actor
from seawall.terms.bookings import InvitationRow
from seawall.terms.names import Name
from seawall.terms.people import PersonRow
from seawall.terms.rounds import HomeboundRow

from .own import OwnAppointment, SeatsPage, appointments_of, seats_for

DAYS_SHOWN = 7


@dataclass(frozen=True, slots=True)
class WaitsFor:
    """Where and when somebody waits for a seat."""

    site: PublicSite | None
    opens: date
    closes: date


@dataclass(frozen=True, slots=True)
class ForOthers:
    """Whoever was found by the text; of the one chosen what may be booked, and what stands."""

    wanted: str
    found: Sequence[PersonRow]
    person: PersonRow | None = None
    seats: SeatsPage | None = None
    places: tuple[PublicSite, ...] = ()
    site_id: int | None = None
    day: date | None = None
    days: tuple[date, ...] = ()
    coming: tuple[OwnAppointment, ...] = ()
    waits: WaitsFor | None = None
    km: int | None = None
    invited: Sequence[InvitationRow] = ()
    homebound: HomeboundRow | None = None
    needs: Mapping[str, Name] = field(default_factory=dict)


def for_others(
    actor: Actor, campaign: CampaignRow, wanted: str, person_id: int | None, site_id: int | None, day: date | None
) -> ForOthers:
    """By document number, or whole name and birth date; inside the reach of the post, every look on record."""
    if person_id is None:
        found = people.search(actor, wanted, "for_others") if wanted else []
        return ForOthers(wanted, found) if len(found) != 1 else for_others(
            actor, campaign, wanted, found[0].person_id, site_id, day
        )  # fmt: skip
    person, today = people.person(actor, person_id, "for_others"), clock.today()
    days = tuple(today + timedelta(days=n) for n in range(DAYS_SHOWN))
    day = day if day in days else today
    site = site_id or near.nearest_site(person_id)
    around = near.public_sites(today, near.beside(site, today)) if site else ()
    waits = next((w for w in booking.waiting_of(person_id) if w.campaign == campaign.code), None)
    return ForOthers(
        wanted=wanted, found=(), person=person, seats=seats_for(person_id, campaign, site, day), places=around, site_id=site,
        day=day, days=days,
        coming=tuple(row for _, row in appointments_of([person_id]) if row.coming and row.campaign == campaign.code),
        waits=WaitsFor(next((p for p in around if p.site_id == waits.site_id), None), waits.opens, waits.closes) if waits else None,
        invited=[i for i in booking.invitations([person_id]) if i.campaign == campaign.code],
        km=booking.standby(person_id).get(campaign.code), homebound=outreach.homebound([person_id]).get(person_id),
        needs=outreach.needs(today),
    )  # fmt: skip
