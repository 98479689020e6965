"""Scores of pairs and critical values against the clock, and beside vigipy in the same run: times and results."""

import warnings
from pathlib import Path

import numpy as np
import polars as pl

import seawall
from seawall.engines.signals import (
    Cells,
    Design,
    Layout,
    critical_value,
    fit,
    from_counts,
    posterior,
    prr,
    read_cells,
    score,
)

from .measure import Line, p50, seconds

AEFI = Path(seawall.__file__).parents[3] / "shared/data/aefi"
LIMITS = (20.0, 110.0, 190.0, 1000.0)


def measured() -> list[Line]:
    lines = [maxsprt(limit) for limit in LIMITS]
    if not AEFI.exists():
        return [*lines, Line("adverse event inputs", "absent", "", "")]
    return [*lines, caers(), vaers(), *beside_vigipy()]


def maxsprt(limit: float) -> Line:
    took = p50(lambda: critical_value(Design(limit, 1)))
    return Line(
        f"MaxSPRT critical value, limit {limit:g}", f"{took * 1000:,.0f} ms", "300 ms allowed", f"{took / 0.3:.2f}×"
    )


def _caers() -> Cells:
    return read_cells([AEFI / "caers.csv.gz"], Layout("var1", ("var2",), "id"))[0]


def _fitted(cells: Cells) -> np.ndarray:
    prior = fit(cells.observed, cells.expected)
    assert prior
    return posterior(prior, cells.observed, cells.expected)[0]


def caers() -> Line:
    cells = _caers()
    took = p50(lambda: _fitted(cells))
    what = f"EBGM of {cells.pairs.height:,} pairs of the CAERS list, fitted and scored"
    return Line(what, f"{took * 1000:,.0f} ms", "500 ms allowed", f"{took / 0.5:.2f}×")


def vaers() -> Line:
    symptoms = tuple(f"SYMPTOM{i}" for i in range(1, 6))
    vaccines, terms = (AEFI / f"2021VAERS{kind}_20210219.csv.gz" for kind in ("VAX", "SYMPTOMS"))
    layout = Layout("VAX_NAME", symptoms, join=terms, on="VAERS_ID")
    took = p50(lambda: score(read_cells([vaccines], layout)[0]))
    what = "all measures of the two VAERS 2021 files, read, joined and scored"
    return Line(what, f"{took * 1000:,.0f} ms", "2 s allowed", f"{took / 2:.2f}×")


def beside_vigipy() -> list[Line]:
    """The CAERS pairs as counts, so that both sides have the same margins."""
    from vigipy import convert, gps
    from vigipy import prr as their_prr

    counts = _caers()
    table = counts.pairs.with_columns(n=pl.Series(counts.observed))
    cells = from_counts(table)
    theirs = table.rename({"product": "name", "event": "AE", "n": "count"}).to_pandas()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        container = convert(theirs)
        found: dict[str, object] = {}
        slow = seconds(lambda: found.update(gps=gps(container, min_events=1)))
        slow_prr = seconds(lambda: found.update(prr=their_prr(container, min_events=1)))
    quick, quick_prr = p50(lambda: _fitted(cells)), p50(lambda: prr(cells))
    return [
        _faster("EBGM (vigipy cuts at zero after mixing, ours before)", quick, slow),
        _agreement(cells, found["gps"], _fitted(cells), "EBGM"),
        _faster("PRR", quick_prr, slow_prr),
        _agreement(cells, found["prr"], prr(cells).point, "PRR"),
    ]


def _faster(what: str, ours: float, theirs: float) -> Line:
    return Line(f"{what} of the same counts", f"{ours:.3f} s", f"{theirs:.2f} s vigipy", f"{theirs / ours:.0f}× faster")


def _agreement(cells: Cells, found: object, ours: np.ndarray, what: str) -> Line:
    """How far the two lists of results lie apart, pair by pair."""
    frame = pl.from_pandas(found.all_signals)  # type: ignore[attr-defined]
    rows = cells.pairs.with_columns(ours=pl.Series(ours).fill_nan(None))
    both = rows.join(frame.select(product="Product", event="Adverse Event", theirs=what), on=["product", "event"])
    both = both.filter(pl.col("ours").is_finite(), pl.col("theirs").is_finite(), pl.col("theirs") > 0)
    apart = (both["ours"] / both["theirs"]).log().abs().exp()
    middle, most = apart.median(), apart.max()
    return Line(
        f"{what}: ratio of results, pair by pair",
        f"median {middle:.4f}×",
        f"{both.height:,} pairs",
        f"at most {most:.2f}×",
    )
