"""How many characters a text of an item may have: rows of lengths.csv by item and field, as the columns hold them."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_suffix(".csv")
LONGEST = 10_000  # of a text that states no length of its own


@dataclass(frozen=True, slots=True)
class TooLong:
    """A text that its column does not hold: where it stands in the item (`documents.0.country`), its length and the most."""

    place: str
    length: int
    longest: int


@cache
def table() -> Mapping[tuple[str, str], int]:
    """An empty item holds for every item."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["item"], row["field"]): int(row["longest"]) for row in csv.DictReader(file)}


@cache
def lengths(kind: Any) -> Mapping[str, int]:
    """The most characters of each field of an item, or of a part of one, if it holds a text."""
    known = table()
    return {f.name: known.get((kind.__name__, f.name)) or known.get(("", f.name), LONGEST) for f in fields(kind)}


def too_long(item: Any, before: str = "") -> Iterator[TooLong]:
    """Texts longer than they may be, of the item and of its parts; words of an enumeration are none."""
    kind: Any = type(item)
    for name, most in lengths(kind).items():
        value = getattr(item, name)
        if type(value) is str:
            if len(value) > most:
                yield TooLong(before + name, len(value), most)
        elif type(value) is tuple and value and is_dataclass(value[0]):
            for number, part in enumerate(value):
                yield from too_long(part, f"{before}{name}.{number}.")
