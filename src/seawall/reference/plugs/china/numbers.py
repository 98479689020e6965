"""GB 11643: the resident number knows birth date and sex, and its eighteenth character checks the other seventeen."""

from datetime import date

from seawall.terms.acts import Refusal
from seawall.terms.codes import Sex

from ...numbers import WRONG_DIGIT, Check, Reading

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
DIGITS = "10X98765432"
LENGTH = 18


def check_digit(body: str) -> str:
    """The eighteenth character for the first seventeen."""
    return DIGITS[sum((ord(c) - 48) * w for c, w in zip(body, WEIGHTS, strict=False)) % 11]


def resident(kind: str, text: str) -> Reading | Refusal:
    """Length, characters, date and check digit are hard; the division code says nothing (it is of the first registration)."""
    if len(text) == 15 and text.isdigit():
        body = text[:6] + "19" + text[6:]
        text = body + check_digit(body)
    if len(text) != LENGTH:
        return Refusal("DOCUMENT_LENGTH", {"kind": kind, "length": len(text), "expected": LENGTH})
    if not text[:17].isdigit() or text[17] not in DIGITS:
        return Refusal("DOCUMENT_PATTERN", {"kind": kind, "length": len(text)})
    expected = check_digit(text)
    if expected != text[17] and text.endswith("000"):
        return Refusal("DOCUMENT_SPOILT_BY_SPREADSHEET", {"kind": kind})
    birth = _date(text[6:14])
    if birth is None:
        return Refusal("DOCUMENT_BIRTH_DATE", {"kind": kind})
    if expected != text[17]:
        return Refusal(WRONG_DIGIT, {"kind": kind})
    return Reading(text, birth, Sex.MALE if ord(text[16]) % 2 else Sex.FEMALE)


def residence(kind: str, text: str) -> Reading | Refusal:
    """A foreigner's permit: the form of eighteen characters has the same check digit."""
    if len(text) == LENGTH and check_digit(text[:17]) != text[17]:
        return Refusal(WRONG_DIGIT, {"kind": kind})
    return Reading(text)


def _date(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


CHECKS: dict[str, Check] = {"resident": resident, "residence": residence}
