"""Load every table of facts: areas, units, places, products, calendar, census, releases. Again, it changes only what changed."""

from collections.abc import Callable
from datetime import date

from django.db import transaction

from seawall.platform import sql

from .. import calendar, tables
from ..models import CalendarDay, CensusFigure, Place, Product, ProductName, ProductPack, ReportingUnit, UnitLeaf
from .areas import areas_load
from .mirror import mirror, upsert
from .releases import programme_use, shipped_store

Progress = Callable[[str, float], None]


def reference_load(progress: Progress | None = None) -> None:
    """All reference data in one transaction. `progress` is told what is being loaded and the share done."""
    steps: list[tuple[str, Callable[[], None]]] = [
        ("areas", areas_load),
        ("units", _units),
        ("places", _virtual_places),
        ("products", _products),
        ("calendar", _calendar),
        ("census", _census),
        ("releases", shipped_store),
        ("programmes", _programmes),
    ]
    with transaction.atomic():
        for done, (name, step) in enumerate(steps):
            if progress:
                progress(name, done / len(steps))
            step()
    if progress:
        progress("", 1.0)


def _units() -> None:
    area_ids = dict(sql.fetch("SELECT origin, id FROM reference_area"))
    columns = ("code", "kind", "name_zh", "name_en", "parent_division", "included_in_parent")
    dated = ("valid_from", "valid_to", "source", "mark")
    upsert(
        ReportingUnit,
        columns + dated,
        [
            (
                r["code"],
                r["kind"],
                r["name_zh"],
                r["name_en"],
                area_ids.get(r["parent"]),
                r["included_in_parent"] == "1",
            )
            + _dated(r)
            for r in tables.read("units")
        ],
        ("code",),
    )
    mirror(UnitLeaf, ("unit", "leaf", *dated), _unit_leaves(area_ids), ("unit", "leaf", "valid_from"))


def _unit_leaves(area_ids: dict[str, int]) -> list[tuple[object, ...]]:
    """Named leaves first; the other plan units take what is left of their division, street by street."""
    unit_ids = dict(sql.fetch("SELECT code, id FROM reference_reportingunit"))
    named = tables.read("unit_leaves")
    plan = {r["code"]: r for r in tables.read("units") if r["kind"] == "plan"}
    taken = {r["leaf"] for r in named if r["unit"] in plan}
    rows: list[tuple[object, ...]] = [(unit_ids[r["unit"]], area_ids[f"street/{r['leaf']}"], *_dated(r)) for r in named]
    whole = {r["parent"]: r for r in plan.values() if r["included_in_parent"] == "1"}
    spans = sql.fetch(
        "SELECT p.origin, l.origin, l.id, c.valid_from, c.valid_to FROM reference_areacover c "
        "JOIN reference_area p ON p.id = c.ancestor_id AND p.level = 'district' JOIN reference_area l ON l.id = c.leaf_id"
    )
    for parent, leaf, leaf_id, since, until in spans:
        unit = whole.get(parent)
        if unit and leaf.removeprefix("street/") not in taken:
            since, until = (
                max(since, tables.day_from(unit["valid_from"])),
                _earlier(until, tables.day(unit["valid_to"])),
            )
            rows.append((unit_ids[unit["code"]], leaf_id, since, until, unit["source"], unit["mark"]))
    return rows


def _earlier(one: date | None, other: date | None) -> date | None:
    return min(d for d in (one, other) if d) if one or other else None


def _dated(row: tables.Line) -> tuple[object, ...]:
    return tables.day_from(row["valid_from"]), tables.day(row["valid_to"]), row["source"], row["mark"]


def _virtual_places() -> None:
    columns = ("kind", "code", "name_zh", "name_en", "synthetic")
    upsert(Place, columns, [(*r.values(), False) for r in tables.read("virtual_places")], ("code",))


def _products() -> None:
    lines = tables.read("products")
    columns = ("code", "platform", "maker_zh", "maker_en", "doses_per_series", "volume_ml", "cvx", "status")
    dated = ("valid_from", "valid_to", "source", "mark")
    rows = [
        (r["code"], r["platform"], r["maker_zh"], r["maker_en"], int(r["doses_per_series"]), float(r["volume_ml"]))
        + (r["cvx"], r["status"], *_dated(r))
        for r in lines
    ]
    upsert(Product, columns + dated, rows, ("code",))
    ids = dict(sql.fetch("SELECT code, id FROM reference_product"))
    names = [(ids[r["product"]], r["name_zh"], r["name_en"], *_dated(r)) for r in tables.read("product_names")]
    mirror(ProductName, ("product", "name_zh", "name_en", *dated), names, ("product", "valid_from"))
    packs = [
        (ids[r["product"]], int(r["doses_per_pack"]), r["usual"] == "1", *_dated(r))
        for r in tables.read("product_packs")
    ]
    mirror(
        ProductPack, ("product", "doses_per_pack", "usual", *dated), packs, ("product", "doses_per_pack", "valid_from")
    )


def _calendar() -> None:
    """Days edited by hand (source `edited`) keep what was written."""
    columns = ("day", "kind", "name_zh", "name_en", "source")
    upsert(CalendarDay, columns, list(calendar.days()), ("day",), where="reference_calendarday.source <> 'edited'")


def _programmes() -> None:
    for r in tables.read("programmes"):
        programme_use(r["code"], date.fromisoformat(r["used_since"]))


def _census() -> None:
    columns = ("scope", "code", "year", "measure", "value", "source", "mark")
    rows = [
        (r["scope"], r["code"], int(r["year"]), r["measure"], int(r["value"]), r["source"], r["mark"])
        for r in tables.read("census")
    ]
    upsert(CensusFigure, columns, rows, ("scope", "code", "year", "measure"))
