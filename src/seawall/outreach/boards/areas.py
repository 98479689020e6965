"""What do people answer, street by street: reached, understand, willing, reassured; and why not?"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from seawall.campaigns.selectors import CampaignRow
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.names import Name

from .. import selectors
from ..selectors.areas import Funnel
from .calls import reached_leaves

DAYS = 14
MOST = 60


@dataclass(frozen=True, slots=True)
class StreetFunnel:
    """A street and its funnel."""

    name: Name
    funnel: Funnel


@dataclass(frozen=True, slots=True)
class Counted:
    """So many people for one code."""

    name: Name
    people: int


@dataclass(frozen=True, slots=True)
class AreasPage:
    """The last contact of each person in the days shown, and the reasons that hold today of those without a dose."""

    since: date
    day: date
    whole: Funnel
    streets: tuple[StreetFunnel, ...]
    results: tuple[Counted, ...]
    hesitancies: tuple[Counted, ...]
    reasons: tuple[Counted, ...]


def areas(actor: Actor, campaign: CampaignRow) -> AreasPage:
    day = clock.today()
    since = day - timedelta(days=DAYS - 1)
    span = (
        datetime.combine(since, time(), clock.zone()),
        datetime.combine(day + timedelta(days=1), time(), clock.zone()),
    )
    leaves, names = reached_leaves(actor, day), {a.area_id: Name.of(a) for a in reference.leaves(day)}
    rows = selectors.funnel(campaign.code, leaves, *span)
    results, hesitancies = selectors.results(), selectors.hesitancies()
    sums = [
        sum(getattr(row, field) for row in rows)
        for field in ("contacted", "reached", "understands", "willing", "reassured")
    ]
    return AreasPage(
        since=since,
        day=day,
        whole=Funnel(0, *sums),
        streets=tuple(StreetFunnel(names.get(row.leaf_id, Name.code(str(row.leaf_id))), row) for row in rows[:MOST]),
        results=tuple(
            Counted(Name(results[code].zh, results[code].en), n)
            for code, n in selectors.outcomes_by_leaf(campaign.code, leaves, *span).items()
        ),
        hesitancies=tuple(
            Counted(Name(hesitancies[code].zh, hesitancies[code].en), n)
            for code, n in selectors.reason_counts(campaign.code, leaves, *span).items()
        ),
        reasons=tuple(
            Counted(Name(results[code].zh, results[code].en), n)
            for code, n in selectors.reasons_standing(campaign.code, campaign.programme, day, leaves).items()
        ),
    )
