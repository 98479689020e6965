"""What goes wrong in the city by date: planted by seed, so that a test can ask whether it was noticed."""

from datetime import date, timedelta

import numpy as np
import polars as pl

KINDS = {
    # kind: (days after the start, days it lasts, value, what it is)
    "LATE_SHIPMENT": (19, 2, 2.0, "days late"),
    "BAD_COUNT": (26, 1, 2.0, "doses too few in the count by hand"),
    "COLD_CHAIN": (34, 1, 11.4, "highest temperature of the transport, C"),
    "CLOSED_SITE": (47, 3, 3.0, "days closed"),
    "RECALLED_LOT": (58, 1, 1.0, "lots recalled"),
}
AGAIN = 84  # days after which the round of incidents repeats


def city_incidents(start: date, until: date, sites: pl.DataFrame, seed: int) -> pl.DataFrame:
    """One row per incident: day, until, kind, site (code), value, note. The same dates whatever `until` is."""
    rng = np.random.default_rng([seed, 77])
    fixed = sites.filter(pl.col("kind") == "fixed").sort("code")["code"].to_list()
    rows = []
    for turn in range((until - start).days // AGAIN + 1):
        for kind, (after, lasts, value, note) in KINDS.items():
            day = start + timedelta(days=turn * AGAIN + after + int(rng.integers(0, 3)))
            site = fixed[int(rng.integers(len(fixed)))]
            last = day + timedelta(days=lasts - 1)
            rows.append({"day": day, "until": last, "kind": kind, "site": site, "value": value, "note": note})
    return pl.DataFrame(rows).filter(pl.col("day") <= until).sort("day")


BAD_LOT_DOSES = 1000  # so large is the bad lot at least, where the city has such lots
BAD_LOT_DAYS = 14  # in a smaller city: the largest lot that arrives so soon after the start
BAD_LOT_RATE = 0.02  # of its doses a reaction is reported


def bad_lot(supply: pl.DataFrame, start: date) -> str | None:
    """The lot planted as bad: the first to arrive with BAD_LOT_DOSES; in a very small city the largest early one.

    supply: lot, date, doses. A lot of a few dozen doses has too few reports at this rate to be found, and that is so.
    """
    lots = supply.group_by("lot").agg(pl.col("date").min(), pl.col("doses").sum()).sort("date", "lot")
    large = lots.filter(pl.col("doses") >= BAD_LOT_DOSES)
    early = lots.filter(pl.col("date") <= start + timedelta(days=BAD_LOT_DAYS), pl.col("doses") > 0)
    found = large if large.height else early.sort("doses", "lot", descending=[True, False])
    return None if found.is_empty() else str(found["lot"][0])


def bad_lot_doses(doses: int) -> int:
    """Doses with which the bad lot arrives: at least BAD_LOT_DOSES where that no more than doubles it."""
    return max(doses, BAD_LOT_DOSES) if 2 * doses >= BAD_LOT_DOSES else doses
