"""Rule tables of the certificates room, read once."""

import csv
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "tables"


@dataclass(frozen=True, slots=True)
class DccCodes:
    """What the EU value sets call a vaccine: target, kind, product, holder of its authorisation."""

    tg: str
    vp: str
    mp: str
    ma: str


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def limit(name: str) -> timedelta:
    """A span of limits.csv."""
    return {row["name"]: timedelta(days=int(row["value"])) for row in _rows("limits")}[name]


@cache
def dcc_codes() -> dict[str, DccCodes]:
    """By CVX code; a vaccine without a row has no EU certificate."""
    return {row["cvx"]: DccCodes(row["tg"], row["vp"], row["mp"], row["ma"]) for row in _rows("dcc")}
