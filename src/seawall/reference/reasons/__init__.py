"""The one registry of reason codes: a row per code, written by the room that raises it, a sentence in each language."""

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter

from seawall.terms.actor import ZH
from seawall.terms.counting import one

from ..rows import ReasonRow
from . import rendering

FOLDER = Path(__file__).parent
RULE_NAMES = FOLDER.parent / "tables" / "rule_names.csv"
OUR_TABLES = re.compile(
    r"\s*\((?:rules |[a-z_]+/)[^)]*\)|\s*/?\b[a-z_]+/[\w./]+(?:\s*\([^)]*\))?|(?<=[\u3400-\u9fff]) [a-z_]+$"
)  # where this program keeps a rule: its sections, tables and rooms
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


def rule(code: str, language: str) -> str:
    """The rule or document behind a reason, without the tables of this program that hold it.

    Its name stands in Chinese in the reason's row and in English in rule_names.csv, once for all the reasons it is behind.
    """
    written_in = OUR_TABLES.sub("", reason(code).rule).strip()
    return written_in if language == ZH else rules_in_english().get(written_in, written_in)


@cache
def rules_in_english() -> dict[str, str]:
    with RULE_NAMES.open(encoding="utf-8", newline="") as file:
        return {row["rule"]: row["en"] for row in csv.DictReader(file)}


def say(code: str, params: Mapping[str, object] | None, language: str, names: rendering.Names | None = None) -> str:
    """The sentence of a code in a language: its parameters by local time, by name and in words, never as ids.

    NAME_zh and NAME_en are read as NAME. A parameter that is itself a reason is said as its sentence, with the other parameters.
    """
    row = reason(code)
    sentence, ending = (row.zh, "_zh") if language == ZH else (row.en, "_en")
    asked = placeholders(sentence)
    told: dict[str, object] = {"code": code}
    for given, value in (params or {}).items():
        name = given.removesuffix(ending)
        if name in asked:
            kind = rendering.kind(name, code)
            if kind == "reason" and str(value) in registry():
                rest = {k: v for k, v in (params or {}).items() if k != given}
                told[name] = say(str(value), rest, language, names).rstrip("。.")
            else:
                told[name] = rendering.said(value, kind, language, names or {})
    spoken = _Sentence().vformat(sentence, (), _Given(told))
    return spoken if language == ZH else one(spoken)


def placeholders(sentence: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name)
