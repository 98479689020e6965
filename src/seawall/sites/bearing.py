"""What each quarter-hour bears: the least of what doses, cold chain, staff, stations, chairs and waiting hall allow, and which it is."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import NamedTuple

from seawall.campaigns import selectors as campaigns
from seawall.people import selectors as people
from seawall.platform import clock, sql
from seawall.staff import selectors as staff
from seawall.supply import selectors as supply
from seawall.terms.codes import CapacityLimit, DosePriority, LotState, StockState

from . import tables

SLOTS = """
SELECT s.site_id, s.day, s.starts_at, s.planned, s.capacity, s.taken, d.stations, d.products, d.most_waiting, p.seats
FROM sites_slot s JOIN sites_session d ON d.site_id = s.site_id AND d.day = s.day JOIN sites_site p ON p.site_id = s.site_id
WHERE s.day BETWEEN %(first)s AND %(last)s AND s.starts_at > %(after)s AND d.state <> 'closed' AND p.state = 'open'
  AND (%(all)s OR s.site_id = ANY(%(sites)s)) ORDER BY s.site_id, s.starts_at
"""
TEAMS = """
SELECT site_id, day, post_id, role FROM sites_teammember
WHERE day BETWEEN %(first)s AND %(last)s AND (%(all)s OR site_id = ANY(%(sites)s))
"""
HOUR = timedelta(hours=1)
HANDS = ("screening_record", "dose_give", "observation_end")  # without somebody for each of them nobody is vaccinated
Given = tuple[str, int]  # product and dose rank
Day = tuple[int, date]


@dataclass(frozen=True, slots=True)
class QuarterBears:
    """One quarter-hour: seats planned, offered and taken; what each thing allows; what it bears of each product and dose rank.

    A thing of which nothing is known yet (no team set, doses that are still to be sent) bounds nothing and is left out.
    """

    site_id: int
    starts_at: datetime
    planned: int
    offered: int
    taken: int
    limits: Mapping[CapacityLimit, int]
    given: Mapping[Given, int] = field(default_factory=dict)

    @property
    def binding(self) -> CapacityLimit:
        """The least of them; of equals the one that stands first in the list of limits."""
        return min(self.limits, key=lambda limit: self.limits[limit])

    @property
    def bears(self) -> int:
        return self.limits[self.binding]

    @property
    def over(self) -> int:
        """Booked above what it bears."""
        return max(0, self.taken - self.bears)


class _Slot(NamedTuple):
    site_id: int
    day: date
    starts_at: datetime
    planned: int
    offered: int
    taken: int
    stations: int
    products: list[str]
    most_waiting: int | None
    chairs: int


def bearing(
    site_ids: Collection[int] | None, first: date, last: date, here: Mapping[int, int] | None = None
) -> list[QuarterBears]:
    """The quarter-hours still to come of sessions from a day to another, of these sites or of all, by site and time.

    here: how many are at each site already, for whom a dose of today's is meant.
    """
    after = clock.now() - tables.slot()
    told = {"first": first, "last": last, "after": after, "all": site_ids is None, "sites": list(site_ids or ())}
    days = defaultdict[Day, list[_Slot]](list)
    for row in sql.fetch(SLOTS, told):
        days[row[0], row[1]].append(_Slot(*row))
    facts = _Facts(told, {site for site, _ in days}, here or {})
    return [quarter for (_, day), slots in days.items() for quarter in _day(facts, day, slots)]


def _day(facts: "_Facts", day: date, slots: Sequence[_Slot]) -> Iterable[QuarterBears]:
    head = slots[0]
    fixed = _room(head) | facts.staffed(head)
    bounds = [min(slot.planned, *fixed.values()) for slot in slots]
    taken = [slot.taken for slot in slots]
    stocked = facts.stocked(head) if day == clock.today() else {}
    pools = {limit: _shared(doses, bounds, taken) for limit, doses in stocked.items()}
    limits = [
        {CapacityLimit.PLANNED: slot.planned, **fixed, **{limit: pool[n] for limit, pool in pools.items()}}
        for n, slot in enumerate(slots)
    ]
    bears = [min(row.values()) for row in limits]
    given = {key: _shared(most, bears, [0] * len(bears)) for key, most in facts.given(head).items()}
    for n, slot in enumerate(slots):
        of = {key: min(bears[n], seats[n]) for key, seats in given.items()}
        yield QuarterBears(slot.site_id, slot.starts_at, slot.planned, slot.offered, slot.taken, limits[n], of)


def _room(slot: _Slot) -> dict[CapacityLimit, int]:
    """What stations, chairs and waiting hall turn over in a quarter of an hour."""
    rate = tables.rates()
    found = {
        CapacityLimit.STATIONS: tables.most_seats(slot.stations),
        CapacityLimit.CHAIRS: _turned_over(slot.chairs, rate["observe_hours"]),
    }
    if slot.most_waiting is not None:
        found[CapacityLimit.WAITING] = _turned_over(slot.most_waiting, rate["wait_hours"])
    return found


def _turned_over(places: int, hours: float) -> int:
    """Persons a quarter-hour of so many places, each taken for so long."""
    return int(places * (tables.slot() / HOUR) / hours)


def _shared(doses: int | None, bounds: Sequence[int], taken: Sequence[int]) -> list[int]:
    """What doses allow in each quarter-hour: first those who have a seat, who comes first before others; then free seats in their order."""
    if doses is None:
        return list(bounds)
    left, kept = doses, []
    for bound, have in zip(bounds, taken, strict=True):
        kept.append(min(bound, have, left))
        left -= kept[-1]
    found = []
    for bound, have in zip(bounds, kept, strict=True):
        found.append(have + left)
        left -= min(bound - have, left)
    return found


class _Facts:
    """What doses, cold chain and roster say of these sites, read once."""

    def __init__(self, told: Mapping[str, object], site_ids: Collection[int], here: Mapping[int, int]) -> None:
        today = clock.today()
        self.here = here
        self.usable = defaultdict[int, dict[str, int]](dict)
        for row in supply.stock(site_ids):
            held = self.usable[row.place_id].setdefault(row.product, 0)
            if row.state == StockState.ON_HAND and row.lot_state == LotState.RELEASED and row.expires >= today:
                self.usable[row.place_id][row.product] = held + row.doses
        self.reserved = {(row.place_id, row.product): row.doses for row in supply.reserves(today, site_ids)}
        self.waiting = defaultdict[int, int](int)
        for excursion in supply.excursions_waiting():
            self.waiting[excursion.place_id] += excursion.doses
        self.cold = _devices(supply.devices_in_use())
        self.warm = _devices(supply.devices_out_of_range())
        self.teams = defaultdict[Day, list[tuple[int, str]]](list)
        for site, day, post, role in sql.fetch(TEAMS, told):
            self.teams[site, day].append((post, role))
        self.running = cache(campaigns.running)
        self.ranks = cache(_ranks)
        self.certified: Callable[[date, str], frozenset[int]] = cache(self._certified)

    def stocked(self, slot: _Slot) -> dict[CapacityLimit, int]:
        """Doses of today that this session may give, with and without those that the cold chain holds."""
        products = set().union(*self._products(slot).values())
        usable = sum(doses for code, doses in self.usable[slot.site_id].items() if code in products)
        here = self.here.get(slot.site_id, 0)
        cold = self.cold.get(slot.site_id, frozenset())
        broken = bool(cold) and cold <= self.warm.get(slot.site_id, frozenset())
        return {
            CapacityLimit.DOSES: max(0, usable + self.waiting[slot.site_id] - here),
            CapacityLimit.COLD_CHAIN: 0 if broken else max(0, usable - here),
        }

    def _products(self, slot: _Slot) -> dict[str, frozenset[str]]:
        """Vaccines that the session may give, by the campaign that runs that day."""
        found = {row.code: people.products_of(row.programme) for row in self.running(slot.day)}
        return {code: own & set(slot.products) if slot.products else own for code, own in found.items()}

    def staffed(self, slot: _Slot) -> dict[CapacityLimit, int]:
        """What the certified of the roster can give; nothing where no roster is set."""
        if (slot.site_id, slot.day) not in self.teams:
            return {}
        hands = [self._hands(slot, row.programme) for row in self.running(slot.day)]
        return {CapacityLimit.STAFF: max(hands, default=0)}

    def _hands(self, slot: _Slot, programme: str) -> int:
        """Seats that those who vaccinate can serve, once somebody screens and observes."""
        able, roles = self.certified(slot.day, programme), staff.roles(slot.day)
        duty = [role for post, role in self.teams[slot.site_id, slot.day] if post in able and role in roles]
        counts = {hand: sum(hand in roles[role].grants for role in duty) for hand in HANDS}
        return tables.most_seats(counts["dose_give"]) if all(counts.values()) else 0

    def _certified(self, day: date, programme: str) -> frozenset[int]:
        """Posts of the day's rosters that are held that day by somebody with a certificate."""
        posts = {post for (_, on), rows in self.teams.items() if on == day for post, _ in rows}
        return frozenset(staff.posts_by_id(posts, day)) & staff.certified(posts, day, programme)

    def given(self, slot: _Slot) -> dict[Given, int | None]:
        """Doses for each product and rank that the campaigns open that day; None: as many as come, more can be sent.

        What is kept for later doses is not there for a first.
        """
        today, found = clock.today(), dict[Given, int | None]()
        for code, products in self._products(slot).items():
            for product in sorted(products & self.usable[slot.site_id].keys()):
                for rank in self.ranks(code, slot.day):
                    kept = self.reserved.get((slot.site_id, product), 0) if rank == 1 else 0
                    hand = self.usable[slot.site_id][product] - kept
                    found[product, rank] = max(0, hand) if slot.day == today else None
        return found


def _ranks(campaign: str, day: date) -> list[int]:
    """Dose ranks that a campaign opens on a day, by its phases and the policy in force."""
    policy = campaigns.policy_on(campaign, day)
    later = policy is not None and policy.value == DosePriority.LATER_DOSES_ONLY
    ranks = {rank for phase in campaigns.phases_open(campaign, day) for rank in phase.dose_ranks}
    return sorted(ranks - {1} if later else ranks)


def _devices(keys: Collection[tuple[int, str]]) -> dict[int, frozenset[str]]:
    found = defaultdict[int, set[str]](set)
    for place, device in keys:
        found[place].add(device)
    return {place: frozenset(names) for place, names in found.items()}
