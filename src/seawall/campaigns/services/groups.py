"""Everybody's one group per day: the first that fits, by rank and order, frozen with its reason."""

from datetime import date
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
from ..keys import campaign_keys
from ..rows import GroupRow
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


def fit(persons: pl.DataFrame, rules: list[GroupRow], on: date) -> pl.DataFrame:
    """person, group, reason: the first group whose sector or kind of organisation, and age on the day, fit."""
    age = on.year - pl.col("birth").dt.year().cast(pl.Int32)
    had = pl.col("birth").dt.month().cast(pl.Int32) * 100 + pl.col("birth").dt.day() <= on.month * 100 + on.day
    aged = persons.with_columns(age=age - (~had).cast(pl.Int32))
    group, reason = pl.lit(None, dtype=pl.String), pl.lit(None, dtype=pl.String)
    for rule in reversed(rules):
        group = pl.when(_fits(rule)).then(pl.lit(rule.code)).otherwise(group)
        reason = pl.when(_fits(rule)).then(_reason(rule)).otherwise(reason)
    return aged.select("person", group=group, reason=reason).filter(pl.col("group").is_not_null())


def _fits(rule: GroupRow) -> pl.Expr:
    fits = pl.col("age").is_between(rule.age_min or 0, rule.age_max or 200)
    if rule.sectors:
        fits &= pl.col("sector").is_in(list(rule.sectors)).fill_null(False)
    if rule.org_kinds:
        fits &= pl.col("kind").is_in(list(rule.org_kinds)).fill_null(False)
    return fits


def _reason(rule: GroupRow) -> pl.Expr:
    """What made the person fit: SECTOR:HEALTH, KIND:MALL, AGE:18-59."""
    if rule.sectors:
        return pl.lit("SECTOR:") + pl.col("sector")
    if rule.org_kinds:
        return pl.lit("KIND:") + pl.col("kind")
    return pl.lit(f"AGE:{rule.age_min or 0}-{rule.age_max or ''}")
