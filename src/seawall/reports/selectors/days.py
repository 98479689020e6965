"""The day that a page is asked for."""

from datetime import date, timedelta

from seawall.campaigns.selectors import CampaignRow
from seawall.platform import clock
from seawall.terms.acts import Refused

from .series import last_closing


def day_asked(campaign: CampaignRow | None, text: str) -> date:
    """The day that a page is asked for, the last closing by default; refused where it is no day of the campaign."""
    default = last_closing(campaign.code if campaign else None) or clock.today()
    if not text:
        return default
    try:
        day = date.fromisoformat(text)
    except ValueError as wrong:
        raise Refused("DAY_UNREADABLE", text=text[:20]) from wrong
    if campaign is None:
        return day
    first, last = campaign.opens - timedelta(days=1), max(campaign.deadline, clock.today())
    if not first <= day <= last:
        raise Refused("DAY_OUTSIDE", day=day.isoformat(), first=first.isoformat(), last=last.isoformat())
    return day


def closed_day(campaign: str, day: date) -> date:
    """The day, if the city has closed it or has closed none yet; figures of a closing are asked for through this."""
    last = last_closing(campaign)
    if last and day > last:
        raise Refused("DAY_WITHOUT_CLOSING", day=day.isoformat(), last=last.isoformat())
    return day
