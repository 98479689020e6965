"""The person at the desk of a station: named whole, with what is due and why, and the doses before."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Refusal
from seawall.terms.names import Name
from seawall.terms.people import DueRow, PersonRow, age_on

from .. import asks
from ..rows import VisitRow


@dataclass(frozen=True, slots=True)
class DoseHad:
    """One line of the person's history."""

    given_on: date
    product: Name | None
    verdict: str


@dataclass(frozen=True, slots=True)
class DueNow:
    """What is due, with which products, from when, and why."""

    status: str
    dose_rank: int | None
    products: tuple[Name, ...]
    earliest: date | None
    why: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class AtDesk:
    """The person with the visit, if they have come; `of`: how many doses the series has, `flags`: MINOR, WALK_IN."""

    person_id: int
    visit: UUID | None
    ticket: int | None
    name: str
    sex: int
    age: int
    document: str
    dose_rank: int | None
    of: int | None
    flags: tuple[str, ...]
    due: DueNow
    history: tuple[DoseHad, ...]


def at_desk(
    actor: Actor,
    person_id: int,
    programme: str,
    kind: str,
    visit: VisitRow | None = None,
    shown: PersonRow | None = None,
) -> AtDesk:
    """Of the station `kind`; `shown` is a row that was looked up just now."""
    on = clock.today()
    row = shown or people.facing(actor, person_id, kind)
    due = people.due_rows([person_id], programme, on).get(person_id)
    names, age = reference.product_names(on), age_on(row.birth, on)
    history = people.dose_rows([person_id], programme).get(person_id, [])
    minor = ("MINOR",) if age < guardian_below(programme, on) else ()
    return AtDesk(
        person_id=person_id,
        visit=visit.visit if visit else None,
        ticket=visit.ticket if visit else None,
        name=row.name,
        sex=int(row.sex),
        age=age,
        document=row.document,
        dose_rank=due.dose_rank if due else None,
        of=series_of(due.products if due else ()),
        flags=(*minor, "WALK_IN") if visit and visit.walk_in else minor,
        due=_due_now(due, names),
        history=tuple(DoseHad(d.given_on, names.get(d.product or ""), d.verdict) for d in history),
    )


def _due_now(due: DueRow | None, names: Mapping[str, Name]) -> DueNow:
    if due is None:
        return DueNow("ineligible", None, (), None, ())
    return DueNow(
        status=str(due.status),
        dose_rank=due.dose_rank,
        products=tuple(names[p] for p in due.products if p in names),
        earliest=due.earliest,
        why=(people.why_due(due, clock.today()),),
    )


def guardian_below(programme: str, on: date) -> int:
    """The age below which a guardian signs, by the consent text in force; without a text nobody is a minor here."""
    return max((text.guardian_below for text in asks.consents(programme, on)), default=0)


def series_of(products: Collection[str]) -> int | None:
    """How many doses the series has, where every product that may be given agrees."""
    sizes = {p.doses_per_series for p in reference.products(clock.today()) if p.code in products}
    return sizes.pop() if len(sizes) == 1 else None
