"""A city's folder becomes the city of this database: checked whole, compared with what is loaded, taken in at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.db import transaction

from seawall.engines.tables import Findings
from seawall.platform import clock, sql

from .. import folders, loaded, tables
from ..city import City
from ..folders import HEAD, Line
from ..rows import CityUse
from .areas import key
from .city_check import HERE, Judge, city_check
from .load import Progress, city_take, planning_units
from .releases import own_store

IDENTITY = {
    "areas": ("area", "code", "valid_from"),
    "unit_leaves": ("unit", "leaf", "valid_from"),
    "telephones": ("use", "valid_from"),
    "portal_ways": ("way", "valid_from"),
    "product_names": ("product", "valid_from"),
    "product_packs": ("product", "doses_per_pack", "valid_from"),
    "needs": ("good", "product", "per", "valid_from"),
    "calendar": ("day",),
    "documents": ("kind",),
    "places": ("code",),
    "roles": ("role", "valid_from"),
    "readiness": ("code", "valid_from"),
    "seat_returns": ("at", "valid_from"),
    "team": ("role", "stations", "valid_from"),
}
STARTS = ("valid_from", "day", "used_since", "supplied_since")
NOTHING = CityUse()


@dataclass(frozen=True, slots=True)
class Change:
    """A row that a folder adds to the loaded city, takes away, or says otherwise; `on` is the day from which it speaks."""

    file: str
    row: str
    on: date | None
    was: Line
    now: Line

    @property
    def cells(self) -> dict[str, tuple[str, str]]:
        """What was and what is, of each cell that differs."""
        names = [name for name in self.now | self.was if name]
        both = {name: (self.was.get(name) or "", self.now.get(name) or "") for name in names}
        return {name: (was, now) for name, (was, now) in both.items() if was != now}


def city_load(
    named: Path | str, used: CityUse = NOTHING, progress: Progress | None = None, *, judges: Sequence[Judge] = ()
) -> City:
    """Load or renew a city, from its folder or by the name of one that comes with the program.

    Raises Mistakes with everything wrong in the folder, or that would hurt what is `used`; then nothing is loaded.
    """
    city = city_read(named, judges)
    _unhurt(loaded.city(), city, used)
    with transaction.atomic():
        own_store(folders.folder(named))
        city_take(city, progress)
    return city


def city_read(named: Path | str, judges: Sequence[Judge] = ()) -> City:
    """A city's folder, checked; raises Mistakes with every mistake in it. `judges`: see `city_check`."""
    folder = folders.folder(named)
    content = tuple(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    return _read(folder, tuple(judges), content)


@lru_cache(maxsize=4)
def _read(folder: Path, judges: tuple[Judge, ...], _content: tuple[bytes, ...]) -> City:
    return city_check(folder, judges)


def city_changes(before: City, after: City) -> list[Change]:
    """What would change, the earliest day first; what has no day stands before."""
    names = sorted({name for city in (before, after) for name in city.files})
    found = [change for name in names for change in _changes(name, before, after)]
    return sorted(found, key=lambda change: (change.on or date.min, change.file, change.row))


def _changes(name: str, before: City, after: City) -> Iterator[Change]:
    if not name.endswith(".csv"):
        if before.files.get(name) != after.files.get(name):
            yield Change(name, "", None, {}, {})
        return
    table = name.removesuffix(".csv")
    known, fresh = _by_identity(before, table), _by_identity(after, table)
    for row in known.keys() | fresh.keys():
        was, now = known.get(row, {}), fresh.get(row, {})
        change = Change(name, row, _starts(now or was), was, now)
        if change.cells:
            yield change


def _by_identity(city: City, table: str) -> dict[str, Line]:
    rows = city.table(table)
    columns = IDENTITY.get(table) or (next(iter(rows[0])),) if rows else ()
    return {" ".join(filter(None, (row.get(c) for c in columns))): row for row in rows}


def _starts(row: Line) -> date | None:
    return next((date.fromisoformat(row[c]) for c in STARTS if row.get(c)), None)


def _unhurt(before: City, after: City, used: CityUse) -> None:
    """Refuse what people, stock and plans would lose."""
    if not before:
        return
    findings, today = Findings(HERE / "city_mistakes.csv"), clock.today()
    if before.code != after.code:
        findings.add(HEAD, 0, "code", after.code, "other_city", before.code)
    for name in ("time_zone", "country"):
        was, now = getattr(before, name), getattr(after, name)
        if used.running and was != now:
            findings.add(HEAD, 0, name, now, "fixed", was)
    kept = {key(r) for r in after.table("areas") if r["level"] == after.leaf and _lasts(r, today)}
    here = sql.fetch("SELECT origin, id FROM reference_area WHERE id = ANY(%s)", [sorted(used.leaf_ids)])
    for origin in sorted(origin for origin, _ in here if origin not in kept):
        findings.add("areas.csv", 0, "code", origin, "lived_in")
    planned = {r["code"] for r in planning_units(after) if _lasts(r, today)}
    units = sql.fetch("SELECT code FROM reference_reportingunit WHERE id = ANY(%s)", [sorted(used.unit_ids)])
    for code in sorted(code for (code,) in units if code not in planned):
        findings.add("units.csv", 0, "code", code, "planned_for")
    products = {r["code"] for r in after.table("products")}
    for code in sorted(used.products - products):
        findings.add("products.csv", 0, "code", code, "stocked")
    kinds = {r["kind"] for r in (*tables.read("documents"), *after.table("documents"))}
    for kind in sorted(used.document_kinds - kinds):
        findings.add("documents.csv", 0, "kind", kind, "held")
    roles = after.table("roles")
    for code in sorted(used.roles_made - {r["role"] for r in roles}):
        findings.add("roles.csv", 0, "role", code, "role_known")
    for code in sorted({r["role"] for r in roles if r["used"] == "0" and _lasts(r, today)} & used.roles_held):
        findings.add("roles.csv", 0, "role", code, "role_held")
    findings.stop_if_any()


def _lasts(row: Line, on: date) -> bool:
    """Whether a row holds on a day or after it."""
    until = tables.day(row.get("valid_to") or "")
    return until is None or until >= on
