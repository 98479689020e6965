"""Back out of a dose within the first minute: recorded, and not given after all. Both entries stay on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from seawall.clinic import asks, steps, tables
from seawall.platform import sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Refusal
from seawall.terms.codes import Owner, VisitState
from seawall.terms.visits import DoseReverse

GIVEN = f"""
SELECT i.site_id, i.visit, i.act, i.person_id, i.programme, i.day, i.product, i.lot, i.code, i.dose_rank, i.occurred_at
FROM clinic_injection i JOIN {sql.unnest({"site_id": "bigint", "visit": "uuid"})}
  ON i.site_id = u.site_id AND i.visit = u.visit
"""
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
INSERT INTO clinic_reversal (site_id, act, visit, given_act, person_id, programme, day, product, lot, code, dose_rank, arm,
  vaccinator_post_id, screener_post_id, given_at, checks, reason, post_id, occurred_at)
SELECT g.site_id, u.act, g.visit, g.act, g.person_id, g.programme, g.day, g.product, g.lot, g.code, g.dose_rank, g.arm,
  g.vaccinator_post_id, g.screener_post_id, g.occurred_at, g.checks, u.reason, u.post_id, u.at
FROM gone g JOIN back u ON u.site_id = g.site_id AND u.visit = g.visit
"""


@dataclass(frozen=True, slots=True)
class RecordedInjection:
    """A dose on record, and the act that takes it back."""

    item: DoseReverse
    site_id: int
    visit: UUID
    given_act: UUID
    person_id: int
    programme: str
    day: date
    product: str
    lot: str
    code: str
    dose_rank: int
    given_at: datetime


@verb(Owner.SITE, zh="撤销接种", en="Take back doses not given")
def dose_reverse(w: Work, items: list[DoseReverse]) -> Answers:
    """Take back doses recorded a moment ago that were not given after all; the vial, the history and the visit stand as before."""
    held = steps.lock(items)
    given = {row.item.act: row for row in _recorded(items)}
    seen: set[steps.Key] = set()
    answers: Answers = {}
    for item in items:
        key = item.site_id, item.visit
        refusal = steps.expect(held.get(key), item, (VisitState.OBSERVING,), seen) or _refusal(item, given[item.act])
        if refusal is None:
            seen.add(key)
        else:
            answers[item.act] = refusal
    back = [given[i.act] for i in items if i.act not in answers]
    for act, answer in asks.take_back(w, back).items():
        answers[act] = answer if isinstance(answer, Refusal) else {**answer, "ticket": held[_key(given[act])].ticket}
    _write(w, [row for row in back if not isinstance(answers[row.item.act], Refusal)], held)
    return answers


def _key(row: RecordedInjection) -> steps.Key:
    return row.site_id, row.visit


def _recorded(items: Sequence[DoseReverse]) -> list[RecordedInjection]:
    rows = {(row[0], row[1]): row for row in sql.fetch(GIVEN, sql.turn([(i.site_id, i.visit) for i in items], 2))}
    return [RecordedInjection(i, *rows[i.site_id, i.visit]) for i in items if (i.site_id, i.visit) in rows]


def _refusal(item: DoseReverse, row: RecordedInjection) -> Refusal | None:
    if item.reason not in tables.not_given():
        return Refusal("NOT_GIVEN_REASON_UNKNOWN", {"reason": item.reason})
    seconds = tables.limit("REVERSE_WITHIN", row.day)
    if item.occurred_at > row.given_at + timedelta(seconds=seconds):
        return Refusal("TOO_LATE_TO_REVERSE", {"given_at": row.given_at.isoformat(), "seconds": int(seconds)})
    return None


def _write(w: Work, back: Sequence[RecordedInjection], held: dict[steps.Key, steps.LockedVisit]) -> None:
    """The record goes to the reversals, the seat is free, the visit waits for its dose again."""
    if not back:
        return
    rows = [(r.site_id, r.visit, r.item.act, r.item.reason, w.actor.post_id, r.item.occurred_at) for r in back]
    sql.execute(TAKE_BACK, sql.turn(rows, 6))
    steps.move([(r.site_id, r.visit, VisitState.CONSENTED, "", None) for r in back], "injected_at")
    asks.appointments_reopen(w, [(r.person_id, held[_key(r)].appointment, r.item) for r in back])
