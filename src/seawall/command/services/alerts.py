"""Alerts: raised when something stands in the way, kept while it does, closed when it no longer does."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from uuid import UUID, uuid5

from seawall.platform import clock, sql
from seawall.platform.verbs import Work, run_verb
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Params, Refusal
from seawall.terms.command import AlertClose, AlertFound, AlertRaise

from ..events import ALERT_RAISED
from ..models import Alert

Answers = Mapping[UUID, Refusal | Params]
Place = tuple[str, int | None, int | None]
SPACE = UUID("a1e27000-0000-4000-8000-000000000000")
CUT_OFF = time(20)


def alert_raise(actor: Actor, items: Sequence[AlertRaise]) -> list[Outcome]:
    """Answers `alert` and whether it is `new`. Raised again while open, it keeps its first day and takes the new figures."""
    return run_verb(actor, "alert_raise", items, owner="unit", owner_id=lambda i: i.unit_id or 0, work=_raise)


def _raise(w: Work, items: list[AlertRaise]) -> Answers:
    first: dict[Place, AlertRaise] = {}
    for item in items:
        first.setdefault(_place(item), item)
    rows = sql.insert(
        Alert,
        ("alert", "code", "params", "unit_id", "site_id", "since", "seen_on", "doses", "watched"),
        [(i.act, i.code, dict(i.params), i.unit_id, i.site_id, i.on, i.on, i.doses, i.watched) for i in first.values()],
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


def alert_close(actor: Actor, items: Sequence[AlertClose]) -> list[Outcome]:
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


def alerts_raise(actor: Actor, day: date, found: Sequence[AlertFound]) -> tuple[int, int]:
    """The evening's form: raise what was found, close what an earlier evening found and this one did not (new, closed)."""
    at = datetime.combine(day, CUT_OFF, clock.zone())
    raised = alert_raise(actor, [_found(f, day, at) for f in found])
    standing = [UUID(str(o.answer["alert"])) for o in raised if o.done]
    gone = sql.fetch(
        "SELECT alert FROM command_alert WHERE watched AND closed_on IS NULL AND since <= %s AND NOT alert = ANY(%s)",
        [day, standing],
    )
    closed = alert_close(
        actor, [AlertClose(act=uuid5(alert, str(day)), occurred_at=at, alert=alert, on=day) for (alert,) in gone]
    )
    return sum(bool(o.answer.get("new")) for o in raised if o.done), sum(o.done for o in closed)


def _found(f: AlertFound, day: date, at: datetime) -> AlertRaise:
    """The same finding of the same evening is the same act."""
    content = (f.code, f.unit_id, f.site_id, f.doses, sorted(f.params.items()), day)
    return AlertRaise(
        act=uuid5(SPACE, repr(content)),
        occurred_at=at,
        code=f.code,
        params=f.params,
        unit_id=f.unit_id,
        site_id=f.site_id,
        on=day,
        doses=f.doses,
        watched=True,
    )
