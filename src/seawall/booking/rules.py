"""Who may book: what medicine says is due on the day of the seat, and what the campaign opens on that day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from seawall.terms.acts import Params, Refusal
from seawall.terms.bookings import ReleaseRow
from seawall.terms.codes import DueStatus
from seawall.terms.people import DueRow

ANYBODY = "ALL"
WISHES = frozenset({"", "phone", "desk", "home", "relative"})
"""How a person asked somebody else and agreed; empty where they ask themselves."""
MAY = frozenset({DueStatus.DUE, DueStatus.OVERDUE})
PLAIN = {
    DueStatus.COMPLETE: "ALREADY_COMPLETE",
    DueStatus.INELIGIBLE: "NOT_ELIGIBLE",
    DueStatus.CONTRAINDICATED: "ADVICE_BEFORE_BOOKING",
    DueStatus.REVIEW: "ADVICE_BEFORE_BOOKING",
}
"""The answer to a booking never tells a health reason: others may book for a person."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Who may come in one phase: groups (or everybody) and dose ranks."""

    groups: frozenset[str]
    ranks: frozenset[int]

    def admits(self, group: str | None, rank: int) -> bool:
        return (ANYBODY in self.groups or group in self.groups) and rank in self.ranks


@dataclass(frozen=True, slots=True)
class Rules:
    """What a campaign says on one day, with the groups of the persons asked about."""

    programme: str
    openings: tuple[Opening, ...]
    later_doses_only: bool = False
    policy: str = ""
    groups: Mapping[int, str] = field(default_factory=dict)
    closed_groups: frozenset[str] = frozenset()
    releases: tuple[ReleaseRow, ...] = ()
    births: Mapping[int, date] = field(default_factory=dict)
    tallied: bool = False

    def admits(self, person_id: int, rank: int) -> bool:
        group = self.groups.get(person_id)
        return group not in self.closed_groups and any(opening.admits(group, rank) for opening in self.openings)

    def released_at(self, person_id: int) -> datetime | None:
        """From when this person may book this day: the first announced moment that speaks of them."""
        group, birth = self.groups.get(person_id), self.births.get(person_id)
        return min((r.released_at for r in self.releases if r.admits(group, birth)), default=None)


def unreleased(person_id: int, rules: Rules | None, day: date, now: datetime) -> Refusal | None:
    """Why nobody, or not yet this person, may book a day whose release was announced; a day without any is free."""
    if rules is None or not rules.releases:
        return None
    moment = rules.released_at(person_id)
    if moment is None:
        return Refusal("NOT_IN_RELEASE", {"day": day.isoformat()})
    return Refusal("NOT_RELEASED", {"day": day.isoformat(), "starts_at": moment.isoformat()}) if now < moment else None


def other_product(product: str, due: DueRow) -> Refusal | None:
    """Why this vaccine may not be chosen for the dose that is due; none where it may, or none is chosen."""
    if not product or product in due.products:
        return None
    rank = due.dose_rank or due.doses_given + 1
    told: Params = {"product": product, "products": ", ".join(due.products), "dose_rank": rank}
    return Refusal("PRODUCT_OF_THE_SERIES" if rank > 1 else "PRODUCT_NOT_FOR_DOSE", told)


def judge(person_id: int, due: DueRow | None, rules: Rules | None, campaign: str, day: date) -> Refusal | None:
    """Why this person may not have a seat on this day, medicine first."""
    if rules is None:
        return Refusal("CAMPAIGN_NOT_HERE", {"campaign": campaign})
    if rules.tallied:
        return Refusal("CAMPAIGN_WITHOUT_NAMES", {"campaign": campaign})
    refusal = _medical(due, rules.programme)
    if refusal or due is None:
        return refusal
    rank = due.dose_rank or due.doses_given + 1
    if rules.later_doses_only and rank == 1:
        return Refusal("POLICY_LATER_DOSES_ONLY", {"day": day.isoformat(), "policy": rules.policy})
    if not rules.admits(person_id, rank):
        return Refusal("GROUP_NOT_OPEN", {"day": day.isoformat(), "dose_rank": rank})
    return None


def _medical(due: DueRow | None, programme: str) -> Refusal | None:
    if due is None:
        return Refusal("NO_DUE_ANSWER", {"programme": programme})
    if due.status in MAY:
        return None
    earliest = due.earliest.isoformat() if due.earliest else None
    if due.status == DueStatus.NOT_YET:
        return Refusal("NOT_YET_DUE", {"earliest": earliest, "dose_rank": due.dose_rank})
    if due.status == DueStatus.DEFERRED:
        return Refusal("DEFERRED_UNTIL", {"earliest": earliest})
    return Refusal(PLAIN[due.status], {})
