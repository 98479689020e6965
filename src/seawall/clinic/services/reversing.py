"""Back out of a dose within the first minute: recorded, and not given after all. Both entries stay on record."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from seawall.clinic import asks, dose_books, steps, tables
from seawall.clinic.on_record import OnRecord, on_record
from seawall.platform import sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Refusal
from seawall.terms.codes import Owner, VisitState
from seawall.terms.visits import DoseReverse

TAKE_BACK = f"""
WITH back AS MATERIALIZED (SELECT * FROM {
    sql.unnest(
        {
            "site_id": "bigint",
            "visit": "uuid",
            "act": "uuid",
            "reason": "text",
            "post_id": "bigint",
            "at": "timestamptz",
        }
    )
}),
seats AS (DELETE FROM clinic_observation o USING back u WHERE o.site_id = u.site_id AND o.visit = u.visit),
gone AS (DELETE FROM clinic_injection i USING back u WHERE i.site_id = u.site_id AND i.visit = u.visit RETURNING i.*)
INSERT INTO clinic_reversal (site_id, act, given_act, given_at, reason, post_id, occurred_at, visit, person_id, programme, day,
  product, lot, code, dose_rank, dose_number, volume_ml, arm, route, vaccinator_post_id, screener_post_id, checks,
  override_codes, override_reason)
SELECT g.site_id, u.act, g.act, g.occurred_at, u.reason, u.post_id, u.at, g.visit, g.person_id, g.programme, g.day,
  g.product, g.lot, g.code, g.dose_rank, g.dose_number, g.volume_ml, g.arm, g.route, g.vaccinator_post_id,
  g.screener_post_id, g.checks, g.override_codes, g.override_reason
FROM gone g JOIN back u ON u.site_id = g.site_id AND u.visit = g.visit
"""


@verb(Owner.SITE, zh="撤销接种", en="Take back doses not given")
def dose_reverse(w: Work, items: list[DoseReverse]) -> Answers:
    """Take back doses recorded a moment ago that were not given after all; the vial, the history and the visit stand as before."""
    held = steps.lock(items)
    given = on_record((i.site_id, i.visit) for i in items)
    seen: set[steps.Key] = set()
    answers: Answers = {}
    for item in items:
        key = item.site_id, item.visit
        refusal = steps.expect(held.get(key), item, (VisitState.OBSERVING,), seen) or _refusal(item, given[key])
        if refusal is None:
            seen.add(key)
        else:
            answers[item.act] = refusal
    back = [i for i in items if i.act not in answers]
    put = dose_books.put_right(w, [dose_books.Righting(i, given[i.site_id, i.visit], not_given=True) for i in back])
    for item in back:
        answer = put[item.act]
        ticket = held[item.site_id, item.visit].ticket
        answers[item.act] = answer if isinstance(answer, Refusal) else {"ticket": ticket, "lot": answer.lot}
    _write(w, [i for i in back if not isinstance(put[i.act], Refusal)], held)
    return answers


def move_away(w: Work, rows: Sequence[tuple[int, UUID, UUID, str, datetime]]) -> None:
    """Records of doses that were not given go to the reversals: site, visit, the act that takes it back, reason and moment."""
    sql.execute(TAKE_BACK, sql.turn([(*row[:4], w.actor.post_id, row[4]) for row in rows], 6))


def _refusal(item: DoseReverse, row: OnRecord) -> Refusal | None:
    if item.reason not in tables.not_given():
        return Refusal("NOT_GIVEN_REASON_UNKNOWN", {"reason": item.reason})
    seconds = tables.limit("REVERSE_WITHIN", row.day)
    if item.occurred_at > row.given_at + timedelta(seconds=seconds):
        return Refusal("TOO_LATE_TO_REVERSE", {"given_at": row.given_at.isoformat(), "seconds": int(seconds)})
    return None


def _write(w: Work, back: Sequence[DoseReverse], held: dict[steps.Key, steps.LockedVisit]) -> None:
    """The record goes to the reversals, the seat is free, the visit waits for its dose again."""
    if not back:
        return
    move_away(w, [(i.site_id, i.visit, i.act, i.reason, i.occurred_at) for i in back])
    steps.move([(i.site_id, i.visit, VisitState.CONSENTED, "", None) for i in back], "injected_at")
    was = [(held[i.site_id, i.visit], i) for i in back]
    asks.appointments_reopen(w, [(v.person_id, v.appointment, i) for v, i in was])
