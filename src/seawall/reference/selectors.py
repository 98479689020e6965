"""What others may ask about areas, units, places, products, days, figures, releases and reasons."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any

from seawall.platform import access, sql
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.codes import CodeKind, DayKind, NeedPer, PlaceKind, ProductKind
from seawall.terms.names import Name

from . import tables
from .city import City, DocumentKind, Format, Level, Tile, named, portal_ways, telephones, tiles
from .folders import campaigns as campaign_folders
from .folders import folder as city_folder
from .levels import Levels, levels
from .loaded import OWN_DOCUMENT, city, document_kinds, usual_document
from .numbers import ABROAD, WRONG_DIGIT, Reading, mod11_made
from .plugs import Made
from .plugs import checks as number_checks
from .reasons import placeholders, reason, registry, rule, say
from .reasons.rendering import Names, kind, listed
from .reasons.rendering import words as spoken
from .rows import AreaRow, FacilityRow, NeedRow, PackCodeRow, PlaceRow, ProductRow, ReasonRow, ReleaseRow, UnitRow

__all__ = [
    "ABROAD",
    "OWN_DOCUMENT",
    "WRONG_DIGIT",
    "AreaRow",
    "City",
    "DocumentKind",
    "FacilityRow",
    "Format",
    "Level",
    "Levels",
    "Names",
    "NeedRow",
    "PackCodeRow",
    "PlaceRow",
    "ProductRow",
    "Reading",
    "ReasonRow",
    "ReleaseRow",
    "Tile",
    "UnitRow",
    "area",
    "area_by_code",
    "areas",
    "branches",
    "calendar_until",
    "campaign_folders",
    "census",
    "city",
    "city_folder",
    "day_kinds",
    "day_names",
    "document_kinds",
    "facilities",
    "goods",
    "goods_names",
    "in_town",
    "kind",
    "leaf_units",
    "leaves",
    "leaves_under",
    "levels",
    "listed",
    "named",
    "needs",
    "number_checks",
    "numbers_made",
    "place",
    "place_names",
    "placeholders",
    "places",
    "places_within",
    "portal_ways",
    "product_names",
    "product_words",
    "products",
    "reason",
    "registry",
    "release",
    "releases",
    "releases_in_force",
    "rule",
    "rule_table",
    "rule_tables",
    "say",
    "spoken",
    "telephones",
    "tiles",
    "unit_census",
    "unit_reached",
    "units",
    "usual_document",
    "virtual_place",
    "whole",
]

AREA = (
    "SELECT n.area_id, n.code, n.name_zh, n.name_en, a.level, n.parent_id, a.longitude, a.latitude, a.km2, "
    "a.depth, a.leaf, n.names "
    "FROM reference_areaname n JOIN reference_area a ON a.id = n.area_id "
    "WHERE n.valid_from <= %(on)s AND (n.valid_to IS NULL OR n.valid_to >= %(on)s)"
)


def _area(row: tuple[Any, ...]) -> AreaRow:
    return AreaRow(*(*row[:-1], json.loads(row[-1])))


def areas(on: date) -> list[AreaRow]:
    """Areas that exist on a day, by depth and code."""
    return [_area(row) for row in sql.fetch(f"{AREA} ORDER BY a.depth, n.code", {"on": on})]


def leaves(on: date) -> list[AreaRow]:
    """The areas of the last level, in which people live, by code."""
    return [_area(row) for row in sql.fetch(f"{AREA} AND a.leaf ORDER BY n.code", {"on": on})]


def branches(on: date) -> list[AreaRow]:
    """The areas that others lie in, the whole city first."""
    return [row for row in areas(on) if not row.leaf]


def whole(on: date) -> AreaRow | None:
    """The area that all others lie in; None while no city is loaded."""
    return next((row for row in areas(on) if row.depth == 0), None)


def area_by_code(code: str, on: date) -> AreaRow | None:
    """Whose code this was on that day; codes are given again to others."""
    rows = sql.fetch(f"{AREA} AND n.code = %(code)s", {"on": on, "code": code})
    return _area(rows[0]) if rows else None


def area(area_id: int, on: date) -> AreaRow | None:
    rows = sql.fetch(f"{AREA} AND n.area_id = %(id)s", {"on": on, "id": area_id})
    return _area(rows[0]) if rows else None


def leaves_under(area_ids: Iterable[int], on: date) -> frozenset[int]:
    """Leaves that lie in any of the areas on a day, through the cover table."""
    rows = sql.fetch(
        "SELECT DISTINCT leaf_id FROM reference_areacover WHERE ancestor_id = ANY(%(ids)s) "
        "AND valid_from <= %(on)s AND (valid_to IS NULL OR valid_to >= %(on)s)",
        {"ids": list(area_ids), "on": on},
    )
    return frozenset(leaf for (leaf,) in rows)


def units(on: date, partition: str | None = "plan") -> list[UnitRow]:
    """Reporting units of a day by code: the planning partition, the overlays, or all (None)."""
    rows = sql.fetch(
        "SELECT u.id, u.code, u.name_zh, u.name_en, u.kind, array_agg(l.leaf_id) FILTER (WHERE l.leaf_id IS NOT NULL), "
        "u.parent_division_id, u.included_in_parent FROM reference_reportingunit u LEFT JOIN reference_unitleaf l "
        "ON l.unit_id = u.id AND l.valid_from <= %(on)s AND (l.valid_to IS NULL OR l.valid_to >= %(on)s) "
        "WHERE u.valid_from <= %(on)s AND (u.valid_to IS NULL OR u.valid_to >= %(on)s) "
        "AND (%(kind)s::text IS NULL OR u.kind = %(kind)s) GROUP BY u.id ORDER BY u.code",
        {"on": on, "kind": partition},
    )
    return [
        UnitRow(key, code, zh, en, kind, frozenset(leaves or ()), parent, included)
        for key, code, zh, en, kind, leaves, parent, included in rows
    ]


def unit_reached(actor: Actor, unit_id: int, on: date) -> UnitRow:
    """A planning unit that holds a leaf of the post."""
    unit = next((u for u in units(on) if u.unit_id == unit_id), None)
    if unit is None or not (actor.reach.everywhere or unit.leaves & actor.reach.leaves):
        raise Refused(access.OUT_OF_AREA)
    return unit


def leaf_units(on: date) -> dict[int, int]:
    """The planning unit of every leaf on a day."""
    return {leaf: unit.unit_id for unit in units(on) for leaf in unit.leaves}


PRODUCT = """
SELECT p.code, p.platform, p.maker_zh, p.maker_en, n.name_zh, n.name_en, p.doses_per_series, p.volume_ml,
  coalesce(min(k.doses_per_pack) FILTER (WHERE k.usual), min(k.doses_per_pack), 1),
  array_agg(k.doses_per_pack ORDER BY k.doses_per_pack), p.cvx, p.kind
FROM reference_product p
JOIN reference_productname n ON n.product_id = p.id AND n.valid_from <= %(on)s AND (n.valid_to IS NULL OR n.valid_to >= %(on)s)
LEFT JOIN reference_productpack k ON k.product_id = p.id AND k.valid_from <= %(on)s AND (k.valid_to IS NULL OR k.valid_to >= %(on)s)
WHERE p.valid_from <= %(on)s AND (p.valid_to IS NULL OR p.valid_to >= %(on)s) AND (%(all)s OR p.kind = %(vaccine)s)
GROUP BY p.id, n.id ORDER BY p.id
"""


def products(on: date) -> list[ProductRow]:
    """Vaccines in use on a day, as they are called and packed then."""
    return _stocked(on, everything=False)


def goods(on: date) -> list[ProductRow]:
    """All that is held in stock on a day: vaccines, and the ancillary goods that are used with them."""
    return _stocked(on, everything=True)


def _stocked(on: date, *, everything: bool) -> list[ProductRow]:
    rows = sql.fetch(PRODUCT, {"on": on, "all": everything, "vaccine": ProductKind.VACCINE.value})
    packs = (tuple(n for n in row[9] if n) for row in rows)
    known = ((*row[:9], sizes, row[10], ProductKind(row[11])) for row, sizes in zip(rows, packs, strict=True))
    return [ProductRow(*row) for row in known]


NEEDS = """
SELECT p.code, n.product, n.per, n.units, n.of, n.wastage FROM reference_productneed n JOIN reference_product p ON p.id = n.good_id
WHERE n.valid_from <= %(on)s AND (n.valid_to IS NULL OR n.valid_to >= %(on)s) ORDER BY p.id, n.per, n.product
"""


def needs(on: date) -> list[NeedRow]:
    """The ancillary goods that doses, days and sites need on a day."""
    rows = sql.fetch(NEEDS, {"on": on})
    return [NeedRow(good, product, NeedPer(per), *rest) for good, product, per, *rest in rows]


PACK_CODES = """
SELECT p.code, k.doses_per_pack, k.code_kind, k.code_head FROM reference_productpack k JOIN reference_product p ON p.id = k.product_id
WHERE k.valid_from <= %(on)s AND (k.valid_to IS NULL OR k.valid_to >= %(on)s) ORDER BY p.id, k.doses_per_pack
"""


def pack_codes(on: date) -> list[PackCodeRow]:
    """What the packs of each product bear on a day."""
    return [
        PackCodeRow(product, doses, CodeKind(kind), head)
        for product, doses, kind, head in sql.fetch(PACK_CODES, {"on": on})
    ]


def in_town(row: AreaRow) -> bool:
    """Whether an area is built up, as far as its country's names say so."""
    return any(own.town(row.name_zh) for own in city().plugs if own.town)


def numbers_made() -> dict[str, Made]:
    """Makers of numbers that nobody has, for a rehearsal, by the rule of the number: ours, and those of the city's plugs."""
    return {"mod11": mod11_made} | {rule: made for own in city().plugs for rule, made in own.made.items()}


def product_words() -> dict[str, str]:
    """Other usual names of vaccines in files, each with its product."""
    vaccines = {row["code"] for row in city().table("products") if row.get("kind") in {None, "", ProductKind.VACCINE}}
    rows = [row for row in city().table("product_names") if row["product"] in vaccines]
    return {word: row["product"] for row in rows for word in filter(None, row["also"].split(";"))}


def product_names(on: date) -> dict[str, Name]:
    """Short names of vaccines by code."""
    return {row.code: Name.of(row) for row in products(on)}


def goods_names(on: date) -> dict[str, Name]:
    """Short names of all that is held in stock, by code."""
    return {row.code: Name.of(row) for row in goods(on)}


def day_kinds(start: date, end: date) -> dict[date, DayKind]:
    """Every day from start to end, both included; beyond `calendar_until()` Monday to Friday is assumed."""
    known = dict(sql.fetch("SELECT day, kind FROM reference_calendarday WHERE day BETWEEN %s AND %s", [start, end]))
    span = (start + timedelta(days=n) for n in range((end - start).days + 1))
    return {day: DayKind(known[day]) if day in known else city().plain_kind(day) for day in span}


def day_names(start: date, end: date) -> dict[date, tuple[str, str]]:
    """Names of holidays, and of the holidays that make-up workdays belong to: Chinese, English."""
    rows = sql.fetch(
        "SELECT day, name_zh, name_en FROM reference_calendarday WHERE day BETWEEN %s AND %s AND name_en <> ''",
        [start, end],
    )
    return {day: (zh, en) for day, zh, en in rows}


def calendar_until() -> date | None:
    """Last day whose holidays are announced; pages that look further say that they assume Monday to Friday."""
    last: date | None = sql.fetch("SELECT max(day) FROM reference_calendarday")[0][0]
    return last


PLACE = "SELECT id, code, kind, name_zh, name_en, leaf_id, unit_id, synthetic FROM reference_place"


def places(kinds: Iterable[PlaceKind] | None = None, place_ids: Iterable[int] | None = None) -> list[PlaceRow]:
    """Holders of stock by code: of some kinds, some ids, or all."""
    rows = sql.fetch(
        f"{PLACE} WHERE (%(kinds)s::text[] IS NULL OR kind = ANY(%(kinds)s)) "
        "AND (%(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s)) ORDER BY code",
        {
            "kinds": None if kinds is None else [str(kind) for kind in kinds],
            "ids": None if place_ids is None else list(place_ids),
        },
    )
    return [PlaceRow(key, code, PlaceKind(kind), *rest) for key, code, kind, *rest in rows]


def place_names(place_ids: Iterable[int] | None = None) -> dict[int, Name]:
    return {row.place_id: Name.of(row) for row in places(place_ids=place_ids)}


def place(place_id: int) -> PlaceRow | None:
    return next(iter(places(place_ids=[place_id])), None)


def places_within(leaf_ids: Iterable[int]) -> frozenset[int]:
    """Holders of stock that lie in any of the leaves."""
    rows = sql.fetch("SELECT id FROM reference_place WHERE leaf_id = ANY(%s)", [list(leaf_ids)])
    return frozenset(key for (key,) in rows)


def virtual_place(kind: PlaceKind) -> int:
    """The far end of a movement: maker, given, wasted, destroyed."""
    rows = sql.fetch("SELECT id FROM reference_place WHERE kind = %s AND code LIKE 'VIRTUAL-%%'", [str(kind)])
    return int(rows[0][0])


def facilities(grade_from: int = 1) -> list[FacilityRow]:
    """Hospitals of a grade or above, by code."""
    rows = sql.fetch(
        "SELECT id, code, name_zh, name_en, grade, leaf_id, green_channel, synthetic FROM reference_facility "
        "WHERE grade >= %s ORDER BY code",
        [grade_from],
    )
    return [FacilityRow(*row) for row in rows]


def census() -> dict[str, int]:
    """Residents of each area that has a figure, by code."""
    return _figures("area")


def unit_census() -> dict[str, int]:
    """Residents of each planning unit by code: its own figure, or that of the area of its code."""
    planned = {code for (code,) in sql.fetch("SELECT code FROM reference_reportingunit WHERE kind = 'plan'")}
    return {code: value for code, value in census().items() if code in planned} | _figures("unit")


def _figures(scope: str) -> dict[str, int]:
    return dict(sql.fetch("SELECT code, value FROM reference_censusfigure WHERE scope = %s ORDER BY code", [scope]))


RELEASE = "SELECT hash, name, released_on FROM reference_rulerelease WHERE programme = %s"


@lru_cache(maxsize=64)
def _folder(key: str) -> dict[str, str]:
    """Tables of a release; its hash is of this very content, so that it never changes."""
    ((text,),) = sql.fetch("SELECT folder FROM reference_rulerelease WHERE hash = %s", [key])
    found: dict[str, str] = json.loads(text)
    return found


def releases(programme: str) -> list[ReleaseRow]:
    """Every stored release of a programme, newest first."""
    rows = sql.fetch(f"{RELEASE} ORDER BY released_on DESC, number DESC", [programme])
    return [ReleaseRow(key, programme, name, on, _folder(key)) for key, name, on in rows]


def release(programme: str, on: date) -> ReleaseRow | None:
    """The release in force on a day: the newest of that day or before, or the oldest if all are later."""
    stored = releases(programme)
    return next((row for row in stored if row.released_on <= on), stored[-1] if stored else None)


def releases_in_force(on: date) -> dict[str, ReleaseRow]:
    """The release of every programme on a day, chosen as `release` does."""
    rows = sql.fetch(
        "SELECT DISTINCT ON (programme) programme, hash, name, released_on FROM reference_rulerelease "
        "ORDER BY programme, released_on > %(on)s, abs(released_on - %(on)s), "
        "CASE WHEN released_on > %(on)s THEN number ELSE -number END",
        {"on": on},
    )
    return {code: ReleaseRow(key, code, name, since, _folder(key)) for code, key, name, since in rows}


def rule_tables(on: date, name: str) -> dict[str, str]:
    """The same table of every programme that has it, by the release in force on a day."""
    return {code: row.folder[name] for code, row in releases_in_force(on).items() if name in row.folder}


def rule_table(programme: str, on: date, name: str) -> str:
    """The text of one table of the release in force on a day; empty where the programme has none."""
    found = release(programme, on)
    return found.folder.get(name, "") if found else ""


def programmes_in_use() -> list[str]:
    """Codes of the programmes that people here are judged by."""
    return [code for (code,) in sql.fetch("SELECT code FROM reference_programme ORDER BY code")]


@cache
def organisation_kinds() -> dict[str, tuple[str, str]]:
    """Names of the kinds of organisations in both languages; the list is open, and an unknown kind is its own name."""
    return {r["code"]: (r["name_zh"], r["name_en"]) for r in tables.read("organisation_kinds")}
