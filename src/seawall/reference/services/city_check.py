"""A city's folder before it is taken in: every mistake at once, each by file, row and column."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import polars as pl
from babel.core import Locale
from babel.dates import format_date
from babel.localedata import locale_identifiers

from seawall.engines.tables import (
    Column,
    Findings,
    Mistakes,
    dictionary,
    note,
    overlaps,
    read_section,
    read_table,
    read_toml,
)
from seawall.terms.codes import NeedPer, ProductKind

from .. import folders, plugs, tables
from ..city import City, parse
from ..folders import HEAD, OUTLINES
from . import campaign_check, outlines_check

HERE = Path(tables.__file__).parent
NEEDED = frozenset({"areas"})
CHANGES = frozenset({"roles"})  # whose rows may leave a name as it is
UNCOUNTED = re.compile(r"(?<!\\)\{(?!\d*,?\d*\})")  # a brace that opens no count
VACCINE, ANY = ("platform", "doses_per_series", "volume_ml"), "*"
ENDS = {True: date.max, False: date.min}
Row = Mapping[str, Any]
Judge = Callable[[Mapping[str, pl.DataFrame], Findings], None]


def city_check(folder: Path, judges: Iterable[Judge]) -> City:
    """The city of a folder; raises Mistakes with all that is wrong in its tables and its campaigns.

    `judges` note what only later rooms know of the tables that are theirs.
    """
    findings = Findings(HERE / "city_mistakes.csv")
    head = _head(folder, findings)
    levels = [level.get("code", "") for level in head.get("level", ())]
    read = {name: _read(folder, name, columns, head, findings) for name, columns in _dictionary().items()}
    _names(read, _languages(head), bool(head.get("plugs")), findings)
    for name, frame in read.items():
        _in_order(f"{name}.csv", frame, findings)
    _areas(read["areas"], levels, findings)
    _units(read, levels, head, findings)
    _supplied(read["places"], findings)
    _documents(read["documents"], head, findings)
    _products(read, findings)
    planned = _planned(read, head)
    _tiles(read["tiles"], set(planned), findings)
    for judge in judges:
        judge(read, findings)
    outlines_check.judge(folder, set(planned), findings)
    campaign_check.judge(folder, read, planned, str(head.get("time_zone", "")), findings)
    findings.stop_if_any()
    return parse(folders.texts(folder))


def _dictionary() -> dict[str, list[Column]]:
    columns = dictionary(HERE / "city.csv")
    return {name: rows for name, rows in columns.items() if name not in {"city", "level", "format"}}


def _read(folder: Path, name: str, columns: list[Column], head: Row, findings: Findings) -> pl.DataFrame:
    """A table, with a column more for each further language; empty when the city has none."""
    if any(c.column == "name_en" for c in columns):
        model = next(c for c in columns if c.column == "name_en")
        known = {c.column for c in columns}
        more = (f"name_{code}" for code in _languages(head))
        columns = columns + [replace(model, column=name) for name in more if name not in known]
    path = folder / f"{name}.csv"
    if name not in NEEDED and not path.exists():
        return pl.DataFrame(schema={"row": pl.Int64} | {c.column: pl.String for c in columns})
    return read_table(path, columns, findings, empty=name not in NEEDED)


# city.toml


def _head(folder: Path, findings: Findings) -> dict[str, Any]:
    head = read_toml(folder / HEAD, findings)
    if not head:
        return {}
    columns = dictionary(HERE / "city.csv")
    levels = head.get("level") if isinstance(head.get("level"), list) else []
    names = {code: f"name_{code}" for code in _languages(head)}
    sections: list[tuple[Mapping[str, Any], str, str]] = [
        ({k: v for k, v in head.items() if k not in {"level", "format"}}, "", "city"),
        *((level, f"level.{n}.", "level") for n, level in enumerate(levels or (), 1)),
    ]
    for values, at, table in sections:
        own = {k: v for k, v in values.items() if k not in names.values()}
        read_section(own, HEAD, at, columns[table], findings)
        if not any(values.get(name) for name in names.values()):
            findings.add(HEAD, 0, f"{at}name", "", "nameless", ", ".join(names.values()))
    _formats(head.get("format", ()), columns["format"], findings)
    _head_values(head, [level.get("code") for level in levels or ()], findings)
    return {**head, "level": [level for level in levels or () if isinstance(level, dict)]}


def _formats(given: Any, columns: Sequence[Column], findings: Findings) -> None:
    known = set(locale_identifiers())
    for n, form in enumerate(given if isinstance(given, list) else (), 1):
        at = f"format.{n}."
        read = read_section(form, HEAD, at, columns, findings)
        if "locale" in read and read["locale"] not in known:
            findings.add(HEAD, 0, f"{at}locale", read["locale"], "locale")
        if "day" in read and not _pattern(read["day"]):
            findings.add(HEAD, 0, f"{at}day", read["day"], "day_pattern")


def _pattern(text: str) -> bool:
    try:
        format_date(date(2000, 1, 1), text, locale="en")
    except (ValueError, AttributeError, KeyError):
        return False
    return "y" in text and "d" in text and "M" in text


def _head_values(head: Row, levels: Sequence[Any], findings: Findings) -> None:
    weekend, given = head.get("weekend", []), head.get("plugs", [])
    asked: list[tuple[str, bool, str, object]] = [
        ("time_zone", head.get("time_zone") in available_timezones(), "zone", ""),
        ("country", head.get("country") in Locale("en").territories and len(head["country"]) == 2, "country", ""),
        ("languages", bool(_languages(head)), "languages", ""),
        ("level", len(levels) > 1 and len(set(map(str, levels))) == len(levels), "levels", ""),
        ("planned", head.get("planned") in levels, "level", ", ".join(map(str, levels))),
        ("weekend", not isinstance(weekend, list) or all(day in range(1, 8) for day in weekend), "weekend", ""),
        ("plugs", not isinstance(given, list) or set(given) <= set(plugs.NAMES), "plug", ", ".join(plugs.NAMES)),
    ]
    for key, good, rule, detail in asked:
        if not good and (key in head or key == "level"):
            findings.add(HEAD, 0, key, head.get(key), rule, detail)


def _languages(head: Row) -> list[str]:
    given = head.get("languages")
    codes = given if isinstance(given, list) else []
    return [code for code in codes if isinstance(code, str) and re.fullmatch(r"[a-z]{2,3}", code)]


# What every table must hold


def _names(read: Mapping[str, pl.DataFrame], languages: Sequence[str], spelt: bool, findings: Findings) -> None:
    """A row has a name in one of the city's languages at least."""
    for name, frame in read.items():
        if name in CHANGES:
            continue
        columns = [f"name_{code}" for code in languages if f"name_{code}" in frame.columns]
        if columns:
            bare = frame.filter(pl.all_horizontal(pl.col(column).is_null() for column in columns))
            note(findings, f"{name}.csv", bare, columns[0], "nameless", ", ".join(columns))


def _in_order(file: str, frame: pl.DataFrame, findings: Findings) -> None:
    if {"valid_from", "valid_to"} <= set(frame.columns) and frame.schema["valid_to"] == pl.Date:
        note(findings, file, frame.filter(pl.col("valid_to") < pl.col("valid_from")), "valid_to", "days")


# Areas


def key(row: Row) -> str:
    return str(row["area"] or row["code"])


def _areas(frame: pl.DataFrame, levels: Sequence[str], findings: Findings) -> None:
    file, rows = "areas.csv", frame.filter(pl.col("code").is_not_null()).to_dicts()
    note(
        findings, file, frame.filter(~pl.col("level").is_in(pl.Series(levels, dtype=pl.String).implode())), "level",
        "level", ", ".join(levels),
    )  # fmt: skip
    known: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        known[key(row)].append(row)
    for after, before in overlaps(rows, key):
        findings.add(file, after["row"], "valid_from", after["valid_from"], "overlap", before["row"])
    for after, before in overlaps(rows, lambda row: row["code"]):
        if key(after) != key(before):
            findings.add(file, after["row"], "code", after["code"], "code_twice", before["row"])
    depth = {level: n for n, level in enumerate(levels)}
    tops = {key(row) for row in rows if not row["parent"]}
    if rows and (len(tops) != 1 or any(depth.get(row["level"]) for row in rows if not row["parent"])):
        last = next((row for row in reversed(rows) if not row["parent"]), rows[0])
        findings.add(file, last["row"], "parent", ", ".join(sorted(tops)), "whole")
    circles = _circles(known)
    for row in rows:
        _parent(file, row, known, depth, circles, findings)
        for after in filter(None, (row["successor"] or "").split(";")):
            if after not in known:
                findings.add(file, row["row"], "successor", after, "parent")
    beyond = (pl.col("lon").abs() > 180) | (pl.col("lat").abs() > 90)
    note(findings, file, frame.filter(beyond), "lon", "degrees")


def _parent(
    file: str,
    row: Row,
    known: Mapping[str, Sequence[Row]],
    depth: Mapping[str, int],
    circles: Mapping[str, str],
    findings: Findings,
) -> None:
    parent = row["parent"]
    if not parent:
        return
    if parent not in known:
        findings.add(file, row["row"], "parent", parent, "parent")
    elif key(row) in circles:
        findings.add(file, row["row"], "parent", parent, "cycle", circles[key(row)])
    elif any(depth.get(p["level"], -1) >= depth.get(row["level"], 99) for p in known[parent]):
        findings.add(file, row["row"], "parent", parent, "parent_level")
    elif row["valid_from"] and (gap := _gap(row, known[parent])):
        findings.add(file, row["row"], "parent", parent, "parent_days", gap)


def _gap(row: Row, parents: Sequence[Row]) -> str:
    """The first day of an area on which none of its parent's rows holds; empty when there is none."""
    at: date = row["valid_from"]
    for parent in sorted((p for p in parents if p["valid_from"]), key=lambda p: p["valid_from"]):
        if parent["valid_from"] <= at <= (parent["valid_to"] or date.max):
            at = _after(parent["valid_to"])
    return "" if at > (row["valid_to"] or date.max) or at == date.max else at.isoformat()


def _after(day: date | None) -> date:
    return date.max if day is None else date.fromordinal(day.toordinal() + 1)


def _circles(known: Mapping[str, Sequence[Row]]) -> dict[str, str]:
    """Areas that lie in each other, with the way round."""
    above = {origin: {row["parent"] for row in rows if row["parent"]} for origin, rows in known.items()}
    found: dict[str, str] = {}
    for origin in above:
        way, at = [origin], above[origin]
        while at:
            step = min(at)
            way.append(step)
            if step == origin:
                found[origin] = " -> ".join(way)
            if step in way[:-1]:
                break
            at = above.get(step, set())
    return found


# Units, documents, products, tiles


def _units(read: Mapping[str, pl.DataFrame], levels: Sequence[str], head: Row, findings: Findings) -> None:
    areas = read["areas"].filter(pl.col("code").is_not_null()).to_dicts()
    keys, leaves = {key(r) for r in areas}, {key(r) for r in areas if levels and r["level"] == levels[-1]}
    units = {r["code"] for r in read["units"].to_dicts()}
    for row in read["units"].filter(pl.col("parent").is_not_null()).to_dicts():
        if row["parent"] not in keys:
            findings.add("units.csv", row["row"], "parent", row["parent"], "parent")
    for row in read["unit_leaves"].to_dicts():
        if row["unit"] not in units:
            findings.add("unit_leaves.csv", row["row"], "unit", row["unit"], "unit")
    for table in ("unit_leaves", "facilities", "places"):
        for row in read[table].to_dicts():
            if row["leaf"] is not None and row["leaf"] not in leaves:
                findings.add(f"{table}.csv", row["row"], "leaf", row["leaf"], "leaf")
    plan = {r["code"] for r in read["units"].to_dicts() if r["kind"] == "plan"}
    given = [r for r in read["unit_leaves"].to_dicts() if r["unit"] in plan]
    for after, before in overlaps(given, lambda row: row["leaf"]):
        findings.add("unit_leaves.csv", after["row"], "leaf", after["leaf"], "shared", before["unit"])


def _supplied(frame: pl.DataFrame, findings: Findings) -> None:
    rows = [r for r in frame.to_dicts() if r["supplied_by"]]
    stores = {r["code"] for r in frame.to_dicts() if r["kind"] == "store"}
    circles = _circles({r["code"]: [{"parent": r["supplied_by"]}] for r in rows})
    for row in rows:
        if row["supplied_by"] not in stores:
            findings.add("places.csv", row["row"], "supplied_by", row["supplied_by"], "supplier")
        if row["code"] in circles:
            findings.add(
                "places.csv", row["row"], "supplied_by", row["supplied_by"], "supply_cycle", circles[row["code"]]
            )


def _documents(frame: pl.DataFrame, head: Row, findings: Findings) -> None:
    rules = plugs.checks()
    for row in frame.to_dicts():
        if row["check"] and row["check"] not in rules:
            findings.add("documents.csv", row["row"], "check", row["check"], "check", ", ".join(filter(None, rules)))
        try:
            re.compile(row["pattern"] or "")
            if UNCOUNTED.search(row["pattern"] or ""):
                raise re.error("{ without its }")  # Python takes it for a sign of the number, and no number fits
        except re.error as wrong:
            findings.add("documents.csv", row["row"], "pattern", row["pattern"], "pattern", wrong)
    kinds = {*frame["kind"].to_list(), *(r["kind"] for r in tables.read("documents"))}
    if head.get("document") and head["document"] not in kinds:
        findings.add(HEAD, 0, "document", head["document"], "document")


def _products(read: Mapping[str, pl.DataFrame], findings: Findings) -> None:
    known = set(read["products"]["code"].to_list())
    for table in ("product_names", "product_packs"):
        for row in read[table].to_dicts():
            if row["product"] not in known:
                findings.add(f"{table}.csv", row["row"], "product", row["product"], "product_unlisted")
    for after, before in overlaps(read["product_names"].to_dicts(), lambda row: row["product"]):
        findings.add("product_names.csv", after["row"], "valid_from", after["valid_from"], "overlap", before["row"])
    _needs(read, findings)


def _needs(read: Mapping[str, pl.DataFrame], findings: Findings) -> None:
    """Vaccines say what makes them one; what is needed with them is something else."""
    rows = read["products"].to_dicts()
    vaccines = {row["code"] for row in rows if row["kind"] in {None, ProductKind.VACCINE}}
    known = {row["code"] for row in rows}
    for row in rows:
        for column in VACCINE:
            if row["code"] in vaccines and row[column] is None:
                findings.add("products.csv", row["row"], column, "", "vaccine_column", row["code"])
    needs = read["needs"].to_dicts()
    for row in needs:
        for column in ("good", "product"):
            if row[column] not in {*known, ANY if column == "product" else None}:
                findings.add("needs.csv", row["row"], column, row[column], "product_unlisted")
        if row["good"] in vaccines:
            findings.add("needs.csv", row["row"], "good", row["good"], "goods_are_vaccine")
        if row["product"] in known - vaccines:
            findings.add("needs.csv", row["row"], "product", row["product"], "product_is_goods")
        if row["per"] in {NeedPer.DAY, NeedPer.SITE} and (row["product"], row["of"]) != (ANY, None):
            findings.add("needs.csv", row["row"], "per", row["per"], "needs_each")
    for after, before in overlaps(needs, lambda row: (row["good"], row["product"], row["per"])):
        findings.add("needs.csv", after["row"], "valid_from", after["valid_from"], "overlap", before["row"])


def _planned(read: Mapping[str, pl.DataFrame], head: Row) -> dict[str, list[Row]]:
    """Rows of each planning unit by code: of the table of units, or the areas of the level that plans."""
    rows = read["units"].filter(pl.col("kind") == "plan").to_dicts()
    if not read["units"].height:
        rows = read["areas"].filter(pl.col("level") == str(head.get("planned", ""))).to_dicts()
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[str(row["code"])].append(row)
    return found


def _tiles(frame: pl.DataFrame, planned: set[str], findings: Findings) -> None:
    for row in frame.to_dicts():
        if row["code"] is not None and row["code"] not in planned:
            findings.add("tiles.csv", row["row"], "code", row["code"], "unit")


__all__ = ["OUTLINES", "Mistakes", "city_check"]
