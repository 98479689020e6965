"""The evening's question to the transmission model: what is the coverage reached worth?"""

from dataclasses import asdict
from datetime import date

from seawall.campaigns import selectors as campaigns
from seawall.engines import epidemic
from seawall.people import selectors as people

from ..models import Worth


def worth_keep(day: date) -> None:
    """Keep what the coverage of a closing is worth; done again, it says the same."""
    rows = people.coverage_by_age(campaigns.current().programme, day, epidemic.BANDS)
    found = epidemic.worth([row[0] for row in rows], [row[2] for row in rows], day)
    content = asdict(found) | {"people": [row[0] for row in rows], "started": [row[1] for row in rows]}
    Worth.objects.update_or_create(day=day, defaults={"content": content | {"complete": [row[2] for row in rows]}})
