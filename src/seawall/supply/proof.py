"""The nightly proof: balances against lines, packs against balances, and the identity of every lot at every place."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from seawall.platform import clock, sql
from seawall.terms.stock import Difference, IdentityRow

from . import culprits
from .virtual import virtual_places

LINES = """
SELECT place_id, lot, state, booked::int, moved::int, coalesce(unpaired, 0) <> 0 FROM (
    SELECT coalesce(b.place_id, l.place_id) AS place_id, coalesce(b.lot, l.lot) AS lot, coalesce(b.state, l.state) AS state,
        coalesce(b.doses, 0) AS booked, coalesce(l.doses, 0) AS moved, sum(l.paired) OVER (PARTITION BY l.lot) AS unpaired
    FROM (SELECT place_id, lot, state, sum(delta) AS doses,
              sum(delta) FILTER (WHERE NOT other_place_id = ANY(%(virtual)s)) AS paired
          FROM supply_stockline GROUP BY 1, 2, 3) l
    FULL JOIN supply_balance b ON b.place_id = l.place_id AND b.lot = l.lot AND b.state = l.state) x
WHERE booked <> moved OR unpaired <> 0 ORDER BY 1, 2, 3
"""
PACKS = """
SELECT coalesce(b.place_id, p.place_id), coalesce(b.lot, p.lot), coalesce(b.state, p.state),
    coalesce(b.doses, 0)::int, coalesce(p.doses, 0)::int
FROM (SELECT place_id, lot, state, sum(doses_left) AS doses FROM supply_pack
      WHERE doses_left > 0 AND NOT place_id = ANY(%(virtual)s) GROUP BY 1, 2, 3) p
FULL JOIN supply_balance b ON b.place_id = p.place_id AND b.lot = p.lot AND b.state = p.state
WHERE coalesce(b.doses, 0) <> coalesce(p.doses, 0) ORDER BY 1, 2, 3
"""
PAIRS = """
SELECT min(place_id), min(lot), kind, sum(delta)::int, act, min(recorded_at) FROM supply_stockline
WHERE recorded_at >= %(since)s AND NOT other_place_id = ANY(%(virtual)s) GROUP BY act, kind HAVING sum(delta) <> 0 ORDER BY 1, 2
"""
RECENT = timedelta(days=2)
LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)
IDENTITY = """
WITH vaccine AS (SELECT lot FROM supply_lot WHERE kind = 'vaccine'),
flows AS (
    SELECT place_id, lot,
        sum(delta) FILTER (WHERE recorded_at <= %(at)s AND kind IN ('receive', 'accept') AND state <> 'in_transit') AS received,
        -sum(delta) FILTER (WHERE recorded_at <= %(at)s AND kind IN ('use', 'consume')) AS given,
        -sum(delta) FILTER (WHERE recorded_at <= %(at)s AND kind IN ('waste', 'difference')) AS wasted,
        -sum(delta) FILTER (WHERE recorded_at <= %(at)s AND kind IN ('send', 'return') AND state <> 'in_transit') AS returned,
        sum(delta) FILTER (WHERE recorded_at > %(at)s AND state <> 'in_transit') AS later
    FROM supply_stockline WHERE (%(all)s OR place_id = ANY(%(places)s)) AND (%(ancillary)s OR lot IN (SELECT lot FROM vaccine))
    GROUP BY 1, 2),
held AS (SELECT place_id, lot, sum(doses) AS doses FROM supply_balance
    WHERE state <> 'in_transit' AND (%(all)s OR place_id = ANY(%(places)s))
      AND (%(ancillary)s OR lot IN (SELECT lot FROM vaccine)) GROUP BY 1, 2)
SELECT coalesce(f.place_id, h.place_id), coalesce(f.lot, h.lot), coalesce(received, 0)::int, coalesce(given, 0)::int,
    coalesce(wasted, 0)::int, coalesce(returned, 0)::int, (coalesce(h.doses, 0) - coalesce(later, 0))::int
FROM flows f FULL JOIN held h ON h.place_id = f.place_id AND h.lot = f.lot ORDER BY 1, 2
"""


def difference(as_of: datetime | None = None, *, thorough: bool = False) -> list[Difference]:
    """What does not balance: balance against lines, packs against balance (`packs/` before the state), movements that are no pairs.

    The proof is of the books as they stand, so `as_of` only names the closing it belongs to. An empty list is the proof.
    The lines are read once: a pair keeps its lot, so what moved between real places sums to zero for each lot. Lines are
    never changed, so pairs of earlier days, proven on those days, are looked at again only for want of that, or when `thorough`.
    """
    params: dict[str, object] = {"virtual": list(virtual_places().values())}
    lines = sql.fetch(LINES, params)
    found = [Difference(*line) for *line, _ in lines if line[3] != line[4]]
    found += [
        Difference(place, lot, f"packs/{state}", booked, proven)
        for place, lot, state, booked, proven in sql.fetch(PACKS, params)
    ]
    unpaired = any(apart for *_, apart in lines)
    since = LONG_AGO if thorough or unpaired else (as_of or clock.now()) - RECENT
    found += [
        Difference(place, lot, f"pair/{kind}", 0, delta, act, kind, clock.civil_day(at))
        for place, lot, kind, delta, act, at in sql.fetch(PAIRS, params | {"since": since})
    ]
    return culprits.named(found)


def identity(as_of: datetime, place_ids: Collection[int] | None = None, *, ancillary: bool = True) -> list[IdentityRow]:
    """received = given + wasted + returned + on hand for every lot at real places (these, or all), by what was recorded
    until then; of ancillary goods, which may be left out, given is what days used up.

    What is on hand comes from the balances, taken back to that moment, so that it can disagree with the flows.
    """
    params = {"at": as_of, "all": place_ids is None, "places": list(place_ids or ()), "ancillary": ancillary}
    return [IdentityRow(*row) for row in sql.fetch(IDENTITY, params)]
