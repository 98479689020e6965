"""The street that somebody means: by code, by the names of street, district and city, or at the head of an address."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

STATISTICS = re.compile(r"^(\d{9})\d{3}$")  # the 12-digit codes: nine of the street, three of the village
SHORTEST = 4
LATIN = re.compile("[\u00c0-\u024f]")


class Area(Protocol):
    """What is asked of an area of a day."""

    @property
    def area_id(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def leaf(self) -> bool: ...
    @property
    def name_zh(self) -> str: ...
    @property
    def name_en(self) -> str: ...
    @property
    def names(self) -> Mapping[str, str]: ...
    @property
    def parent_id(self) -> int | None: ...


def key(text: str) -> str:
    """A name or code by which places are searched: half-width, without case, accents, spaces and commas."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    bare = unicodedata.normalize("NFKD", plain) if LATIN.search(plain) else plain
    return re.sub(r"[\s,、;·/\-\u0300-\u036f]", "", bare)


@dataclass(frozen=True, slots=True)
class Places:
    """Streets by every usual way to write them; a way may mean several."""

    ways: dict[str, frozenset[int]]
    whole: frozenset[str]  # ways with district and street, which may stand before the rest of an address

    def find(self, text: str) -> tuple[frozenset[int], bool]:
        """Streets that a text may mean, and whether it said more than the street."""
        word = key(text)
        if found := self.ways.get(word):
            return found, False
        if (code := STATISTICS.match(word)) and (found := self.ways.get(code[1])):
            return found, not word.endswith("000")
        for length in range(len(word) - 1, SHORTEST - 1, -1):
            if word[:length] in self.whole:
                return self.ways[word[:length]], True
        return frozenset(), False


def places(areas: Sequence[Area]) -> Places:
    """Every usual way to write each street of a day."""
    by_id = {a.area_id: a for a in areas}
    ways: dict[str, set[int]] = {}
    whole: set[str] = set()
    for area in areas:
        if not area.leaf:
            continue
        above = _above(area, by_id)
        ways.setdefault(key(area.code), set()).add(area.area_id)
        for alone, written in _written(area, above):
            ways.setdefault(written, set()).add(area.area_id)
            if not alone:
                whole.add(written)
    return Places({way: frozenset(ids) for way, ids in ways.items()}, frozenset(whole))


def _above(area: Area, by_id: dict[int, Area]) -> list[Area]:
    """What the street lies in, nearest first."""
    found: list[Area] = []
    while area.parent_id in by_id and len(found) < len(by_id):
        area = by_id[area.parent_id]
        found.append(area)
    return found


def _written(street: Area, above: Sequence[Area]) -> Iterable[tuple[bool, str]]:
    """The street alone, or with some of what it lies in, largest or smallest first; a city also without its last word."""
    further = ((lambda a, code=code: a.names.get(code, a.name_en)) for code in street.names)
    for name_of in (lambda a: a.name_zh, lambda a: a.name_en, *further):
        yield True, key(name_of(street))
        for start in range(len(above)):
            chain = [street, *above[: start + 1]]
            names = [name_of(a) for a in chain]
            for parts in (names, [*names[:-1], names[-1].removesuffix("市")]):
                yield False, key("".join(reversed(parts)))
                yield False, key("".join(parts))
        if len(above) > 1:
            yield False, key(name_of(above[-1]) + name_of(street))
