"""The city of this database as its folder describes it: everything that differs from one country to the next."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

from seawall.terms.codes import DayKind
from seawall.terms.names import Name

from . import folders, tables
from .folders import HEAD, OUTLINES, Line, Texts, content_hash
from .plugs import Plug, plug

SATURDAY, SUNDAY = 6, 7
OURS = ("zh", "en")  # languages in which everything is written
NAMELESS = Name("", "")


@dataclass(frozen=True, slots=True)
class Level:
    """One level of areas, as the city calls it."""

    code: str
    name: Name


@dataclass(frozen=True, slots=True)
class Format:
    """How a language writes numbers and days here: a locale of CLDR, and perhaps a pattern of a whole day."""

    locale: str
    day: str = ""


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of document: what its number looks like and by which rule it is checked."""

    kind: str
    code: str
    zh: str
    en: str
    also: tuple[str, ...]
    pattern: re.Pattern[str]
    check: str
    same_length: int | None


@dataclass(frozen=True, slots=True)
class Tile:
    """Where a unit stands on the tile grid, and its short name."""

    col: int
    row: int
    zh: str
    en: str


@dataclass(frozen=True, eq=False)
class City:
    """A loaded city; `levels` from the whole to the leaves. Without a code, no city is loaded yet."""

    code: str = ""
    name: Name = NAMELESS
    languages: tuple[str, ...] = ()
    time_zone: str = ""
    country: str = ""
    document: str = ""  # the kind of an identity number that nobody named
    planned: str = ""  # the level whose areas are the planning units where no table of units says otherwise
    shown: str = ""  # the unit whose posts and people a rehearsal shows
    census: int = 0
    lived_until: date | None = None  # the last evening that a rehearsal lives unless told another
    weekend: frozenset[int] = frozenset({SATURDAY, SUNDAY})
    plugs: tuple[Plug, ...] = ()
    levels: tuple[Level, ...] = ()
    formats: Mapping[str, Format] = field(default_factory=dict)  # by language
    files: Texts = field(default_factory=dict, repr=False)

    def __bool__(self) -> bool:
        return bool(self.code)

    @cached_property
    def hash(self) -> str:
        """The name of its content."""
        return content_hash(self.files)

    @property
    def chinese(self) -> bool:
        """Whether Chinese is read here: elsewhere nothing is written in it. While no city is loaded, it is."""
        return not self or OURS[0] in self.languages

    @cached_property
    def further(self) -> dict[str, dict[str, str]]:
        """What the languages other than Chinese and English call what has an English name, by language."""
        codes = [code for code in self.languages if code not in OURS]
        head = tomllib.loads(self.files[HEAD]) if HEAD in self.files else {}
        rows = [line for name in sorted(self.files) if name.endswith(".csv") for line in self._named(name)]
        rows += [head, *head.get("level", ()), *self._named("names.csv")]
        return {
            code: {
                row["name_en"]: row[f"name_{code}"] for row in rows if row.get("name_en") and row.get(f"name_{code}")
            }
            for code in codes
        }

    def _named(self, file: str) -> list[Line]:
        return folders.lines(self.files, file.removesuffix(".csv"))

    @property
    def leaf(self) -> str:
        """Code of the last level, in which people live."""
        return self.levels[-1].code if self.levels else ""

    def depth(self, level: str) -> int:
        return [known.code for known in self.levels].index(level)

    def table(self, name: str) -> list[Line]:
        """The lines of one table with every column that such a table may have, empty where the folder leaves it out."""
        blank = dict.fromkeys(tables.columns("city", name), "")
        return [blank | {key: cell for key, cell in line.items() if cell} for line in folders.lines(self.files, name)]

    def plain_kind(self, at: date) -> DayKind:
        """What is assumed of a day that no calendar names."""
        return DayKind.WEEKEND if at.isoweekday() in self.weekend else DayKind.WORKDAY

    @property
    def outlines(self) -> str:
        """GeoJSON of the planning units, empty when the city has no map."""
        return self.files.get(OUTLINES, "")


def named(row: Mapping[str, str], languages: tuple[str, ...] = ()) -> Name:
    """The names of a row in our two columns; where one is empty, the other, or that of the city's first language, stands."""
    zh, en = row.get("name_zh") or "", row.get("name_en") or ""
    own = next((row[f"name_{code}"] for code in languages if row.get(f"name_{code}")), "")
    return Name(zh or en or own, en or own or zh)


def parse(files: Texts) -> City:
    """A city from the texts of a folder that was checked before."""
    head = tomllib.loads(files[HEAD])
    languages = tuple(head["languages"])
    return City(
        code=head["code"],
        name=named(head, languages),
        languages=languages,
        time_zone=head["time_zone"],
        country=head["country"],
        document=head["document"],
        planned=head["planned"],
        shown=head.get("shown", ""),
        census=head.get("census", 0),
        lived_until=head.get("lived_until"),
        weekend=frozenset(head.get("weekend", (SATURDAY, SUNDAY))),
        plugs=tuple(plug(name) for name in head.get("plugs", ())),
        formats={row["language"]: Format(row["locale"], row.get("day", "")) for row in head.get("format", ())},
        levels=tuple(Level(row["code"], named(row, languages)) for row in head["level"]),
        files=files,
    )


@lru_cache(maxsize=8)
def documents(city: City) -> dict[str, DocumentKind]:
    """Kinds of documents by code: the city's own, then those that every city knows."""
    own = {r["kind"]: _kind(r, city.languages) for r in city.table("documents")}
    return own | {r["kind"]: _kind(r) for r in tables.read("documents") if r["kind"] not in own}


def _kind(r: Line, languages: tuple[str, ...] = ()) -> DocumentKind:
    same = int(r["same_length"]) if r["same_length"] else None
    name = named(r, languages)
    also = tuple(filter(None, (r.get("also") or "").split(";")))
    return DocumentKind(r["kind"], r["code"], name.zh, name.en, also, re.compile(r["pattern"]), r["check"], same)


@lru_cache(maxsize=8)
def tiles(city: City) -> dict[str, Tile]:
    """Places on the tile grid by code of the unit."""
    rows = ((r, named(r, city.languages)) for r in city.table("tiles"))
    return {r["code"]: Tile(int(r["x"]), int(r["y"]), name.zh, name.en) for r, name in rows}


@dataclass(frozen=True, slots=True)
class Telephones:
    """Numbers that pages print; empty where the city names none. In a rehearsal nobody is called."""

    helpline: str = ""
    emergency: str = ""
    rehearsal: str = ""


def telephones(city: City, on: date) -> Telephones:
    """As they hold on a day; of uses that no page prints nothing is asked."""
    rows = sorted(city.table("telephones"), key=lambda r: r["valid_from"])
    held = {r["use"]: r["number"] for r in rows if date.fromisoformat(r["valid_from"]) <= on}
    return Telephones(**{use: held.get(use, "") for use in Telephones.__slots__})


USUAL_WAYS = frozenset({"message", "paper"})


def portal_ways(city: City, on: date) -> frozenset[str]:
    """How the public proves on a day who it is; a city that says nothing sends codes and makes them out on paper."""
    rows = city.table("portal_ways")
    held = {r["way"] for r in rows if r["valid_from"] <= on.isoformat() <= (r["valid_to"] or "9999")}
    return frozenset(held) if rows else USUAL_WAYS
