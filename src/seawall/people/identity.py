"""Numbers that identify: what each document must look like, how it is checked, found and masked. Pure: no database, no clock."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache

import phonenumbers
from babel.core import Locale, get_global
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from seawall.reference import selectors as reference
from seawall.reference.selectors import ABROAD, WRONG_DIGIT, Reading
from seawall.terms.acts import Refusal
from seawall.terms.codes import Sex

from . import names

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
OLDEST = 130
SPOILT = re.compile(r"^[0-9](\.[0-9]+)?E\+?[0-9]+$|^[0-9]{15,20}\.0*$")
USER_ASSIGNED = "ZZ"
THOUSANDS = re.compile(r"^\d{1,3}(\.\d{3})+[0-9A-Z]?$")  # a number written in groups of three
HYPHENS = r"\-\u2010-\u2015\u2212"
BEFORE = "'’‘`´"  # by these, and by ="...", a spreadsheet keeps a number as text


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


def unmarked(text: str) -> str:
    """A number without what nobody sees (classes Cf and Cc) and without what keeps it as text in a spreadsheet."""
    if text.isascii() and text.isalnum():
        return text
    plain = names.visible(text)
    if plain.startswith('="') and plain.endswith('"'):
        plain = plain[2:-1]
    return plain[1:].strip() if plain[:1] in BEFORE else plain.strip()


def normalised(text: str) -> str:
    """Half-width, upper case, without marks, spaces, hyphens and the dots between thousands."""
    if text.isascii() and text.isalnum():
        return text.upper()
    plain = unicodedata.normalize("NFKC", unmarked(text)).upper()
    plain = re.sub(rf"[\s{HYPHENS}]|\([A-Z]\)$", "", plain)
    return plain.replace(".", "") if THOUSANDS.match(plain) else plain


def check(kind: str, number: str, country: str = "") -> Checked | Refusal:
    """The number as it may be stored, or why not; without a country, the city's own."""
    country = home(country).upper()
    table = reference.document_kinds().get(kind)
    if table is None:
        return Refusal("DOCUMENT_KIND_UNKNOWN", {"kind": kind})
    text = normalised(number)
    if spoilt(text):
        return Refusal("DOCUMENT_SPOILT_BY_SPREADSHEET", {"kind": kind})
    found = reference.number_checks()[table.check](kind, text)
    fits = table.pattern.match(found.number if isinstance(found, Reading) else text)
    if isinstance(found, Refusal) and (fits or found.code != WRONG_DIGIT):
        return found
    if isinstance(found, Refusal) or not fits:
        return Refusal("DOCUMENT_PATTERN", {"kind": kind, "length": len(text)})
    if not known_country(country):
        return Refusal("COUNTRY_UNKNOWN", {"country": country})
    if table.check == ABROAD and country == home():
        return Refusal("DOCUMENT_COUNTRY_MISSING", {"kind": kind})
    if found.birth:
        country = home()
    stored = found.number
    return Checked(kind, stored, stored[: table.same_length], masked(stored), country, found.birth, found.sex)


def spoilt(value: object) -> bool:
    """An 18-digit number that a spreadsheet took for an amount: its last digits are gone and cannot be won back."""
    if isinstance(value, float):
        return abs(value) >= 1e15
    return isinstance(value, str) and SPOILT.match(value) is not None


def guess(number: str) -> list[Checked]:
    """Every kind that a number without a kind may be."""
    found = [check(kind, number, USER_ASSIGNED) for kind in reference.document_kinds() if kind != "OTHER"]
    return [c for c in found if isinstance(c, Checked)]


def masked(number: str) -> str:
    """500***********1234; short numbers keep their two ends."""
    if len(number) >= 15:
        return number[:3] + "*" * (len(number) - 7) + number[-4:]
    ends = 2 if len(number) > 6 else 1
    return number[:ends] + "*" * max(len(number) - 2 * ends, 1) + number[-ends:]


def home(country: str = "") -> str:
    """A country as it was given; the city's own where none was."""
    return country or reference.city().country or USER_ASSIGNED


@cache
def _countries() -> frozenset[str]:
    return frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha())


def country_codes() -> tuple[str, ...]:
    """Countries as forms offer them: this one first."""
    own = home()
    return (own, *sorted(_countries() - {own, USER_ASSIGNED}))


def known_country(code: str) -> bool:
    """ISO 3166, and ZZ of its user-assigned codes for rehearsals."""
    return code.upper() in _countries()


@cache
def country_names() -> dict[str, str]:
    """Two-letter codes by every way to write a country: its letters, two or three, and its names in our languages."""
    found = {code.casefold(): code for code in _countries()}
    for alias, codes in get_global("territory_aliases").items():
        if len(alias) == 3 and alias.isalpha() and len(codes) == 1:
            found.setdefault(alias.casefold(), codes[0])
    for language in ("zh", "en"):
        for code, name in Locale(language).territories.items():
            if code in _countries():
                found.setdefault("".join(name.casefold().split()), code)
    return found


def check_phone(text: str) -> tuple[str, str] | Refusal:
    """The number as stored and a note, or why not: as it is dialled within the city's country, else with + and the country."""
    plain = text if text.isascii() and text.isdigit() else _dialled(text)
    home_country = reference.city().country
    try:
        number = phonenumbers.parse(plain, home_country or None)
    except NumberParseException:
        return Refusal("PHONE_PATTERN", {"length": len(plain)})
    known = phonenumbers.is_valid_number(number)
    if not known and not phonenumbers.is_possible_number_for_type(number, PhoneNumberType.MOBILE):
        return Refusal("PHONE_PATTERN", {"length": len(plain)})
    at_home = number.country_code == phonenumbers.country_code_for_region(home_country)
    form = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.E164
    return re.sub(r"[^+0-9]", "", phonenumbers.format_number(number, form)), "" if known else "PHONE_NOT_DIALABLE"


def _dialled(text: str) -> str:
    """Half-width, without marks, spaces, brackets and hyphens."""
    return re.sub(rf"[\s(){HYPHENS}]", "", unicodedata.normalize("NFKC", unmarked(text)))


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
    """T/CPMA 024-2020: at most 25 Chinese characters, or 50 letters of any alphabet."""
    text = names.written(name)
    if not text:
        return Refusal("NAME_MISSING")
    limit = 25 if names.HAN.search(text) else 50
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
