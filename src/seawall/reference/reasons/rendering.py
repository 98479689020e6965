"""How a parameter of a sentence is said: moments by the campaign's clock, places and products by name, codes in words.

Refusals and audit rows keep ids and codes; here, and only here, they become what a reader knows. What each parameter is
stands in `tables/parameters.csv`; names that only later rooms know (posts' roles, checks) are handed in by the door.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache

from seawall.platform import clock, sql
from seawall.terms import figures
from seawall.terms.actor import ZH

from .. import tables

DATE = re.compile(r"\d{4}-\d\d-\d\d")
TITLED = re.compile(r"\s*《([^》]*)》\s*")
PARTS = re.compile(r"\s*[|,，、]\s*")
Renderer = Callable[[object, str], object]
Names = Mapping[str, Renderer]
"""By kind, who says a value in a language."""


@cache
def kinds() -> dict[tuple[str, str], str]:
    """What a parameter is, by its name and the code of the sentence; the code is empty where all sentences agree."""
    return {(row["name"], row["code"]): row["kind"] for row in tables.read("parameters")}


def kind(name: str, code: str) -> str:
    known = kinds()
    return known.get((name, code)) or known.get((name, ""), "text")


def said(value: object, kind: str, language: str, names: Names) -> object:
    """A parameter as a reader knows it; what has no such form is printed as it is."""
    if value is None or value == "":
        return figures.DASH
    if kind in RENDERERS:
        return RENDERERS[kind](value, language)
    if kind in names:
        return names[kind](value, language)
    return _dated(value, language)


def _dated(value: object, language: str) -> object:
    """Any day or moment, under whatever name it comes."""
    if isinstance(value, str) and DATE.match(value):
        try:
            value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, datetime):
        return _moment(value, language)
    return figures.day(value, language) if isinstance(value, date) else value


def _moment(value: datetime, language: str) -> str:
    local = value.astimezone(clock.zone()) if value.tzinfo else value
    text = figures.day(local.date(), language, weekday=True, year=local.year != clock.today().year)
    return f"{text} {local:%H:%M}" if language == ZH else f"{text}, {local:%H:%M}"


def _moments(value: object, language: str) -> str:
    return ("、" if language == ZH else "; ").join(str(_dated(part, language)) for part in str(value).split())


def listed(value: object, language: str, names: Mapping[str, tuple[str, str]]) -> str:
    """Codes parted by | or commas, each by its name."""
    found = [names.get(part, (part, part)) for part in PARTS.split(str(value))]
    return figures.listed([pair[language != ZH] for pair in found], language)


def _citation(value: object, language: str) -> str:
    """An issuer, its document and a clause; outside Chinese without the brackets of its titles."""
    text = str(value)
    return text if language == ZH else TITLED.sub(r", \1, ", text).strip(", ").replace(" , ", ", ")


def _place(value: object, language: str) -> str:
    rows = sql.fetch("SELECT name_zh, name_en FROM reference_place WHERE id = %s", [int(str(value))])
    return str(rows[0][language != ZH]) if rows else ("该接种点" if language == ZH else "this site")


def _product(value: object, language: str) -> str:
    return listed(value, language, _names("SELECT p.code, n.name_zh, n.name_en FROM reference_product p "
        "JOIN reference_productname n ON n.product_id = p.id ORDER BY n.valid_from"))  # fmt: skip


def _unit(value: object, language: str) -> str:
    found = _names("SELECT code, name_zh, name_en FROM reference_reportingunit")
    by_id = _names("SELECT id::text, name_zh, name_en FROM reference_reportingunit")
    return listed(value, language, by_id | found)


def _names(query: str) -> dict[str, tuple[str, str]]:
    return {str(code): (zh, en) for code, zh, en in sql.fetch(query)}


@cache
def words() -> dict[str, tuple[str, str]]:
    """Words for codes that stand in sentences: code to Chinese and English."""
    return {row["code"]: (row["zh"], row["en"]) for row in tables.read("words")}


def _word(value: object, language: str) -> str:
    return listed(getattr(value, "value", value), language, words())


RENDERERS: dict[str, Renderer] = {
    "moment": _dated,
    "day": _dated,
    "moments": _moments,
    "place": _place,
    "product": _product,
    "unit": _unit,
    "citation": _citation,
    "word": _word,
}
PLAIN = frozenset({"text", "number"})  # printed as given, but for a day or a moment
