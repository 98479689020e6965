"""Whether a dose may be given: pure answers over what the rooms know, worst question first. Truth 3 of the house lives here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from seawall.terms.acts import Refusal
from seawall.terms.codes import DueStatus, ScreeningOutcome
from seawall.terms.people import DueRow
from seawall.terms.visits import CHECKS, DoseGive

from .steps import EarlierSteps, LockedVisit

MAY = (DueStatus.DUE, DueStatus.OVERDUE)
WAITS = (DueStatus.NOT_YET, DueStatus.DEFERRED)
CLOSED_DOORS = {
    DueStatus.NOT_YET: "TOO_EARLY",
    DueStatus.DEFERRED: "DEFERRED_UNTIL",
    DueStatus.COMPLETE: "ALREADY_COMPLETE",
    DueStatus.CONTRAINDICATED: "CONTRAINDICATED",
    DueStatus.INELIGIBLE: "NOT_ELIGIBLE",
    DueStatus.REVIEW: "HISTORY_NEEDS_REVIEW",
}


def not_due(row: DueRow | None, programme: str) -> Refusal | None:
    """Why this person may have no dose of the programme on this day: age, interval, completeness, contraindication.

    A dose that is late is given: a series is never restarted and has no last day.
    """
    if row is None:
        return Refusal("NO_DUE_ANSWER", {"programme": programme})
    why: dict[str, str | int | None] = {"reason": row.reason, "rule": row.rule, "release": row.release}
    if row.status in CLOSED_DOORS:
        earliest = row.earliest.isoformat() if row.earliest else None
        if row.status in WAITS:
            why |= {"earliest": earliest, "dose_rank": row.dose_rank}
        return Refusal(CLOSED_DOORS[row.status], why)
    return None


@dataclass(frozen=True, slots=True)
class DoseCase:
    """Everything known when a vial is scanned for a person."""

    item: DoseGive
    held: LockedVisit
    found: EarlierSteps
    due: DueRow | None
    on_duty: bool
    certified: bool
    session_open: bool
    day: date
    arms: tuple[str, ...]
    observed: str  # the programme's own observation.csv; empty where it has none
    last_product: str | None = None
    same_account: bool = False  # screener and vaccinator are two posts of one person

    @property
    def person_id(self) -> int:
        return self.held.person_id

    @property
    def programme(self) -> str:
        return self.held.programme

    @property
    def later(self) -> bool:
        """A dose after the first of a series."""
        return self.due is not None and (self.due.dose_rank or 1) > 1


def broken_rules(case: DoseCase) -> Iterator[Refusal]:
    """Every rule that this dose would break, in the order of the steps; nothing when it may be given."""
    yield from _earlier_steps(case)
    yield from _hands(case)
    if case.due is not None and case.item.product not in case.due.products and case.due.status in (*MAY, *WAITS):
        allowed = "|".join(case.due.products)
        yield Refusal(
            "WRONG_PRODUCT_FOR_PERSON", {"product": case.item.product, "products": allowed, "rule": case.due.rule}
        )
    if (refusal := not_due(case.due, case.held.programme)) is not None:
        yield refusal
    if needs_reason(case) and not case.item.override_reason.strip():
        yield Refusal("PRODUCT_SWITCH_NEEDS_REASON", {"product": case.item.product, "last": case.last_product})
    if case.day != case.held.day:
        yield Refusal("WRONG_DAY", {"day": case.held.day.isoformat()})
    if not case.session_open:
        yield Refusal("SESSION_CLOSED_HERE", {"day": case.day.isoformat()})


def is_second_choice(row: DueRow | None, product: str) -> bool:
    """A later dose of a product that the rules only allow: the due row names what they prefer first."""
    return row is not None and row.doses_given > 0 and product in row.products[1:]


def needs_reason(case: DoseCase) -> bool:
    """Another maker of the same platform may finish a series, with a reason on record."""
    return case.last_product is not None and case.last_product != case.item.product


def _earlier_steps(case: DoseCase) -> Iterator[Refusal]:
    found = case.found
    if found.outcome is None:
        yield Refusal("SCREENING_MISSING", {})
    elif found.outcome != ScreeningOutcome.RECOMMENDED:
        yield Refusal("SCREENING_FORBIDS", {"outcome": found.outcome})
    if found.agreed is not True:
        yield Refusal("CONSENT_MISSING", {})


def _hands(case: DoseCase) -> Iterator[Refusal]:
    item = case.item
    missing = [code for code in CHECKS if code not in item.checks]
    if missing:
        yield Refusal("CHECKS_MISSING", {"checks": "|".join(missing), "count": len(missing)})
    if case.same_account or item.vaccinator_post_id == case.found.clinician_post_id:
        yield Refusal("FOUR_EYES", {"post": item.vaccinator_post_id})
    if not case.on_duty:
        yield Refusal("SIGNER_NOT_ON_DUTY", {"post": item.vaccinator_post_id})
    if not case.certified:
        yield Refusal("VACCINATOR_NOT_CERTIFIED", {"post": item.vaccinator_post_id, "programme": case.held.programme})
    if item.arm not in case.arms:
        yield Refusal("BODY_SITE_UNKNOWN", {"arm": item.arm, "arms": "|".join(case.arms)})


def first_broken(case: DoseCase) -> Refusal | None:
    return next(broken_rules(case), None)
