"""Check rules of identity numbers by name, as a city's documents name them. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from seawall.terms.acts import Refusal
from seawall.terms.codes import Sex


@dataclass(frozen=True, slots=True)
class Reading:
    """A number as it is stored, and what it says by itself."""

    number: str
    birth: date | None = None
    sex: Sex | None = None


Check = Callable[[str, str], Reading | Refusal]  # kind, number without marks and spaces

WRONG_DIGIT = "DOCUMENT_CHECK_DIGIT"


def luhn(kind: str, text: str) -> Reading | Refusal:
    """ISO/IEC 7812-1 annex B: every second digit from the right doubled, the sum of all digits ends with 0."""
    digits = [int(c) for c in reversed(text) if c.isdigit()]
    doubled = sum(sum(divmod(2 * d, 10)) for d in digits[1::2])
    return Reading(text) if (sum(digits[::2]) + doubled) % 10 == 0 else Refusal(WRONG_DIGIT, {"kind": kind})


def _mod11_digit(body: str) -> str:
    total = sum(int(c) * (2 + n % 6) for n, c in enumerate(reversed(body)))
    return "0K987654321"[total % 11]


def mod11(kind: str, text: str) -> Reading | Refusal:
    """Weights 2 to 7 from the right, over and over; the last character is 11 less the sum modulo 11: 0 for 11, K for 10."""
    body = text[:-1]
    if not body.isdigit():
        return Refusal("DOCUMENT_PATTERN", {"kind": kind, "length": len(text)})
    return Reading(text) if text[-1] == _mod11_digit(body) else Refusal(WRONG_DIGIT, {"kind": kind})


def mod11_made(births: pl.Series, _sexes: pl.Series, prefix: str) -> pl.Series:
    """Numbers of a rehearsal by the rule above: a marked prefix, a serial number of seven digits, the last character."""
    bodies = [f"{prefix}{serial:07d}" for serial in range(1, len(births) + 1)]
    return pl.Series([body + _mod11_digit(body) for body in bodies], dtype=pl.String)


def none(_kind: str, text: str) -> Reading:
    """The pattern says everything."""
    return Reading(text)


ABROAD = "country"  # a document of another country: it needs that country beside it
CHECKS: dict[str, Check] = {"": none, "none": none, ABROAD: none, "luhn": luhn, "mod11": mod11}
