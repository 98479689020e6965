"""Which campaigns the session of a day serves: those whose vaccines it gives."""

from datetime import date

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow
from seawall.people import selectors as people
from seawall.sites import selectors as sites
from seawall.terms.sites import SessionRow


def serving(session: SessionRow | None, campaign: CampaignRow) -> tuple[CampaignRow, ...]:
    """Of the campaigns that run that day; the one asked for comes first, and alone where the session names no vaccine."""
    if session is None or not session.products:
        return (campaign,)
    found = [row for row in campaigns.running(session.day) if session.gives(people.products_of(row.programme))]
    return tuple(sorted(found, key=lambda row: row.code != campaign.code)) or (campaign,)


def serving_at(site_id: int, day: date, campaign: CampaignRow) -> tuple[CampaignRow, ...]:
    """The same, of a site on a day."""
    return serving(next(iter(sites.sessions(day, [site_id])), None), campaign)
