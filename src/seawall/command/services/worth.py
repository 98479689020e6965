"""The evening's question to the transmission model: what is the coverage reached worth?"""

from dataclasses import asdict
from datetime import date

from seawall.campaigns.selectors import CampaignRow
from seawall.engines import epidemic
from seawall.people import selectors as people

from ..models import Worth


def worth_keep(campaign: CampaignRow, day: date) -> None:
    """Keep what the coverage of a closing is worth, where the disease is one that can be weighed; done again, it says the same."""
    if not epidemic.weighs(campaign.programme):
        return
    rows = people.coverage_by_age(campaign.programme, day, epidemic.BANDS)
    found = epidemic.worth([row[0] for row in rows], [row[2] for row in rows], day)
    content = asdict(found) | {"people": [row[0] for row in rows], "started": [row[1] for row in rows]}
    Worth.objects.update_or_create(
        campaign=campaign.code, day=day, defaults={"content": content | {"complete": [row[2] for row in rows]}}
    )
