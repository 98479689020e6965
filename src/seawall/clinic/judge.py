"""Whether a dose may be given: facts over what the rooms know, judged by tables/interlocks.csv. Truth 3 of the house lives here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter

from seawall.terms import interlocks
from seawall.terms.acts import Refusal
from seawall.terms.people import DueRow
from seawall.terms.visits import CHECKS, DoseGive

from . import tables
from .steps import EarlierSteps, LockedVisit

YES, NO = "yes", "no"
RULES = {step: tuple(rows) for step, rows in groupby(tables.interlocks(), key=attrgetter("step"))}
"""The interlocks of each step: a tablet without a network runs the same rows."""


def not_due(row: DueRow | None, programme: str) -> Refusal | None:
    """Why this person may have no dose of the programme on this day: age, interval, completeness, contraindication.

    A dose that is late is given: a series is never restarted and has no last day.
    """
    return interlocks.first(RULES["dose"], {"due": _status(row)}, _due_values(row) | {"programme": programme})


def _status(row: DueRow | None) -> str:
    return row.status.value if row else "none"


def _due_values(row: DueRow | None) -> dict[str, str | int | None]:
    if row is None:
        return {}
    earliest = row.earliest.isoformat() if row.earliest else None
    why = {"reason": row.reason, "rule": row.rule, "release": row.release}
    return {**why, "earliest": earliest, "dose_rank": row.dose_rank, "products": "|".join(row.products)}


def answer(holds: bool) -> str:
    return YES if holds else NO


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
    return interlocks.broken(RULES["dose"], facts(case), values(case))


def facts(case: DoseCase) -> dict[str, str]:
    """What the interlocks of the injection ask, each answered by a word."""
    item, found, due = case.item, case.found, case.due
    return {
        "screening": found.outcome or "none",
        "consent": answer(found.agreed is True),
        "checks": "missing" if _missing(item) else "all",
        "hands": "same" if case.same_account or item.vaccinator_post_id == found.clinician_post_id else "other",
        "duty": answer(case.on_duty),
        "certified": answer(case.certified),
        "arm": "known" if item.arm in case.arms else "unknown",
        "product": "fits" if due is None or item.product in due.products else "other",
        "due": _status(due),
        "switch": ("reasoned" if item.override_reason.strip() else "unreasoned") if needs_reason(case) else "none",
        "day": "same" if case.day == case.held.day else "other",
        "session": "open" if case.session_open else "closed",
    }


def values(case: DoseCase) -> dict[str, str | int | None]:
    """What the sentences name."""
    item, missing = case.item, _missing(case.item)
    return _due_values(case.due) | {
        "outcome": case.found.outcome,
        "checks": "|".join(missing),
        "count": len(missing),
        "post": item.vaccinator_post_id,
        "programme": case.held.programme,
        "arm": item.arm,
        "arms": "|".join(case.arms),
        "product": item.product,
        "last": case.last_product,
        "visit_day": case.held.day.isoformat(),
        "day": case.day.isoformat(),
    }


def _missing(item: DoseGive) -> list[str]:
    return [code for code in CHECKS if code not in item.checks]


def is_second_choice(row: DueRow | None, product: str) -> bool:
    """A later dose of a product that the rules only allow: the due row names what they prefer first."""
    return row is not None and row.doses_given > 0 and product in row.products[1:]


def needs_reason(case: DoseCase) -> bool:
    """Another maker of the same platform may finish a series, with a reason on record."""
    return case.last_product is not None and case.last_product != case.item.product


def first_broken(case: DoseCase) -> Refusal | None:
    return next(broken_rules(case), None)
