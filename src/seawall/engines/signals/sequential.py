"""A running campaign, look by look: the log-likelihood ratio against its limit, and when it signalled."""

import numpy as np
import polars as pl

from .maxsprt import Design, critical_value, llr
from .spending import spending_limits


def sequential(looks: pl.DataFrame, design: Design, spending: str | None = None, rho: float = 1.0) -> pl.DataFrame:
    """Adds llr, limit, signal and reason to date-ordered rows of date, events and expected (of that date, not totals).

    The limit is the flat critical value of the continuous MaxSPRT, or, with `spending` (of SPENDINGS), the exact limit of
    each look, empty where a look may spend nothing. A signal stays. Empty llr: events although nothing is expected.
    After the limit T nothing is tested any more.
    """
    events, expected = (looks[name].cum_sum().cast(pl.Float64).to_numpy() for name in ("events", "expected"))
    ratio, limit = llr(events, expected), np.full(len(events), np.nan)
    if spending:
        limit = spending_limits(expected, design, spending, rho).limit
    elif len(events):
        limit[:] = critical_value(design)
    slack = 1e-9 * max(design.limit, 1.0)
    tested = (expected >= design.delay) & (expected <= design.limit + slack) & (events >= design.minimum)
    crossed = np.nan_to_num(ratio, nan=-1.0) >= np.nan_to_num(limit, nan=np.inf)
    return looks.with_columns(
        llr=pl.Series(ratio).fill_nan(None),
        limit=pl.Series(limit).fill_nan(None),
        signal=pl.Series(np.cumsum(tested & crossed) > 0),
        reason=pl.Series(_reasons(ratio, expected, design.limit + slack), dtype=pl.String),
    )


def _reasons(ratio: np.ndarray, expected: np.ndarray, limit: float) -> list[str | None]:
    codes = np.where(np.isnan(ratio), "nothing_expected_yet", np.where(expected > limit, "beyond_limit", ""))
    return [str(code) or None for code in codes]
