"""The district board: what do we still owe today, where, and whom do we press?

A running day is read live; what only a closing knows (where people stand) says the day of that closing. A past day is shown as it
was closed, without the blocks that are live.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.boards.streets import StreetLine, street_lines
from seawall.campaigns.selectors import CampaignRow, GroupRow
from seawall.outreach import selectors as outreach
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.reference.selectors import UnitRow
from seawall.reports import selectors as reports
from seawall.staff import selectors as staff
from seawall.staff.selectors import Owner
from seawall.terms import figures
from seawall.terms.actor import Actor
from seawall.terms.closings import Denominator, Stamp
from seawall.terms.codes import StockState
from seawall.terms.names import Name

from ..lists import calls
from .orders import OrderList, order_list
from .running import SiteNow, expected_share, of_unit, site_rows
from .wording import code_name

Cells = Mapping[tuple[int, str], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class DayQuota:
    """Asked and done; while the day runs, how much should stand by now: the share of its seats whose time has come."""

    today: int
    done: int
    expected_by_now: int
    opens: datetime | None


@dataclass(frozen=True, slots=True)
class QuotaVerdict:
    """How the day stands against its quota, and what is still owed."""

    state: str
    code: str
    owed: int


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """The last closed day in words: what was asked and what was given."""

    day: date
    quota: int
    done: int


@dataclass(frozen=True, slots=True)
class LaterLine:
    """Later doses of a product by rank: due, overdue, and the stock at the unit's sites."""

    name: Name
    rank: int
    due: int
    overdue: int
    stock: int


@dataclass(frozen=True, slots=True)
class CallCounts:
    """Those overdue for a later dose, and how many of them are on call lists: given out, acknowledged, reported as done."""

    overdue: int
    assigned: int
    taken: int
    called: int

    @property
    def waiting(self) -> int:
        return max(0, self.overdue - self.assigned)


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many people are not vaccinated for one reason."""

    name: Name
    people: int


@dataclass(frozen=True, slots=True)
class Peer:
    """Another unit's coverage, for comparison."""

    unit_id: int
    name: Name
    coverage: float
    here: bool


@dataclass(frozen=True, slots=True)
class DistrictBoard:
    """One planning unit; what is live is empty on a past day."""

    stamp: Stamp
    closing: Stamp
    day: date
    known: date
    opens: date
    last: date | None
    running: bool
    current: bool
    unit_id: int
    unit: Name
    owner: Owner | None
    verdict: QuotaVerdict
    quota: DayQuota
    yesterday: ClosedDay | None
    streets: tuple[StreetLine, ...]
    groups: tuple[GroupRow, ...]
    later: tuple[LaterLine, ...]
    sites: tuple[SiteNow, ...]
    calls: CallCounts | None
    orders: OrderList | None
    reasons: tuple[ReasonCount, ...]
    no_reason: int
    peers: tuple[Peer, ...]

    @property
    def contacts(self) -> bool:
        """Whether any street has somebody of its own to press."""
        return any(row.contact for row in self.streets)


def district_board(actor: Actor, campaign: CampaignRow, unit_id: int, asked: date | None = None) -> DistrictBoard:
    """For a post that reaches into it: today as it runs, or the day asked for as it was closed."""
    code, today, last = campaign.code, clock.today(), reports.last_closing(campaign.code)
    current = asked in {None, today}
    running = current and last != today
    day = today if running else reports.closed_day(code, asked or today)
    known = (last or today) if running else day
    unit = reference.unit_reached(actor, unit_id, day)
    standing = reports.standing_by_leaf(code, known, unit_id)
    done = reports.live_doses(campaign, day, unit_id) if running else reports.leaf_doses(code, day, unit_id)
    told = _told(campaign, unit, today) if current else ()
    quota = _quota(code, unit, day, sum(done.values()), running=running)
    due = sum(row["eligible"] for row in standing.values())
    denominator = Denominator(Name("应种人群", "people due"), due, Name("合成人口", "synthetic people"))
    return DistrictBoard(
        stamp=reports.live() if running else reports.stamp(code, day, denominator),
        closing=reports.stamp(code, known, denominator),
        day=day,
        known=known,
        opens=campaign.opens,
        last=last,
        running=running,
        current=current,
        unit_id=unit_id,
        unit=Name.of(unit),
        owner=staff.unit_owners(day).get(unit.code),
        verdict=_verdict(quota, running=running),
        quota=quota,
        yesterday=_yesterday(code, unit_id, known) if running else None,
        streets=street_lines(code, unit, day, standing, done),
        groups=tuple(campaigns.groups(code)),
        later=_later(campaign.programme, unit, known),
        sites=site_rows(unit, day) if running else (),
        calls=_calls(code, unit, known, standing) if current else None,
        orders=order_list(code, known, unit_id) if current else None,
        reasons=(*_reasons(standing), *told),
        no_reason=max(0, _no_reason(standing) - sum(row.people for row in told)),
        peers=_peers(code, known, unit_id),
    )


def _quota(code: str, unit: UnitRow, day: date, done: int, *, running: bool) -> DayQuota:
    asked = campaigns.unit_quotas(code, day).get(unit.unit_id, 0)
    passed, opens = expected_share(unit, day) if running else (1.0, None)
    return DayQuota(asked, done, round(asked * passed), opens)


def _verdict(quota: DayQuota, *, running: bool) -> QuotaVerdict:
    """Before the first seat's time, and before anything is given, a running day is neither ahead nor behind."""
    short = quota.expected_by_now - quota.done
    if not quota.today:
        code = "NO_QUOTA"
    elif running and not quota.done and not quota.expected_by_now:
        code = "NOT_BEGUN"
    else:
        code = "AHEAD" if short < 0 else "ON_QUOTA" if short == 0 else "BEHIND_QUOTA"
    late = quota.today and short > 0.1 * quota.today
    state = "attention" if code in {"NO_QUOTA", "BEHIND_QUOTA"} else "closed" if code == "NOT_BEGUN" else "normal"
    return QuotaVerdict("stop" if late else state, code, max(0, quota.today - quota.done))


def _yesterday(code: str, unit_id: int, day: date) -> ClosedDay:
    given = sum(reports.leaf_doses(code, day, unit_id).values())
    return ClosedDay(day, campaigns.unit_quotas(code, day).get(unit_id, 0), given)


def _later(programme: str, unit: UnitRow, day: date) -> tuple[LaterLine, ...]:
    names = reference.product_names(day)
    stock: Counter[str] = Counter()
    places = {s.site_id for s in of_unit(unit, day)}
    for place, product, _, state, doses in reports.stock_by_place(day):
        if place in places and state == StockState.ON_HAND:
            stock[product] += doses
    found = sorted(reports.later_by_product(day, unit.unit_id, programme).items())
    return tuple(
        LaterLine(names.get(product, Name.code(product)), rank, waiting, overdue, stock[product])
        for (product, rank), (waiting, overdue) in found
    )


def _calls(code: str, unit: UnitRow, day: date, standing: Cells) -> CallCounts:
    overdue = sum(row["later_overdue"] for row in standing.values())
    lists = calls(code, unit.unit_id, people.contacts(list(unit.leaves), day).values(), day + timedelta(days=1))
    return CallCounts(overdue, lists["assigned"], lists["taken"], lists["called"])


def _reasons(standing: Cells) -> tuple[ReasonCount, ...]:
    """应接尽接: everybody not vaccinated carries a reason, or is counted as without one."""
    counts = {"PERSON_DEFERRED": "deferred", "PERSON_CONTRAINDICATED": "contraindicated"}
    found = ((code, sum(row[key] for row in standing.values())) for code, key in counts.items())
    return tuple(ReasonCount(code_name(code), n) for code, n in found if n)


def _told(campaign: CampaignRow, unit: UnitRow, day: date) -> tuple[ReasonCount, ...]:
    """What those without a dose said at their last contact, as it holds today."""
    kinds = outreach.results()
    found = outreach.reasons_standing(campaign.code, campaign.programme, day, unit.leaves)
    return tuple(ReasonCount(Name(kinds[result].zh, kinds[result].en), n) for result, n in found.items())


def _no_reason(standing: Cells) -> int:
    rows = standing.values()
    return max(0, sum(max(0, r["eligible"] - r["started"]) for r in rows) - sum(r["deferred"] for r in rows))


def _peers(code: str, day: date, unit_id: int) -> tuple[Peer, ...]:
    standing, units = reports.standing_by_unit(code, day), {u.unit_id: u for u in reference.units(day)}
    rows = (
        Peer(u, Name.of(units[u]), figures.ratio(r["started"], r["eligible"]), u == unit_id)
        for u, r in standing.items()
        if u in units
    )
    return tuple(sorted(rows, key=lambda r: -r.coverage))
