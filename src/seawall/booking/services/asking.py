"""Asking people to come, and letting them wait for a seat."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from seawall.platform import sql
from seawall.platform.verbs import Work, run_verb
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Params, Refusal
from seawall.terms.bookings import InvitationSend, WaitingJoin, WaitingLeave

from ..models import Invitation, Waiting


def invitations_send(actor: Actor, items: Sequence[InvitationSend]) -> list[Outcome]:
    """Ask persons to come; the message itself is the gateway's."""
    return run_verb(actor, "invitations_send", items, owner="person", owner_id=lambda i: i.person_id, work=_invite)


def _invite(w: Work, items: list[InvitationSend]) -> Mapping[UUID, Refusal | Params]:
    good = [i for i in items if i.opens <= i.closes]
    columns = ("person_id", "act", "campaign", "dose_rank", "opens", "closes", "channel", "sent_at")
    sql.insert(
        Invitation,
        columns,
        [(i.person_id, i.act, i.campaign, i.dose_rank, i.opens, i.closes, i.channel, i.occurred_at) for i in good],
    )
    answers: dict[UUID, Refusal | Params] = {i.act: _backwards(i) for i in items}
    return answers | {i.act: {"invitation": str(i.act)} for i in good}


def _backwards(item: InvitationSend | WaitingJoin) -> Refusal:
    return Refusal("DAYS_BACKWARDS", {"opens": item.opens.isoformat(), "closes": item.closes.isoformat()})


def waiting_join(actor: Actor, items: Sequence[WaitingJoin]) -> list[Outcome]:
    """Wait for a seat; joining again changes site and days and keeps the turn."""
    return run_verb(actor, "waiting_join", items, owner="person", owner_id=lambda i: i.person_id, work=_join)


def _join(w: Work, items: list[WaitingJoin]) -> Mapping[UUID, Refusal | Params]:
    good = {(i.person_id, i.campaign): i for i in items if i.opens <= i.closes}
    sql.insert(
        Waiting,
        ("person_id", "campaign", "site_id", "opens", "closes", "since"),
        [(i.person_id, i.campaign, i.site_id, i.opens, i.closes, i.occurred_at) for i in good.values()],
        on_conflict="(person_id, campaign) DO UPDATE SET site_id = excluded.site_id, opens = excluded.opens, "
        "closes = excluded.closes",
    )
    return {i.act: {"waiting": True} if i.opens <= i.closes else _backwards(i) for i in items}


def waiting_leave(actor: Actor, items: Sequence[WaitingLeave]) -> list[Outcome]:
    """Wait no longer."""
    return run_verb(actor, "waiting_leave", items, owner="person", owner_id=lambda i: i.person_id, work=_leave)


def _leave(w: Work, items: list[WaitingLeave]) -> Mapping[UUID, Refusal | Params]:
    gone = sql.execute(
        f"DELETE FROM booking_waiting b USING {sql.unnest({'person_id': 'bigint', 'campaign': 'text'})} "
        "WHERE b.person_id = u.person_id AND b.campaign = u.campaign",
        sql.turn([(i.person_id, i.campaign) for i in items], 2),
    )
    return {i.act: {"left": gone > 0} for i in items}
