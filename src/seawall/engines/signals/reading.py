"""Reads line lists, counts and matrices into cells; what is wrong is named by file, row and column, all at once.

A row of a line list that lacks its report, product or event is set aside and named: rows are independent. A count that
is missing or negative stops the reading, for it changes the margins of every pair.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from ..tables import Findings, note, raw
from .counts import Cells, from_counts, from_reports

OWN = Path(__file__).with_name("mistakes.csv")


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns hold what; `join` is a second file and `on` the report id both files have."""

    product: str = "product"
    event: Sequence[str] = ("event",)
    report: str | None = None
    count: str | None = None
    join: Path | None = None
    on: str | None = None
    matrix: bool = False
    strata: Sequence[str] = ()
    strata_by_file: bool = False


@dataclass
class Told:
    """What was found: `wrong` stops the reading, `notes` do not."""

    wrong: Findings = field(default_factory=lambda: Findings(OWN))
    notes: Findings = field(default_factory=lambda: Findings(OWN))


def read_cells(files: Sequence[Path], layout: Layout) -> tuple[Cells, Told]:
    """The cells that files hold, and the notes on their rows; raises Mistakes when they cannot be counted."""
    told = Told()
    read = _matrix if layout.matrix else _counts if layout.count else _reports
    if layout.matrix and layout.strata:
        told.wrong.add(files[0].name, 0, ", ".join(layout.strata), "", "matrix_only")
    parts = [read(file, layout, told) for file in files]
    told.wrong.stop_if_any()
    if layout.matrix:
        _same_products(files, parts, told)
    if layout.strata_by_file:
        parts = [p.with_columns(stratum=pl.lit(f.name.split(".")[0])) for p, f in zip(parts, files, strict=True)]
    whole = pl.concat(parts, how="diagonal_relaxed")
    if not whole.height or ("n" in whole.columns and not whole["n"].sum()):
        told.wrong.add(files[0].name, 0, "", "", "nothing_counted")
    elif "report" in whole.columns:
        _one_stratum(whole, files, layout, told)
    told.wrong.stop_if_any()
    return (from_reports if "report" in whole.columns else from_counts)(whole), told


def _text(file: Path, wanted: Sequence[str], told: Told) -> pl.DataFrame | None:
    """The cells of a file with their row; None, and a finding, when it or a wanted column is absent."""
    text = raw(file, told.wrong)
    if text is None:
        return None
    missing = [name for name in dict.fromkeys(wanted) if name not in text.columns]
    for name in missing:
        told.wrong.add(file.name, 0, name, "", "column_missing", ", ".join(text.columns))
    if not missing and not text.height:
        told.wrong.add(file.name, 0, "", "", "no_rows")
    first = 1 if file.suffix == ".parquet" else 2
    return None if missing else text.with_row_index("row", first)


def _stratum(layout: Layout) -> list[pl.Expr]:
    """The stratum of a row: its strata columns, joined; a missing one is a stratum of its own."""
    named = [pl.col(name).fill_null("?") for name in layout.strata]
    return [pl.concat_str(named, separator=" | ").alias("stratum")] if named else []


def _reports(file: Path, layout: Layout, told: Told) -> pl.DataFrame:
    """Lines of report, product, event and perhaps stratum."""
    report = layout.on or layout.report
    here = [report] if report else []
    if layout.join:
        return _joined(file, layout, told)
    text = _text(file, [*here, layout.product, *layout.event, *layout.strata], told)
    if text is None:
        return pl.DataFrame()
    kept = _kept(file, text, [*here, layout.product], told)
    if report:
        note(told.notes, file.name, kept.filter(_repeats(kept)), report, "doubled_report")
    if len(layout.event) == 1:
        kept = _kept(file, kept, layout.event, told)
    named = pl.col(report) if report else pl.format("{} {}", pl.lit(file.name), "row")
    return _melted(kept.with_columns(_report=named), [layout.product], layout.event, _stratum(layout)).rename(
        {"_report": "report", layout.product: "product"}
    )


def _repeats(text: pl.DataFrame) -> pl.Series:
    """Rows equal to an earlier one in every column."""
    cells = text.drop("row").select(pl.struct(pl.all()).alias("cells"))
    return cells.select(~pl.col("cells").is_first_distinct()).to_series()


def _kept(file: Path, text: pl.DataFrame, wanted: Sequence[str], told: Told) -> pl.DataFrame:
    """Rows that have the wanted cells; the others are noted and set aside."""
    for name in dict.fromkeys(wanted):
        note(told.notes, file.name, text.filter(pl.col(name).is_null()), name, "set_aside", name)
    return text.drop_nulls(list(wanted))


def _melted(text: pl.DataFrame, names: list[str], events: Sequence[str], more: list[pl.Expr]) -> pl.DataFrame:
    """One row for each event of a row, by `_report`, the named columns and what `more` makes."""
    some = [text.select("_report", *names, *more, pl.col(event).alias("event")) for event in events]
    return pl.concat(some).drop_nulls("event").unique()


def _joined(file: Path, layout: Layout, told: Told) -> pl.DataFrame:
    """Lines from two files that share a report id; repeated ids on either side do not multiply reports."""
    assert layout.join
    on = layout.on or layout.report or ""
    sides = [(path, _text(path, [on], told)) for path in (file, layout.join)]
    texts = [(path, text) for path, text in sides if text is not None]
    if len(texts) < 2:
        return pl.DataFrame()
    needs = [layout.product, *layout.event, *layout.strata]
    columns = [set(text.columns) for _, text in texts]
    for name in needs:
        if not any(name in there for there in columns):
            told.wrong.add(file.name, 0, name, "", "column_missing", ", ".join(sorted(columns[0] | columns[1])))
    if not any(set(layout.event) <= there for there in columns):
        told.wrong.add(file.name, 0, ", ".join(layout.event), "", "sides")
    if told.wrong.found:
        return pl.DataFrame()
    left, right = (_side(path, text, on, needs, layout.event, told) for path, text in texts)
    both = left.join(right.drop([c for c in right.columns if c in left.columns and c != "_report"]), on="_report")
    if not both.height:
        told.wrong.add(file.name, 0, on, "", "no_join")
    return both.select(
        pl.col("_report").alias("report"), pl.col(layout.product).alias("product"), "event", *_stratum(layout)
    )


def _side(
    path: Path, text: pl.DataFrame, on: str, needs: Sequence[str], events: Sequence[str], told: Told
) -> pl.DataFrame:
    """What one file gives to the join, each different row once, events melted."""
    plain = [name for name in needs if name in text.columns and name not in events]
    text = _kept(path, text, [on, *plain[:1]], told).with_columns(_report=pl.col(on))
    if set(events) <= set(text.columns):
        return _melted(text, plain, events, [])
    return text.select("_report", *plain).unique()


def _counts(file: Path, layout: Layout, told: Told) -> pl.DataFrame:
    """Rows of product, event, n and perhaps stratum from counts in long form."""
    count, event = layout.count or "", layout.event[0]
    text = _text(file, [layout.product, event, count, *layout.strata], told)
    if text is None:
        return pl.DataFrame()
    for name in (layout.product, event):
        note(told.wrong, file.name, text.filter(pl.col(name).is_null()), name, "required")
    whole = _whole(file, text, count, told)
    rows = whole.select("row", *_stratum(layout), product=layout.product, event=event, n=count)
    keys = [name for name in ("product", "event", "stratum") if name in rows.columns]
    again = rows.filter(~pl.struct(keys).is_first_distinct())
    note(told.wrong, file.name, again, event, "doubled_pair", value="event")
    return rows.drop("row")


def _whole(file: Path, text: pl.DataFrame, column: str, told: Told) -> pl.DataFrame:
    """The frame with a column of whole numbers not below zero; other cells are mistakes."""
    number = pl.col(column).cast(pl.Float64, strict=False)
    good = number.is_not_null() & (number >= 0) & (number == number.floor()) & number.is_finite()
    note(told.wrong, file.name, text.filter(pl.col(column).is_null()), column, "required")
    note(told.wrong, file.name, text.filter(pl.col(column).is_not_null() & ~good.fill_null(False)), column, "whole")
    return text.with_columns(pl.when(good).then(number).cast(pl.Int64))


def _matrix(file: Path, layout: Layout, told: Told) -> pl.DataFrame:
    """Rows of product, event and n from a matrix: first column the event, each other a product."""
    text = _text(file, [], told)
    if text is None:
        return pl.DataFrame()
    event, *products = text.columns[1:]
    note(told.wrong, file.name, text.filter(pl.col(event).is_null()), event, "required")
    note(told.wrong, file.name, text.filter(~pl.col(event).is_first_distinct()), event, "unique")
    if not products:
        told.wrong.add(file.name, 0, "", "", "column_missing", event)
    for name in products:
        text = _whole(file, text, name, told)
    return (
        text.drop("row")
        .unpivot(products, index=event, variable_name="product", value_name="n")
        .rename({event: "event"})
    )


def _same_products(files: Sequence[Path], parts: Sequence[pl.DataFrame], told: Told) -> None:
    first = set(parts[0]["product"])
    for file, part in zip(files[1:], parts[1:], strict=True):
        if apart := first ^ set(part["product"]):
            told.wrong.add(file.name, 0, ", ".join(sorted(apart)), "", "apart", files[0].name)


def _one_stratum(lines: pl.DataFrame, files: Sequence[Path], layout: Layout, told: Told) -> None:
    """Names reports that lie in more than one stratum."""
    if "stratum" not in lines.columns:
        return
    each = lines.group_by("report").agg(pl.col("stratum").unique().sort()).filter(pl.col("stratum").list.len() > 1)
    column = layout.on or layout.report or ""
    for report, strata in each.sort("report").head(20).iter_rows():
        told.wrong.add(files[0].name, 0, column, report, "two_strata", ", ".join(strata))
