"""The nightly proofs: what must agree, does it? Each is one sentence, how much was compared, and what did not agree."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from seawall.booking import selectors as booking
from seawall.platform import clock, sql
from seawall.platform import selectors as platform
from seawall.platform.seal import broken_seals
from seawall.platform.selectors import Waiting
from seawall.supply import selectors as supply
from seawall.terms.acts import Params

from .series import last_closing

FEW = 5  # how many of the differences are named
LATE = timedelta(minutes=10)  # a round of the background worker is due every few seconds
FIRST, LAST = date(1970, 1, 2), date(2999, 12, 31)

INJECTED = """
WITH back AS (SELECT act, given_act, (lot <> '')::int AS doses FROM clinic_reversal),
recorded AS (
    SELECT i.act, 1 AS lines, CASE WHEN c.visit IS NULL THEN 1 ELSE 0 END AS doses FROM clinic_injection i
      LEFT JOIN clinic_correction c
        ON c.site_id = i.site_id AND c.visit = i.visit AND c.was_lot = '' AND c.code <> '' AND c.signed_at IS NOT NULL
    UNION ALL SELECT given_act, 1, doses FROM back UNION ALL SELECT act, 1, -doses FROM back
    UNION ALL SELECT signed_act, (person_id IS NOT NULL)::int, (code <> '')::int
      FROM clinic_correction WHERE signed_at IS NOT NULL AND NOT not_given
    UNION ALL SELECT act, 0, doses FROM clinic_tally WHERE doses > 0
    UNION ALL SELECT withdrawn_by, 0, -doses FROM clinic_tally WHERE doses > 0 AND withdrawn_by IS NOT NULL
    UNION ALL SELECT put_back, 0, -1 FROM clinic_correction WHERE put_back IS NOT NULL AND NOT not_given)
SELECT coalesce(i.act, d.act, l.act)::text,
       concat_ws(' ', CASE WHEN i.act IS NULL THEN 'no injection' END,
                 CASE WHEN coalesce(d.lines, 0) <> i.lines THEN coalesce(d.lines, 0) || ' history lines' END,
                 CASE WHEN coalesce(l.doses, 0) <> i.doses THEN coalesce(l.doses, 0) || ' doses' END)
FROM recorded i
FULL JOIN (SELECT act, count(*) AS lines FROM people_doseevent
           WHERE source = 'clinic' AND (corrects IS NULL OR act IN (SELECT act FROM back)) GROUP BY act) d
  ON d.act = i.act
FULL JOIN (SELECT act, -sum(delta) AS doses FROM supply_stockline WHERE kind = 'use' GROUP BY act) l
  ON l.act = coalesce(i.act, d.act)
WHERE i.act IS NULL OR coalesce(d.lines, 0) <> i.lines OR coalesce(l.doses, 0) <> i.doses
"""
TWICE = """
SELECT person_id::text || ' ' || day::text, count(*)::text FROM clinic_injection
GROUP BY person_id, programme, day HAVING count(*) > 1
"""
UNJUDGED = """
SELECT e.person_id::text, e.act::text FROM people_doseevent e
LEFT JOIN people_doseverdict v ON v.person_id = e.person_id AND v.act = e.act
WHERE v.act IS NULL AND NOT e.withdrawn
  AND NOT EXISTS (SELECT 1 FROM people_doseevent c WHERE c.corrects = e.act)
"""
FACTS_LOST = """
SELECT owner_kind || ' ' || owner_id || ' ' || fact, failure FROM platform_fact WHERE delivered_at IS NULL AND attempts > 0
"""
CLOSED_COUNTS = """
SELECT c.site_id::text || ' ' || c.day::text, c.given::text || ' closed, ' || coalesce(i.doses, 0)::text || ' recorded'
FROM clinic_dayclosing c
LEFT JOIN (SELECT i.site_id, i.day, count(*) AS doses FROM (
             SELECT site_id, day, act, NULL::uuid AS taken_back FROM clinic_injection
             UNION ALL SELECT site_id, day, given_act, act FROM clinic_reversal) i
           JOIN clinic_dayclosing k ON k.site_id = i.site_id AND k.day = i.day
           JOIN platform_act shut ON shut.owner_kind = 'site' AND shut.owner_id = k.site_id AND shut.act = k.act AND shut.verb = 'day_close'
           JOIN platform_act gave ON gave.owner_kind = 'site' AND gave.owner_id = i.site_id AND gave.act = i.act AND gave.verb LIKE 'dose%%'
           LEFT JOIN platform_act undid ON undid.owner_kind = 'site' AND undid.owner_id = i.site_id AND undid.act = i.taken_back
           WHERE gave.tx <= shut.tx AND (undid.tx IS NULL OR undid.tx >= shut.tx) GROUP BY 1, 2) i
  ON i.site_id = c.site_id AND i.day = c.day
WHERE c.given <> coalesce(i.doses, 0)
"""


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that must agree. `code` says it in words; `wrong` differences, the first few of them named."""

    code: str
    compared: int
    wrong: int
    named: tuple[str, ...] = ()
    params: Params = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return self.wrong == 0


def proofs(on: date | None = None) -> list[Proof]:
    """Every proof over the books as they stand; `on` (the last closing) dates the identity of received and given doses."""
    day = on or last_closing() or clock.today()
    at = datetime.combine(day, time(23, 59, 59), clock.zone())
    checks: list[Callable[[], Proof]] = [
        _balances,
        lambda: _identity(at),
        _once,
        lambda: _rows("PROOF_NOBODY_TWICE", "SELECT count(*) FROM clinic_injection", TWICE),
        lambda: _rows("PROOF_HISTORY_JUDGED", "SELECT count(*) FROM people_doseevent", UNJUDGED),
        lambda: _rows("PROOF_CLOSINGS", "SELECT count(*) FROM clinic_dayclosing", CLOSED_COUNTS),
        _seats,
        _seals,
        lambda: _in_time("PROOF_SEALED_IN_TIME", "SELECT count(*) FROM platform_act", platform.unsealed()),
        lambda: _rows("PROOF_FACTS_TOLD", "SELECT count(*) FROM platform_fact", FACTS_LOST),
        lambda: _in_time("PROOF_TOLD_IN_TIME", "SELECT count(*) FROM platform_fact", platform.untold()),
    ]
    return [check() for check in checks]


def _count(query: str) -> int:
    return int(sql.fetch(query)[0][0])


def _proof(code: str, compared: int, found: Iterable[str]) -> Proof:
    wrong = list(found)
    return Proof(code, compared, len(wrong), tuple(wrong[:FEW]))


def _rows(code: str, counted: str, wrong: str) -> Proof:
    return _proof(code, _count(counted), (f"{key}: {what}" for key, what in sql.fetch(wrong)))


def _balances() -> Proof:
    found = (
        f"{d.place_id} {d.lot} {d.state}: {d.booked} / {d.proven} {d.day or ''} {d.verb} {d.act or ''}".rstrip()
        for d in supply.difference()
    )
    return _proof("PROOF_STOCK", _count("SELECT count(*) FROM supply_balance"), found)


def _identity(at: datetime) -> Proof:
    rows = supply.identity(at)
    wrong = (
        f"{r.place_id} {r.lot}: {r.received} / {r.given} + {r.wasted} + {r.returned} + {r.on_hand}"
        for r in rows
        if not r.holds
    )
    return _proof("PROOF_IDENTITY", len(rows), wrong)


def _once() -> Proof:
    return _rows("PROOF_DOSE_ONCE", "SELECT count(*) FROM clinic_injection", INJECTED)


def _seats() -> Proof:
    found = booking.seat_difference(FIRST, LAST)
    wrong = (f"{d.site_id} {d.starts_at:%Y-%m-%d %H:%M}: {d.taken} / {d.counted}" for d in found)
    return _proof("PROOF_SEATS", _count("SELECT count(*) FROM sites_slot WHERE taken > 0"), wrong)


def _seals() -> Proof:
    return _proof("PROOF_SEALS", _count("SELECT coalesce(sum(acts), 0) FROM platform_seal"), map(str, broken_seals()))


def _in_time(code: str, counted: str, waiting: Waiting) -> Proof:
    """What waits for the background worker waits seconds; how old the oldest is stands in the sentence."""
    late = waiting.count if waiting.age is not None and waiting.age > LATE else 0
    minutes = "–" if waiting.age is None else f"{waiting.age.total_seconds() / 60:.1f}"
    return Proof(code, _count(counted), late, (), {"waiting": waiting.count, "minutes": minutes})
