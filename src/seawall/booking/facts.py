"""What booking asks of earlier rooms for a batch: rules by campaign and day, due rows, and who may be booked by whom."""

from collections.abc import Callable, Collection, Iterable
from datetime import date

from seawall.campaigns import selectors as campaigns
from seawall.people import selectors as people
from seawall.terms.codes import DosePriority
from seawall.terms.people import DueRow

from . import selectors
from .rules import Opening, Rules

BY_SEAT_OR_PERSON = "booking judges by the site of the seat, or by the person"
BY_ORGANISATION = "booking judges by the organisation: named, of a sector, or lying in the post's area"
RulesFor = Callable[[str, date, Collection[int]], Rules | None]
"""Campaign, day, persons -> what the campaign says."""


def campaign_rules(code: str, day: date, person_ids: Collection[int]) -> Rules | None:
    """The rules as `campaigns` has them: phases of the day without the groups that open later, and the policy in force."""
    head = campaigns.campaign(code)
    if head is None:
        return None
    policy, releases = campaigns.policy_on(code, day), tuple(selectors.releases(code, day))
    return Rules(
        programme=head.programme,
        openings=tuple(Opening(frozenset(p.groups), frozenset(p.dose_ranks)) for p in campaigns.phases_open(code, day)),
        later_doses_only=policy is not None and policy.value == DosePriority.LATER_DOSES_ONLY,
        policy=policy.code if policy else "",
        groups=campaigns.group_of(person_ids, code, day),
        closed_groups=frozenset(g.code for g in campaigns.groups(code) if g.opens > day),
        releases=releases,
        tallied=head.tallied,
        births=people.birth_days(person_ids) if any(r.digits for r in releases) else {},
    )


def due_on(wanted: Iterable[tuple[str, int, date]]) -> dict[tuple[str, int, date], DueRow]:
    """Due rows by programme, person and day of the seat."""
    asked: dict[tuple[str, date], set[int]] = {}
    for programme, person, day in wanted:
        asked.setdefault((programme, day), set()).add(person)
    return {
        (programme, person, day): row
        for (programme, day), persons in asked.items()
        for person, row in people.due_rows(sorted(persons), programme, day).items()
    }
