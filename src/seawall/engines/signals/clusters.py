"""Clusters of adverse events in time, by the two rules for group events; their thresholds are rows of thresholds.csv.

Rule `serious`: in a short time, in one unit, at least two serious cases with the same or similar symptom. Rule `rise`: in
a short time, in one unit, of one product, a marked rise of similar cases that are not serious (more than three times the
expected, and at least three). A cluster is a reason to investigate at once; anxiety and handling explain many.
"""

import numpy as np
import polars as pl

from .scoring import thresholds

TEXTS, MOMENTS, COUNTS = ("rule", "unit", "product", "symptom"), ("first", "last"), ("cases", "most")
SCHEMA: dict[str, pl.DataType] = {
    **dict.fromkeys(TEXTS, pl.String()),
    **dict.fromkeys(MOMENTS, pl.Datetime("us")),
    **dict.fromkeys(COUNTS, pl.Int64()),
    "expected": pl.Float64(),
}


def clusters(
    cases: pl.DataFrame, expected: pl.DataFrame | None = None, limits: dict[str, float] | None = None
) -> pl.DataFrame:
    """Clusters: rule, unit, product, symptom, first and last onset, cases, most (in one window), expected (in one window).

    cases: unit, product, symptom, serious, onset; `symptom` is already the group of similar symptoms. expected: unit,
    product, symptom, expected cases in one window (cluster_hours); without it, every unit is expected to have the mean of
    all units over the whole time of the cases. Windows that share a case are one cluster.
    """
    limits = thresholds() | (limits or {})
    cases = cases.with_columns(pl.col("onset").cast(pl.Datetime("us"))).sort("onset")
    grave, light = cases.filter(pl.col("serious")), cases.filter(~pl.col("serious"))
    known = expected if expected is not None else _mean(light, cases, limits["cluster_hours"])
    rows = []
    for keys, group in grave.group_by("unit", "symptom", maintain_order=True):
        unit, symptom = keys
        rows += _windows(group, "serious", (unit, None, symptom), limits, limits["cluster_serious"], None)
    light = light.join(known, on=["unit", "product", "symptom"], how="left")
    for keys, group in light.group_by("unit", "product", "symptom", maintain_order=True):
        wanted = float(group["expected"].fill_null(0.0)[0])
        least = max(limits["cluster_cases"], np.floor(limits["cluster_ratio"] * wanted) + 1)
        rows += _windows(group, "rise", keys, limits, least, wanted)
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").sort("first", "unit", "rule", "symptom")


def _mean(light: pl.DataFrame, cases: pl.DataFrame, hours: float) -> pl.DataFrame:
    """Expected cases in one window were all units and times alike."""
    units = max(cases["unit"].n_unique(), 1)
    seconds = cases.select((pl.col("onset").max() - pl.col("onset").min()).dt.total_seconds()).item() or 0
    windows = max(seconds / 3600 / hours, 1.0)
    all_cases = light.group_by("product", "symptom").agg((pl.len() / (units * windows)).alias("expected"))
    return light.select("unit", "product", "symptom").unique().join(all_cases, on=["product", "symptom"])


def _windows(
    group: pl.DataFrame,
    rule: str,
    keys: tuple[object, ...],
    limits: dict[str, float],
    least: float,
    expected: float | None,
) -> list[tuple[object, ...]]:
    """The clusters of one group of cases in time order."""
    onset = group["onset"].to_numpy()
    after = np.searchsorted(onset, onset + np.timedelta64(int(limits["cluster_hours"] * 3600), "s"), side="right")
    size = after - np.arange(len(onset))
    found: list[list[int]] = []  # first case, one past the last, most in a window
    for start in np.flatnonzero(size >= least):
        if found and start < found[-1][1]:
            found[-1][1:] = [max(found[-1][1], int(after[start])), max(found[-1][2], int(size[start]))]
        else:
            found.append([int(start), int(after[start]), int(size[start])])
    return [
        (rule, *keys, group["onset"][a], group["onset"][b - 1], b - a, most, expected) for a, b, most in found
    ]  # fmt: skip
