"""Where one can go: the open sites with their next free seat, nearest first."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from seawall.people import selectors as people
from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.supply import selectors as supply
from seawall.terms.codes import SiteState, StockState
from seawall.terms.names import Name
from seawall.terms.sites import SessionRow, SiteRow

from .. import selectors as sites
from ..seats import KEPT
from ..tables import KM_OF_A_DEGREE

EARLIEST = f"""
SELECT u.site_id, n.starts_at FROM unnest(%s::bigint[]) AS u(site_id), LATERAL (
    SELECT s.starts_at FROM sites_slot s JOIN sites_session d ON d.site_id = s.site_id AND d.day = s.day AND d.public
    WHERE s.site_id = u.site_id AND s.starts_at > %s AND s.starts_at < %s AND s.taken + {KEPT} < s.capacity
    ORDER BY s.starts_at LIMIT 1) n
"""
LOOK_AHEAD = 7  # days in which the earliest free seat is sought


@dataclass(frozen=True, slots=True)
class PublicUnit:
    """The planning unit in which a site lies."""

    code: str
    name: Name


@dataclass(frozen=True, slots=True)
class PublicSite:
    """An open site: where, until when, with which products, and how soon; `km` from the point that was asked for."""

    site_id: int
    name: Name
    unit: PublicUnit | None
    address: Name
    phone: str
    longitude: float
    latitude: float
    opens: time | None
    closes: time | None
    products: tuple[Name, ...]
    earliest: datetime | None
    held: frozenset[str] = frozenset()  # codes of these products
    km: float | None = None

    @property
    def walk_in(self) -> bool:
        """A site in session takes whoever comes."""
        return self.opens is not None


@dataclass(frozen=True, slots=True)
class StreetMiddle:
    """A street, and its middle as longitude and latitude."""

    code: str
    name: Name
    at: tuple[float, float]


def streets(unit_code: str, on: date) -> tuple[StreetMiddle, ...]:
    """Streets of a unit whose middle is known, by name."""
    unit = next((u for u in reference.units(on) if u.code == unit_code), None)
    return tuple(
        StreetMiddle(a.code, Name.of(a), (a.longitude, a.latitude))
        for a in reference.leaves(on)
        if unit and a.area_id in unit.leaves and a.longitude is not None and a.latitude is not None
    )


def nearest_first(rows: Iterable[PublicSite], at: tuple[float, float]) -> tuple[PublicSite, ...]:
    """Sites by their way from a point, in km as the crow flies."""
    east = math.cos(math.radians(at[1])) * KM_OF_A_DEGREE

    def km(row: PublicSite) -> float:
        return math.hypot((row.longitude - at[0]) * east, (row.latitude - at[1]) * KM_OF_A_DEGREE)

    return tuple(sorted((replace(row, km=km(row)) for row in rows), key=km))


def public_sites(on: date, only: Collection[int] | None = None) -> tuple[PublicSite, ...]:
    """The open list of sites, or some of them, soonest first."""
    rows = [s for s in sites.sites(on) if s.state is SiteState.OPEN and (only is None or s.site_id in only)]
    ids = [s.site_id for s in rows]
    units, unit_of = {u.unit_id: PublicUnit(u.code, Name.of(u)) for u in reference.units(on)}, reference.leaf_units(on)
    sessions = {s.site_id: s for s in sites.sessions(on, ids)}
    held, earliest = _held(ids, on), _earliest(ids, on)
    found = (
        _public(
            s,
            units.get(unit_of.get(s.leaf_id, 0)),
            sessions.get(s.site_id),
            held.get(s.site_id, {}),
            earliest.get(s.site_id),
        )
        for s in rows
    )
    return tuple(sorted(found, key=lambda r: (r.earliest is None, r.earliest or clock.now(), r.site_id)))


def _public(
    row: SiteRow,
    unit: PublicUnit | None,
    session: SessionRow | None,
    products: Mapping[str, Name],
    earliest: datetime | None,
) -> PublicSite:
    zone = clock.zone()
    return PublicSite(
        site_id=row.site_id,
        name=Name.of(row),
        unit=unit,
        address=Name(row.address_zh, row.address_en),
        phone=row.phone,
        longitude=row.longitude,
        latitude=row.latitude,
        opens=session.opens_at.astimezone(zone).time() if session else None,
        closes=session.closes_at.astimezone(zone).time() if session else None,
        products=tuple(products.values()),
        earliest=earliest,
        held=frozenset(products),
    )


def _held(ids: Collection[int], on: date) -> dict[int, dict[str, Name]]:
    """What each site can give now, by the products' codes."""
    names = {p.code: Name.of(p) for p in reference.products(on)}
    held: dict[int, set[str]] = {}
    for row in supply.stock(ids):
        if row.state == StockState.ON_HAND:
            held.setdefault(row.place_id, set()).add(row.product)
    return {site: {code: names[code] for code in sorted(codes) if code in names} for site, codes in held.items()}


def _earliest(ids: Collection[int], on: date) -> dict[int, datetime]:
    """The first free quarter-hour of each site from now on, within a week."""
    start = datetime.combine(on, time(), clock.zone())
    since, until = max(clock.now(), start - timedelta(microseconds=1)), start + timedelta(days=LOOK_AHEAD)
    return dict(sql.fetch(EARLIEST, [list(ids), since, until, clock.now()]))


def taken_now(ids: Collection[int], at: datetime) -> dict[int, float]:
    """Share of the seats of the quarter-hour at a moment that is taken, of each site that has any."""
    return {s.site_id: round(1 - s.unbooked / s.capacity, 2) for s in sites.seats_at(ids, at) if s.capacity}


def beside(site_id: int, on: date) -> set[int]:
    """The sites of the planning unit in which a site lies, itself among them."""
    unit_of, leaves = reference.leaf_units(on), {s.site_id: s.leaf_id for s in sites.sites(on)}
    unit = unit_of.get(leaves.get(site_id, 0))
    return {other for other, leaf in leaves.items() if other == site_id or (unit and unit_of.get(leaf) == unit)}


def nearest_site(person_id: int) -> int | None:
    """The open site in the person's own leaf, else in their planning unit with the earliest free seat."""
    on = clock.today()
    leaf = people.leaves([person_id]).get(person_id, 0)
    unit_of = reference.leaf_units(on)
    ways = {
        s.site_id: 0 if s.leaf_id == leaf else 1 if unit_of.get(s.leaf_id) == unit_of.get(leaf) else 2
        for s in sites.sites(on)
        if s.state is SiteState.OPEN
    }
    least = min(ways.values(), default=0)
    nearest = public_sites(on, {site for site, way in ways.items() if way == least})
    return nearest[0].site_id if nearest else None
