"""Load a city: areas, units, places, products, calendar, census, rules. Again, it changes only what changed."""

from collections.abc import Callable
from datetime import date, timedelta

from django.db import transaction

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.codes import CodeKind, DayKind, Owner, ProductKind
from seawall.terms.places import ReferenceRefresh

from .. import loaded, tables
from ..city import City, named
from ..folders import Line
from ..models import (
    CalendarDay,
    CensusFigure,
    CityRelease,
    Facility,
    Place,
    Product,
    ProductName,
    ProductNeed,
    ProductPack,
    ReportingUnit,
    UnitLeaf,
)
from ..plugs import Day
from .areas import areas_load, key
from .mirror import mirror, upsert
from .places import ALWAYS, suppliers_set
from .releases import programme_use, shipped_store

Progress = Callable[[str, float], None]
WEEK = "the city's week"


@verb(Owner.CITY, zh="更新基础数据", en="Bring reference data up to date")
def reference_refresh(w: Work, items: list[ReferenceRefresh]) -> Answers:
    """Everything of the loaded city and the shipped rules become as the installed version reads them; what is unchanged stays."""
    if city := loaded.city():
        city_take(city)
    return {i.act: {} for i in items}


def city_take(city: City, progress: Progress | None = None) -> bool:
    """All of a checked city in one transaction; whether it differs from what was loaded. `progress` is told what and the share done."""
    steps: list[tuple[str, Callable[[City], None]]] = [
        ("areas", areas_load),
        ("units", _units),
        ("places", _places),
        ("products", _products),
        ("calendar", _calendar),
        ("census", _census),
        ("releases", lambda _: shipped_store()),
        ("programmes", _programmes),
        ("statistics", _analyse),
    ]
    with transaction.atomic():
        fresh = _release(city)
        for done, (name, step) in enumerate(steps):
            if progress:
                progress(name, done / len(steps))
            step(city)
    if progress:
        progress("", 1.0)
    return fresh


def _analyse(_: City) -> None:
    """Autovacuum leaves tables of fewer than fifty rows alone, and every plan that joins forty units then expects one."""
    sql.execute(f"ANALYZE {', '.join(table._meta.db_table for table in (ReportingUnit, UnitLeaf, Place, Product))}")


def _release(city: City) -> bool:
    """Keep the folder as it is; the same content again is the same release."""
    found, last = city.hash, CityRelease.objects.order_by("-number").first()
    if last and last.hash == found:
        return False
    number = last.number + 1 if last else 1
    columns = ("hash", "number", "code", "document", "loaded_at", "files")
    sql.insert(CityRelease, columns, [(found, number, city.code, city.document, clock.now(), dict(city.files))])
    clock.zone_set(city.time_zone)
    loaded.forget()
    transaction.on_commit(loaded.read)
    return True


def _units(city: City) -> None:
    area_ids = dict(sql.fetch("SELECT origin, id FROM reference_area"))
    columns = ("code", "kind", "name_zh", "name_en", "parent_division", "included_in_parent")
    dated = ("valid_from", "valid_to", "source", "mark")
    units = planning_units(city)
    rows = [
        (r["code"], r["kind"], name.zh, name.en, area_ids.get(r["parent"]), r["included_in_parent"] == "1", *_dated(r))
        for r in units
        if (name := named(r, city.languages))
    ]
    upsert(ReportingUnit, columns + dated, rows, ("code",))
    mirror(UnitLeaf, ("unit", "leaf", *dated), _unit_leaves(city, units, area_ids), ("unit", "leaf", "valid_from"))


def planning_units(city: City) -> list[Line]:
    """The table of units; without one, every area of the level that plans is a unit as long as it has its code."""
    if rows := city.table("units"):
        return rows
    return [
        {**row, "kind": "plan", "parent": key(row), "included_in_parent": "1"}
        for row in city.table("areas")
        if row["level"] == city.planned
    ]


def _unit_leaves(city: City, units: list[Line], area_ids: dict[str, int]) -> list[tuple[object, ...]]:
    """Named leaves first; the other plan units take what is left of their area, leaf by leaf."""
    unit_ids = dict(sql.fetch("SELECT code, id FROM reference_reportingunit"))
    given = city.table("unit_leaves")
    plan = {r["code"]: r for r in units if r["kind"] == "plan"}
    taken = {r["leaf"] for r in given if r["unit"] in plan}
    rows: list[tuple[object, ...]] = [(unit_ids[r["unit"]], area_ids[r["leaf"]], *_dated(r)) for r in given]
    whole = {r["parent"]: r for r in plan.values() if r["included_in_parent"] == "1"}
    spans = sql.fetch(
        "SELECT p.origin, l.origin, l.id, c.valid_from, c.valid_to FROM reference_areacover c "
        "JOIN reference_area p ON p.id = c.ancestor_id AND p.origin = ANY(%s) JOIN reference_area l ON l.id = c.leaf_id",
        [list(whole)],
    )
    for parent, leaf, leaf_id, since, until in spans:
        unit = whole[parent]
        if leaf not in taken:
            since = max(since, tables.day_from(unit["valid_from"]))
            until = _earlier(until, tables.day(unit["valid_to"]))
            if until is None or since <= until:
                rows.append((unit_ids[unit["code"]], leaf_id, since, until, *_dated(unit)[2:]))
    return rows


def _earlier(one: date | None, other: date | None) -> date | None:
    return min(d for d in (one, other) if d) if one or other else None


def _dated(row: tables.Line) -> tuple[object, ...]:
    until = tables.day(row.get("valid_to") or "")
    return tables.day_from(row["valid_from"]), until, row.get("source") or "", row.get("mark") or ""


def _places(city: City) -> None:
    """The far ends of every movement, the city's stores, and its hospitals."""
    columns = ("kind", "code", "name_zh", "name_en", "synthetic")
    upsert(Place, columns, [(*r.values(), False) for r in tables.read("virtual_places")], ("code",))
    leaves = dict(sql.fetch("SELECT origin, id FROM reference_area WHERE leaf"))
    units = dict(sql.fetch("SELECT leaf_id, unit_id FROM reference_unitleaf WHERE valid_to IS NULL"))
    rows = [(r, named(r, city.languages), leaves[r["leaf"]]) for r in city.table("places")]
    stores = [
        (r["kind"], r["code"], name.zh, name.en, leaf, units.get(leaf), r["mark"] == "synthetic")
        for r, name, leaf in rows
    ]
    upsert(Place, ("kind", "code", "name_zh", "name_en", "leaf", "unit", "synthetic"), stores, ("code",))
    ids = dict(sql.fetch("SELECT code, id FROM reference_place"))
    suppliers_set(
        [
            (
                ids[r["code"]],
                ids[r["supplied_by"]],
                int(r.get("lead_days") or 1),
                tables.day(r.get("supplied_since") or "") or ALWAYS,
            )
            for r, _, _ in rows
            if r.get("supplied_by")
        ]
    )
    beds = [(r, named(r, city.languages)) for r in city.table("facilities")]
    hospitals = [
        (
            r["code"],
            name.zh,
            name.en,
            int(r["grade"]),
            leaves[r["leaf"]],
            r["green_channel"] == "1",
            r["mark"] == "synthetic",
        )
        for r, name in beds
    ]
    kept = ("code", "name_zh", "name_en", "grade", "leaf", "green_channel", "synthetic")
    upsert(Facility, kept, hospitals, ("code",))


def _products(city: City) -> None:
    lines = city.table("products")
    columns = ("code", "kind", "platform", "maker_zh", "maker_en", "doses_per_series", "volume_ml", "cvx", "status")
    dated = ("valid_from", "valid_to", "source", "mark")
    rows = [
        (
            r["code"],
            r.get("kind") or ProductKind.VACCINE,
            r["platform"],
            r.get("maker_zh") or r["maker_en"],
            r["maker_en"],
            int(r["doses_per_series"] or 0),
            float(r["volume_ml"] or 0),
        )
        + (r.get("cvx") or "", r.get("status") or "", *_dated(r))
        for r in lines
    ]
    upsert(Product, columns + dated, rows, ("code",))
    ids = dict(sql.fetch("SELECT code, id FROM reference_product"))
    called = [(r, named(r, city.languages)) for r in city.table("product_names")]
    names = [(ids[r["product"]], name.zh, name.en, *_dated(r)) for r, name in called]
    mirror(ProductName, ("product", "name_zh", "name_en", *dated), names, ("product", "valid_from"))
    packs = [
        (ids[r["product"]], int(r["doses_per_pack"]), r["usual"] == "1")
        + (r.get("code_kind") or CodeKind.CHINA_20, r.get("code_head") or "", *_dated(r))
        for r in city.table("product_packs")
    ]
    sizes = ("product", "doses_per_pack", "usual", "code_kind", "code_head", *dated)
    mirror(ProductPack, sizes, packs, ("product", "doses_per_pack", "valid_from"))
    needed = [
        (
            ids[r["good"]],
            r["product"],
            r["per"],
            int(r["units"]),
            int(r["of"] or 1),
            float(r["wastage"] or 1),
            *_dated(r),
        )
        for r in city.table("needs")
    ]
    mirror(
        ProductNeed,
        ("good", "product", "per", "units", "of", "wastage", *dated),
        needed,
        ("good", "product", "per", "valid_from"),
    )


def _calendar(city: City) -> None:
    """The country's days, then the city's own. Days edited by hand (source `edited`) keep what was written."""
    columns = ("day", "kind", "name_zh", "name_en", "source")
    known = {day[0]: day for p in city.plugs if p.days for day in p.days()}
    for r in city.table("calendar"):
        name, day = named(r, city.languages), tables.day_from(r["day"])
        known[day] = day, DayKind(r["kind"]), name.zh, name.en, r["source"]
    if not any(p.days for p in city.plugs):
        known = _whole_years(city, known)
    upsert(CalendarDay, columns, list(known.values()), ("day",), where="reference_calendarday.source <> 'edited'")


def _whole_years(city: City, known: dict[date, Day]) -> dict[date, Day]:
    """Every other day of the years of which the city's table speaks: a weekend by the city's week, or a workday."""
    days = dict(known)
    for year in {day.year for day in known}:
        for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days):
            at = date(year, 1, 1) + timedelta(n)
            days.setdefault(at, (at, city.plain_kind(at), "", "", WEEK))
    return days


def _programmes(city: City) -> None:
    for r in city.table("programmes"):
        programme_use(r["code"], date.fromisoformat(r["used_since"]))


def _census(city: City) -> None:
    areas = [("area", r["code"], city.census, int(r["population"])) for r in city.table("areas") if r.get("population")]
    units = [("unit", r["code"], city.census, int(r["population"])) for r in city.table("units") if r.get("population")]
    mirror(CensusFigure, ("scope", "code", "year", "value"), areas + units, ("scope", "code"))
