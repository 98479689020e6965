"""What each place keeps for later doses, renewed each evening from bookings and dues under the policies of the next day."""

from collections import Counter
from datetime import date, timedelta
from uuid import UUID, uuid5

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow
from seawall.people import selectors as people
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.supply import selectors as supply
from seawall.supply import services as supply_services
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome
from seawall.terms.codes import DosePriority
from seawall.terms.stock import DosesReserve

from ..watch import limits

SPACE = UUID("0e5e12ed-0000-4000-8000-000000000000")
Claims = Counter[tuple[int, str]]  # (place, product) -> doses


def doses_reserved(actor: Actor, campaign: CampaignRow, day: date) -> list[Outcome]:
    """Keep at each place what later doses of the campaign's products need there; what was kept before is free."""
    tomorrow, own = day + timedelta(days=1), people.products_of(campaign.programme)
    wanted: Claims = Counter()
    for each in campaigns.running(tomorrow):
        wanted.update({key: doses for key, doses in claims(each, tomorrow).items() if key[1] in own})
    before = {(r.place_id, r.product) for r in supply.reserves(day) if r.product in own}
    until = tomorrow + timedelta(days=max((_days(each, tomorrow) for each in campaigns.running(tomorrow)), default=0))
    items = [
        DosesReserve(
            act=uuid5(SPACE, f"{campaign.code}/{day}/{place}/{product}/{wanted[place, product]}"),
            occurred_at=campaign.cut_off_at(day),
            place_id=place,
            product=product,
            doses=wanted[place, product],
            until=until,
        )
        for place, product in sorted(before | wanted.keys())
    ]
    return supply_services.doses_reserve(actor, items)


def claims(campaign: CampaignRow, on: date) -> Claims:
    """Later doses due in the days that the policy looks ahead: booked ones at their sites, the others at their unit's store."""
    until = on + timedelta(days=_days(campaign, on) - 1)
    found: Claims = Counter(reports.later_booked(campaign.code, campaign.programme, on, until))
    levels = reference.levels(on)
    for (unit, product), doses in reports.later_waiting(campaign.code, campaign.programme, until).items():
        store = levels.of_unit.get(unit) or next(iter(levels.first), None)
        if store:
            found[store, product] += doses
    return found


def _days(campaign: CampaignRow, on: date) -> int:
    """Days ahead for which later doses are kept: those of the campaign where its policy reserves them, else the usual ones."""
    policy = campaigns.policy_on(campaign.code, on)
    if policy and policy.value in (DosePriority.SECOND_DOSE_RESERVE, DosePriority.LATER_DOSES_ONLY):
        return campaigns.scenario_of(campaign.code).settings.reserve_days
    return int(limits()["RESERVE_DAYS"])
