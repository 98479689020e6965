"""Out of the walk before the dose: the person went away, and somebody says why."""

from seawall.clinic import events, steps, tables
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Refusal
from seawall.terms.codes import Owner, VisitState
from seawall.terms.visits import VisitLeave


@verb(Owner.SITE, zh="登记未种离场", en="Record who left without a dose", tells=(events.VISIT_ENDED,))
def visit_leave(w: Work, items: list[VisitLeave]) -> Answers:
    """End visits that wait for their dose, with the reason; without it the day of the site could not close."""
    held = steps.lock(items)
    seen: set[steps.Key] = set()
    answers: Answers = {}
    gone: list[VisitLeave] = []
    for item in items:
        key = item.site_id, item.visit
        refusal = steps.expect(held.get(key), item, steps.WAITING, seen)
        if refusal is None and item.reason not in tables.without_dose():
            refusal = Refusal("LEAVING_REASON_UNKNOWN", {"reason": item.reason})
        if refusal is not None:
            answers[item.act] = refusal
            continue
        seen.add(key)
        gone.append(item)
        answers[item.act] = {"ticket": held[key].ticket, "state": VisitState.GONE.value}
    steps.move([(i.site_id, i.visit, VisitState.GONE, i.reason, i.occurred_at) for i in gone], "ended_at")
    steps.end_without_dose(w, [(i, held[i.site_id, i.visit], i.reason) for i in gone])
    return answers
