"""One word, one meaning: the house's own words stand in the glossary once, in both languages, and name what they say."""

import ast
import re

import pytest
from django.conf import settings

from .parsed import PACKAGE, tree, within

GLOSSARY = PACKAGE.parent.parent / "GLOSSARY.md"
# Words that the house gives a meaning of its own: a name made with one is understood by the glossary alone.
OWN = {
    "act", "actor", "ask", "board", "canary", "closing", "crew", "door", "evening", "fact", "floor", "gather", "grant",
    "hands", "item", "judge", "leaf", "ledger", "lent", "look", "mark", "outcome", "owner", "pace", "place", "planted",
    "post", "preview", "reach", "refusal", "relay", "room", "row", "scope", "seal", "situation", "slot",
    "staging", "step", "verb", "watch", "why", "work", "world", "worth",
}  # fmt: skip
# A row says what it is a row of, and a module what it holds.
BARE = {"Had", "Held", "Kept", "Found", "Taken", "Case", "Seat", "Thing", "Info", "Data"}
DULL = {"heads", "parts", "whys", "plants", "roll", "looks", "whole", "things", "misc"}
LINE = re.compile(r"^\| (?P<term>[^|]+) \| (?P<zh>[^|]+) \| (?P<meaning>[^|]+) \|$", re.M)
KNOWN_BARE = {"people/staging/heads.py"}  # the head row of a file: the word of the trade


def terms() -> list[tuple[str, str, str]]:
    found = [
        (m["term"].strip(), m["zh"].strip(), m["meaning"].strip()) for m in LINE.finditer(GLOSSARY.read_text("utf-8"))
    ]
    return [row for row in found if row[0] != "English"]


def named() -> set[str]:
    """Words, in the singular, that name public modules, classes and functions of the rooms and their terms."""
    words: set[str] = set()
    for room in (*settings.ROOMS, "terms"):
        for path in within(room):
            names = [*path.relative_to(PACKAGE).with_suffix("").parts[1:]]
            names += [n.name for n in tree(path).body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
            words |= {w.lower() for name in names if name[0] != "_" for w in re.findall(r"[A-Z]?[a-z]+", name)}
    return words | {word.removesuffix("s") for word in words}


def test_every_term_is_said_once_in_both_languages():
    said = terms()
    assert len(said) > 130
    heads = [part.strip().lower() for term, _, _ in said for part in term.split(",")]
    assert sorted(heads) == sorted(set(heads)), {h for h in heads if heads.count(h) > 1}
    for term, zh, meaning in said:
        assert term.isascii() and not zh.isascii() and meaning, term


@pytest.mark.parametrize("word", sorted(OWN))
def test_a_word_of_the_house_stands_in_the_glossary(word):
    assert word in named(), f"no module, class or function is named by {word!r} any more: take it out"
    heads = {part.strip().lower() for term, _, _ in terms() for part in term.split(",")}
    assert word in heads or f"{word} row" in heads or any(h.split(" (")[0] == word for h in heads)


def test_a_name_says_what_it_is_a_row_of():
    for room in settings.ROOMS:
        for path in within(room):
            where = path.relative_to(PACKAGE).as_posix()
            classes = {n.name for n in tree(path).body if isinstance(n, ast.ClassDef)}
            assert not classes & BARE, f"{where}: {classes & BARE}"
            assert path.stem not in DULL or where in KNOWN_BARE, where
