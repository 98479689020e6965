"""What must hold between the rows of a schedule: known codes, no overlaps, and a series that can be completed."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from . import tables as t
from .kernel.layout import MOST_PLACES, MOST_VACCINES
from .words import From

Found = tuple[str, int, str, str, str, str]  # file, row, column, value, code, message


def check(tables: t.Tables) -> list[Found]:
    return [
        *_unique(tables),
        *_codes(tables),
        *_numbers(tables),
        *_overlaps(tables),
        *_series_whole(tables),
    ]


def _wrong(row: t.Row, column: str, value: object, code: str, message: str) -> Found:
    return row.table, row.line, column, str(value), code, message


def _every(tables: t.Tables) -> Iterator[t.Row]:
    for group in (tables.products, tables.series, tables.places, tables.options, tables.ages, tables.intervals,
                  tables.offers, tables.conditions, tables.spacing, tables.seasons, tables.others):  # fmt: skip
        yield from group


def _unique(tables: t.Tables) -> Iterator[Found]:
    seen: dict[str, t.Row] = {}
    for row in _every(tables):
        if row.rule in seen:
            first = seen[row.rule]
            yield _wrong(row, "rule", row.rule, "RULE_TWICE", f"{first.table} row {first.line} has this name already")
        seen[row.rule] = row
    codes: dict[str, t.Row] = {}
    for product in tables.vaccines():
        if product.product in codes:
            yield _wrong(product, "product", product.product, "PRODUCT_TWICE", "this product is named twice")
        codes[product.product] = product
    together: dict[str, t.Other] = {}
    for other in tables.others:
        if together.setdefault(other.group, other).targets != other.targets:
            yield _wrong(other, "targets", "|".join(other.targets), "GROUP_MIXED", "one group has one set of targets")
    if len(tables.products) + len(tables.groups()) > MOST_VACCINES:
        message = f"a schedule holds at most {MOST_VACCINES} products and groups of other vaccines"
        yield _wrong(tables.products[-1], "product", len(codes), "TOO_MANY", message)


def _codes(tables: t.Tables) -> Iterator[Found]:
    targets = {target.target for target in tables.targets}
    series = {row.series for row in tables.series}
    products = {p.product for p in tables.vaccines()}
    conditions = {row.condition for row in tables.conditions}
    for row in _every(tables):
        names = list(row.targets) if isinstance(row, (t.Product, t.Other)) else [getattr(row, "target", "")]
        for target in names:
            if target and target not in targets:
                yield _wrong(row, "target", target, "TARGET_UNKNOWN", "schedule.toml names no such target")
        if getattr(row, "series", "") and row.series not in series:  # type: ignore[attr-defined]
            yield _wrong(row, "series", row.series, "SERIES_UNKNOWN", "series.csv has no such series")  # type: ignore[attr-defined]
        for column in ("product", "other") if not isinstance(row, (t.Product, t.Other)) else ():
            cell = getattr(row, column, "")
            for code in tables.named(cell) if cell else ():
                if code not in products:
                    yield _wrong(row, column, cell, "PRODUCT_UNKNOWN", "no product table has this code")
            if cell and not tables.named(cell):
                yield _wrong(row, column, cell, "PRODUCT_UNKNOWN", "this names no product")
        if isinstance(row, t.Offer) and row.condition and row.condition not in conditions:
            yield _wrong(row, "condition", row.condition, "CONDITION_UNKNOWN", "conditions.csv has no such condition")
        if isinstance(row, t.Interval):
            yield from _reference(row, products, conditions, tables)


def _reference(row: t.Interval, products: set[str], conditions: set[str], tables: t.Tables) -> Iterator[Found]:
    if row.after is From.CONDITION and row.argument not in conditions:
        yield _wrong(row, "from", row.argument, "CONDITION_UNKNOWN", "conditions.csv has no such condition")
    if row.after is From.PRODUCT:
        named = tables.named(row.argument)
        if not named or not set(named) <= products:
            yield _wrong(row, "from", row.argument, "PRODUCT_UNKNOWN", "no product table has this code")
    if row.after is From.DOSE and row.dose is not None and not 1 <= int(row.argument) < row.dose:
        yield _wrong(row, "from", row.argument, "DOSE_UNKNOWN", "an interval starts at an earlier dose")


def _numbers(tables: t.Tables) -> Iterator[Found]:
    for row in _every(tables):
        if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
            yield _wrong(row, "valid_to", row.valid_to, "DATES_CROSSED", "ends before it begins")
        if isinstance(row, t.Season) and row.ends < row.begins:
            yield _wrong(row, "ends", row.ends, "DATES_CROSSED", "ends before it begins")
        for lower, upper in (("accept_min", "schedule_min"), ("schedule_min", "recommended"), ("schedule_min", "latest"),
                             ("recommended", "latest"), ("latest", "overdue"), ("min_age", "below_age"),
                             ("schedule_min", "below_age"), ("accept_min", "below_age")):  # fmt: skip
            low, high = getattr(row, lower, None), getattr(row, upper, None)
            if low is not None and high is not None and low.rough() > high.rough():
                yield _wrong(row, upper, high, "NUMBERS_CROSSED", f"is less than {lower}")


def _key(row: t.Row) -> tuple[object, ...] | None:
    match row:
        case t.Place():
            return row.series, row.dose, row.level
        case t.Option():
            return row.series, row.dose, row.product, row.relation, row.level
        case t.Age():
            return row.series, row.dose, row.level
        case t.Interval():
            return row.series, row.dose, row.after, row.argument, row.product, row.level
        case t.Condition():
            return row.condition, row.effect, row.target, row.product, row.level
        case t.Spacing():
            return row.product, row.other, row.level
        case t.Offer():
            return (row.series, row.dose, row.kind, row.sex, row.min_age, row.below_age, row.condition, row.born_from,
                    row.born_to, row.level)  # fmt: skip
    return None


def _overlaps(tables: t.Tables) -> Iterator[Found]:
    groups: dict[object, list[t.Row]] = defaultdict(list)
    for row in _every(tables):
        if (key := _key(row)) is not None:
            groups[type(row), key].append(row)
    for rows in groups.values():
        rows.sort(key=lambda row: row.valid_from or date.min)
        for earlier, later in itertools.pairwise(rows):
            if (earlier.valid_to or date.max) >= (later.valid_from or date.min):
                message = f"overlaps rule {earlier.rule} of row {earlier.line}: the same case has two answers"
                yield _wrong(later, "valid_from", later.valid_from, "ROWS_OVERLAP", message)
    for target in {season.target for season in tables.seasons}:
        seasons = sorted((s for s in tables.seasons if s.target == target), key=lambda s: s.begins)
        for before, after in itertools.pairwise(seasons):
            if before.ends >= after.begins:
                yield _wrong(after, "begins", after.begins, "ROWS_OVERLAP", f"overlaps season {before.season}")


def _series_whole(tables: t.Tables) -> Iterator[Found]:
    for target in tables.targets:
        if not any(row.target == target.target for row in tables.series):
            yield ("schedule.toml", 1, "targets", target.target, "TARGET_EMPTY", "no series leads to this target")
    for series in tables.series:
        places = sorted({row.dose for row in tables.places if row.series == series.series})
        if places != list(range(1, len(places) + 1)) or not places:
            yield _wrong(
                series, "series", series.series, "SERIES_BROKEN", "its doses must be numbered 1, 2, 3 ... in doses.csv"
            )
            continue
        if len(places) > MOST_PLACES:
            yield _wrong(series, "series", series.series, "TOO_MANY", f"a series has at most {MOST_PLACES} doses")
        yield from _kinds_in_order(series, [row for row in tables.places if row.series == series.series])
        for dose in places:
            if not _possible(tables.options, series.series, dose):
                message = f"no row of options.csv gives a product for dose {dose}: it can never be completed"
                yield _wrong(series, "series", series.series, "SERIES_ENDLESS", message)


def _kinds_in_order(series: t.Series, places: list[t.Place]) -> Iterator[Found]:
    kinds: dict[int, set[str]] = defaultdict(set)
    for place in places:
        kinds[place.dose].add(place.kind)
    primary = [kinds[dose] == {"primary"} for dose in sorted(kinds)]
    if not primary[0] or primary != sorted(primary, reverse=True) or any(len(k) > 1 for k in kinds.values()):
        yield _wrong(series, "series", series.series, "SERIES_BROKEN", "primary doses come first, boosters after them")


def _possible(options: Iterable[t.Option], series: str, dose: int) -> bool:
    return any(o.series in ("", series) and o.dose in (None, dose) for o in options)
