"""Keys by which a name is sorted and found: its pinyin, its initials, and its other readings."""

import csv
from functools import cache, lru_cache
from itertools import islice, product
from pathlib import Path

from pypinyin import Style, pinyin

MOST = 6


@cache
def _surnames() -> dict[str, list[str]]:
    with (Path(__file__).parent / "surnames.csv").open(encoding="utf-8", newline="") as rows:
        return {r["surname"]: r["reading"].split() for r in csv.DictReader(rows)}


@cache
def _readings(character: str) -> tuple[str, ...]:
    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="default")
    return tuple(dict.fromkeys(r.lower() for r in found[0])) if found else (character.lower(),)


@lru_cache(maxsize=400_000)
def name_key(name: str) -> str:
    """`zengli zl cengli cl`: the first reading with its initials, then others a searcher may type."""
    text = "".join(name.split())
    if text.isascii():
        words = name.lower().split()
        return f"{''.join(words)} {''.join(w[0] for w in words)}"[:120]
    surname = next((s for s in (text[:2], text[:1]) if s in _surnames()), "")
    first = [(r,) for r in _surnames()[surname]] if surname else []
    syllables = first + [_readings(c)[:2] for c in text[len(surname) :]]
    if surname:
        syllables[0] = tuple(dict.fromkeys((*syllables[0], *_readings(text[0]))))[:2]
    keys: dict[str, None] = {}
    for reading in islice(product(*syllables), MOST):
        keys["".join(reading)] = None
        keys["".join(r[:1] for r in reading)] = None
    return " ".join(keys)[:120]


def sounds_like(name: str) -> str:
    """The first reading alone, by which similar names are compared."""
    return name_key(name).split(" ", 1)[0]
