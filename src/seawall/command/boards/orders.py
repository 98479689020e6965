"""Orders and obstacles, as lists that name an owner."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from seawall.campaigns.selectors import CampaignRow, PlanRow
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.reference.selectors import UnitRow
from seawall.sites import selectors as sites
from seawall.staff import selectors as staff
from seawall.staff.selectors import Owner
from seawall.terms.acts import Refusal
from seawall.terms.codes import OrderState
from seawall.terms.command import AlertRow, OrderRow
from seawall.terms.names import Name
from seawall.terms.sites import SiteRow

from .. import lists
from .causes import cause_of, weeks
from .wording import MEASURED, readable, remedy_of

SHOWN = 40
CURE = {
    "LATER_DOSES_OVERDUE": "ORDER_CALL_OVERDUE",
    "DOSES_QUARANTINED": "ORDER_SETTLE_HELD",
}
CITY_OWNER = {"EVENT_CLOCK_OVERDUE": "AEFI_OFFICER"}


def site_owners(on: date) -> dict[int, Owner]:
    """The leader of each site's task force (专班组长)."""
    rows = staff.posts(role="SITE_LEADER", on=on)
    return {row.site_id: row.owner for row in rows if row.site_id}


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order with whom it asks and who answers for it."""

    order_id: UUID
    state: OrderState
    text: Refusal
    unit: Name | None
    issued_at: datetime
    due_at: datetime | None
    overdue: bool
    owner: Owner | None


@dataclass(frozen=True, slots=True)
class OrderList:
    """Orders for one day: how far each has come, then the first of them; what is of a past day is only counted."""

    day: date
    past_open: int
    issued: int
    acknowledged: int
    executed: int
    verified: int
    rows: tuple[OrderLine, ...]


@dataclass(frozen=True, slots=True)
class ObstacleLine:
    """What stands in the way, how much it holds up, whose move it is and what would free it."""

    why: Refusal
    doses: int
    measure: Name
    since: date
    unit_id: int | None
    unit: Name | None
    site: Name | None
    owner: Owner | None
    cure: Refusal | None
    remedy: Name | None


def order_list(campaign: str, day: date, unit_id: int | None = None) -> OrderList:
    """A campaign's orders for the day after a closing, and those for all, open ones first."""
    until = day + timedelta(days=1)
    units = None if unit_id is None else [unit_id]
    rows = lists.orders(for_day=until, unit_ids=units, campaign=campaign)
    counts = Counter(row.state for row in rows)
    executed = counts[OrderState.EXECUTED] + counts[OrderState.VERIFIED]
    return OrderList(
        day=until,
        past_open=lists.left_open(campaign, until, units),
        issued=counts.total(),
        acknowledged=counts[OrderState.ACKNOWLEDGED] + executed,
        executed=executed,
        verified=counts[OrderState.VERIFIED],
        rows=_orders(rows[:SHOWN], day),
    )


def _orders(rows: Sequence[OrderRow], day: date) -> tuple[OrderLine, ...]:
    now, known = clock.now(), _Known(day)
    out = []
    for row in rows:
        unit, site = known.units.get(row.unit_id or 0), known.sites.get(row.site_id or 0)
        where = unit or site
        out.append(
            OrderLine(
                order_id=row.order,
                state=row.state,
                text=Refusal(row.code, row.params),
                unit=Name.of(where) if where else None,
                issued_at=row.issued_at,
                due_at=row.due_at,
                overdue=row.overdue(now) and row.for_day >= clock.civil_day(now),
                owner=known.answers(unit, site) if where else staff.owner(row.post_id),
            )
        )
    return tuple(out)


class _Known:
    """Units, sites and who answers for them on a day, read once."""

    def __init__(self, day: date) -> None:
        self.units = {u.unit_id: u for u in reference.units(day)}
        self.sites = {s.site_id: s for s in sites.sites(day)}
        self.unit_of = reference.leaf_units(day)
        self._heads, self._leaders = staff.unit_owners(day), site_owners(day)

    def answers(self, unit: UnitRow | None, site: SiteRow | None) -> Owner | None:
        """The unit's head; of a site alone its leader."""
        if unit:
            return self._heads.get(unit.code)
        return self._leaders.get(site.site_id) if site else None

    def unit_behind(self, alert: AlertRow) -> UnitRow | None:
        """The unit that an alert names, or in which its site lies."""
        site = self.sites.get(alert.site_id or 0)
        return self.units.get(alert.unit_id or (self.unit_of.get(site.leaf_id, 0) if site else 0))


def obstacle_list(campaign: CampaignRow, day: date, plan: PlanRow | None, language: str) -> tuple[ObstacleLine, ...]:
    """堵点: what the plan says binds, then what the evening's watch found, by doses at stake; each with cause, owner and cure."""
    known = _Known(day)
    rows = [*_binding(plan, day, known, language), *_watched(campaign, day, known)]
    return tuple(sorted(rows, key=lambda r: -r.doses)[:SHOWN])


def _binding(plan: PlanRow | None, day: date, known: _Known, language: str) -> Iterator[ObstacleLine]:
    by_code = {u.code: u for u in known.units.values()}
    for found in plan.obstacles if plan else []:
        unit = by_code.get(str(found.get("unit", "")))
        yield ObstacleLine(
            why=Refusal(found["code"], readable(found["params"], day, language)),
            doses=int(found.get("short_by", 0)),
            measure=MEASURED.get(found.get("measure", ""), Name("", "")),
            since=plan.as_of if plan else day,
            unit_id=unit.unit_id if unit else None,
            unit=Name.of(unit) if unit else None,
            site=None,
            owner=known.answers(unit, None) if unit else _city_owner(found["code"], day),
            cure=None,
            remedy=remedy_of(found),
        )


def _watched(campaign: CampaignRow, day: date, known: _Known) -> Iterator[ObstacleLine]:
    found_weeks = weeks(campaign, day)
    for alert in lists.alerts(day, campaign=campaign.code):
        site, unit = known.sites.get(alert.site_id or 0), known.unit_behind(alert)
        behind = alert.code == "UNIT_BEHIND_PLAN"
        reason, cure = cause_of(alert.unit_id, found_weeks, alert.doses) if behind else _said(alert)
        yield ObstacleLine(
            why=reason,
            doses=alert.doses,
            measure=MEASURED["doses"],
            since=alert.since,
            unit_id=unit.unit_id if unit else None,
            unit=Name.of(unit) if unit else None,
            site=Name.of(site) if site else None,
            owner=known.answers(None if site else unit, site) if site or unit else _city_owner(alert.code, day),
            cure=cure,
            remedy=None,
        )


def _city_owner(code: str, on: date) -> Owner | None:
    """Who answers for what stands in the way of the whole city."""
    post = next(iter(staff.posts(role=CITY_OWNER.get(code, "LEADING_GROUP_HEAD"), on=on)), None)
    return post.owner if post else None


def _said(alert: AlertRow) -> tuple[Refusal, Refusal | None]:
    """An alert's own sentence, and the order that answers it."""
    cure = Refusal(CURE[alert.code], alert.params) if alert.code in CURE else None
    return Refusal(alert.code, alert.params), cure
