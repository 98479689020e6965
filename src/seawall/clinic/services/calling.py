"""叫号: a ticket that waits is called to a desk; the screen of the hall shows it and says it."""

from seawall.clinic import steps
from seawall.platform import sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Refusal
from seawall.terms.codes import Owner, VisitState
from seawall.terms.visits import VisitCall

WAITS = {"screening": (VisitState.ARRIVED, VisitState.SCREENED), "injection": (VisitState.CONSENTED,)}
CALL = f"""
UPDATE clinic_visit v SET called_at = u.at, called_to = u.station, desk = u.desk,
  calls = CASE WHEN v.called_to = u.station THEN v.calls ELSE 0 END + 1
FROM {sql.unnest({"site_id": "bigint", "visit": "uuid", "station": "text", "desk": "text", "at": "timestamptz"})}
WHERE v.site_id = u.site_id AND v.act = u.visit RETURNING v.site_id, v.act, v.calls
"""


@verb(Owner.SITE, zh="叫号", en="Call tickets")
def visit_call(w: Work, items: list[VisitCall]) -> Answers:
    """Call tickets to desks; a ticket may be called again, and the answer says how often it was."""
    held = steps.lock(items)
    seen: set[steps.Key] = set()
    answers: Answers = {}
    called: list[VisitCall] = []
    for item in items:
        key = item.site_id, item.visit
        states = WAITS.get(item.station)
        refusal = steps.expect(held.get(key), item, states, seen) if states else Refusal("STATION_CALLS_NOBODY", {})
        if refusal is not None:
            answers[item.act] = refusal
            continue
        seen.add(key)
        called.append(item)
    rows = [(i.site_id, i.visit, i.station, i.desk.strip(), i.occurred_at) for i in called]
    times = {(site, visit): calls for site, visit, calls in sql.fetch(CALL, sql.turn(rows, 5))} if rows else {}
    for item in called:
        key = item.site_id, item.visit
        answers[item.act] = {"ticket": held[key].ticket, "calls": times[key]}
    return answers
