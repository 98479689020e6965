"""Orders and alerts as one post meets them: what is asked of it, what it has to look at, what it asked of others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from seawall.platform import access, clock
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.staff import selectors as staff
from seawall.staff.selectors import PostRow
from seawall.terms.actor import Actor
from seawall.terms.acts import Refusal
from seawall.terms.codes import OrderState
from seawall.terms.command import AlertRow, OrderRow

from .. import lists
from ..reach import Target, within
from ..texts import OrderText, order_texts

STEP = {
    OrderState.ISSUED: "order_acknowledge",
    OrderState.ACKNOWLEDGED: "order_execute",
    OrderState.EXECUTED: "order_verify",
}
OPEN = (OrderState.ISSUED, OrderState.ACKNOWLEDGED)
LEVELS = frozenset({"city", "district"})  # posts that an order may name; others are asked through their unit or site


@dataclass(frozen=True, slots=True)
class Place:
    """A unit or site by its names."""

    place_id: int
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class InboxOrder:
    """An order with whom it asks, who issued and executed it, and the step that this post may take now (a verb, or nothing)."""

    order: OrderRow
    where: Place | None
    asked: PostRow | None
    issued_by: PostRow | None
    executed_by: PostRow | None
    overdue: bool
    step: str

    @property
    def text(self) -> Refusal:
        """Its sentence in the registry."""
        return Refusal(self.order.code, self.order.params)


@dataclass(frozen=True, slots=True)
class InboxAlert:
    """An open alert, where it stands, and who took it on."""

    alert: AlertRow
    where: Place | None
    taken_by: PostRow | None
    mine: bool

    @property
    def text(self) -> Refusal:
        """Its sentence in the registry."""
        return Refusal(self.alert.code, self.alert.params)


@dataclass(frozen=True, slots=True)
class Choices:
    """Whom an order may go to, and what it may say."""

    units: tuple[Place, ...]
    sites: tuple[Place, ...]
    posts: tuple[PostRow, ...]
    texts: tuple[OrderText, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """The page of orders and alerts of one post."""

    day: date
    to_us: tuple[InboxOrder, ...]
    to_verify: tuple[InboxOrder, ...]
    issued: tuple[InboxOrder, ...]
    alerts: tuple[InboxAlert, ...]
    choices: Choices | None


def orders_page(actor: Actor, unit_id: int | None = None) -> OrdersPage:
    """Orders to the post, its sites and its units; `unit_id` opens the sites of a unit to choose from."""
    day, everywhere = clock.today(), actor.reach.everywhere
    units, places = _units(actor, day), {s.site_id: s for s in sites.sites(day)}
    mine = partial(
        lists.inbox,
        post_id=actor.post_id,
        unit_ids=[] if everywhere else [u.unit_id for u in units],
        site_ids=frozenset() if everywhere else actor.reach.sites,
    )
    looks = access.may(actor, "order_verify")
    to_verify = mine([OrderState.EXECUTED], everywhere=everywhere) if looks else []
    kept = (mine(OPEN), [o for o in to_verify if o.executed_by != actor.post_id],
            lists.inbox(OPEN, everywhere=True, issued_by=actor.post_id, most=40))  # fmt: skip
    known = _Known(actor, day, places, [o for rows in kept for o in rows])
    to_us, verify, issued = (tuple(known.order(o) for o in rows) for rows in kept)
    choices = _choices(units, places, unit_id, everywhere) if access.may(actor, "order_issue") else None
    return OrdersPage(day, to_us, verify, issued, _alerts(actor, known), choices)


def _units(actor: Actor, day: date) -> list[reference.UnitRow]:
    return [
        u for u in reference.units(day, None) if actor.reach.everywhere or (u.leaves and u.leaves <= actor.reach.leaves)
    ]


class _Known:
    """Names of all that a page speaks of, and whose orders may be worked on from it, read once."""

    def __init__(
        self, actor: Actor, day: date, places: Mapping[int, sites.SiteRow], orders: Sequence[OrderRow]
    ) -> None:
        self.actor, self.near = actor, within(actor, map(_target, orders))
        self.units = {u.unit_id: u for u in reference.units(day, None)}
        self.places, self.now = places, clock.now()
        posts = {p for o in orders for p in (o.post_id, o.issued_by, o.executed_by) if p}
        self.posts = staff.posts_by_id(posts, day)

    def where(self, unit_id: int | None, site_id: int | None) -> Place | None:
        row = self.units.get(unit_id or 0) or self.places.get(site_id or 0)
        return Place(unit_id or site_id or 0, row.name_zh, row.name_en) if row else None

    def order(self, o: OrderRow) -> InboxOrder:
        verb = STEP.get(o.state, "")
        may = access.may(self.actor, verb) and _target(o) in self.near
        if o.state == OrderState.EXECUTED and o.executed_by == self.actor.post_id:
            may = False
        return InboxOrder(
            o, self.where(o.unit_id, o.site_id), self.posts.get(o.post_id or 0), self.posts.get(o.issued_by),
            self.posts.get(o.executed_by or 0), o.overdue(self.now), verb if may else "",
        )  # fmt: skip


def _target(row: OrderRow) -> Target:
    return row.unit_id, row.site_id, row.post_id


def _alerts(actor: Actor, known: _Known) -> tuple[InboxAlert, ...]:
    """Open alerts in reach, those that nobody took on first."""
    rows = lists.alerts()
    near = within(actor, [(a.unit_id, a.site_id, None) for a in rows])
    kept = [a for a in rows if (a.unit_id, a.site_id, None) in near]
    posts = staff.posts_by_id({a.taken_by for a in kept if a.taken_by}, clock.today())
    found = [
        InboxAlert(a, known.where(a.unit_id, a.site_id), posts.get(a.taken_by or 0), a.taken_by == actor.post_id)
        for a in kept
    ]
    return tuple(sorted(found, key=lambda row: row.taken_by is not None))


def _choices(
    units: list[reference.UnitRow], places: Mapping[int, sites.SiteRow], unit_id: int | None, everywhere: bool
) -> Choices:
    """Units in reach; sites of the unit asked for, or all of a post that has few; posts of the city and of units."""
    opened: frozenset[int] = next((u.leaves for u in units if u.unit_id == unit_id), frozenset())
    shown = [s for s in places.values() if s.leaf_id in opened]
    roles = staff.roles(clock.today())
    posts = [p for p in staff.posts() if roles[p.role].level in LEVELS] if everywhere else []
    texts = tuple(order_texts().values())
    return Choices(
        tuple(Place(u.unit_id, u.name_zh, u.name_en) for u in units),
        tuple(Place(s.site_id, s.name_zh, s.name_en) for s in shown),
        tuple(posts), texts, tuple(dict.fromkeys(name for t in texts for name in t.params)),
    )  # fmt: skip
