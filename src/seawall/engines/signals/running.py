"""The other monitors on files alone: looks, doses and rates, case series, units and case reports in; tables out."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from ..tables import Column, Findings, dictionary, note, note_unknown, read_table
from .clusters import clusters
from .expected import STRATUM, observed_against_expected
from .maxsprt import Design
from .outliers import outliers, silent
from .reading import OWN
from .sccs import Series, sccs
from .sequential import sequential

DICTIONARY = Path(__file__).with_name("dictionary.csv")


def _table(path: Path, name: str, wrong: Findings, also: Sequence[str] = ()) -> pl.DataFrame:
    """A file by its dictionary table, with further text columns when they are asked."""
    columns = dictionary(DICTIONARY)[name] + [Column(name, c, "text", "", True, "", "") for c in also]
    return read_table(path, columns, wrong)


def sequential_file(
    path: Path, limit: float | None, minimum: int, delay: float, alpha: float, spending: str | None, cumulative: bool
) -> tuple[pl.DataFrame, Design]:
    """`sequential` on a file of date, events, expected; without a limit T is the file's total expectation."""
    wrong = Findings(OWN)
    looks = _table(path, "looks", wrong)
    note(wrong, path.name, looks.filter(pl.col("date") <= pl.col("date").shift(1)), "date", "ascending")
    if cumulative and not wrong.found:
        columns = ("events", "expected")
        for name in columns:
            note(wrong, path.name, looks.filter(pl.col(name) < pl.col(name).shift(1)), name, "ascending")
        looks = looks.with_columns(pl.col(name) - pl.col(name).shift(1, fill_value=0) for name in columns)
    wrong.stop_if_any()
    total = float(looks["expected"].sum())
    if limit is None and total <= 0:
        wrong.add(path.name, 0, "expected", total, "positive")
    wrong.stop_if_any()
    design = Design(total if limit is None else limit, minimum, delay, alpha)
    return sequential(looks.drop("row"), design, spending), design


def expected_files(doses: Path, rates: Path, events: Path, as_of: date | None, by: Sequence[str]) -> pl.DataFrame:
    """`observed_against_expected` on files; as of the last day of doses or onset unless told."""
    wrong = Findings(OWN)
    given, known = _table(doses, "doses", wrong, by), _table(rates, "rates", wrong)
    seen = _table(events, "events", wrong, by)
    keys = ["event", *STRATUM]
    note(wrong, rates.name, known.filter(~pl.struct(keys).is_first_distinct()), "event", "unique")
    note(wrong, rates.name, known.filter(pl.col("first") > pl.col("last")), "first", "order", "last")
    note(wrong, events.name, seen.filter(pl.col("onset") < pl.col("dose")), "onset", "before_dose")
    stratum = pl.concat_str(pl.col(*STRATUM), separator=" ")
    there = known.select(stratum.alias("s"))["s"]
    for path, frame in ((doses, given), (events, seen)):
        strange = frame.with_columns(stratum.alias("s")).filter(~pl.col("s").is_in(there.implode()))
        note(wrong, path.name, strange, "age_group", "stratum_unknown", value="s")
    note_unknown(wrong, events.name, seen, "event", known["event"].drop_nulls(), rates.name)
    wrong.stop_if_any()
    last = as_of or max(given["date"].max(), seen["onset"].max() or given["date"].max())  # type: ignore[type-var]
    return observed_against_expected(given.drop("row"), known.drop("row"), seen.drop("row"), last, by)  # type: ignore[arg-type]


def sccs_file(path: Path, windows: Sequence[str], ages: Sequence[int]) -> Series:
    """`sccs` on a file of person, start, end, dose, event; windows as "15-35"."""
    wrong = Findings(OWN)
    cases = _table(path, "cases", wrong)
    spans = [_window(text, wrong) for text in windows]
    note(wrong, path.name, cases.filter(pl.col("start") > pl.col("end")), "start", "order", "end")
    outside = ~pl.col("event").is_between("start", "end")
    note(wrong, path.name, cases.filter(outside), "event", "outside", "start-end")
    wrong.stop_if_any()
    return sccs(cases, [span for span in spans if span], ages)


def _window(text: str, wrong: Findings) -> tuple[int, int] | None:
    first, dash, last = text.partition("-")
    if dash and first.strip().isdigit() and last.strip().isdigit() and int(first) <= int(last):
        return int(first), int(last)
    wrong.add("--risk", 0, "", text, "window")
    return None


def units_file(path: Path, rate: float | None = None) -> pl.DataFrame:
    """`outliers` and `silent` of the units of a file, in one table."""
    wrong = Findings(OWN)
    units = _table(path, "units", wrong)
    share = next((c for c in ("expected", "doses") if c in units.columns and units[c].is_not_null().any()), None)
    if share:
        note(wrong, path.name, units.filter(pl.col(share).is_null()), share, "required")
    elif not wrong.found:
        wrong.add(path.name, 0, "", "", "one_of_two", "doses, expected")
    wrong.stop_if_any()
    units = units.drop("row", "doses" if share == "expected" and units["doses"].is_null().all() else [])
    if share == "doses":
        units = units.drop("expected")
    judged = outliers(units, rate)
    return judged.with_columns(silent(units).select("chance", "silent"))


def clusters_file(path: Path, expected: Path | None = None) -> pl.DataFrame:
    """`clusters` of a file of unit, product, symptom, serious, onset; expected: unit, product, symptom, expected."""
    wrong = Findings(OWN)
    cases = _table(path, "reports", wrong)
    formats = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M")
    moment = pl.coalesce(
        *(pl.col("onset").str.to_datetime(form, strict=False, time_unit="us") for form in formats),
        pl.col("onset").str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us")),
    )
    cases = cases.with_columns(moment.alias("at"))
    note(wrong, path.name, cases.filter(pl.col("at").is_null() & pl.col("onset").is_not_null()), "onset", "moment")
    wanted = _expected(expected, wrong) if expected else None
    wrong.stop_if_any()
    return clusters(cases.with_columns(onset="at", serious=pl.col("serious") == "yes"), wanted)


def _expected(path: Path, wrong: Findings) -> pl.DataFrame:
    columns = [Column("", name, "text", "", True, "", "") for name in ("unit", "product", "symptom")]
    return read_table(path, [*columns, Column("", "expected", "float", "", True, "not_negative", "")], wrong)
