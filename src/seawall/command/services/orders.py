"""Orders: issued, acknowledged, executed, verified, or lapsed with their day. Nobody verifies what he executed himself."""

from uuid import UUID

from seawall.platform import sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.actor import Actor
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import OrderState, Owner
from seawall.terms.command import OrderChange, OrderIssue, OrderLapse

from ..events import ORDER_ISSUED, ORDER_VERIFIED
from ..models import Order
from ..reach import Target, within
from ..texts import WORDS, order_texts

BY_TARGET = "command judges by the unit, site or post that is asked"

TAKE = (
    'SELECT o."order", o.state, o.unit_id, o.site_id, o.post_id, o.executed_by FROM command_order o '
    'WHERE o."order" = ANY(%s) ORDER BY o."order" FOR UPDATE'
)


@verb(
    Owner.UNIT,
    zh="下达指令",
    en="Issue orders",
    judged_by_room=BY_TARGET,
    tells=(ORDER_ISSUED,),
)
def order_issue(w: Work, items: list[OrderIssue]) -> Answers:
    """Answers `order`. Who issues must reach the unit, site or post that is asked."""
    targets: dict[UUID, Target] = {i.act: (i.unit_id, i.site_id, i.post_id) for i in items}
    reached = within(w.actor, targets.values())
    refused = {i.act: why for i in items if (why := _wrong(i, targets[i.act], reached))}
    sound = [i for i in items if i.act not in refused]
    sql.insert(
        Order,
        ("order", "state", "code", "params", "unit_id", "site_id", "post_id", "for_day", "due_at", "doses")
        + ("issued_by", "issued_at", "note", "campaign"),
        [
            (i.act, OrderState.ISSUED, i.code, dict(i.params), *targets[i.act], i.for_day, i.due_at, i.doses)
            + (w.actor.post_id, i.occurred_at, "", i.campaign)
            for i in sound
        ],
    )
    for i in sound:
        w.announce(ORDER_ISSUED, "unit", i.unit_id or 0, i, {"code": i.code})
    return refused | {i.act: {"order": str(i.act)} for i in sound}


def _wrong(item: OrderIssue, target: Target, reached: frozenset[Target]) -> Refusal | None:
    if sum(t is not None for t in target) != 1:
        return Refusal("ORDER_TARGET_UNCLEAR")
    if item.code not in order_texts():
        return Refusal("ORDER_TEXT_UNKNOWN", {"order_code": item.code})
    if missing := [name for name in order_texts()[item.code].params if not _stated(name, item.params.get(name))]:
        return Refusal("ORDER_FIGURES_MISSING", {"names": ", ".join(missing)})
    return None if target in reached else Refusal("ORDER_OUT_OF_REACH")


def _stated(name: str, value: object) -> bool:
    """Words where the sentence has words, a whole number where it counts."""
    if name in WORDS:
        return isinstance(value, str) and bool(value.strip())
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


@verb(Owner.ORDER, zh="签收指令", en="Acknowledge orders", judged_by_room=BY_TARGET)
def order_acknowledge(w: Work, items: list[OrderChange]) -> Answers:
    """Whoever is asked says that the order has arrived."""
    return _change(w, items, OrderState.ISSUED, OrderState.ACKNOWLEDGED)


@verb(Owner.ORDER, zh="办结指令", en="Execute orders", judged_by_room=BY_TARGET)
def order_execute(w: Work, items: list[OrderChange]) -> Answers:
    """Whoever is asked says that the order is done, and by what that is seen (`note`)."""
    return _change(w, items, OrderState.ACKNOWLEDGED, OrderState.EXECUTED)


@verb(Owner.ORDER, zh="核验指令", en="Verify orders", judged_by_room=BY_TARGET, tells=(ORDER_VERIFIED,))
def order_verify(w: Work, items: list[OrderChange]) -> Answers:
    """Somebody else looks whether it is; `met=False` sends it back."""
    return _change(w, items, OrderState.EXECUTED, OrderState.VERIFIED)


def _change(w: Work, items: list[OrderChange], before: OrderState, after: OrderState) -> Answers:
    held = {row[0]: row[1:] for row in sql.fetch(TAKE, [[i.order for i in items]])}
    reached = within(w.actor, [row[1:4] for row in held.values()])
    answers: dict[UUID, Refusal | Params] = {}
    moved: dict[UUID, OrderChange] = {}
    for i in items:
        why = _barred(w.actor, i, held.get(i.order), reached, before, i.order in moved)
        answers[i.act] = why or {"order": str(i.order), "state": str(after if i.met else OrderState.ACKNOWLEDGED)}
        if not why:
            moved[i.order] = i
    _write(w, after, list(moved.values()))
    if after == OrderState.VERIFIED:
        for i in moved.values():
            w.announce(ORDER_VERIFIED, "unit", held[i.order][1] or 0, i, {"order": str(i.order), "met": i.met})
    return answers


def _barred(
    actor: Actor,
    item: OrderChange,
    held: tuple[object, ...] | None,
    reached: frozenset[Target],
    before: OrderState,
    twice: bool,
) -> Refusal | None:
    if held is None:
        return Refusal("ORDER_UNKNOWN", {"order": str(item.order)})
    state, unit_id, site_id, post_id, executed_by = held
    if (unit_id, site_id, post_id) not in reached:
        return Refusal("ORDER_OUT_OF_REACH")
    if twice or state != before:
        return Refusal("ORDER_NOT_IN_STATE", {"state": str(state), "needed": str(before)})
    if before == OrderState.ACKNOWLEDGED and not item.note.strip():
        return Refusal("ORDER_WITHOUT_EVIDENCE")
    if before == OrderState.EXECUTED and executed_by == actor.post_id and actor.post_id:
        return Refusal("ORDER_VERIFIED_BY_ITSELF")
    return None


@verb(Owner.ORDER, zh="指令过期", en="Let orders lapse")
def order_lapse(w: Work, items: list[OrderLapse]) -> Answers:
    """The day of an order is over: it stands no longer, with what was reached of it where that is known.

    Asked by the evening, of a post that reaches the whole city.
    """
    held = {row[0]: row[1:] for row in sql.fetch(TAKE, [[i.order for i in items]])}
    answers: dict[UUID, Refusal | Params] = {}
    lapsed: dict[UUID, OrderLapse] = {}
    for i in items:
        why = _lasting(i, held.get(i.order), i.order in lapsed)
        answers[i.act] = why or {"order": str(i.order), "state": str(OrderState.LAPSED), "reached": i.reached}
        if not why:
            lapsed[i.order] = i
    sql.execute(
        "UPDATE command_order o SET state = 'lapsed', lapsed_at = u.at, reached = u.reached "
        f'FROM {sql.unnest({"id": "uuid", "at": "timestamptz", "reached": "int"})} WHERE o."order" = u.id',
        sql.turn([(i.order, i.occurred_at, i.reached) for i in lapsed.values()], 3),
    )
    return answers


def _lasting(item: OrderLapse, held: tuple[object, ...] | None, twice: bool) -> Refusal | None:
    if held is None:
        return Refusal("ORDER_UNKNOWN", {"order": str(item.order)})
    over = twice or held[0] in {OrderState.VERIFIED, OrderState.LAPSED}
    return Refusal("ORDER_OVER", {"state": str(held[0])}) if over else None


STAMP = {
    OrderState.ACKNOWLEDGED: "acknowledged_by = %(by)s, acknowledged_at = u.at",
    OrderState.EXECUTED: "executed_by = %(by)s, executed_at = u.at, evidence = u.note",
    OrderState.VERIFIED: (
        "verified_by = %(by)s, verified_at = u.at, "
        "executed_by = CASE WHEN u.met THEN o.executed_by END, executed_at = CASE WHEN u.met THEN o.executed_at END"
    ),
}


def _write(w: Work, after: OrderState, items: list[OrderChange]) -> None:
    """One statement; an order that was not met goes back to be executed."""
    sql.execute(
        "UPDATE command_order o SET state = CASE WHEN u.met THEN %(after)s ELSE %(back)s END, note = u.note, "
        f"{STAMP[after]} FROM unnest(%(ids)s::uuid[], %(met)s::bool[], %(at)s::timestamptz[], %(notes)s::text[]) "
        'AS u(id, met, at, note) WHERE o."order" = u.id',
        {
            "after": str(after),
            "back": str(OrderState.ACKNOWLEDGED),
            "by": w.actor.post_id,
            "ids": [i.order for i in items],
            "met": [i.met for i in items],
            "at": [i.occurred_at for i in items],
            "notes": [i.note for i in items],
        },
    )
