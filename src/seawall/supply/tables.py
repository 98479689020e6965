"""The room's own rules as data: temperatures, how long an opened pack lasts, reasons for waste."""

import csv
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("tables")
ANY = "*"


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _for(name: str, platform: str) -> dict[str, str]:
    rows = {row["platform"]: row for row in _rows(name)}
    return rows.get(platform, rows[ANY])


def cold_limits(platform: str = ANY) -> tuple[float, float]:
    """Lowest and highest temperature allowed, in degrees Celsius."""
    row = _for("cold_chain", platform)
    return float(row["min_celsius"]), float(row["max_celsius"])


def within(low: float, high: float, platform: str = ANY) -> bool:
    allowed_low, allowed_high = cold_limits(platform)
    return allowed_low <= low <= high <= allowed_high


def open_minutes(platform: str) -> int:
    return int(_for("open_pack", platform)["minutes"])


@cache
def waste_reasons() -> dict[str, tuple[str, str]]:
    """Code to its words in Chinese and English."""
    return {row["code"]: (row["zh"], row["en"]) for row in _rows("waste_reasons")}
