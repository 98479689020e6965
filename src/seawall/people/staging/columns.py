"""The columns of each import, as its table states them."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from seawall.terms.acts import Refused

FOLDER = Path(__file__).parent.parent / "imports"


@dataclass(frozen=True, slots=True)
class Column:
    """A row of imports/<kind>.csv."""

    column: str
    required: bool
    rule: str
    header_zh: str
    header_en: str
    zh: str
    en: str


@cache
def columns(kind: str) -> list[Column]:
    """Every column of an import, in order."""
    path = next((p for p in FOLDER.glob("*.csv") if p.stem == kind), None)
    if path is None:
        raise Refused("IMPORT_KIND_UNKNOWN", kind=kind[:24])
    with path.open(encoding="utf-8", newline="") as rows:
        return [Column(**{**r, "required": r["required"] == "yes"}) for r in csv.DictReader(rows)]  # type: ignore[arg-type]


def both(zh: str, en: str) -> str:
    """A word in both languages, for a sentence of either."""
    return f"{zh} ({en})"


@cache
def titles(kind: str) -> dict[str, dict[str, str]]:
    """What a column is called, in both languages."""
    return {c.column: {"zh": c.header_zh, "en": c.header_en} for c in columns(kind)}
