"""Telling and asking: voluntary, in the person's language, and by a guardian for minors."""

from collections.abc import Sequence
from datetime import date

from seawall.clinic import steps, tables
from seawall.clinic.models import Consent
from seawall.platform import clock, sql
from seawall.platform.verbs import Work, run_verb
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Refusal
from seawall.terms.codes import VisitState
from seawall.terms.visits import ConsentRecord

NOT_AGREED = "CONSENT_REFUSED"
SIGNERS = ("self", "guardian")


def consent_record(actor: Actor, items: Sequence[ConsentRecord]) -> list[Outcome]:
    """The answer is kept either way; a no ends the visit without blame."""
    return run_verb(actor, "consent_record", items, owner="site", owner_id=lambda i: i.site_id, work=_work)


def _work(w: Work, items: list[ConsentRecord]) -> steps.Answers:
    held = steps.lock(items)
    seen: set[steps.Key] = set()
    answers: steps.Answers = {}
    taken: list[ConsentRecord] = []
    for item in items:
        key = item.site_id, item.visit
        refusal = steps.expect(held.get(key), item, (VisitState.SCREENED,), seen) or _judge(item, held[key])
        if refusal is not None:
            answers[item.act] = refusal
            continue
        seen.add(key)
        taken.append(item)
        answers[item.act] = {"state": _next(item).value}
    _write(w, taken, held)
    return answers


def _next(item: ConsentRecord) -> VisitState:
    return VisitState.CONSENTED if item.agreed else VisitState.TURNED_AWAY


def age_on(birth: date, day: date) -> int:
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _judge(item: ConsentRecord, held: steps.Held) -> Refusal | None:
    day = clock.civil_day(item.occurred_at)
    texts = {(c.version, c.language): c for c in tables.consents(held.programme, day)}
    text = texts.get((item.version, item.language))
    if text is None:
        current = next(reversed(texts), ("", ""))[0]
        return Refusal(
            "CONSENT_VERSION_UNKNOWN", {"version": item.version, "language": item.language, "current": current}
        )
    if item.signer not in SIGNERS:
        return Refusal("SIGNER_UNKNOWN", {"signer": item.signer})
    if item.signer == "self" and (age := age_on(held.birth, day)) < text.guardian_below:
        return Refusal("GUARDIAN_NEEDED", {"age": age, "below": text.guardian_below})
    return None


def _write(w: Work, items: list[ConsentRecord], held: dict[steps.Key, steps.Held]) -> None:
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
        [(i.site_id, i.visit, _next(i), "" if i.agreed else NOT_AGREED, i.occurred_at) for i in items], "consented_at"
    )
    steps.end_without_dose(w, [(i, held[i.site_id, i.visit], NOT_AGREED) for i in items if not i.agreed])
