"""The screening station: the questions that fit this person, the consent text in force, and who may sign."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from seawall.people import selectors as people
from seawall.platform import clock
from seawall.terms.actor import Actor
from seawall.terms.codes import VisitState
from seawall.terms.people import age_on

from .. import hands, selectors
from ..hands import Signers
from ..rows import VisitRow
from ..tables import Condition, Question
from .desk import guardian_below
from .station import Station, station

REASONS = frozenset({"forbid", "defer", "limit"})  # effects of a finding that may put a person off


@dataclass(frozen=True, slots=True)
class Consent:
    """The text in the language of the desk, and whether a guardian signs it."""

    version: str
    guardian_needed: bool


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked of the person at the desk; `reasons`: what may be given for “later” or “not suitable”."""

    questions: tuple[Question, ...]
    reasons: tuple[Condition, ...]
    tomorrow: date
    screened: bool
    consent: Consent
    hands: Signers


@dataclass(frozen=True, slots=True)
class ScreeningPage:
    """The station, with an inquiry while somebody stands there."""

    station: Station
    inquiry: Inquiry | None


def screening(actor: Actor, site_id: int, visit: UUID | None) -> ScreeningPage:
    shown = station(actor, site_id, "screening", visit)
    if shown.here is None or shown.person is None:
        return ScreeningPage(shown, None)
    return ScreeningPage(shown, _inquiry(actor, shown.here, shown.person.sex))


def _inquiry(actor: Actor, here: VisitRow, sex: int) -> Inquiry:
    on = clock.today()
    due = people.due_rows([here.person_id], here.programme, on).get(here.person_id)
    age, effects = age_on(here.birth, on), selectors.effects(here.programme, on)
    findings = {row.code: row for row in selectors.findings(here.programme, on)}
    versions = [t.version for t in selectors.consents(here.programme, on) if t.language == actor.language]
    return Inquiry(
        questions=selectors.questions_for(
            here.programme, on, sex=sex, age=age,
            doses=due.doses_given if due else 0, products=due.products if due else (),
        ),
        reasons=tuple(row for row in findings.values() if effects[row.code] in REASONS),
        tomorrow=on + timedelta(days=1),
        screened=here.state == VisitState.SCREENED,
        consent=Consent(versions[-1] if versions else "", age < guardian_below(here.programme, on)),
        hands=hands.screeners(actor, here.site_id, here.programme, on),
    )  # fmt: skip
