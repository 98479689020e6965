"""Whom do I call on, in which order, and what came of it?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from seawall.campaigns.selectors import CampaignRow
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.names import Name
from seawall.terms.people import PersonRow

from .. import selectors
from ..tables import Hesitancy, ResultKind

MOST, MOST_FIRST = 40, 20


@dataclass(frozen=True, slots=True)
class CallLine:
    """Somebody to call on: masked name, whole telephone number, street, why, since when."""

    person: PersonRow
    street: Name
    why: Name
    dose_rank: int
    since: date | None


@dataclass(frozen=True, slots=True)
class CallsPage:
    """Calls of the combing, later doses first; then those who could come and never did. Each list says how many it is of."""

    day: date
    total: int
    calls: tuple[CallLine, ...]
    first_total: int
    first: tuple[CallLine, ...]
    results: tuple[ResultKind, ...]
    hesitancies: tuple[Hesitancy, ...]


def reached_leaves(actor: Actor, day: date) -> Collection[int]:
    """Streets of the post's reach; of a household, the street where it lies."""
    if actor.reach.everywhere:
        return [a.area_id for a in reference.leaves(day)]
    return actor.reach.leaves or frozenset(people.household_leaves(actor.reach.households).values())


def calls(actor: Actor, campaign: CampaignRow) -> CallsPage:
    """Every look is recorded; only those in the reach of the post are shown."""
    day = clock.today()
    leaves, wide = reached_leaves(actor, day), MOST if actor.reach.leaves or actor.reach.everywhere else 5 * MOST
    total, open_calls = selectors.calls_open(campaign.code, campaign.programme, leaves, day, wide)
    first_total, first = selectors.not_started(campaign.code, campaign.programme, leaves, day, MOST_FIRST)
    ids = [row.person_id for row in open_calls] + [person for person, _ in first]
    shown = people.persons(actor, ids, "calls", {"phone"})
    streets = {a.area_id: Name.of(a) for a in reference.leaves(day)}
    kinds = selectors.cadence()

    def line(person: int, leaf: int, why: Name, rank: int, since: date | None) -> CallLine:
        return CallLine(shown[person], streets.get(leaf, Name.code(str(leaf))), why, rank, since)

    return CallsPage(
        day=day,
        total=total,
        calls=tuple(
            line(r.person_id, r.leaf_id, kinds[r.kind].name, r.dose_rank, r.since)
            for r in open_calls
            if r.person_id in shown
        ),
        first_total=first_total,
        first=tuple(line(p, leaf, Name("首剂未接种", "No dose yet"), 1, None) for p, leaf in first if p in shown),
        results=tuple(selectors.results().values()),
        hesitancies=tuple(selectors.hesitancies().values()),
    )
