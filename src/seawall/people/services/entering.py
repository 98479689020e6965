"""How the public proves who it is: a document number, then a code that reaches its holder. Whoever asks learns nothing else.

A code is not stored, not even hashed: it is the keyed hash of a ticket's random number, so the database alone tells no code.
Every step runs the same statements whether the number is somebody's or nobody's, and a number nobody holds has a ticket too.
"""

import hmac
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import transaction

from seawall.platform import clock, gateway, sql
from seawall.platform import selectors as platform
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Refusal
from seawall.terms.codes import Owner
from seawall.terms.people import DeskCodeIssue

from .. import identity, tables
from ..models import DeskCode
from ..selectors.entering import codes, holder_of

AT_THE_DESK = "whose document the post saw at its desk within the hour"
DESK = "entry"
SEEN_FOR = timedelta(hours=1)
KIND = "code"
ASK = "INSERT INTO people_entryticket (ticket, person_id, way, language, until, tries, sent) VALUES (%s, %s, %s, %s, %s, 0, %s)"
FORGET = """
DELETE FROM people_entryticket WHERE ticket IN (
    SELECT ticket FROM people_entryticket WHERE until <= %s ORDER BY ticket LIMIT 100 FOR UPDATE SKIP LOCKED)
"""
SEND = f"""
WITH fresh AS (
    UPDATE people_entryticket SET sent = TRUE WHERE NOT sent AND until > %(system)s RETURNING ticket, person_id, way, language, until)
{gateway.QUEUE}
SELECT 'person', p.id, t.ticket, u.channel, %(kind)s, jsonb_build_object('language', t.language), {gateway.ASKED}, %(day)s,
    %(now)s + (t.until - %(system)s), 'waiting', %(now)s
FROM fresh t JOIN unnest(%(way)s::text[], %(channel)s::text[]) AS u(way, channel) ON u.way = t.way
JOIN people_person p ON p.id = t.person_id AND p.phone_sealed IS NOT NULL
{gateway.DONT_REPEAT}
"""
TRY = """
UPDATE people_entryticket SET tries = tries + 1 WHERE ticket = %s AND used_at IS NULL AND until > %s AND tries < %s
RETURNING person_id, way
"""
PAPER = "SELECT act FROM people_deskcode WHERE person_id = %s AND used_at IS NULL AND until > %s ORDER BY act"
USE = "UPDATE people_entryticket SET used_at = %s WHERE ticket = %s AND used_at IS NULL"
USE_PAPER = "UPDATE people_deskcode SET used_at = %s WHERE person_id = %s AND act = %s AND used_at IS NULL"


def entry_ask(number: str, way: str, language: str) -> UUID:
    """A ticket for whoever holds this document; its code goes out with the next round of the gateway, or stands on a slip of paper."""
    ticket, rule, now = uuid4(), tables.entry_ways()[way], clock.system_now()
    with transaction.atomic():
        sql.execute(FORGET, [now])
        sql.execute(ASK, [ticket, holder_of(number), way, language, now + rule.waits, not rule.channel])
    return ticket


def entry_codes_queue() -> int:
    """Queue the codes of fresh tickets for who has a telephone on record: apart from the asking, which takes as long for nobody."""
    now, rules = clock.now(), [(rule.way, rule.channel) for rule in tables.entry_ways().values() if rule.channel]
    named: dict[str, object] = {"system": clock.system_now(), "now": now, "day": clock.civil_day(now), "kind": KIND}
    return sql.execute(SEND, named | {"way": [way for way, _ in rules], "channel": [channel for _, channel in rules]})


def entry_prove(ticket: UUID, code: str) -> int | None:
    """The person whose code this is: once, in time, within the tries of the ticket; else None, whatever was wrong."""
    said, now = identity.normalised(code), clock.system_now()
    most = max(rule.tries for rule in tables.entry_ways().values())
    with transaction.atomic():
        found = sql.fetch(TRY, [ticket, now, most])
        person, way = found[0] if found else (None, "")
        slips = [act for (act,) in sql.fetch(PAPER, [person, now])] if way == "paper" else []
        fits = [made for made in ([ticket] if way != "paper" else slips) if _fits(said, made, way or "message")]
        if not (person and found and fits):
            return None
        used = sql.execute(USE, [now, ticket])
        if way == "paper":
            used = used and sql.execute(USE_PAPER, [now, person, fits[0]])
        return int(person) if used else None


def _fits(said: str, made_for: UUID, way: str) -> bool:
    return any(hmac.compare_digest(said.encode(), code.encode()) for code in codes(made_for, way))


@verb(Owner.PERSON, zh="开具纸质验证码", en="Issue codes on paper", judged_by_room=AT_THE_DESK)
def desk_code_issue(w: Work, items: list[DeskCodeIssue]) -> Answers:
    """A code on paper for who laid the document down: it opens their pages of the portal once, and an earlier slip no more."""
    seen = _seen(w, {i.person_id for i in items})
    good = [i for i in items if i.person_id in seen]
    now, until = clock.system_now(), clock.system_now() + tables.entry_ways()["paper"].holds
    sql.execute(
        "UPDATE people_deskcode SET used_at = %s WHERE person_id = ANY(%s) AND used_at IS NULL",
        [now, sorted({i.person_id for i in good})],
    )
    columns = ("person_id", "act", "post_id", "until")
    sql.insert(DeskCode, columns, [(i.person_id, i.act, w.actor.post_id, until) for i in good])
    return {
        i.act: {"slip": str(i.act)}
        if i.person_id in seen
        else Refusal("DOCUMENT_NOT_SHOWN", {"person_id": i.person_id})
        for i in items
    }


def _seen(w: Work, person_ids: Iterable[int]) -> set[int]:
    return platform.looked_up(w.actor.post_id, person_ids, DESK, clock.now() - SEEN_FOR)
