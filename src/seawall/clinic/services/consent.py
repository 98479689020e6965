"""Telling and asking: voluntary, in the person's language, and by a guardian for minors."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from seawall.clinic import asks, events, steps, tables
from seawall.clinic.judge import RULES
from seawall.clinic.models import Consent
from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms import interlocks
from seawall.terms.acts import Refusal
from seawall.terms.codes import Owner, VisitState
from seawall.terms.people import age_on
from seawall.terms.visits import ConsentGiven, ConsentRecord

NOT_AGREED = "CONSENT_REFUSED"
SIGNERS = ("self", "guardian")


@verb(Owner.SITE, zh="签署知情同意", en="Record consents", tells=(events.VISIT_ENDED,))
def consent_record(w: Work, items: list[ConsentRecord]) -> Answers:
    """The answer is kept either way; a no ends the visit without blame."""
    held = steps.lock(items)
    known = written(i.occurred_at for i in items)
    seen: set[steps.Key] = set()
    answers: Answers = {}
    taken: list[ConsentRecord] = []
    for item in items:
        key = item.site_id, item.visit
        refusal = steps.expect(held.get(key), item, (VisitState.SCREENED,), seen) or judge(
            item, item.occurred_at, held[key], known
        )
        if refusal is not None:
            answers[item.act] = refusal
            continue
        seen.add(key)
        taken.append(item)
        answers[item.act] = {"state": next_state(item).value}
    write(w, taken, held)
    return answers


def next_state(item: ConsentGiven | ConsentRecord) -> VisitState:
    return VisitState.CONSENTED if item.agreed else VisitState.TURNED_AWAY


Written = dict[date, dict[str, str]]


def written(moments: Iterable[datetime]) -> Written:
    """Consent texts of every programme on the days of these moments."""
    return asks.programme_tables(map(clock.civil_day, moments), "consents.csv")


def judge(item: ConsentGiven | ConsentRecord, at: datetime, held: steps.LockedVisit, known: Written) -> Refusal | None:
    """Whether this text, signer and language make a valid answer of this person at this moment."""
    day = clock.civil_day(at)
    texts = tables.consents(known[day].get(held.programme, ""), held.programme, day)
    told = facts(item, age_on(held.birth, day), texts)
    return interlocks.first(RULES["consent"], told, _values(item, held.programme, age_on(held.birth, day), texts))


Texts = Sequence[tables.ConsentVersion]


def facts(item: ConsentGiven | ConsentRecord, age: int, texts: Texts) -> dict[str, str]:
    """What the interlocks of the consent ask."""
    text = _text(item, texts)
    young = text is not None and item.signer == "self" and age < text.guardian_below
    return {
        "texts": "some" if texts else "none",
        "version": "known" if text else "unknown",
        "signer": "known" if item.signer in SIGNERS else "unknown",
        "guardian": "needed" if young else "fine",
    }


def _values(item: ConsentGiven | ConsentRecord, programme: str, age: int, texts: Texts) -> dict[str, str | int | None]:
    text = _text(item, texts)
    return {
        "programme": programme,
        "version": item.version,
        "language": item.language,
        "current": texts[-1].version if texts else None,
        "signer": item.signer,
        "age": age,
        "below": text.guardian_below if text else None,
    }


def _text(item: ConsentGiven | ConsentRecord, texts: Texts) -> tables.ConsentVersion | None:
    return next((t for t in reversed(texts) if (t.version, t.language) == (item.version, item.language)), None)


def write(w: Work, items: list[ConsentRecord], held: dict[steps.Key, steps.LockedVisit]) -> None:
    """Keep the answers and move the visits on."""
    if not items:
        return
    columns = ("site_id", "visit", "act", "version", "language", "signer", "agreed", "by_post", "occurred_at")
    sql.insert(
        Consent,
        columns,
        [
            (i.site_id, i.visit, i.act, i.version, i.language, i.signer, i.agreed, w.actor.post_id, i.occurred_at)
            for i in items
        ],
    )
    steps.move(
        [(i.site_id, i.visit, next_state(i), "" if i.agreed else NOT_AGREED, i.occurred_at) for i in items],
        "consented_at",
    )
    steps.end_without_dose(w, [(i, held[i.site_id, i.visit], NOT_AGREED) for i in items if not i.agreed])
