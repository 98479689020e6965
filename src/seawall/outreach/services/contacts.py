"""What came of reaching a person: an attempt that stays, and the reason that the person carries from it."""

from datetime import date, timedelta
from uuid import UUID

from seawall.campaigns import selectors as campaigns
from seawall.people import selectors as people
from seawall.platform import access, clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Refusal
from seawall.terms.codes import Owner
from seawall.terms.outreach import ContactRecord

from .. import tables
from ..models import ContactAttempt, Reason
from . import homebound

LIVES_THERE = "a person is reached by where he lives"
WAYS = ("call", "visit", "message")
STANCES = ("", "none", "understands", "willing", "reassured")
ANSWER = f"""
UPDATE outreach_call c SET answered = true
FROM {sql.unnest({"person_id": "bigint", "campaign": "text"})} WHERE c.person_id = u.person_id AND c.campaign = u.campaign
"""
LIFT = f"""
DELETE FROM outreach_reason r USING {sql.unnest({"person_id": "bigint", "campaign": "text"})}
WHERE r.person_id = u.person_id AND r.campaign = u.campaign
"""
COLUMNS = ("person_id", "act", "campaign", "leaf_id", "way", "result", "hesitancy", "stance", "again_on", "post_id")


@verb(Owner.PERSON, zh="登记联系结果", en="Record what a contact came to", judged_by_room=LIVES_THERE)
def contact_record(w: Work, items: list[ContactRecord]) -> Answers:
    """Keep the attempt; one that settles is the person's reason until it runs out, one that does not lifts an earlier reason."""
    ids = {i.person_id for i in items}
    reached, leaves = people.reached(w.actor, {(p, None) for p in ids}), people.leaves(ids)
    known = {row.code for row in campaigns.loaded()}
    refused = {
        i.act: why
        for i in items
        if (why := _refusal(i, i.person_id in leaves and (i.person_id, None) in reached, known))
    }
    good = sorted((i for i in items if i.act not in refused), key=lambda i: i.occurred_at)
    kept = [(i, leaves[i.person_id], _again(i)) for i in good]
    rows = [
        (
            i.person_id,
            i.act,
            i.campaign,
            leaf,
            i.way,
            i.result,
            i.hesitancy,
            i.stance,
            again,
            w.actor.post_id,
            i.occurred_at,
        )
        for i, leaf, again in kept
    ]
    sql.insert(ContactAttempt, (*COLUMNS, "occurred_at"), rows)
    last = {(i.person_id, i.campaign): (i, leaf, again) for i, leaf, again in kept}
    sql.execute(ANSWER, sql.turn(list(last), 2))
    settled = [row for row in last.values() if tables.results()[row[0].result].settles]
    sql.execute(LIFT, sql.turn([key for key, row in last.items() if row not in settled], 2))
    sql.insert(
        Reason,
        ("person_id", "campaign", "act", "leaf_id", "result", "hesitancy", "stance", "since", "until"),
        [_reason(*row) for row in settled],
        on_conflict="(person_id, campaign) DO UPDATE SET act = excluded.act, leaf_id = excluded.leaf_id, result = excluded.result, "
        "hesitancy = excluded.hesitancy, stance = excluded.stance, since = excluded.since, until = excluded.until",
    )
    homebound.keep(w, [i for i, _, _ in kept if tables.results()[i.result].homebound])
    return refused | {i.act: {"again_on": again.isoformat() if again else None} for i, _, again in kept}


def _refusal(item: ContactRecord, reached: bool, campaign_codes: set[str]) -> Refusal | None:
    day = clock.civil_day(item.occurred_at)
    if not reached:
        return Refusal(access.OUT_OF_AREA)
    if item.campaign not in campaign_codes:
        return Refusal("CAMPAIGN_UNKNOWN", {"campaign": item.campaign})
    if item.result not in tables.results():
        return Refusal("CONTACT_RESULT_UNKNOWN", {"result": item.result})
    if item.hesitancy and item.hesitancy not in tables.hesitancies():
        return Refusal("HESITANCY_UNKNOWN", {"hesitancy": item.hesitancy})
    if item.way not in WAYS or item.stance not in STANCES:
        return Refusal("CONTACT_WORD_UNKNOWN", {"way": item.way, "stance": item.stance})
    if item.again_on and item.again_on <= day:
        return Refusal("CONTACT_AGAIN_PAST", {"again_on": item.again_on.isoformat()})
    return None


def _again(item: ContactRecord) -> date | None:
    """When to call again: as said, else after the days of the table, else never."""
    days = tables.results()[item.result].again_days
    return item.again_on or (clock.civil_day(item.occurred_at) + timedelta(days=days) if days else None)


def _reason(
    item: ContactRecord, leaf: int, again: date | None
) -> tuple[int, str, UUID, int, str, str, str, date, date | None]:
    since, until = clock.civil_day(item.occurred_at), again and again - timedelta(days=1)
    return item.person_id, item.campaign, item.act, leaf, item.result, item.hesitancy, item.stance, since, until
