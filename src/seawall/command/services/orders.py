"""Orders: issued, acknowledged, executed, verified. Nobody verifies what he executed himself."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from seawall.platform import clock, sql
from seawall.platform.verbs import Work, run_verb
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Params, Refusal
from seawall.terms.codes import OrderState
from seawall.terms.command import OrderChange, OrderIssue

from ..events import ORDER_ISSUED, ORDER_VERIFIED
from ..models import Order

Answers = Mapping[UUID, Refusal | Params]
Target = tuple[int | None, int | None, int | None]

TAKE = (
    'SELECT o."order", o.state, o.unit_id, o.site_id, o.post_id, o.executed_by FROM command_order o '
    'WHERE o."order" = ANY(%s) ORDER BY o."order" FOR UPDATE'
)


def order_issue(actor: Actor, items: Sequence[OrderIssue]) -> list[Outcome]:
    """Answers `order`. Who issues must reach the unit, site or post that is asked."""
    return run_verb(actor, "order_issue", items, owner="unit", owner_id=lambda i: i.unit_id or 0, work=_issue)


def _issue(w: Work, items: list[OrderIssue]) -> Answers:
    targets: dict[UUID, Target] = {i.act: (i.unit_id, i.site_id, i.post_id) for i in items}
    reached = within(w.actor, targets.values())
    refused = {i.act: why for i in items if (why := _wrong(i, targets[i.act], reached))}
    sound = [i for i in items if i.act not in refused]
    sql.insert(
        Order,
        ("order", "state", "code", "params", "unit_id", "site_id", "post_id", "for_day", "due_at", "doses")
        + ("issued_by", "issued_at", "note"),
        [
            (i.act, OrderState.ISSUED, i.code, dict(i.params), *targets[i.act], i.for_day, i.due_at, i.doses)
            + (w.actor.post_id, i.occurred_at, "")
            for i in sound
        ],
    )
    for i in sound:
        w.announce(ORDER_ISSUED, "unit", i.unit_id or 0, i, {"code": i.code})
    return refused | {i.act: {"order": str(i.act)} for i in sound}


def _wrong(item: OrderIssue, target: Target, reached: frozenset[Target]) -> Refusal | None:
    if sum(t is not None for t in target) != 1:
        return Refusal("ORDER_TARGET_UNCLEAR")
    if not reference.reason(item.code).code:
        return Refusal("ORDER_TEXT_UNKNOWN", {"order_code": item.code})
    return None if target in reached else Refusal("ORDER_OUT_OF_REACH")


def order_acknowledge(actor: Actor, items: Sequence[OrderChange]) -> list[Outcome]:
    """Whoever is asked says that the order has arrived."""
    return _change(actor, "order_acknowledge", items, OrderState.ISSUED, OrderState.ACKNOWLEDGED)


def order_execute(actor: Actor, items: Sequence[OrderChange]) -> list[Outcome]:
    """Whoever is asked says that the order is done."""
    return _change(actor, "order_execute", items, OrderState.ACKNOWLEDGED, OrderState.EXECUTED)


def order_verify(actor: Actor, items: Sequence[OrderChange]) -> list[Outcome]:
    """Somebody else looks whether it is; `met=False` sends it back."""
    return _change(actor, "order_verify", items, OrderState.EXECUTED, OrderState.VERIFIED)


def _change(
    actor: Actor, verb: str, items: Sequence[OrderChange], before: OrderState, after: OrderState
) -> list[Outcome]:
    def work(w: Work, fresh: list[OrderChange]) -> Answers:
        held = {row[0]: row[1:] for row in sql.fetch(TAKE, [[i.order for i in fresh]])}
        reached = within(w.actor, [row[1:4] for row in held.values()])
        answers: dict[UUID, Refusal | Params] = {}
        moved: dict[UUID, OrderChange] = {}
        for i in fresh:
            why = _barred(w.actor, i, held.get(i.order), reached, before, i.order in moved)
            answers[i.act] = why or {"order": str(i.order), "state": str(after if i.met else OrderState.ACKNOWLEDGED)}
            if not why:
                moved[i.order] = i
        _write(w, after, list(moved.values()))
        if after == OrderState.VERIFIED:
            for i in moved.values():
                w.announce(ORDER_VERIFIED, "unit", held[i.order][1] or 0, i, {"order": str(i.order), "met": i.met})
        return answers

    return run_verb(actor, verb, items, owner="order", owner_id=lambda i: 0, work=work)


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
    if before == OrderState.EXECUTED and executed_by == actor.post_id and actor.post_id:
        return Refusal("ORDER_VERIFIED_BY_ITSELF")
    return None


STAMP = {
    OrderState.ACKNOWLEDGED: "acknowledged_by = %(by)s, acknowledged_at = u.at",
    OrderState.EXECUTED: "executed_by = %(by)s, executed_at = u.at",
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


def within(actor: Actor, targets: Iterable[Target]) -> frozenset[Target]:
    """Those of the targets (unit, site, post) that the actor reaches: his own post, his sites, units whose leaves are all his."""
    wanted = frozenset(targets)
    if actor.reach.everywhere:
        return wanted
    units = _units_within(actor, clock.today()) if any(unit for unit, _, _ in wanted) else frozenset()
    return frozenset(
        (unit, site, post)
        for unit, site, post in wanted
        if unit in units or site in actor.reach.sites or (post is not None and post == actor.post_id)
    )


def _units_within(actor: Actor, on: date) -> frozenset[int]:
    return frozenset(u.unit_id for u in reference.units(on, None) if u.leaves and u.leaves <= actor.reach.leaves)
