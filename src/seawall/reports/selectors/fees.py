"""What is owed for injections: doses given by month and programme, at the fee of the table, by who pays."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from seawall.platform import sql
from seawall.terms.names import Name

MONTHS = """
SELECT date_trunc('month', day)::date, programme, count(*)::int FROM clinic_injection GROUP BY 1, 2 ORDER BY 1 DESC, 2 LIMIT 60
"""


@dataclass(frozen=True, slots=True)
class Fee:
    """Injections of a programme in a month; no payer and no sum where the table has no fee."""

    month: date
    programme: str
    doses: int
    payer: Name | None
    yuan: float | None


@cache
def _rows() -> tuple[dict[str, str], ...]:
    path = Path(__file__).parents[1] / "tables" / "service_fees.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def fees() -> tuple[Fee, ...]:
    """By month, the latest first."""
    return tuple(_fee(*row) for row in sql.fetch(MONTHS))


def _fee(month: date, programme: str, doses: int) -> Fee:
    rows = [r for r in _rows() if r["programme"] == programme and r["valid_from"] <= month.isoformat()]
    if not rows:
        return Fee(month, programme, doses, None, None)
    row = max(rows, key=lambda row: row["valid_from"])
    return Fee(month, programme, doses, Name(row["payer_zh"], row["payer_en"]), doses * float(row["yuan"]))
