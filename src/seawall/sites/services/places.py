"""Sites enter service and leave it."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

from seawall.platform import access, clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.reference import services as reference_services
from seawall.terms.actor import Actor
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import DoorState, Owner, PlaceKind, SiteKind, SiteState
from seawall.terms.sites import SiteClose
from seawall.terms.visits import SiteOpen

from .. import events, tables
from ..models import Site

COLUMNS: tuple[str, ...] = ("site_id", "code", "kind", "state", "name_zh", "name_en", "leaf_id", "address_zh")
COLUMNS += ("address_en", "phone", "stations", "seats", "parent_facility_id", "longitude", "latitude")
COLUMNS += ("opened_on", "close_reason", "door", "door_reason", "synthetic")
Opening = TypeVar("Opening", bound=SiteOpen)
TAKEN = "SELECT code FROM sites_site WHERE code = ANY(%(codes)s)"
OPEN = "SELECT site_id, state FROM sites_site WHERE site_id = ANY(%s) ORDER BY site_id FOR UPDATE"
END = f"""
UPDATE sites_site s SET state = 'closed', closed_on = u.day, close_reason = u.reason
FROM {sql.unnest({"site_id": "bigint", "day": "date", "reason": "text"})} WHERE s.site_id = u.site_id
"""
END_DAYS = f"""
UPDATE sites_session s SET state = 'closed', closed_at = u.at
FROM {sql.unnest({"site_id": "bigint", "day": "date", "at": "timestamptz"})}
WHERE s.site_id = u.site_id AND s.day >= u.day AND s.state <> 'closed'
"""


@verb(Owner.LEAF, zh="设立接种点", en="Open sites", tells=(events.SITE_OPENED,))
def site_open(w: Work, items: list[SiteOpen]) -> Answers:
    """Sites enter service, as places that hold stock; the answer carries the id."""
    good, answers = admitted(w, items, TAKEN)
    units = reference.leaf_units(clock.civil_day(w.recorded_at))
    rows = [
        reference_services.PlaceNew(
            kind=PlaceKind.SITE,
            code=i.code,
            name_zh=i.name_zh,
            name_en=i.name_en,
            leaf_id=i.leaf_id,
            unit_id=units[i.leaf_id],
            synthetic=i.synthetic,
        )
        for i in good.values()
    ]
    ids = dict(zip(good, reference_services.places_register(rows), strict=True)) if rows else {}
    sql.insert(Site, COLUMNS, [_site(ids[i.code], i) for i in good.values()])
    for i in good.values():
        w.announce(events.SITE_OPENED, "site", ids[i.code], i, {"site_id": ids[i.code], "code": i.code})
    return answers | {i.act: {"site_id": ids[i.code], "code": i.code} for i in good.values()}


def admitted(w: Work, items: Sequence[Opening], taken: str) -> tuple[dict[str, Opening], dict[UUID, Refusal | Params]]:
    """Sites that may enter service, or be proposed, by code, and why the others may not; `taken` asks which codes are."""
    today = clock.civil_day(w.recorded_at)
    units, middles = reference.leaf_units(today), _middles(today)
    hospitals = {f.facility_id for f in reference.facilities(int(tables.rates()["parent_grade"]))}
    known = {code for (code,) in sql.fetch(taken, {"codes": [i.code for i in items]})}
    good: dict[str, Opening] = {}
    refused: dict[UUID, Refusal | Params] = {}
    for item in items:
        refusal = _openable(w.actor, item, units, hospitals, known | good.keys()) or _misplaced(item, middles)
        if refusal:
            refused[item.act] = refusal
        else:
            good[item.code] = item
    return good, refused


def _openable(
    actor: Actor, item: SiteOpen, units: Mapping[int, int], hospitals: set[int], known: set[str]
) -> Refusal | None:
    if item.leaf_id not in units:
        return Refusal("AREA_UNKNOWN", {"leaf_id": item.leaf_id})
    if not access.sees_leaf(actor, item.leaf_id):
        return Refusal(access.OUT_OF_AREA)
    if item.code in known:
        return Refusal("SITE_KNOWN", {"site": item.code})
    if item.kind == SiteKind.TEMPORARY and item.parent_facility_id not in hospitals:
        return Refusal("TEMPORARY_WITHOUT_PARENT", {"site": item.code, "grade": int(tables.rates()["parent_grade"])})
    if item.stations < 1 or item.seats < 1:
        return Refusal("SITE_WITHOUT_ROOM", {"site": item.code})
    stations, seats = (int(tables.rates()[name]) for name in ("most_stations", "most_chairs"))
    if item.stations > stations or item.seats > seats:
        return Refusal("SITE_TOO_LARGE", {"site": item.code, "stations": stations, "seats": seats})
    return None


def _middles(on: date) -> dict[int, tuple[float, float]]:
    """Where the areas of the last level lie, as far as that is known: longitude and latitude."""
    rows = reference.leaves(on)
    return {a.area_id: (a.longitude, a.latitude) for a in rows if a.longitude is not None and a.latitude is not None}


def _misplaced(item: SiteOpen, middles: Mapping[int, tuple[float, float]]) -> Refusal | None:
    """Farther from the middle of its area than any area reaches: two numbers have changed places."""
    if item.leaf_id not in middles:
        return None
    (east, north), most = middles[item.leaf_id], int(tables.rates()["area_distance"])
    turn = abs(item.longitude - east)
    km = tables.KM_OF_A_DEGREE * math.hypot(
        min(turn, 360 - turn) * math.cos(math.radians(north)), item.latitude - north
    )
    if not km > most:  # not a number where nobody measured a place: nothing to hold against the site
        return None
    return Refusal("SITE_FAR_FROM_AREA", {"site": item.code, "km": round(km), "most": most})


def _site(site_id: int, i: SiteOpen) -> tuple[object, ...]:
    return (
        *(
            site_id,
            i.code,
            i.kind,
            SiteState.OPEN,
            i.name_zh,
            i.name_en,
            i.leaf_id,
            i.address_zh,
            i.address_en,
            i.phone,
        ),
        *(i.stations, i.seats, i.parent_facility_id, i.longitude, i.latitude, clock.civil_day(i.occurred_at)),
        *("", DoorState.NORMAL, "", i.synthetic),
    )


@verb(Owner.SITE, zh="关闭接种点", en="Close sites", tells=(events.SITE_CLOSED,), destroys=True)
def site_close(w: Work, items: list[SiteClose]) -> Answers:
    """Sites leave service from a day on: no seat is free any more, and booking hears of it."""
    states = dict(sql.fetch(OPEN, [[i.site_id for i in items]]))
    answers: dict[UUID, Refusal | Params] = {}
    good: dict[int, SiteClose] = {}
    for item in items:
        if states.get(item.site_id) != SiteState.OPEN or item.site_id in good:
            answers[item.act] = Refusal("SITE_NOT_OPEN", {"site_id": item.site_id})
        else:
            good[item.site_id] = item
            answers[item.act] = {"site_id": item.site_id}
    sql.execute(END, sql.turn([(i.site_id, i.day, i.reason) for i in good.values()], 3))
    sql.execute(END_DAYS, sql.turn([(i.site_id, i.day, i.occurred_at) for i in good.values()], 3))
    for i in good.values():
        told: Params = {"site_id": i.site_id, "day": i.day.isoformat(), "reason": i.reason}
        w.announce(events.SITE_CLOSED, "site", i.site_id, i, told)
    return answers
