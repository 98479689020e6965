"""Scores on files alone: CSV, gzipped CSV or Parquet in; a table, and a JSON of the fit beside it, out."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from ..tables import Findings, Mistake, write_frame, write_json
from .counts import Cells
from .reading import OWN, Layout, read_cells
from .scoring import METHODS, Scores, passing, score, signal


@dataclass(frozen=True, slots=True)
class Scored:
    """What was written, and what was noted of the rows."""

    frame: pl.DataFrame
    summary: dict[str, Any]
    notes: list[Mistake]


def score_files(files: Sequence[Path], layout: Layout, methods: Sequence[str], out: Path) -> Scored:
    """Reads, scores and writes `out` (CSV or Parquet) and `out` with the ending .json; raises Mistakes."""
    wrong = Findings(OWN)
    for method in methods:
        if method not in METHODS:
            wrong.add("--method", 0, "", method, "method", ", ".join(METHODS))
    if layout.join and not (layout.on or layout.report):
        wrong.add("--on", 0, "", "", "key_missing")
    wrong.stop_if_any()
    cells, told = read_cells(files, layout)
    scores = score(cells, methods)
    summary = _summary(files, cells, scores, methods, told.notes.found)
    write_frame(scores.frame, out)
    write_json(summary, out.with_suffix(".json"))
    return Scored(scores.frame, summary, told.notes.found)


def _summary(
    files: Sequence[Path], cells: Cells, scores: Scores, methods: Sequence[str], notes: Sequence[Mistake]
) -> dict[str, Any]:
    totals = cells.total.max(axis=1) if cells.pairs.height else []
    return {
        "files": [file.name for file in files],
        "methods": list(methods),
        "unit": "unique reports" if cells.reports else "counts",
        "total": int(sum(totals)),
        "strata": {name: int(total) for name, total in zip(cells.strata, totals, strict=True)},
        "pairs": scores.frame.height,
        "signals": scores.frame.filter(signal(scores.frame)).height,
        "passing": {name: scores.frame.filter(test).height for name, test in passing(scores.frame).items()},
        "undefined": dict(scores.frame["reason"].drop_nulls().value_counts(sort=True).iter_rows()),
        "muted": dict(scores.frame["muted"].drop_nulls().value_counts(sort=True).iter_rows()),
        "prior": asdict(scores.prior) if scores.prior else None,
        "notes": [str(found) for found in notes],
    }
