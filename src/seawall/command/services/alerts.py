"""Alerts: raised when something stands in the way, kept while it does, closed when it no longer does."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid5

from seawall.platform import sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.actor import Actor
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner
from seawall.terms.command import AlertClose, AlertFound, AlertRaise, AlertTake

from ..events import ALERT_RAISED
from ..models import Alert
from ..reach import Target, within

Place = tuple[str, str, int | None, int | None]
SPACE = UUID("a1e27000-0000-4000-8000-000000000000")


@verb(Owner.UNIT, zh="发出预警", en="Raise alerts", tells=(ALERT_RAISED,))
def alert_raise(w: Work, items: list[AlertRaise]) -> Answers:
    """Answers `alert` and whether it is `new`. Raised again while open, it keeps its first day and takes the new figures."""
    first: dict[Place, AlertRaise] = {}
    for item in items:
        first.setdefault(_place(item), item)
    rows = sql.insert(
        Alert,
        ("alert", "campaign", "code", "params", "unit_id", "site_id", "since", "seen_on", "doses", "watched"),
        [
            (i.act, i.campaign, i.code, dict(i.params), i.unit_id, i.site_id, i.on, i.on, i.doses, i.watched)
            for i in first.values()
        ],
        on_conflict="(campaign, code, unit_id, site_id) WHERE closed_on IS NULL DO UPDATE SET "
        "params = excluded.params, doses = excluded.doses, seen_on = greatest(command_alert.seen_on, excluded.seen_on)",
        returning=("alert", "campaign", "code", "unit_id", "site_id"),
    )
    standing = {tuple(place): alert for alert, *place in rows}
    answers: dict[UUID, Refusal | Params] = {}
    for item in items:
        alert = standing[_place(item)]
        answers[item.act] = {"alert": str(alert), "new": alert == item.act}
        if alert == item.act:
            w.announce(ALERT_RAISED, "unit", item.unit_id or 0, item, {"code": item.code, "doses": item.doses})
    return answers


def _place(item: AlertRaise) -> Place:
    return item.campaign, item.code, item.unit_id, item.site_id


@verb(
    Owner.ALERT,
    zh="认领预警",
    en="Take alerts on",
    judged_by_room="command judges by the unit or site that it stands at",
)
def alert_take(w: Work, items: list[AlertTake]) -> Answers:
    """The post of whoever asks becomes the one that answers for the alert; another may take it over."""
    held = _held(items)
    near = within(w.actor, held.values())
    answers: dict[UUID, Refusal | Params] = {}
    taken: dict[UUID, AlertTake] = {}
    for item in items:
        if item.alert not in held:
            answers[item.act] = Refusal("ALERT_NOT_OPEN", {"alert": str(item.alert)})
        elif held[item.alert] not in near:
            answers[item.act] = Refusal("ALERT_OUT_OF_REACH")
        else:
            taken[item.alert] = item
            answers[item.act] = {"alert": str(item.alert), "post": w.actor.post_id}
    sql.execute(
        "UPDATE command_alert a SET taken_by = %s, taken_at = u.at "
        f"FROM {sql.unnest({'id': 'uuid', 'at': 'timestamptz'})} WHERE a.alert = u.id",
        [w.actor.post_id, *sql.turn([(i.alert, i.occurred_at) for i in taken.values()], 2)],
    )
    return answers


def _held(items: list[AlertTake]) -> dict[UUID, Target]:
    """Where each open alert stands: a unit, a site, or neither where it is the whole city's."""
    rows = sql.fetch(
        "SELECT alert, unit_id, site_id FROM command_alert WHERE alert = ANY(%s) AND closed_on IS NULL FOR UPDATE",
        [[i.alert for i in items]],
    )
    return {alert: (unit, site, None) for alert, unit, site in rows}


@verb(Owner.ALERT, zh="关闭预警", en="Close alerts")
def alert_close(w: Work, items: list[AlertClose]) -> Answers:
    """An alert that is not open is refused; one that still holds, the evening raises again."""
    first: dict[UUID, AlertClose] = {}
    for item in items:
        first.setdefault(item.alert, item)
    rows = sql.fetch(
        "UPDATE command_alert a SET closed_on = u.on_day, note = u.note "
        "FROM unnest(%s::uuid[], %s::date[], %s::text[]) AS u(id, on_day, note) "
        "WHERE a.alert = u.id AND a.closed_on IS NULL RETURNING a.alert",
        [list(first), [i.on for i in first.values()], [i.note for i in first.values()]],
    )
    closed = {alert for (alert,) in rows}
    return {
        i.act: {"alert": str(i.alert)}
        if i.alert in closed and first[i.alert] is i
        else Refusal("ALERT_NOT_OPEN", {"alert": str(i.alert)})
        for i in items
    }


def alerts_raise(actor: Actor, campaign: str, day: date, at: datetime, found: Sequence[AlertFound]) -> tuple[int, int]:
    """The evening of a campaign: raise what was found, close what an earlier evening found and this one did not (new, closed).

    What stands in the way of all campaigns is found by the evening of each, and stays one alert.
    """
    raised = alert_raise(actor, [_found(f, campaign, day, at) for f in found])
    standing = [UUID(str(o.answer["alert"])) for o in raised if o.done]
    gone = sql.fetch(
        "SELECT alert FROM command_alert WHERE watched AND closed_on IS NULL AND campaign IN ('', %s) AND since <= %s "
        "AND NOT alert = ANY(%s)",
        [campaign, day, standing],
    )
    closed = alert_close(
        actor,
        [AlertClose(act=uuid5(alert, f"{campaign}/{day}"), occurred_at=at, alert=alert, on=day) for (alert,) in gone],
    )
    return sum(bool(o.answer.get("new")) for o in raised if o.done), sum(o.done for o in closed)


def _found(f: AlertFound, campaign: str, day: date, at: datetime) -> AlertRaise:
    """The same finding of the same evening is the same act."""
    content = (campaign, f.campaign, f.code, f.unit_id, f.site_id, f.doses, sorted(f.params.items()), day)
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
        campaign=f.campaign,
    )
