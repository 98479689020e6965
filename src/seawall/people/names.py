"""Names as they are written down, and the keys by which one is sorted and found: pinyin, initials, other readings.

pypinyin and its 55 MB are loaded where a name is read: the relay and the sealer read none.
"""

import csv
import re
import unicodedata
from functools import cache, lru_cache
from itertools import islice, product
from pathlib import Path

from anyascii import anyascii

from seawall.platform.files.encodings import HAN

MOST = 6
WORDS = re.compile(r"[\s·\-]+")
DOTS = re.compile("[•・‧∙⋅･]")
FULL_WIDTH = {0x3000: " "} | {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def visible(text: str) -> str:
    """Without characters that nobody sees: controls and marks of direction; a tab or a line's end is a space."""
    if text.isascii() and text.isprintable():
        return text.strip()
    spaced = re.sub(r"[\t\r\n\v\f\x85\u2028\u2029]", " ", text)
    return "".join(c for c in spaced if unicodedata.category(c) not in {"Cf", "Cc"}).strip()


@lru_cache(maxsize=400_000)
def written(name: str) -> str:
    """A name as it is stored: letters composed, half-width, one kind of dot, no space between Chinese characters."""
    text = DOTS.sub("·", unicodedata.normalize("NFC", visible(name)).translate(FULL_WIDTH))
    words = text.split()
    between = "" if all(HAN.search(word) for word in words) else " "
    return between.join(words)


def folded(name: str) -> str:
    """Letters alone, without accents and case."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in plain if c.isalnum())


@cache
def _surnames() -> dict[str, list[str]]:
    with (Path(__file__).parent / "surnames.csv").open(encoding="utf-8", newline="") as rows:
        return {r["surname"]: r["reading"].split() for r in csv.DictReader(rows)}


@cache
def _readings(character: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin

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


@lru_cache(maxsize=100_000)
def spelt(name: str) -> str:
    """In Latin capitals, words parted by one space, as a machine reads a name (ICAO 9303): 曾丽 is ZENG LI, 吕梅 is LYU MEI."""
    if len(name) > 1 and all(map(HAN.match, name)):
        long = 2 if name[:2] in _surnames() and len(name) > 2 else 1
        surname, rest = name[:long], name[long:]
        words = [_capitals(" ".join(_surnames()[surname])) if surname in _surnames() else _latin(surname), _latin(rest)]
    else:
        words = [_latin(part) for part in WORDS.split(name)]
    return " ".join(word for word in words if word)


def _latin(text: str) -> str:
    from pypinyin import lazy_pinyin

    return _capitals("".join(lazy_pinyin(text, v_to_u=True, errors=anyascii)))


def _capitals(text: str) -> str:
    """Letters A to Z alone; ü is YU as in a passport."""
    return "".join(c for c in text.replace("ü", "yu").upper() if "A" <= c <= "Z")
