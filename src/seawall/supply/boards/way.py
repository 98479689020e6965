"""The way of a dose: where its pack stood and travelled, how long, and the worst temperature of each leg. Computed when it is asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from seawall.platform import access, clock, sql
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.names import Name

from .. import degrees, excursions, inside, tables
from ..inside import DeviceRow

PACK = "SELECT lot, product, place_id, shipment FROM supply_pack WHERE code = %s"
SHIPMENTS = """
SELECT act, place_id, to_place_id, sent_at, accepted_at, min_celsius, max_celsius FROM supply_shipment
WHERE lot = %s ORDER BY sent_at
"""
RECEIVED = "SELECT min(occurred_at) FROM supply_stockline WHERE place_id = %s AND lot = %s AND kind = 'receive'"
STOOD = "SELECT since, device FROM supply_standing WHERE place_id = %s AND lot = %s ORDER BY since"
MOST_LEGS = 12
NOTHING = np.empty(0, np.int64), np.empty(0, np.float64)


@dataclass(frozen=True, slots=True)
class Leg:
    """A time at a place, or on the way to it: `devices` in which the pack stood or may have stood; no reading is no figure."""

    place: Name
    came_from: Name | None
    since: datetime | None
    until: datetime
    devices: tuple[str, ...]
    lowest: float | None
    highest: float | None
    minutes: int


@dataclass(frozen=True, slots=True)
class WayPage:
    """A pack's way until a moment, the first leg first."""

    code: str
    lot: str
    until: datetime
    limits: tuple[float, float]
    legs: tuple[Leg, ...]

    @property
    def lowest(self) -> float | None:
        return min((leg.lowest for leg in self.legs if leg.lowest is not None), default=None)

    @property
    def highest(self) -> float | None:
        return max((leg.highest for leg in self.legs if leg.highest is not None), default=None)

    @property
    def minutes(self) -> int:
        return sum(leg.minutes for leg in self.legs)

    @property
    def broken(self) -> bool:
        low, high = self.limits
        return (self.lowest is not None and self.lowest < low) or (self.highest is not None and self.highest > high)


@dataclass(frozen=True, slots=True)
class _Sent:
    act: object
    place_id: int
    to_place_id: int
    sent_at: datetime
    accepted_at: datetime | None
    low: float | None
    high: float | None


def way_page(actor: Actor, code: str, until: datetime | None = None) -> WayPage:
    """The way of a pack that stands in the actor's reach. Which carton of a lot came by which of several shipments is not
    known before its last one: of those the worst is taken, from the earliest on.
    """
    found = sql.fetch(PACK, [code])
    if not found:
        raise Refused("CODE_UNKNOWN", code=code[:50])
    lot, product, place_id, shipment = found[0]
    if not access.sees_site(actor, place_id):
        raise Refused(access.OUT_OF_AREA)
    until = until or clock.now()
    sent = [_Sent(*row) for row in sql.fetch(SHIPMENTS, [lot])]
    platforms = {p.code: p.platform for p in reference.products(clock.today())}
    limits = tables.cold_limits(platforms.get(product, tables.ANY))
    return WayPage(code, lot, until, limits, tuple(reversed(_legs(lot, place_id, shipment, until, sent, limits))))


def _legs(
    lot: str, place_id: int, shipment: object, until: datetime, sent: list[_Sent], limits: tuple[float, float]
) -> list[Leg]:
    """From the last place back to the first."""
    names, legs = reference.place_names(), list[Leg]()
    came = [s for s in sent if s.act == shipment]
    while len(legs) < MOST_LEGS:
        arrived = [s.accepted_at for s in came if s.accepted_at]
        since = min(arrived, default=None) or sql.fetch(RECEIVED, [place_id, lot])[0][0]
        if arrived or not came:
            legs.append(_stay(lot, place_id, names[place_id], since, until, limits))
        if not came:
            break
        first = min(came, key=lambda s: s.sent_at)
        legs.append(_travel(came, names[place_id], names[first.place_id], until))
        until, place_id = first.sent_at, first.place_id
        came = [s for s in sent if s.to_place_id == place_id and s.accepted_at and s.accepted_at <= until]
    return legs


def _travel(came: list[_Sent], place: Name, source: Name, until: datetime) -> Leg:
    lows, highs = [s.low for s in came if s.low is not None], [s.high for s in came if s.high is not None]
    ends = [s.accepted_at for s in came if s.accepted_at]
    low, high = min(lows, default=None), max(highs, default=None)
    return Leg(place, source, min(s.sent_at for s in came), max(ends, default=until), (), low, high, 0)


def _stay(
    lot: str, place_id: int, place: Name, since: datetime | None, until: datetime, limits: tuple[float, float]
) -> Leg:
    rows = inside.devices([place_id])
    spans = list(_spans(rows, sql.fetch(STOOD, [place_id, lot]), since or until, until))
    lows, highs, out = [], [], 0
    for key, begins, ends in spans:
        at, celsius = degrees.course([key], begins, ends).get(key, NOTHING)
        if len(at):
            lows.append(float(min(celsius)))
            highs.append(float(max(celsius)))
            out = max(out, excursions.minutes_out(at, celsius, *limits))
    devices = tuple(sorted({name for (_, name), _, _ in spans}))
    return Leg(place, None, since, until, devices, min(lows, default=None), max(highs, default=None), out)


def _spans(
    rows: list[DeviceRow], stood: list[tuple[datetime, str]], since: datetime, until: datetime
) -> Iterable[tuple[inside.Key, datetime, datetime]]:
    """Devices by the time in which the lot stood there; before anybody said so, it may have been any of the place."""
    known = [(max(at, since), device) for at, device in stood if at < until]
    first = known[0][0] if known else until
    if since < first or not known:
        yield from ((row.key, since, first) for row in rows)
    for n, (at, device) in enumerate(known):
        ends = known[n + 1][0] if n + 1 < len(known) else until
        yield from ((row.key, at, ends) for row in rows if row.device == device and at <= ends)
