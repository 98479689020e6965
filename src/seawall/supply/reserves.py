"""What is kept for later doses: claims on doses on hand, locked before the balances they stand on."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from seawall.platform import clock, sql
from seawall.terms.acts import Refusal
from seawall.terms.stock import DoseUse, ReserveRow

from .usable import Open

Key = tuple[int, str]  # place and product

KEYS = sql.unnest({"place_id": "bigint", "product": "text"})
LOCK = f"""
SELECT r.place_id, r.product, r.doses, r.until FROM supply_reserve r
JOIN {KEYS} ON r.place_id = u.place_id AND r.product = u.product
WHERE r.doses > 0 AND r.until >= %s ORDER BY r.place_id, r.product FOR UPDATE OF r
"""
USABLE = f"""
SELECT u.place_id, u.product, coalesce(sum(b.doses), 0)::int FROM {KEYS}
JOIN supply_balance b ON b.place_id = u.place_id AND b.state = 'on_hand' AND b.doses > 0
JOIN supply_lot l ON l.lot = b.lot AND l.product = u.product AND l.state = 'released' AND l.expires >= %s
GROUP BY u.place_id, u.product
"""
KEPT = """
SELECT place_id, product, doses, until FROM supply_reserve
WHERE doses > 0 AND until >= %(on)s AND (%(all)s OR place_id = ANY(%(places)s)) ORDER BY place_id, product
"""
TAKE = f"""
UPDATE supply_reserve r SET doses = greatest(0, r.doses - u.taken)
FROM {sql.unnest({"place_id": "bigint", "product": "text", "taken": "int"})}
WHERE r.place_id = u.place_id AND r.product = u.product
"""


def locked(keys: Iterable[Key], on: date) -> dict[Key, ReserveRow]:
    """The claims in force on these, locked until the transaction ends: what is on hand cannot go meanwhile."""
    return _rows(sql.fetch(LOCK, [*sql.turn(sorted(set(keys)), 2), on]), on)


def reserves(on: date, place_ids: Collection[int] | None = None) -> list[ReserveRow]:
    """The claims in force on a day at these places, or at all."""
    params = {"on": on, "all": place_ids is None, "places": list(place_ids or ())}
    return list(_rows(sql.fetch(KEPT, params), on).values())


def _rows(claims: Collection[tuple[int, str, int, date]], on: date) -> dict[Key, ReserveRow]:
    if not claims:
        return {}
    hand = usable([(place, product) for place, product, _, _ in claims], on)
    return {
        (place, product): ReserveRow(place, product, doses, until, hand.get((place, product), 0))
        for place, product, doses, until in claims
    }


def usable(keys: Iterable[Key], on: date) -> dict[Key, int]:
    """Doses on hand that may be given on a day."""
    found = sql.fetch(USABLE, [*sql.turn(sorted(set(keys)), 2), on])
    return {(place, product): doses for place, product, doses in found}


def take(taken: Mapping[Key, int]) -> None:
    """Later doses were given: what was kept for them is kept no longer."""
    rows = sorted((*key, doses) for key, doses in taken.items() if doses)
    if rows:
        sql.execute(TAKE, sql.turn(rows, 3))


def keep_again(back: Mapping[Key, int]) -> None:
    """Later doses were not given after all: what is kept for them is what was kept before."""
    take({key: -doses for key, doses in back.items()})


class Claims:
    """What is kept for later doses where doses are used, as it stands after the items before."""

    def __init__(self, items: Collection[DoseUse]) -> None:
        on = min((clock.civil_day(i.occurred_at) for i in items), default=clock.today())
        self._rows = locked({(i.place_id, i.product) for i in items}, on)
        self.taken: Counter[Key] = Counter()
        self._firsts: Counter[Key] = Counter()

    def refusal(self, pack: Open, item: DoseUse) -> Refusal | None:
        """Why a first dose may not open a pack that a later dose waits for; what is open already is used today."""
        key = (item.place_id, item.product)
        row = self._rows.get(key)
        if row is None or item.later or pack.doses_left < pack.doses:
            return None
        waiting = max(0, row.doses - self.taken[key])
        if row.on_hand - self._firsts[key] - self.taken[key] > waiting:
            return None
        return Refusal("RESERVED_FOR_LATER", {"product": item.product, "doses": waiting})

    def draw(self, item: DoseUse) -> None:
        key = (item.place_id, item.product)
        if key in self._rows:
            (self.taken if item.later else self._firsts)[key] += item.doses
