"""The codes as QR pictures: digits and capitals in the modes that keep them small.

The mask is given: choosing the prettiest of eight costs six times the drawing, and readers take any.
"""

import segno
from segno import consts

from . import shc as card

MASK = 3
EDGE = 4  # quiet modules around, ISO/IEC 18004


def shc(text: str) -> segno.QRCode:
    """A byte segment for `shc:/`, a numeric one for the digits."""
    digits = text.removeprefix(card.PREFIX)
    parts = ((card.PREFIX, consts.MODE_BYTE, None), (digits, consts.MODE_NUMERIC, None))
    return segno.make_qr(parts, error="l", boost_error=False, mask=MASK)  # type: ignore[arg-type]  # segments, by its manual


def dcc(text: str) -> segno.QRCode:
    return segno.make_qr(text, error="m", mode="alphanumeric", boost_error=False, mask=MASK)


def svg(code: segno.QRCode) -> str:
    """As a part of a page, black on white at any size."""
    return str(code.svg_inline(scale=1, omitsize=True, border=EDGE, svgclass="qr", lineclass=None))
