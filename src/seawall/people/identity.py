"""Numbers that identify: what each document must look like, how it is checked, found and masked. Pure: no database, no clock."""

import csv
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from babel.core import Locale

from seawall.terms.acts import Refusal
from seawall.terms.codes import Sex

HERE = Path(__file__).parent
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
OLDEST = 130
SPOILT = re.compile(r"^[0-9](\.[0-9]+)?E\+?[0-9]+$|^[0-9]{15,20}\.0*$")
USER_ASSIGNED = "ZZ"


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One row of documents.csv."""

    kind: str
    code: str
    zh: str
    en: str
    pattern: re.Pattern[str]
    check: str
    same_length: int | None


@dataclass(frozen=True, slots=True)
class Checked:
    """A number that may be stored: as written, as looked up, as shown, and what it says by itself."""

    kind: str
    number: str
    lookup: str
    mask: str
    country: str
    birth: date | None = None
    sex: Sex | None = None
    notes: tuple[str, ...] = ()


@cache
def kinds() -> dict[str, DocumentKind]:
    with (HERE / "documents.csv").open(encoding="utf-8", newline="") as rows:
        return {
            r["kind"]: DocumentKind(
                r["kind"],
                r["code"],
                r["zh"],
                r["en"],
                re.compile(r["pattern"]),
                r["check"],
                int(r["same_length"]) if r["same_length"] else None,
            )
            for r in csv.DictReader(rows)
        }


def normalised(text: str) -> str:
    """Half-width, upper case, without spaces and hyphens."""
    if text.isascii() and text.isalnum():
        return text.upper()
    plain = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[\s\-]|\([A-Z]\)$", "", plain)


def check_digit(body: str) -> str:
    """GB 11643: the 18th character for the first 17."""
    return CHECKS[sum((ord(c) - 48) * w for c, w in zip(body, WEIGHTS, strict=False)) % 11]


def check(kind: str, number: str, country: str = "CN") -> Checked | Refusal:
    """The number as it may be stored, or why not."""
    table = kinds().get(kind)
    if table is None:
        return Refusal("DOCUMENT_KIND_UNKNOWN", {"kind": kind})
    text = normalised(number)
    if spoilt(text):
        return Refusal("DOCUMENT_SPOILT_BY_SPREADSHEET", {"kind": kind})
    if table.check == "resident":
        return _resident(kind, text, table)
    if not table.pattern.match(text):
        return Refusal("DOCUMENT_PATTERN", {"kind": kind, "length": len(text)})
    if not known_country(country):
        return Refusal("COUNTRY_UNKNOWN", {"country": country})
    if table.check == "residence" and len(text) == 18 and check_digit(text[:17]) != text[17]:
        return Refusal("DOCUMENT_CHECK_DIGIT", {"kind": kind})
    return Checked(kind, text, text[: table.same_length], masked(text), country.upper())


def _resident(kind: str, text: str, table: DocumentKind) -> Checked | Refusal:
    """Length, characters, date and check digit are hard; the division code says nothing (it is of the first registration)."""
    if len(text) == 15 and text.isdigit():
        body = text[:6] + "19" + text[6:]
        text = body + check_digit(body)
    if len(text) != 18:
        return Refusal("DOCUMENT_LENGTH", {"kind": kind, "length": len(text), "expected": 18})
    if not table.pattern.match(text):
        return Refusal("DOCUMENT_PATTERN", {"kind": kind, "length": len(text)})
    expected = check_digit(text)
    if expected != text[17] and text.endswith("000"):
        return Refusal("DOCUMENT_SPOILT_BY_SPREADSHEET", {"kind": kind})
    birth = _date(text[6:14])
    if birth is None:
        return Refusal("DOCUMENT_BIRTH_DATE", {"kind": kind})
    if expected != text[17]:
        return Refusal("DOCUMENT_CHECK_DIGIT", {"kind": kind})
    sex = Sex.MALE if ord(text[16]) % 2 else Sex.FEMALE
    return Checked(kind, text, text, masked(text), "CN", birth, sex)


def _date(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def spoilt(value: object) -> bool:
    """An 18-digit number that a spreadsheet took for an amount: its last digits are gone and cannot be won back."""
    if isinstance(value, float):
        return abs(value) >= 1e15
    return isinstance(value, str) and SPOILT.match(value) is not None


def guess(number: str) -> list[Checked]:
    """Every kind that a number without a kind may be."""
    found = [check(kind, number) for kind in kinds() if kind != "OTHER"]
    return [c for c in found if isinstance(c, Checked)]


def masked(number: str) -> str:
    """500***********1234; short numbers keep their two ends."""
    if len(number) >= 15:
        return number[:3] + "*" * (len(number) - 7) + number[-4:]
    ends = 2 if len(number) > 6 else 1
    return number[:ends] + "*" * max(len(number) - 2 * ends, 1) + number[-ends:]


@cache
def _countries() -> frozenset[str]:
    return frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha())


def known_country(code: str) -> bool:
    """ISO 3166, and ZZ of its user-assigned codes for rehearsals."""
    return code.upper() in _countries()


@cache
def _phones() -> list[tuple[re.Pattern[str], str]]:
    with (HERE / "phones.csv").open(encoding="utf-8", newline="") as rows:
        return [(re.compile(r["pattern"]), r["note"]) for r in csv.DictReader(rows)]


def check_phone(text: str) -> tuple[str, str] | Refusal:
    """The number as stored and a note, or why not."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    plain = re.sub(r"[\s()]", "", plain).removeprefix("+86").removeprefix("0086")
    for pattern, note in _phones():
        if pattern.match(plain):
            return plain, note
    return Refusal("PHONE_PATTERN", {"length": len(plain)})


def masked_phone(number: str) -> str:
    """138****1234."""
    return number[:3] + "****" + number[-4:] if len(number) > 7 else "*" * len(number)


def check_uscc(text: str) -> tuple[str, tuple[str, ...]] | Refusal:
    """The code as stored and its notes. A failed check character warns and never blocks: some issued codes fail it."""
    plain = normalised(text)
    if len(plain) != 18:
        return Refusal("USCC_LENGTH", {"length": len(plain)})
    if any(c not in USCC_ALPHABET for c in plain):
        return plain, ("USCC_CHECK_FAILED",)
    total = sum(USCC_ALPHABET.index(c) * w for c, w in zip(plain, USCC_WEIGHTS, strict=False))
    right = USCC_ALPHABET[(31 - total % 31) % 31]
    return plain, () if right == plain[17] else ("USCC_CHECK_FAILED",)


def name_problem(name: str) -> Refusal | None:
    """T/CPMA 024-2020: at most 25 Chinese characters or 50 letters."""
    text = name.strip()
    if not text:
        return Refusal("NAME_MISSING")
    limit = 50 if text.isascii() else 25
    if len(text) > limit:
        return Refusal("NAME_TOO_LONG", {"length": len(text), "limit": limit})
    if any(unicodedata.category(c)[0] == "C" or c.isdigit() for c in text):
        return Refusal("NAME_CHARACTERS")
    return None


def birth_problem(birth: date, on: date) -> Refusal | None:
    if birth > on:
        return Refusal("BIRTH_IN_FUTURE", {"birth": birth.isoformat(), "on": on.isoformat()})
    if birth.year < on.year - OLDEST:
        return Refusal("BIRTH_TOO_LONG_AGO", {"birth": birth.isoformat(), "years": OLDEST})
    return None
