"""Everybody's one group per day: the first that fits, by rank and order, frozen with its reason."""

from io import BytesIO

import polars as pl
from django.db import connection

from seawall.people import selectors as people
from seawall.platform import sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.campaigns import GroupsAssign
from seawall.terms.codes import Owner

from ..events import GROUPS_ASSIGNED
from ..fitting import fit
from ..keys import campaign_keys
from ..selectors import campaign, groups

FRESH = """CREATE TEMPORARY TABLE fresh_groups (person_id bigint PRIMARY KEY, group_code text, reason text) ON COMMIT DROP"""
PAST = """
INSERT INTO campaigns_grouppast (person_id, campaign, group_code, since, until, reason)
SELECT a.person_id, a.campaign, a.group_code, a.since, %(on)s::date - 1, a.reason
FROM campaigns_groupassignment a LEFT JOIN fresh_groups f ON f.person_id = a.person_id
WHERE a.campaign = %(campaign)s AND a.since < %(on)s AND f.group_code IS DISTINCT FROM a.group_code
ON CONFLICT DO NOTHING
"""
LEFT = """
DELETE FROM campaigns_groupassignment a WHERE a.campaign = %(campaign)s
AND NOT EXISTS (SELECT 1 FROM fresh_groups f WHERE f.person_id = a.person_id)
"""
NOW = """
INSERT INTO campaigns_groupassignment AS a (person_id, campaign, group_code, since, reason)
SELECT person_id, %(campaign)s, group_code, %(on)s, reason FROM fresh_groups
ON CONFLICT (person_id, campaign) DO UPDATE
SET group_code = excluded.group_code, since = excluded.since, reason = excluded.reason
WHERE a.group_code <> excluded.group_code
"""


@verb(Owner.CAMPAIGN, zh="划分人群", en="Assign people to groups", key=campaign_keys, tells=(GROUPS_ASSIGNED,))
def groups_assign(w: Work, items: list[GroupsAssign]) -> Answers:
    """Put everybody who lives here into a group for a day; who stays where they were keeps their row."""
    return {item.act: _assign(w, item) for item in items}


def _assign(w: Work, item: GroupsAssign) -> Refusal | Params:
    head = campaign(item.campaign)
    if head is None:
        return Refusal("CAMPAIGN_UNKNOWN", {"campaign": item.campaign})
    fitted = fit(people.population_frame(item.on), groups(item.campaign), item.on)
    sql.execute("DROP TABLE IF EXISTS fresh_groups")
    sql.execute(FRESH)
    with connection.cursor() as cursor, cursor.copy("COPY fresh_groups FROM STDIN (FORMAT csv)") as copy:
        copy.write(_csv(fitted))
    named = {"campaign": item.campaign, "on": item.on}
    sql.execute(PAST, named)
    sql.execute(LEFT, named)
    changed = sql.execute(NOW, named)
    answer: Params = {
        "campaign": item.campaign,
        "on": item.on.isoformat(),
        "persons": fitted.height,
        "changed": changed,
    }
    w.announce(GROUPS_ASSIGNED, "campaign", head.campaign_id, item, answer)
    return answer


def _csv(frame: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    frame.write_csv(buffer, include_header=False)
    return buffer.getvalue()
