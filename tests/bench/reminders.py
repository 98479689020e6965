"""The combing of a day over millions of due rows, beside one scan of them."""

from datetime import timedelta
from uuid import uuid4

from seawall.outreach import services
from seawall.platform import sql
from seawall.terms.outreach import RemindersComb

from ..clinic.world import CAMPAIGN, DAY, PROGRAMME
from .measure import ANYONE, NOON, Line, seconds

PERSONS = 4_000_000
CITY = 32_000_000
MADE = """
INSERT INTO people_person (name, name_key, sex, birth, birth_precision, leaf_id, phone_sealed, witness, state, synthetic)
SELECT 'x', 'x', 1, '1980-01-01', 'day', 1 + n %% 1000, '\\x00', '', 'active', true FROM generate_series(1, %s) n
"""
DUE = """
INSERT INTO people_due (person_id, programme, status, dose_rank, earliest, overdue_from, products, reason, rule, release,
    doses_given, as_of)
SELECT id, %s, 'due', 1 + id %% 2, %s::date - (id %% 120)::int, %s::date - (id %% 120)::int + 35, '{}', '', '', '', id %% 2, %s
FROM people_person
"""
SCAN = """
SELECT count(*) FROM people_due d JOIN people_person p ON p.id = d.person_id AND p.state = 'active' AND p.merged_into IS NULL
WHERE d.programme = %s AND (d.earliest = %s OR d.overdue_from = %s)
"""


def measured(persons: int = PERSONS) -> list[Line]:
    """Half of the persons had a dose; each day one in 120 of them is due, and as many are overdue."""
    sql.execute(MADE, [persons])
    sql.execute(DUE, [PROGRAMME, DAY + timedelta(days=30), DAY + timedelta(days=30), DAY])
    for table in ("people_person", "people_due"):
        sql.execute(f"VACUUM ANALYZE {table}")
    bare = min(seconds(lambda: sql.fetch(SCAN, [PROGRAMME, DAY, DAY])) for _ in range(2))
    item = RemindersComb(act=uuid4(), occurred_at=NOON, campaign=CAMPAIGN, day=DAY)
    ours = seconds(lambda: services.reminders_comb(ANYONE, [item]))
    ((listed,),) = sql.fetch("SELECT count(*) FROM outreach_reminder")
    what = f"Reminders of a day combed from {persons:,} due rows: {listed:,} lines, calls and messages"
    city = f"{ours:.1f} s, {ours * CITY / persons:.0f} s for {CITY // 10**6} million at this pace"
    return [Line(what, city, f"one scan {bare:.1f} s", f"{ours / bare:.1f}×")]
