"""Doses at places against the people who come there: each person is matched with a dose that this person may be given."""

from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from itertools import pairwise

from seawall.campaigns import selectors as campaigns
from seawall.people import selectors as people

Kind = frozenset[str]  # the products that a person may be given
Booked = tuple[int, str]  # person and campaign


def kinds_of(booked: Collection[Booked]) -> dict[Booked, Kind]:
    """What each may be given: what is due, or whatever the programme gives where nothing is said of the person."""
    by_campaign: dict[str, set[int]] = defaultdict(set)
    for person, campaign in booked:
        by_campaign[campaign].add(person)
    found: dict[Booked, Kind] = {}
    for campaign, persons in sorted(by_campaign.items()):
        head = campaigns.campaign(campaign)
        if head is None:
            continue
        every, due = people.products_of(head.programme), people.due_rows(sorted(persons), head.programme)
        found |= {(p, campaign): frozenset(due[p].products) if p in due else every for p in persons}
        found |= {(p, campaign): every for p in persons if not found[p, campaign]}
    return found


class PlaceDoses:
    """The doses of one place by product, each free or kept for a person of some kind; who has one may change it for another."""

    def __init__(self, doses: Mapping[str, int]) -> None:
        self._free = Counter(doses)
        self._kept: dict[str, Counter[Kind]] = defaultdict(Counter)

    def _way(self, kind: Kind) -> list[str]:
        """From a product of this kind to one that is free, over people who may change; empty where there is none."""
        before: dict[str, str | None] = dict.fromkeys(sorted(kind))
        waiting = deque(before)
        while waiting:
            product = waiting.popleft()
            if self._free[product] > 0:
                return _back(product, before)
            others = {q for holder, number in self._kept[product].items() if number for q in holder}
            for other in sorted(others - before.keys()):
                before[other] = product
                waiting.append(other)
        return []

    def left(self, kind: Kind) -> bool:
        return bool(self._way(kind))

    def kept(self) -> Counter[str]:
        """Doses kept by product."""
        return Counter({product: kinds.total() for product, kinds in self._kept.items() if kinds.total()})

    def take(self, kind: Kind) -> bool:
        """Keep a dose for a person of this kind, if need be by giving others another that they may have too."""
        way = self._way(kind)
        if not way:
            return False
        for product, other in pairwise(way):
            changer = next(k for k, number in self._kept[product].items() if number and other in k)
            self._kept[product][changer] -= 1
            self._kept[other][changer] += 1
        self._kept[way[0]][kind] += 1
        self._free[way[-1]] -= 1
        return True


def _back(product: str, before: Mapping[str, str | None]) -> list[str]:
    way: list[str] = []
    at: str | None = product
    while at is not None:
        way.append(at)
        at = before[at]
    return way[::-1]


class Doses:
    """Doses at sites that nobody needs who comes until a day; for days after it more arrive."""

    def __init__(self, until: date, stock: Iterable[tuple[int, str, int]]) -> None:
        self.until = until
        hand: dict[int, Counter[str]] = defaultdict(Counter)
        for site, product, doses in stock:
            hand[site][product] += doses
        self._sites = {site: PlaceDoses(doses) for site, doses in hand.items()}

    def left(self, site: int, day: date, kind: Kind) -> bool:
        return day > self.until or (site in self._sites and self._sites[site].left(kind))

    def take(self, site: int, day: date, kind: Kind) -> bool:
        return day > self.until or (site in self._sites and self._sites[site].take(kind))
