"""A law of time from TOML: a table, or a list of tables that are mixed by their shares; never a negative duration."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..tables import Column, Findings, read_section
from .site import NOTHING, Law, Part

NEEDS = {
    "fixed": {"mean"}, "exponential": {"mean"}, "normal": {"mean", "sd"}, "uniform": {"low", "high"},
    "gamma": {"mean", "sd"}, "lognormal": {"mean", "sd"}, "measured": {"values"},
}  # fmt: skip
SHIFTED = {"exponential", "gamma", "lognormal"}
SPREAD = 3  # standard deviations below the mean that a normal duration must stay positive for


def read_law(
    value: Any, file: str, at: str, columns: Sequence[Column], findings: Findings, signed: bool = False
) -> Law:
    """The law at the key `at`; a signed law (punctuality) may be negative."""
    rows = value if isinstance(value, list) else [value]
    if not rows or not all(isinstance(row, Mapping) for row in rows):
        findings.add(file, 0, at, value, "law")
        return NOTHING
    parts = []
    for number, row in enumerate(rows, 1):
        place = f"{at}.{number}." if len(rows) > 1 else f"{at}."
        read = read_section(row, file, place, columns, findings)
        if _judge(read, row, file, place, findings, signed):
            parts.append(_part(read))
    if len(parts) == len(rows) and abs(sum(p.share for p in parts) - 1) > 1e-6:
        findings.add(file, 0, at, "", "law_shares", f"{sum(p.share for p in parts):g}")
    return tuple(parts) or NOTHING


def _part(row: Mapping[str, Any]) -> Part:
    numbers = {k: float(v) for k, v in row.items() if k not in {"law", "values"}}
    return Part(row["law"], values=tuple(float(v) for v in row.get("values", ())), **numbers)


def _judge(
    read: Mapping[str, Any], given: Mapping[str, Any], file: str, at: str, findings: Findings, signed: bool
) -> bool:
    """Whether one part is right; notes what is not."""
    if "law" not in read:
        return False
    law, before = read["law"], len(findings.found)
    missing = NEEDS[law] - given.keys()
    for name in sorted(missing):
        findings.add(file, 0, f"{at}{name}", "", "law_needs", name)
    spare = read.keys() - NEEDS[law] - {"law", "share"} - ({"shift"} if law in SHIFTED else set())
    for name in sorted(spare):
        findings.add(file, 0, f"{at}{name}", read[name], "law_unused", name)
    if NEEDS[law] - read.keys():
        return False
    if law == "measured" and not _numbers(read["values"]):
        findings.add(file, 0, f"{at}values", read["values"], "law_values")
        return False
    if law == "uniform" and read["high"] < read["low"]:
        findings.add(file, 0, f"{at}high", read["high"], "law_order")
    _positive(read, file, at, findings, signed)
    return len(findings.found) == before


def _numbers(values: list[Any]) -> bool:
    fit = (isinstance(v, (int, float)) and not isinstance(v, bool) and abs(v) < float("inf") for v in values)
    return bool(values) and all(fit)


def _positive(read: Mapping[str, Any], file: str, at: str, findings: Findings, signed: bool) -> None:
    """Notes the key that makes times negative, or a mean or spread that its law cannot have."""
    law, mean = read["law"], read.get("mean", 0)
    if law in SHIFTED and mean <= 0:
        findings.add(file, 0, f"{at}mean", mean, "positive")
    if law in {"gamma", "lognormal"} and read["sd"] <= 0:
        findings.add(file, 0, f"{at}sd", read["sd"], "positive")
    if signed:
        return
    key, least = {
        "fixed": ("mean", mean), "normal": ("mean", mean - SPREAD * read.get("sd", 0)),
        "uniform": ("low", read.get("low", 0)), "measured": ("values", min(read.get("values", [0]))),
    }.get(law, ("shift", read.get("shift", 0)))  # fmt: skip
    if least < 0:
        findings.add(file, 0, f"{at}{key}", read.get(key), "law_negative", f"{least:g}")
