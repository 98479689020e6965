"""Sentences for the screen in both languages; each keeps a statistical signal apart from a cause."""

import csv
from functools import cache
from pathlib import Path

from seawall.terms.counting import one

ZH = "zh-hans"


@cache
def _table() -> dict[str, tuple[str, str]]:
    with Path(__file__).with_name("words.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: (row["zh"], row["en"]) for row in csv.DictReader(file)}


@cache
def _reasons() -> dict[str, tuple[str, str]]:
    with Path(__file__).with_name("reasons.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: (row["zh"], row["en"]) for row in csv.DictReader(file)}


def say(key: str, language: str, **told: object) -> str:
    """A sentence of words.csv in "zh-hans" or "en"; numbers with a fraction are rounded to three digits."""
    shown = {name: f"{value:.3g}" if isinstance(value, float) else value for name, value in told.items()}
    said = _table()[key][language != ZH].format(**shown)
    return said if language == ZH else one(said)


def reason(code: str, language: str) -> str:
    """Why a number is empty: the sentence of a code of reasons.csv."""
    return _reasons()[code][language != ZH]
