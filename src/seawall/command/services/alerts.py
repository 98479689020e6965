"""Alerts: raised when something stands in the way, kept while it does, closed when it no longer does."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID, uuid5

from seawall.platform import sql
from seawall.platform.verbs import Work, run_verb
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Params, Refusal
from seawall.terms.command import AlertClose, AlertRaise

from ..events import ALERT_RAISED
from ..models import Alert

Answers = Mapping[UUID, Refusal | Params]
Place = tuple[str, int | None, int | None]


def alerts_raise(actor: Actor, items: Sequence[AlertRaise]) -> list[Outcome]:
    """Answers `alert` and whether it is `new`. Raised again while open, it keeps its first day and takes the new figures."""
    return run_verb(actor, "alert_raise", items, owner="unit", owner_id=lambda i: i.unit_id or 0, work=_raise)


def _raise(w: Work, items: list[AlertRaise]) -> Answers:
    first: dict[Place, AlertRaise] = {}
    for item in items:
        first.setdefault(_place(item), item)
    rows = sql.insert(
        Alert,
        ("alert", "code", "params", "unit_id", "site_id", "since", "seen_on", "doses"),
        [(i.act, i.code, dict(i.params), i.unit_id, i.site_id, i.on, i.on, i.doses) for i in first.values()],
        on_conflict="(code, unit_id, site_id) WHERE closed_on IS NULL DO UPDATE SET "
        "params = excluded.params, doses = excluded.doses, seen_on = greatest(command_alert.seen_on, excluded.seen_on)",
        returning=("alert", "code", "unit_id", "site_id"),
    )
    standing = {(code, unit, site): alert for alert, code, unit, site in rows}
    answers: dict[UUID, Refusal | Params] = {}
    for item in items:
        alert = standing[_place(item)]
        answers[item.act] = {"alert": str(alert), "new": alert == item.act}
        if alert == item.act:
            w.announce(ALERT_RAISED, "unit", item.unit_id or 0, item, {"code": item.code, "doses": item.doses})
    return answers


def _place(item: AlertRaise) -> Place:
    return item.code, item.unit_id, item.site_id


def alerts_close(actor: Actor, items: Sequence[AlertClose]) -> list[Outcome]:
    """An alert that is not open is refused."""
    return run_verb(actor, "alert_close", items, owner="alert", owner_id=lambda i: 0, work=_close)


def _close(w: Work, items: list[AlertClose]) -> Answers:
    first: dict[UUID, AlertClose] = {}
    for item in items:
        first.setdefault(item.alert, item)
    rows = sql.fetch(
        "UPDATE command_alert a SET closed_on = u.on_day FROM unnest(%s::uuid[], %s::date[]) AS u(id, on_day) "
        "WHERE a.alert = u.id AND a.closed_on IS NULL RETURNING a.alert",
        [list(first), [i.on for i in first.values()]],
    )
    closed = {alert for (alert,) in rows}
    return {
        i.act: {"alert": str(i.alert)}
        if i.alert in closed and first[i.alert] is i
        else Refusal("ALERT_NOT_OPEN", {"alert": str(i.alert)})
        for i in items
    }


def alerts_settle(
    actor: Actor, *, on: date, at: datetime, found: Sequence[AlertRaise], codes: Collection[str]
) -> tuple[int, int]:
    """The evening's form: what was found is raised, and open alerts of these codes that were not found are closed (raised, closed)."""
    raised = alerts_raise(actor, found)
    standing = {UUID(str(o.answer["alert"])) for o in raised if o.done}
    rows = sql.fetch(
        "SELECT alert FROM command_alert WHERE code = ANY(%s) AND closed_on IS NULL AND NOT alert = ANY(%s)",
        [list(codes), list(standing)],
    )
    gone = [AlertClose(act=uuid5(alert, on.isoformat()), occurred_at=at, alert=alert, on=on) for (alert,) in rows]
    closed = alerts_close(actor, gone)
    return sum(bool(o.answer.get("new")) for o in raised if o.done), sum(o.done for o in closed)
