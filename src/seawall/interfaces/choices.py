"""Words of closed lists: what each value of an enumeration, or of a field written as a word, is called in both languages."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from seawall import terms

from . import words

CHOICES = Path(terms.__file__).with_name("choices.csv")


@cache
def lists() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Rows of terms/choices.csv by list and value, in their order."""
    found: dict[str, dict[str, Mapping[str, str]]] = {}
    with CHOICES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["list"], {})[row["value"]] = {"zh": row["zh"], "en": row["en"]}
    return found


def word(name: str, value: object) -> str:
    """What a value of a list is called; an unknown one says itself."""
    row = lists().get(name, {}).get(str(value))
    return words.pick(row) if row else str(value)
