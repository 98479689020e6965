"""The rules of a plan, printed: each with its scope, its sentence and its formula, taken from the code that builds it."""

import csv
import inspect
from functools import cache
from pathlib import Path

from .model import RULES


@cache
def rule_names() -> dict[str, dict[str, str]]:
    """scope (unit or city), zh and en of each rule, by the name of its function."""
    with Path(__file__).with_name("rules.csv").open(encoding="utf-8", newline="") as file:
        return {row["rule"]: row for row in csv.DictReader(file)}


def rules_text(language: str = "en") -> str:
    """Every rule in the order in which it enters the programme: number, name, sentence, formula."""
    parts = []
    for number, rule in enumerate(RULES, 1):
        row = rule_names()[rule.__name__]
        where = {"unit": ("单元内", "one unit"), "city": ("全市", "the city")}[row["scope"]][language == "en"]
        formula = inspect.cleandoc(rule.__doc__ or "").replace("\n", "\n    ")
        parts.append(f"{number:2} {rule.__name__} [{where}] {row['en' if language == 'en' else 'zh']}\n    {formula}")
    return "\n\n".join(parts) + "\n"
