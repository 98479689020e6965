"""Who cannot come to a site and agrees to be visited: said on the portal, on the telephone, at home, or when a street called."""

from collections.abc import Sequence
from uuid import UUID

from seawall.booking import selectors as booking
from seawall.people import selectors as people
from seawall.platform import access, clock, secrets, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner
from seawall.terms.outreach import ContactRecord
from seawall.terms.rounds import HomeboundEnd, HomeboundNote

from .. import tables
from ..models import Homebound

LIVES_THERE = "a person is reached by where they live"
UNSAID = "UNSAID"
COLUMNS = ("person_id", "act", "need", "wish", "whereabouts_sealed", "post_id", "since", "ended_at")
AGAIN = """(person_id) DO UPDATE SET act = excluded.act, need = excluded.need, wish = excluded.wish,
    whereabouts_sealed = coalesce(excluded.whereabouts_sealed, outreach_homebound.whereabouts_sealed), post_id = excluded.post_id,
    since = CASE WHEN outreach_homebound.ended_at IS NULL THEN outreach_homebound.since ELSE excluded.since END, ended_at = NULL"""
AT_ALL = """(person_id) DO UPDATE SET ended_at = NULL,
    since = CASE WHEN outreach_homebound.ended_at IS NULL THEN outreach_homebound.since ELSE excluded.since END"""
END = f"""
UPDATE outreach_homebound h SET ended_at = u.at, whereabouts_sealed = NULL
FROM {sql.unnest({"person_id": "bigint", "at": "timestamptz"})} WHERE h.person_id = u.person_id AND h.ended_at IS NULL
"""


@verb(Owner.PERSON, zh="登记上门接种需求", en="Note who cannot come", judged_by_room=LIVES_THERE)
def homebound_note(w: Work, items: list[HomeboundNote]) -> Answers:
    """A person waits for a visit from now on; noted again, what is said is renewed and the turn kept."""
    reached = people.reached(w.actor, {(i.person_id, None) for i in items})
    answers: dict[UUID, Refusal | Params] = {}
    last: dict[int, HomeboundNote] = {}
    for i in items:
        if (i.person_id, None) not in reached:
            answers[i.act] = Refusal(access.OUT_OF_AREA)
        elif i.need not in tables.needs(clock.civil_day(i.occurred_at)):
            answers[i.act] = Refusal("HOMEBOUND_NEED_UNKNOWN", {"need": i.need})
        elif i.wish not in booking.WISHES:
            answers[i.act] = Refusal("WISH_UNKNOWN", {"wish": i.wish})
        else:
            last[i.person_id], answers[i.act] = i, {"waits": True}
    sql.insert(Homebound, COLUMNS, [_row(w, i) for i in last.values()], on_conflict=AGAIN)
    return answers


def _row(w: Work, i: HomeboundNote) -> tuple[object, ...]:
    sealed = secrets.encrypt(i.whereabouts.strip()) if i.whereabouts.strip() else None
    return i.person_id, i.act, i.need, i.wish, sealed, w.actor.post_id, clock.civil_day(i.occurred_at), None


def keep(w: Work, items: Sequence[ContactRecord]) -> None:
    """Who said so when they were called on waits for a visit too; what is known of the need and the address stays."""
    asked = {"call": "phone", "visit": "home", "message": "phone"}
    last = {i.person_id: i for i in items}
    rows = [
        (i.person_id, i.act, UNSAID, asked[i.way], None, w.actor.post_id, clock.civil_day(i.occurred_at), None)
        for i in last.values()
    ]
    sql.insert(Homebound, COLUMNS, rows, on_conflict=AT_ALL)


@verb(Owner.PERSON, zh="撤销上门接种需求", en="End the wait for visits", judged_by_room=LIVES_THERE)
def homebound_end(w: Work, items: list[HomeboundEnd]) -> Answers:
    """No round takes these people any more, and where to find them is forgotten; a visit that is arranged stands until it is cancelled."""
    reached = people.reached(w.actor, {(i.person_id, None) for i in items})
    good = {i.person_id: i for i in items if (i.person_id, None) in reached}
    sql.execute(END, sql.turn([(person, i.occurred_at) for person, i in good.items()], 2))
    return {i.act: {"waits": False} if i.person_id in good else Refusal(access.OUT_OF_AREA) for i in items}
