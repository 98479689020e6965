"""The one registry of reason codes: a row per code, written by the room that raises it, a sentence in each language."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter

from seawall.terms.actor import ZH

from ..rows import ReasonRow

FOLDER = Path(__file__).parent
SEVERITIES = ("stop", "soft", "note")
UNKNOWN = ReasonRow("", "stop", "", "未登记的原因 {code}", "Reason {code}, which has no sentence yet")


class _Given(dict[str, object]):
    """Parameters of a sentence; one that was not given is printed as a gap, never as an error."""

    def __missing__(self, key: str) -> str:
        return "…"


@cache
def registry() -> dict[str, ReasonRow]:
    """Every reason by code; a code written twice is a mistake of the tables."""
    rows: dict[str, ReasonRow] = {}
    for path in sorted(FOLDER.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                row = ReasonRow(line["code"], line["severity"], line["rule"], line["zh"], line["en"])
                if rows.setdefault(row.code, row) != row:
                    raise ValueError(f"{path.name}: {row.code} has two sentences")
    return rows


def reason(code: str) -> ReasonRow:
    """The row of a code; a code without row still says its name."""
    return registry().get(code, UNKNOWN)


def say(code: str, params: Mapping[str, object] | None, language: str) -> str:
    """The sentence of a code in a language, with its parameters."""
    row = reason(code)
    sentence = row.zh if language == ZH else row.en
    return Formatter().vformat(sentence, (), _Given({"code": code} | {k: _plain(v) for k, v in (params or {}).items()}))


def placeholders(sentence: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name)


def _plain(value: object) -> object:
    return "–" if value is None else value
