"""Lots in the city store and in the units: whole packs shipped ahead, first expired first, every dose accounted for."""

from datetime import date

import numpy as np

from .case import Case
from .scenario import whole_parts

Line = tuple[date, str, str, str, str, int]


class Stores:
    """Stock by place, product and lot while the days pass. Place 0..n-1 are the units, n is the city store."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.city = len(case.units)
        self.expires: dict[str, date] = {}
        self.pack: dict[str, int] = {}
        self.held: list[list[dict[str, int]]] = [[{} for _ in case.products] for _ in range(self.city + 1)]
        self.shipments: list[Line] = []
        self.waste: list[tuple[date, str, str, str, int]] = []
        self.ends: list[tuple[date, str, str, str, int]] = []
        self.open_waste = np.zeros((self.city, len(case.products)))
        self.opening = 0
        self.arrived = 0
        self.road: list[tuple[int, int, int, str, int]] = []  # day number of use, unit, product, lot, doses
        names = {code: n for n, code in enumerate(case.units)} | {case.city: self.city}
        for place, product, lot, expires, doses, pack in case.stock.iter_rows():
            if product in case.products and place in names:
                number = case.products.index(product)
                self._add(names[place], number, lot, expires, doses, pack)
                self.opening += doses
                if expires < case.periods.start:
                    self._lose(0, names[place], number, lot, doses)
        self.coming = sorted(case.arrivals.iter_rows(), key=lambda row: (row[0], row[1], row[3]))

    def _add(self, place: int, product: int, lot: str, expires: date, doses: int, pack: int) -> None:
        self.expires[lot], self.pack[lot] = expires, max(1, pack)
        held = self.held[place][product]
        held[lot] = held.get(lot, 0) + doses
        if len(held) > 1:
            self.held[place][product] = dict(sorted(held.items(), key=lambda item: (self.expires[item[0]], item[0])))

    def name(self, place: int) -> str:
        return self.case.city if place == self.city else self.case.units[place]

    def amounts(self) -> np.ndarray:
        """[unit, product] doses on hand in the units."""
        return np.array([[sum(held.values()) for held in row] for row in self.held[: self.city]], dtype=np.int64)

    def _on_the_road(self) -> np.ndarray:
        """[unit, product] doses that have left the city store and not come yet."""
        result = np.zeros((self.city, len(self.case.products)), dtype=np.int64)
        for _, unit, product, _, doses in self.road:
            result[unit, product] += doses
        return result

    def available(self, product: int, until: date) -> int:
        """Doses anywhere, and known to come, that may be used until a day."""
        held = sum(d for row in self.held for lot, d in row[product].items() if self.expires[lot] >= until)
        road = sum(d for _, _, p, lot, d in self.road if p == product and self.expires[lot] >= until)
        code = self.case.products[product]
        return held + road + sum(row[4] for row in self.coming if row[1] == code and row[3] >= until)

    def ship(self, day: int, ahead: np.ndarray, need: np.ndarray, between: np.ndarray, kept: np.ndarray) -> None:
        """Send today's needs first, then the days ahead, earliest first, so that nobody's tomorrow feeds another's next week.

        ahead [unit, product, days] from the day on which what leaves today can be used; need [unit, product] whole doses of
        today; between [unit, product] what is used while it is on the road; kept [unit, product] what the plan wants to lie there
        at the end of the day, ahead of days on which the road is too narrow. No more leaves than roads and cold stores allow.
        """
        leaves = self.case.periods.day(day - self.case.lead)
        self._receive(day, leaves)
        if day < self.case.lead - 1:  # it would have had to leave before the plan was made
            return
        here = self.amounts()
        self._room = _Room(self.case, here.sum(axis=1) - need.sum(axis=1) + self._on_the_road().sum(axis=1))
        here += self._on_the_road()
        reach = need.astype(float) + np.where(need > 0, 1, 0) * (need * self.case.wastage[None, :] > 0.5) + between
        for step in range(ahead.shape[2]):
            first = self.case.limits.extra[:, None] == 0
            reach = reach + np.where(first & (step == 0), 0.0, ahead[:, :, step])
            self._fill(day, leaves, reach, here)
        self._fill(day, leaves, need + between + kept, here)

    def _fill(self, day: int, leaves: date, reach: np.ndarray, here: np.ndarray) -> None:
        """Send what is lacking from a level of every unit and product."""
        lack = np.maximum(np.ceil(reach - 1e-6).astype(np.int64) - here, 0)
        for product in np.flatnonzero(lack.sum(axis=0)):
            here[:, product] += self._send(day, leaves, int(product), lack[:, product])

    def _receive(self, day: int, leaves: date) -> None:
        while self.coming and self.coming[0][0] <= leaves:
            _, product, lot, expires, doses, pack = self.coming.pop(0)
            if product in self.case.products:
                self._add(self.city, self.case.products.index(product), lot, expires, doses, pack)
                self.arrived += doses
        for _, unit, product, lot, doses in [one for one in self.road if one[0] <= day]:
            self._add(unit, product, lot, self.expires[lot], doses, self.pack[lot])
        self.road = [one for one in self.road if one[0] > day]

    def _send(self, day: int, leaves: date, product: int, lack: np.ndarray) -> np.ndarray:
        """Whole packs to every unit that lacks, in proportion where the store has not enough."""
        store, sent = self.held[self.city][product], np.zeros(len(lack), dtype=np.int64)
        total = sum(store.values())
        if total < lack.sum():
            lack = whole_parts(lack.astype(float), total)
        for place in np.flatnonzero(lack):
            used = day + int(self.case.limits.extra[place])
            for lot in list(store):
                size, left = self.pack[lot], int(lack[place] - sent[place])
                if left <= 0:
                    break
                if self.expires[lot] < self.case.periods.day(used):
                    continue
                room = self._room.of(int(place)) // size * size
                move = min(store[lot] // size * size, -(-left // size) * size, room)
                if move:
                    self._move(leaves, used if used > day else -1, int(place), product, lot, move)
                    sent[place] += move
        return sent

    def _move(self, leaves: date, used: int, place: int, product: int, lot: str, doses: int) -> None:
        """Out of the city store into the unit, or on the road until the day of use."""
        self._take(self.city, product, lot, doses)
        if used < 0:
            self._add(place, product, lot, self.expires[lot], doses, self.pack[lot])
        else:
            self.road.append((used, place, product, lot, doses))
        self._room.take(place, doses)
        code = self.case.products[product]
        self.shipments.append((leaves, self.case.city, self.name(place), code, lot, doses))

    def _take(self, place: int, product: int, lot: str, doses: int) -> None:
        held = self.held[place][product]
        held[lot] -= doses
        if not held[lot]:
            del held[lot]

    def use(self, day: int, whole: np.ndarray) -> np.ndarray:
        """Give what is on hand: later doses before first ones, higher ranks first. Returns what could be given."""
        here = self.amounts()
        for product in range(len(self.case.products)):
            mine = [n for n, s in enumerate(self.case.steps) if s.product == product]
            total = whole[:, :, mine].sum(axis=(1, 2))
            for unit in np.flatnonzero(total > here[:, product]):
                self._shorten(whole, int(unit), mine, int(total[unit] - here[unit, product]))
            total = whole[:, :, mine].sum(axis=(1, 2))
            for unit in np.flatnonzero(total):
                self._draw(int(unit), product, int(total[unit]))
            self._spill(day, product, total)
        return whole

    def _shorten(self, whole: np.ndarray, unit: int, mine: list[int], excess: int) -> None:
        for step in sorted(mine, key=lambda n: self.case.steps[n].rank):
            for group in np.argsort(-self.case.rank, kind="stable"):
                cut = min(excess, int(whole[unit, group, step]))
                whole[unit, group, step] -= cut
                excess -= cut

    def _draw(self, unit: int, product: int, doses: int) -> None:
        for lot, held in list(self.held[unit][product].items()):
            part = min(held, doses)
            self._take(unit, product, lot, part)
            doses -= part
            if not doses:
                return

    def _spill(self, day: int, product: int, given: np.ndarray) -> None:
        """Expected waste, whole by carry, out of the lot in use."""
        self.open_waste[:, product] += given * self.case.wastage[product]
        for unit in np.flatnonzero(self.open_waste[:, product] >= 1):
            held = self.held[unit][product]
            doses = min(int(self.open_waste[unit, product]), sum(held.values()))
            for lot, there in list(held.items()):
                part = min(doses, there)
                if part:
                    self._lose(day, int(unit), product, lot, part)
                    self.open_waste[unit, product] -= part
                    doses -= part

    def _lose(self, day: int, place: int, product: int, lot: str, doses: int) -> None:
        self._take(place, product, lot, doses)
        self.waste.append((self.case.periods.day(day), self.name(place), self.case.products[product], lot, doses))

    def close(self, day: int) -> None:
        """End of day: what expires today is lost, the rest is on the stock table."""
        today = self.case.periods.day(day)
        for place, row in enumerate(self.held):
            for product, held in enumerate(row):
                for lot in [lot for lot in held if self.expires[lot] <= today]:
                    self._lose(day, place, product, lot, held[lot])
                code = self.case.products[product]
                self.ends.extend((today, self.name(place), code, lot, doses) for lot, doses in held.items())
        for _, unit, product, lot, doses in self.road:
            self.ends.append((today, f"{self.name(unit)}:road", self.case.products[product], lot, doses))


class _Room:
    """What roads and cold stores still take on a day."""

    def __init__(self, case: Case, lies: np.ndarray) -> None:
        whole = np.iinfo(np.int64).max // 4
        limits = case.limits
        self.units = np.minimum(np.minimum(limits.trip, np.maximum(limits.cold - lies, 0)), whole).astype(np.int64)
        self.fleet = int(min(limits.fleet, whole))

    def of(self, unit: int) -> int:
        return min(int(self.units[unit]), self.fleet)

    def take(self, unit: int, doses: int) -> None:
        self.units[unit] -= doses
        self.fleet -= doses
