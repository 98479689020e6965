"""Wastage by product, session and site beside what is expected; what the coming days need; what is owed for injections."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import TypeVar

from seawall.booking import selectors as booking
from seawall.campaigns import selectors as campaigns
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.supply import selectors as supply
from seawall.supply.selectors import Loss, Wastage
from seawall.terms.actor import Actor
from seawall.terms.names import Name

from ..selectors import later_waiting
from ..selectors.fees import Fee, fees

K = TypeVar("K")
PAST, AHEAD, MOST = 28, 7, 30
SURE = 1.2816  # 80 of 100 lie within so many standard deviations
COME = 0.5  # of those due and not booked, who come within the week: convention until a campaign's own history says more


@dataclass(frozen=True, slots=True)
class Part:
    """Wastage of one product, session size or place."""

    name: Name
    wastage: Wastage


@dataclass(frozen=True, slots=True)
class SizePart:
    """Wastage of days on which a site gave more than `above` doses and at most `until` (none: no bound)."""

    above: int
    until: int | None
    wastage: Wastage


@dataclass(frozen=True, slots=True)
class Need:
    """Doses of a product that the coming days need, with what is lost: expected, and the range in 80 of 100 cases."""

    name: Name
    low: int
    expected: int
    high: int
    on_hand: int

    @property
    def short(self) -> int:
        return max(0, self.high - self.on_hand)


@dataclass(frozen=True, slots=True)
class WastagePage:
    """Four weeks back and one ahead, inside the actor's reach; fees by month."""

    since: date
    days_ahead: int
    products: tuple[Part, ...]
    sizes: tuple[SizePart, ...]
    sites: tuple[Part, ...]
    needs: tuple[Need, ...]
    fees: tuple[Fee, ...]
    whole: bool


def wastage_page(actor: Actor) -> WastagePage:
    """What was lost in the last four weeks, and what the next seven days need."""
    today, whole = clock.today(), actor.reach.everywhere
    since, reach = today - timedelta(days=PAST), None if whole else actor.reach.sites
    rows = supply.losses(since, reach)
    names = reference.product_names(today)
    by_day: Counter[tuple[int, date]] = Counter()
    for row in rows:
        by_day[row.place_id, row.day] += row.given
    products, places, sizes = (
        _by(rows, lambda r: r.product),
        _by(rows, lambda r: r.place_id),
        defaultdict[int, list[Loss]](list),
    )
    for row in rows:
        sizes[supply.session_size(by_day[row.place_id, row.day])].append(row)
    named = reference.place_names(places)
    parts = [Part(named[key], supply.wastage(found)) for key, found in places.items() if key in named]
    bounds = (0, *supply.SESSION_SIZES)
    return WastagePage(
        since=since,
        days_ahead=AHEAD,
        products=tuple(Part(names.get(c, Name.code(c)), supply.wastage(r)) for c, r in sorted(products.items())),
        sizes=tuple(
            SizePart(
                bounds[n], supply.SESSION_SIZES[n] if n < len(supply.SESSION_SIZES) else None, supply.wastage(sizes[n])
            )
            for n in sorted(sizes)
        ),
        sites=tuple(sorted(parts, key=lambda part: (-part.wastage.opened - part.wastage.closed, part.name.en))[:MOST]),
        needs=_needs(rows, today, whole) if rows else (),
        fees=fees() if whole else (),
        whole=whole,
    )


def _by(rows: Iterable[Loss], key: Callable[[Loss], K]) -> dict[K, list[Loss]]:
    found: dict[K, list[Loss]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _needs(rows: Sequence[Loss], today: date, whole: bool) -> tuple[Need, ...]:
    """From those booked (less who does not come), walk-ins, and those due; the spread from bookings and from day to day."""
    places = sorted({row.place_id for row in rows})
    past = [today - timedelta(days=n) for n in range(1, 15)]
    shown, walked = _showing(places, past)
    span = [today + timedelta(days=n) for n in range(1, AHEAD + 1)]
    booked = sum(q.held + q.booked for day in span for q in booking.quarters(places, day))
    open_days = sum(bool(sites.sessions(day, places)) for day in span)
    coming, spread = booked * shown + walked * open_days, booked * shown * (1 - shown) + walked * open_days
    given = Counter[str]()
    for row in rows:
        given[row.product] += row.given
    due = Counter[str]()
    for campaign in campaigns.running(today) if whole else ():
        for (_unit, product), doses in later_waiting(campaign.code, campaign.programme, span[-1]).items():
            due[product] += doses
    hand = Counter[str]()
    for stock in supply.stock(None if whole else places):
        if stock.state == "on_hand" and stock.lot_state == "released" and stock.expires >= today:
            hand[stock.product] += stock.doses
    names, total = reference.product_names(today), max(1, given.total())
    packs = {row.product: max(row.pack, 1) for row in rows}
    needs = []
    for product in sorted({*given, *due}):
        share = given[product] / total
        mean = share * coming + COME * due[product]
        wide = SURE * sqrt(share * spread + due[product] * COME * (1 - COME))
        factor = 1 / (1 - supply.open_share(packs.get(product, 1), today))
        low, middle, high = (round(max(0.0, x) * factor) for x in (mean - wide, mean, mean + wide))
        needs.append(Need(names.get(product, Name.code(product)), low, middle, high, hand[product]))
    return tuple(needs)


def _showing(places: Sequence[int], days: Iterable[date]) -> tuple[float, float]:
    """Share of those booked who came in the last two weeks, and walk-ins a day; all come where nothing is known."""
    came = missed = walk_ins = worked = 0
    for day in days:
        quarters = booking.quarters(places, day)
        came += sum(q.fulfilled - q.walk_ins for q in quarters)
        missed += sum(q.missed for q in quarters)
        walk_ins += sum(q.walk_ins for q in quarters)
        worked += bool(quarters)
    came = max(came, 0)
    return (came / (came + missed) if came + missed else 1.0), (walk_ins / worked if worked else 0.0)
