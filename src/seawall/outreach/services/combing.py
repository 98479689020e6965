"""每日梳理: who is reminded on a day, who is called on, and the messages that go out; six statements whatever the city's size."""

from datetime import datetime, time, timedelta

from seawall.booking import selectors as booking
from seawall.campaigns import selectors as campaigns
from seawall.people import selectors as people
from seawall.platform import clock, gateway, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner
from seawall.terms.outreach import RemindersComb

from .. import tables

NO_REASON = """NOT EXISTS (SELECT 1 FROM outreach_reason r WHERE r.person_id = {p} AND r.campaign = %(campaign)s
    AND (r.until IS NULL OR r.until >= %(day)s))"""
UNSETTLED_DUE, UNSETTLED_SEAT = NO_REASON.format(p="d.person_id"), NO_REASON.format(p="s.person_id")
GATHER = f"""
CREATE TEMPORARY TABLE outreach_combed ON COMMIT DROP AS
WITH dues AS (
    SELECT d.person_id, p.leaf_id, d.dose_rank, d.earliest, d.overdue_from,
        CASE WHEN d.overdue_from = ANY(%(overdue)s) AND d.dose_rank >= %(overdue_rank)s THEN 'overdue'
             WHEN d.earliest = ANY(%(due)s) AND d.dose_rank >= %(due_rank)s THEN 'due'
             WHEN d.earliest = ANY(%(due_soon)s) AND d.dose_rank >= %(due_soon_rank)s THEN 'due_soon' END AS kind
    FROM {people.LIVING_DUES}
    WHERE d.programme = %(programme)s AND d.status IN ('due', 'not_yet', 'overdue', 'deferred', 'ineligible')
      AND (d.overdue_from = ANY(%(overdue)s) OR d.earliest = ANY(%(due)s) OR d.earliest = ANY(%(due_soon)s))
      AND {UNSETTLED_DUE}
      AND NOT EXISTS (SELECT 1 FROM {booking.STANDING_SEATS} s WHERE s.person_id = d.person_id AND s.campaign = %(campaign)s)
), seats AS (
    SELECT s.person_id, l.leaf_id, s.dose_rank, s.site_id, s.starts_at,
        CASE WHEN r.day IS NOT NULL THEN 'round' WHEN s.starts_at < %(tomorrow)s THEN 'today' ELSE 'eve' END AS kind
    FROM {booking.STANDING_SEATS} s JOIN {people.LIVING_PERSONS} l ON l.id = s.person_id
    LEFT JOIN outreach_round r ON r.site_id = s.site_id AND r.state = 'accepted'
      AND r.day = CASE WHEN s.starts_at < %(tomorrow)s THEN %(day)s::date ELSE %(day)s::date + 1 END
    WHERE s.campaign = %(campaign)s AND s.starts_at >= %(midnight)s AND s.starts_at < %(after_tomorrow)s AND {UNSETTLED_SEAT}
), missed AS (
    SELECT DISTINCT ON (s.person_id) s.person_id, l.leaf_id, s.dose_rank, s.site_id, s.starts_at
    FROM {booking.MISSED_SEATS} s JOIN {people.LIVING_PERSONS} l ON l.id = s.person_id
    WHERE s.campaign = %(campaign)s AND s.starts_at >= %(yesterday)s AND s.starts_at < %(midnight)s AND {UNSETTLED_SEAT}
      AND NOT EXISTS (SELECT 1 FROM {booking.STANDING_SEATS} n WHERE n.person_id = s.person_id AND n.campaign = s.campaign)
    ORDER BY s.person_id, s.starts_at DESC
), listed AS (
    SELECT person_id, kind, leaf_id, dose_rank, CASE kind WHEN 'overdue' THEN overdue_from ELSE earliest END AS since,
        NULL::bigint AS site_id, NULL::timestamptz AS starts_at FROM dues WHERE kind IS NOT NULL
    UNION ALL
    SELECT person_id, kind, leaf_id, dose_rank, %(day)s, site_id, starts_at FROM seats
    UNION ALL
    SELECT person_id, 'missed', leaf_id, dose_rank, %(day)s - 1, site_id, starts_at FROM missed
)
SELECT * FROM listed
"""
"""Apart from what writes them down: PostgreSQL reads millions of rows with all its workers only where the same statement inserts none."""

LIST = """
INSERT INTO outreach_reminder (person_id, campaign, day, kind, leaf_id, dose_rank, since, site_id, starts_at)
SELECT person_id, %(campaign)s, %(day)s, kind, leaf_id, dose_rank, since, site_id, starts_at FROM outreach_combed
ON CONFLICT DO NOTHING
"""
TO_CALL = """
INSERT INTO outreach_call AS c (person_id, campaign, leaf_id, kind, dose_rank, since, listed_on, answered)
SELECT DISTINCT ON (r.person_id) r.person_id, r.campaign, r.leaf_id, r.kind, r.dose_rank, r.since, r.day, false
FROM outreach_reminder r WHERE r.campaign = %(campaign)s AND r.day = %(day)s AND r.kind = ANY(%(calls)s)
  AND NOT EXISTS (SELECT 1 FROM outreach_messagechoice m WHERE m.person_id = r.person_id AND m.until IS NULL
      AND NOT m.wanted AND m.channel = 'call')
ORDER BY r.person_id, r.kind DESC
ON CONFLICT (person_id, campaign) DO UPDATE SET leaf_id = excluded.leaf_id, kind = excluded.kind,
    dose_rank = excluded.dose_rank, since = excluded.since, listed_on = excluded.listed_on, answered = false
WHERE c.answered
"""
AGAIN = """
UPDATE outreach_call c SET answered = false, listed_on = %(day)s
WHERE c.campaign = %(campaign)s AND c.answered AND EXISTS (
    SELECT 1 FROM outreach_contactattempt a WHERE a.person_id = c.person_id AND a.campaign = c.campaign AND a.again_on = %(day)s
    AND NOT EXISTS (SELECT 1 FROM outreach_contactattempt n WHERE n.person_id = a.person_id AND n.campaign = a.campaign
        AND n.occurred_at > a.occurred_at))
"""
TO_SEND = f"""
WITH once AS (
    SELECT DISTINCT ON (r.person_id) r.*, CASE WHEN w.by_mail THEN 'email' WHEN w.by_webhook THEN 'webhook'
        WHEN NOT coalesce(w.no_sms, false) THEN 'sms' END AS channel
    FROM outreach_reminder r LEFT JOIN LATERAL (
        SELECT bool_or(NOT wanted AND channel = 'all') AS silent, bool_or(NOT wanted AND channel = 'sms') AS no_sms,
            bool_or(wanted AND channel = 'email') AS by_mail, bool_or(wanted AND channel = 'webhook') AS by_webhook
        FROM outreach_messagechoice m WHERE m.person_id = r.person_id AND m.until IS NULL) w ON TRUE
    WHERE r.campaign = %(campaign)s AND r.day = %(day)s AND r.kind = ANY(%(kinds)s) AND NOT coalesce(w.silent, false)
    ORDER BY r.person_id, array_position(%(kinds)s, r.kind::text) DESC)
{gateway.QUEUE}
SELECT 'person', r.person_id, md5(concat_ws('/', 'reminder', r.person_id, r.campaign, r.day, r.kind))::uuid, r.channel, r.kind,
    jsonb_build_object('campaign', r.campaign, 'dose_rank', r.dose_rank, 'since', r.since, 'site_id', r.site_id,
        'starts_at', r.starts_at), r.dose_rank, r.day, %(until)s, 'waiting', %(now)s
FROM once r JOIN {people.LIVING_PERSONS} l ON l.id = r.person_id
WHERE r.channel IS NOT NULL AND (l.has_phone OR r.channel = 'email')
{gateway.DONT_REPEAT}
"""
LATEST = time(21)  # a reminder of a day is of no use after it


@verb(Owner.CAMPAIGN, zh="每日梳理", en="Comb the day's reminders")
def reminders_comb(w: Work, items: list[RemindersComb]) -> Answers:
    """List whom the campaign reminds on the day, put the overdue and those who missed a seat on call lists, and queue messages.

    Repeated for the same day, under the same act or another, it lists and queues nobody twice.
    """
    return {item.act: _comb(w, item) for item in items}


def _comb(w: Work, item: RemindersComb) -> Refusal | Params:
    campaign = campaigns.campaign(item.campaign)
    if campaign is None:
        return Refusal("CAMPAIGN_UNKNOWN", {"campaign": item.campaign})
    if item.day < clock.today():  # a page left open overnight: its messages would all be too late, its calls a day old
        return Refusal("COMB_DAY_PAST", {"day": item.day.isoformat()})
    kinds, zone, one = tables.cadence(), clock.zone(), timedelta(days=1)
    days = {
        name: datetime.combine(day, time(), zone)
        for name, day in (
            ("yesterday", item.day - one), ("midnight", item.day), ("tomorrow", item.day + one), ("after_tomorrow", item.day + 2 * one),
        )
    }  # fmt: skip
    named: dict[str, object] = {
        "campaign": item.campaign,
        "programme": campaign.programme,
        "day": item.day,
        "now": w.recorded_at,
    }
    named |= days | {
        "calls": [k.kind for k in kinds.values() if k.calls],
        "kinds": [k.kind for k in kinds.values() if k.message],
        "until": datetime.combine(item.day, LATEST, zone),
    }
    for kind in ("due_soon", "due", "overdue"):
        named |= {kind: kinds[kind].anchors(item.day), f"{kind}_rank": kinds[kind].from_rank}
    sql.execute(GATHER, named)
    listed = sql.execute(LIST, named)
    sql.execute("DROP TABLE outreach_combed")
    called = sql.execute(TO_CALL, named) + sql.execute(AGAIN, named)
    return {"listed": listed, "called": called, "queued": sql.execute(TO_SEND, named)}
