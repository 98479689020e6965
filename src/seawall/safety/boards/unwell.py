"""After the dose, for whoever had it: what is usual, what to report, and what was reported."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from seawall.clinic import selectors as clinic
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.terms.names import Name

from .. import selectors, tables

LATELY = timedelta(days=90)  # the longest window of events.csv
DAYS = 15  # the last days on which it may have begun, as a form offers them


@dataclass(frozen=True, slots=True)
class LateDose:
    """A dose after which somebody may be unwell."""

    site_id: int
    visit: UUID
    product: Name
    given_at: datetime


@dataclass(frozen=True, slots=True)
class OwnReport:
    """What somebody reported, or a site recorded, and whether it is closed."""

    case_code: str
    kind: Name
    onset_at: datetime
    closed: bool


@dataclass(frozen=True, slots=True)
class UnwellPage:
    """Advice, the doses of late, what may be reported and since when, and what is on record."""

    person: str
    advice: tuple[Name, ...]
    doses: tuple[LateDose, ...]
    kinds: tuple[tuple[str, Name], ...]
    days: tuple[date, ...]
    reports: tuple[OwnReport, ...]


def unwell(person_id: int) -> UnwellPage:
    """Of one person, as they read it of themselves or of their child."""
    today, kinds = clock.today(), selectors.kinds()
    return UnwellPage(
        person=people.masked(person_id),
        advice=tuple(Name(row.zh, row.en) for row in tables.aftercare(today)),
        doses=_doses(person_id, today),
        kinds=tuple((code, Name(kind.zh, kind.en)) for code, kind in kinds.items() if kind.told),
        days=tuple(today - timedelta(days=n) for n in range(DAYS)),
        reports=tuple(
            OwnReport(row.case_code, Name(kinds[row.kind].zh, kinds[row.kind].en), row.onset_at, row.state == "closed")
            for row in selectors.events_of([person_id])
        ),
    )


def _doses(person_id: int, today: date) -> tuple[LateDose, ...]:
    """Given at sites of this city: others are reported without naming the dose."""
    lines = [row for p in reference.programmes_in_use() for row in people.dose_rows([person_id], p).get(person_id, ())]
    at = {(row.place_id, row.given_on) for row in lines if row.place_id and row.given_on >= today - LATELY}
    names = reference.product_names(today)
    return tuple(
        LateDose(row.site_id, row.visit, names.get(row.product, Name.code(row.product)), row.occurred_at)
        for row in clinic.given_to([person_id, *people.aliases(person_id)], at)
    )
