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


class _Sentence(Formatter):
    """Prints what it is given: a value that its format does not fit is printed plainly."""

    def format_field(self, value: object, format_spec: str) -> str:
        try:
            return str(super().format_field(value, format_spec))
        except (TypeError, ValueError):
            return str(value)


@cache
def registry() -> dict[str, ReasonRow]:
    """Every reason by code."""
    return {row.code: row for row in written()}


def written() -> list[ReasonRow]:
    """Every row of every room's table, as written."""
    rows: list[ReasonRow] = []
    for path in sorted(FOLDER.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            lines = csv.DictReader(file)
            rows += [ReasonRow(r["code"], r["severity"], r["rule"], r["zh"], r["en"]) for r in lines]
    return rows


def reason(code: str) -> ReasonRow:
    """The row of a code; a code without row still says its name."""
    return registry().get(code, UNKNOWN)


def say(code: str, params: Mapping[str, object] | None, language: str) -> str:
    """The sentence of a code in a language, with its parameters."""
    row = reason(code)
    sentence = row.zh if language == ZH else row.en
    return _Sentence().vformat(sentence, (), _Given({"code": code} | {k: _plain(v) for k, v in (params or {}).items()}))


def placeholders(sentence: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name)


def _plain(value: object) -> object:
    return "–" if value is None else value
