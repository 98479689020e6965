"""What a scanner read: a trace code of 20 characters, a GS1 code with or without a serial, a carton's number, a product's number."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

import biip

from seawall.terms.acts import Refusal

TRACE_CODE = re.compile(r"[0-9A-Z]{7}[0-9]{13}")
SYMBOLOGY = re.compile(r"\](?P<letter>[A-Za-z])(?P<modifier>[0-9a-z])")
DIGITS, LENGTH, LONGEST = re.compile(r"[0-9]+"), 20, 50
GTIN, SSCC, LOT, EXPIRES, SERIAL = "01", "00", "10", "17", "21"


class Form(StrEnum):
    """What a code names: one pack (trace code or serial), the packs of a lot, a carton, or only a product."""

    TRACE = "trace"
    SERIAL = "serial"
    LOT = "lot"
    CARTON = "carton"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class Code:
    """One code as it was read: `raw` are the bytes of the scanner, `symbology` its identifier (`]d2`), `key` the name in the books."""

    raw: bytes
    symbology: str
    form: Form
    key: str
    gtin: str = ""
    lot: str = ""
    expires: date | None = None

    @property
    def head(self) -> str:
        """What the maker's packs of one product have in common."""
        return self.key[:7] if self.form is Form.TRACE else self.gtin


@lru_cache(maxsize=4096)
def read(text: str) -> Code | Refusal:
    """The code of a text as a scanner sends it, with or without symbology identifier, or why it is none."""
    raw, said = text.encode(), text.strip(" \t\r\n")
    found = SYMBOLOGY.match(said)
    symbology, body = (found.group(), said[found.end() :]) if found else ("", said)
    gs1_only = symbology in {"]C1", "]d2", "]e0", "]Q3"}
    if TRACE_CODE.fullmatch(body) and not gs1_only:
        return Code(raw, symbology, Form.TRACE, body)
    if said.startswith("]") and not symbology:  # biip 4 reads past the end of an identifier cut off
        return _wrong(body)
    return _gs1(raw, symbology, said) or _wrong(body)


def _gs1(raw: bytes, symbology: str, said: str) -> Code | None:
    try:
        parsed = biip.parse(said)
    except biip.ParseError:
        return None
    if parsed.gs1_message is not None:
        return _elements(raw, symbology, {e.ai.ai: e for e in parsed.gs1_message.element_strings})
    if parsed.gtin is not None:
        gtin = parsed.gtin.as_gtin_14()
        return Code(raw, symbology, Form.PRODUCT, gtin, gtin)
    if parsed.sscc is not None:
        return Code(raw, symbology, Form.CARTON, parsed.sscc.value)
    return None


def _elements(raw: bytes, symbology: str, parts: "dict[str, biip.gs1_messages.GS1ElementString]") -> Code | None:
    if SSCC in parts and parts[SSCC].sscc is not None:
        return Code(raw, symbology, Form.CARTON, parts[SSCC].value)
    if GTIN not in parts or parts[GTIN].gtin is None:
        return None
    gtin, lot = parts[GTIN].value, parts[LOT].value if LOT in parts else ""
    expires = parts[EXPIRES].date if EXPIRES in parts else None
    if SERIAL in parts:
        key = f"{GTIN}{gtin}{SERIAL}{parts[SERIAL].value}"
        return Code(raw, symbology, Form.SERIAL, key, gtin, lot, expires)
    form = Form.LOT if lot else Form.PRODUCT
    return Code(raw, symbology, form, f"{GTIN}{gtin}{LOT}{lot}" if lot else gtin, gtin, lot, expires)


def _wrong(body: str) -> Refusal:
    if DIGITS.fullmatch(body) and len(body) != LENGTH:
        return Refusal("CODE_LENGTH", {"code": body[:LONGEST], "length": len(body)})
    return Refusal("BAD_TRACE_CODE", {"code": body[:LONGEST]})


def key(text: str) -> str:
    """The name in the books of what a text says; a text that is no code stands for itself."""
    code = read(text)
    return code.key if isinstance(code, Code) else text
