"""What a programme's folder says to its stations, beside the schedule: every bad cell by file, row and column."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import polars as pl

from seawall.engines.tables import Findings, dictionary, note, overlaps, raw, read_table

from .. import tables

HERE = Path(tables.__file__).parent
EVERY = "*"
ARMS = ("L", "R", "LT", "RT", "NOSE", "MOUTH")
SPOKEN = frozenset({"consents", "questions", "routes"})  # whose rows are words for people
ONE_AT_A_TIME = {
    "questions": ("condition",),
    "observation": ("product", "risk"),
    "reactions": ("product",),
}


def programme_check(folder: Path) -> None:
    """Raises Mistakes with every bad cell of these tables; a table that is not there says nothing."""
    findings = Findings(HERE / "city_mistakes.csv")
    programme_judge(folder, "", findings)
    findings.stop_if_any()


def programme_judge(folder: Path, at: str, findings: Findings) -> None:
    """Notes them; files by their path after `at`."""
    own, products = Findings(findings.own), _products(folder)
    for name, columns in dictionary(HERE / "programme.csv").items():
        path = folder / f"{name}.csv"
        if path.exists():
            _table(path, name, read_table(path, columns, own, empty=True), products, own)
    findings.found += [replace(mistake, file=at + mistake.file) for mistake in own.found]


def _table(path: Path, name: str, frame: pl.DataFrame, products: Collection[str], findings: Findings) -> None:
    if "valid_to" in frame.columns:
        note(findings, path.name, frame.filter(pl.col("valid_to") < pl.col("valid_from")), "valid_to", "days")
    if name in SPOKEN:
        note(
            findings,
            path.name,
            frame.filter(pl.col("zh").is_null() & pl.col("en").is_null()),
            "en",
            "nameless",
            "zh, en",
        )
    for row in frame.to_dicts():
        if row.get("product") and row["product"] not in (products if name == "routes" else {EVERY, *products}):
            findings.add(path.name, row["row"], "product", row["product"], "programme_product")
        if name == "routes" and row["arms"] and not set(row["arms"].split("|")) <= set(ARMS):
            findings.add(path.name, row["row"], "arms", row["arms"], "one_of", ", ".join(ARMS))
    key = ONE_AT_A_TIME.get(name)
    for after, before in overlaps(frame.to_dicts(), lambda row: tuple(row[k] for k in key)) if key else ():
        findings.add(path.name, after["row"], "valid_from", after["valid_from"], "overlap", before["row"])


def _products(folder: Path) -> Collection[str]:
    frame = raw(folder / "products.csv", Findings())
    return set(frame["product"].to_list()) if frame is not None and "product" in frame.columns else set()
