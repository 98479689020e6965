"""One value in its usual spellings: a cell's text to the value that is stored, or what was expected instead. Pure."""

import csv
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

from seawall.reference import selectors as reference
from seawall.terms.acts import Refusal
from seawall.terms.codes import DoseSource

from .. import identity, names
from .columns import both

WORDS = Path(__file__).parent.parent / "words.csv"
LIMITS = {"role": 32, "lot": 32, "evidence": 80}
TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
DAY = re.compile(
    rf"^(\d{{4}})(?:[-/.](\d{{1,2}})[-/.](\d{{1,2}})|年(\d{{1,2}})月(\d{{1,2}})日?|(\d{{2}})(\d{{2}})){TIME}$"
)
MONTH = re.compile(r"^(\d{4})(?:[-/.](\d{1,2})|年(\d{1,2})月?)$")
ORDER_UNKNOWN = re.compile(rf"^\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{4}}{TIME}$")
SERIAL = re.compile(r"^[1-7]\d{4}(\.\d+)?$")  # days since 1900, by which spreadsheets store 1927 to 2119


@cache
def words(of: str) -> dict[str, str]:
    """What each usual word for a column, a sex, a kind of document, a country or a source means."""
    with WORDS.open(encoding="utf-8", newline="") as rows:
        return {key(r["word"]): r["means"] for r in csv.DictReader(rows) if r["of"] == of}


def key(text: str) -> str:
    """A word by which tables are searched: half-width, without case, spaces and marks."""
    plain = unicodedata.normalize("NFKC", names.visible(text)).casefold()
    return re.sub(r"[\s_*:]", "", plain)


def name(column: str, text: str) -> str | Refusal:
    return identity.name_problem(text) or names.written(text)


def document_kind(column: str, text: str) -> str | Refusal:
    """By our code, a name, a usual word, or the code of the country's list where it means one kind only."""
    word = key(text)
    kinds = reference.document_kinds().values()
    for kind in kinds:
        if word in {key(kind.kind), key(kind.zh), key(kind.en), *map(key, kind.also)}:
            return kind.kind
    coded = [kind for kind in kinds if kind.code == word.zfill(2)]
    if len(coded) == 1:
        return coded[0].kind
    if coded:
        meant = ", ".join(both(k.zh, k.en) for k in coded)
        return Refusal("DOCUMENT_KIND_SEVERAL", {"kind": text[:24], "kinds": meant})
    return Refusal("DOCUMENT_KIND_UNKNOWN", {"kind": text[:24]})


def country(column: str, text: str) -> str | Refusal:
    word = key(text)
    found = identity.country_names().get(word) or words("country").get(word)
    if found is None and identity.known_country(text):
        found = text.upper()
    return found or Refusal("COUNTRY_UNKNOWN", {"country": text[:12]})


def sex(column: str, text: str) -> str | Refusal:
    return words("sex").get(key(text)) or Refusal("SEX_UNKNOWN", {"value": text[:12]})


def day(column: str, text: str) -> str | Refusal:
    """A day, as year, month and day with separators or as eight digits (GB/T 7408); nothing is guessed."""
    plain = _half_width(text)
    if found := DAY.match(plain):
        year, month, of_month = (int(part) for part in found.groups() if part)
        try:
            return date(year, month, of_month).isoformat()
        except ValueError:
            return Refusal("CELL_NO_DATE")
    if MONTH.match(plain):
        return Refusal("CELL_DATE_WITHOUT_DAY")
    if SERIAL.match(plain):
        return Refusal("CELL_DATE_SERIAL")
    if plain.isdigit():
        return Refusal("CELL_DATE_DIGITS")
    return Refusal("CELL_DATE_ORDER" if ORDER_UNKNOWN.match(plain) else "CELL_NO_DATE")


def day_or_month(column: str, text: str) -> str | Refusal:
    """A day, or a month of which no day is known: `2021-05`."""
    found = MONTH.match(_half_width(text))
    if found is None:
        return day(column, text)
    year, month = (int(part) for part in found.groups() if part)
    return f"{year:04}-{month:02}" if year and 1 <= month <= 12 else Refusal("CELL_NO_DATE")


def _half_width(text: str) -> str:
    return unicodedata.normalize("NFKC", identity.unmarked(text))


def plain_day(text: str) -> bool:
    """Whether a day was written as such: half-width and without a time of day."""
    return text.isprintable() and not re.search(r"[:：\uff10-\uff19\uff0d]", text) and text == identity.unmarked(text)


def phone(column: str, text: str) -> str | Refusal:
    answer = identity.check_phone(text)
    return answer if isinstance(answer, Refusal) else answer[0]


def source(column: str, text: str) -> str | Refusal:
    allowed = {DoseSource.HISTORY, DoseSource.ELSEWHERE, DoseSource.ABROAD}
    found = words("source").get(key(text), text.lower())
    return found if found in allowed else Refusal("DOSE_SOURCE_UNKNOWN", {"value": text[:24]})


def short_text(column: str, text: str) -> str | Refusal:
    plain, limit = names.visible(text), LIMITS[column]
    return plain if len(plain) <= limit else Refusal("CELL_TOO_LONG", {"limit": limit, "length": len(plain)})


Rule = Callable[[str, str], str | Refusal]
RULES: dict[str, Rule] = {
    "name": name,
    "document_kind": document_kind,
    "country": country,
    "sex": sex,
    "date": day,
    "day_or_month": day_or_month,
    "phone": phone,
    "source": source,
    "text": short_text,
}
