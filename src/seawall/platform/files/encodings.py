"""Which encoding a text was written in, by evidence; where the bytes could be either, the sender is asked."""

import re
import unicodedata

from seawall.terms.acts import Refused

HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
USUAL = 0.9
BESIDE = re.compile(r"[A-Za-z]")


def decoded(name: str, content: bytes, *, chinese: bool) -> tuple[str, str]:
    """The text, and its encoding unless that is UTF-8; GB 18030 is looked for only where `chinese` is written."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _in_full(name, content, "utf-16"), "UTF-16"
    if content.startswith(b"\xef\xbb\xbf"):
        return _in_full(name, content, "utf-8-sig"), ""
    utf8, gb = _read(content, "utf-8"), _read(content, "gb18030") if chinese else None
    if utf8 is not None and (utf8.isascii() or gb is None or not _usual(gb)):
        return utf8, ""
    if gb is not None and _usual(gb) and (utf8 is None or not _usual(utf8)):
        return gb, "GB18030"
    raise Refused("FILE_ENCODING", file=name)


def _in_full(name: str, content: bytes, encoding: str) -> str:
    text = _read(content, encoding)
    if text is None:
        raise Refused("FILE_ENCODING", file=name)
    return text


def _read(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _usual(text: str) -> bool:
    """Whether nearly all that is not ASCII is what people write: GB 2312, or Latin letters; no Chinese inside a word."""
    odd = total = 0
    for at, c in enumerate(text):
        if c.isascii():
            continue
        total += 1
        glued = HAN.match(c) and BESIDE.match(text[at - 1 : at] or " ") and text[at - 2 : at - 1].isalpha()
        odd += bool(glued) or not (_in_gb2312(c) or unicodedata.name(c, "").startswith("LATIN"))
    return total == 0 or 1 - odd / total >= USUAL


def _in_gb2312(c: str) -> bool:
    try:
        c.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
