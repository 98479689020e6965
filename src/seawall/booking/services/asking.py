"""Asking people to come, and letting them wait for a seat."""

from collections.abc import Sequence
from uuid import UUID

from seawall.people import selectors as people
from seawall.platform import access, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.bookings import InvitationSend, WaitingJoin, WaitingLeave
from seawall.terms.codes import Owner

from .. import facts
from ..models import Invitation, Waiting

KEYS = sql.unnest({"person_id": "bigint", "campaign": "text"})
WAITS = f"""
SELECT b.person_id, b.campaign, b.site_id FROM booking_waiting b JOIN {KEYS}
ON b.person_id = u.person_id AND b.campaign = u.campaign ORDER BY b.person_id, b.campaign FOR UPDATE OF b
"""
LEAVE = f"DELETE FROM booking_waiting b USING {KEYS} WHERE b.person_id = u.person_id AND b.campaign = u.campaign"


@verb(Owner.PERSON, zh="发送邀约", en="Send invitations", judged_by_room=facts.BY_SEAT_OR_PERSON)
def invitations_send(w: Work, items: list[InvitationSend]) -> Answers:
    """Ask persons to come; the message itself is the gateway's."""
    refused = _refused(w, items)
    good = [i for i in items if i.act not in refused]
    columns = ("person_id", "act", "campaign", "dose_rank", "opens", "closes", "channel", "sent_at")
    sql.insert(
        Invitation,
        columns,
        [(i.person_id, i.act, i.campaign, i.dose_rank, i.opens, i.closes, i.channel, i.occurred_at) for i in good],
    )
    return refused | {i.act: {"invitation": str(i.act)} for i in good}


def _refused(w: Work, items: Sequence[InvitationSend | WaitingJoin]) -> dict[UUID, Refusal | Params]:
    """Persons out of reach, and days the wrong way round."""
    asked = {i.act: (i.person_id, i.site_id if isinstance(i, WaitingJoin) else None) for i in items}
    reached = people.reached(w.actor, set(asked.values()))
    refused: dict[UUID, Refusal | Params] = {}
    for i in items:
        if asked[i.act] not in reached:
            refused[i.act] = Refusal(access.OUT_OF_AREA)
        elif i.opens > i.closes:
            refused[i.act] = Refusal("DAYS_BACKWARDS", {"opens": i.opens.isoformat(), "closes": i.closes.isoformat()})
    return refused


@verb(Owner.PERSON, zh="登记候补", en="Join the waiting list", judged_by_room=facts.BY_SEAT_OR_PERSON)
def waiting_join(w: Work, items: list[WaitingJoin]) -> Answers:
    """Wait for a seat; joining again changes site and days and keeps the turn."""
    refused = _refused(w, items)
    good = [i for i in items if i.act not in refused]
    last = {(i.person_id, i.campaign): i for i in good}
    sql.insert(
        Waiting,
        ("person_id", "campaign", "site_id", "opens", "closes", "since"),
        [(i.person_id, i.campaign, i.site_id, i.opens, i.closes, i.occurred_at) for i in last.values()],
        on_conflict="(person_id, campaign) DO UPDATE SET site_id = excluded.site_id, opens = excluded.opens, "
        "closes = excluded.closes",
    )
    return refused | {i.act: {"waiting": True} for i in good}


@verb(Owner.PERSON, zh="退出候补", en="Leave the waiting list", judged_by_room=facts.BY_SEAT_OR_PERSON)
def waiting_leave(w: Work, items: list[WaitingLeave]) -> Answers:
    """Wait no longer."""
    waits = {(p, c): site for p, c, site in sql.fetch(WAITS, sql.turn([(i.person_id, i.campaign) for i in items], 2))}
    asked = {i.act: (i.person_id, waits.get((i.person_id, i.campaign))) for i in items}
    reached = people.reached(w.actor, set(asked.values()))
    good = [i for i in items if asked[i.act] in reached]
    sql.execute(LEAVE, sql.turn([(i.person_id, i.campaign) for i in good], 2))
    refused: dict[UUID, Refusal | Params] = {i.act: Refusal(access.OUT_OF_AREA) for i in items}
    return refused | {i.act: {"left": (i.person_id, i.campaign) in waits} for i in good}
