"""Counts of reports by product, event and stratum, and what chance alone would expect of each pair."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
PAIR = ["product", "event"]
ALL = pl.lit("").alias("stratum")


@dataclass(frozen=True, slots=True)
class Cells:
    """Two-by-two tables of P pairs in K strata, each array K x P; `reports` tells whether units are unique reports.

    n: with product and event; with_product: with the product; with_event: with the event; total: all of the stratum.
    """

    pairs: pl.DataFrame  # product, event
    strata: Sequence[str]
    n: Floats
    with_product: Floats
    with_event: Floats
    total: Floats
    reports: bool

    @property
    def observed(self) -> Floats:
        """Counts of the pairs over all strata, P."""
        return self.n.sum(axis=0)

    @property
    def expected(self) -> Floats:
        """Counts expected were product and event independent within each stratum, summed over strata, P.

        E = sum over k of n(product, k) n(event, k) / N(k): DuMouchel (1999), The American Statistician 53(3), eq. 1.
        """
        return _share(self.with_product * self.with_event, self.total).sum(axis=0)


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def from_reports(lines: pl.DataFrame) -> Cells:
    """Cells from lines with report, product, event and perhaps stratum: unique reports are counted, not lines.

    A pair is listed when at least one report names it. Each report must lie in one stratum.
    """
    lines = (lines if "stratum" in lines.columns else lines.with_columns(ALL)).select("report", *PAIR, "stratum")
    lines = lines.with_columns(pl.col("product", "event", "stratum").cast(pl.Categorical)).unique()
    by_pair = lines.group_by(*PAIR, "stratum").len("n")
    by_product = lines.select("report", "product", "stratum").unique().group_by("product", "stratum").len("n")
    by_event = lines.select("report", "event", "stratum").unique().group_by("event", "stratum").len("n")
    by_stratum = lines.select("report", "stratum").unique().group_by("stratum").len("n")
    return _cells(by_pair, by_product, by_event, by_stratum, reports=True)


def from_counts(counts: pl.DataFrame) -> Cells:
    """Cells from rows of product, event, n and perhaps stratum; margins are sums, so the unit is a count, not a report."""
    counts = counts if "stratum" in counts.columns else counts.with_columns(ALL)
    sums = [
        counts.group_by(*by, "stratum").agg(pl.col("n").sum()) for by in (PAIR, ["product"], ["event"], list[str]())
    ]
    return _cells(*sums, reports=False)


def _cells(
    by_pair: pl.DataFrame, by_product: pl.DataFrame, by_event: pl.DataFrame, by_stratum: pl.DataFrame, *, reports: bool
) -> Cells:
    text = pl.col("stratum").cast(pl.String)
    strata = by_stratum.select(text).to_series().sort().to_list()
    names = pl.col(*PAIR)
    pairs = by_pair.select(names).unique().sort(names.cast(pl.String))

    def laid(margin: pl.DataFrame, on: list[str]) -> Floats:
        rows = [
            pairs.join(margin.filter(text == stratum), on=on, how="left", maintain_order="left")["n"].fill_null(0)
            for stratum in strata
        ]
        return np.array([row.to_numpy() for row in rows], float).reshape(len(strata), pairs.height)

    totals = dict(by_stratum.select(text, "n").iter_rows())
    total = np.repeat(np.array([[totals[s]] for s in strata], float), pairs.height, axis=1)
    return Cells(
        pairs.with_columns(names.cast(pl.String)), strata, laid(by_pair, PAIR), laid(by_product, ["product"]),
        laid(by_event, ["event"]), total, reports,
    )  # fmt: skip
