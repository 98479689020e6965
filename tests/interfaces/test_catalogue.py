"""Every sentence of a page has its Chinese, with the same places for figures."""

import re
from pathlib import Path

from babel.messages.pofile import read_po

import seawall

PACKAGE = Path(seawall.__file__).parent
CATALOGUE = PACKAGE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
TRANSLATE = re.compile(r"""\{%\s*translate\s+(?:"([^"]*)"|'([^']*)')""")
BLOCK = re.compile(r"\{%\s*blocktranslate[^%]*%\}(.*?)(?:\{%\s*plural\s*%\}(.*?))?\{%\s*endblocktranslate\s*%\}", re.S)
CALL = re.compile(r"""\b_\(\s*"([^"]*)"\s*\)""")
PLACE = re.compile(r"%\((\w+)\)s")


def _sentences() -> set[str]:
    found: set[str] = set()
    for page in PACKAGE.glob("interfaces/**/*.html"):
        text = page.read_text()
        found |= {(a or b).replace("%", "%%") for a, b in TRANSLATE.findall(text)}
        found |= {
            re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", first.replace("%", "%%")) for first, _ in BLOCK.findall(text)
        }
    for module in PACKAGE.glob("interfaces/**/*.py"):
        found |= set(CALL.findall(module.read_text()))
    return found


def _catalogue() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        rows = [row for row in read_po(file, locale="zh_Hans") if row.id]
    return {
        row.id if isinstance(row.id, str) else row.id[0]: row.string if isinstance(row.string, str) else row.string[0]
        for row in rows
    }


def test_every_sentence_of_a_page_is_translated() -> None:
    catalogue = _catalogue()
    assert sorted(sentence for sentence in _sentences() if not catalogue.get(sentence)) == []


def test_a_translation_keeps_the_places_for_figures() -> None:
    wrong = [en for en, zh in _catalogue().items() if sorted(PLACE.findall(en)) != sorted(PLACE.findall(zh))]
    assert wrong == []
