"""Which stations a plan needs open on which day: fixed sites first, then temporary, then mobile; only changes are listed."""

from datetime import date

import numpy as np
import polars as pl

from .case import Case
from .scenario import Scenario

ORDER = ("fixed", "temporary", "mobile")
HOURS = {
    "workday": "hours_workday",
    "makeup_workday": "hours_workday",
    "weekend": "hours_weekend",
    "holiday": "hours_holiday",
}
OPENINGS = {"date": pl.Date, "site": pl.String, "stations": pl.Int64}


def openings_of(scenario: Scenario, case: Case, doses: np.ndarray) -> pl.DataFrame:
    """openings [date, site, stations]; a site is unit:kind, a row is a change of the stations that the quota needs."""
    load = doses.sum(axis=(1, 2))
    kinds = [scenario.day_kind(case.periods.day(day)) for day in range(case.periods.day_count)]
    rows: list[tuple[date, str, int]] = []
    dates = [case.periods.day(day) for day in range(case.periods.day_count)]
    share = scenario.settings.capacity_share
    for number, unit in enumerate(case.units):
        sites = scenario.capacity.filter(pl.col("unit") == unit)
        left = load[number].astype(float)
        for kind in ORDER:
            for site in sites.filter(pl.col("kind") == kind).iter_rows(named=True):
                each = np.array([max(1e-9, site["rate_per_hour"] * site[HOURS[k]] * share) for k in kinds])
                need = np.minimum(np.ceil(left / each - 1e-6), site["stations"]).astype(np.int64)
                left = np.maximum(left - need * each, 0)
                changes = np.flatnonzero(np.diff(need, prepend=0))
                rows.extend((dates[day], f"{unit}:{kind}", int(need[day])) for day in changes)
    return pl.DataFrame(rows, schema=OPENINGS, orient="row").sort("date", "site")
