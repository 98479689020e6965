"""What an evening's re-plan starts from, on files: doses given, stock, and what else is better known than the folder says."""

from pathlib import Path

import polars as pl

from ..tables import Findings, dictionary, note_unknown, read_table
from .scenario import Scenario

DICTIONARY = Path(__file__).with_name("actuals.csv")


def read_actuals(folder: Path, scenario: Scenario) -> dict[str, pl.DataFrame]:
    """The tables found in a folder (given.csv, stock.csv, eligible.csv, capacity.csv, arrivals.csv), as `plan` takes them.

    Each is checked by its dictionary and against the scenario's codes; all mistakes of all tables at once (Mistakes).
    """
    findings = Findings()
    known = {
        "units": scenario.units["unit"].to_list(),
        "groups": scenario.groups["group"].to_list(),
        "products": scenario.products["product"].to_list(),
    }
    known["places"] = [*known["units"], scenario.settings.city_store]
    if not folder.is_dir():
        findings.add(folder.name, 0, "", "", "file_missing")
    found = {}
    for name, columns in dictionary(DICTIONARY).items():
        path = folder / f"{name}.csv"
        if not path.exists():
            continue
        frame = read_table(path, columns, findings, empty=True)
        for column in columns:
            if column.rule in known:
                note_unknown(findings, path.name, frame, column.column, known[column.rule], column.rule)
        found[name] = frame.drop("row").with_columns(pl.col("^doses_per_pack$").fill_null(1))
    findings.stop_if_any()
    return found
