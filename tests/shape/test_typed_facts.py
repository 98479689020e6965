"""Facts of a dose come from tables: no template types a volume, a route or a count of minutes as text."""

import re

import pytest

from .parsed import PACKAGE

TEMPLATES = sorted(path for path in PACKAGE.rglob("*") if "templates" in path.parts and path.suffix in {".html", ".md"})
CODE = re.compile(r"\{\{.*?\}\}|\{#.*?#\}|<(?:script|style)\b.*?</(?:script|style)>", re.S)
COUNT = r"(?:\d+(?:\.\d+)?|one|two|three|five|ten|fifteen|twenty|thirty|forty|sixty|a quarter of an|half an|[一二三五十两半百]+)"
UNIT = r"(?:ml|millilit\w+|毫升|min|mins|minutes?|hour|分钟|刻钟|小时)"
TYPED = re.compile(
    rf"(?<![a-z0-9]){COUNT}[\s-]*{UNIT}(?![a-z])|\b(?:intramuscular|intradermal|subcutaneous|oral|intranasal)\w*|肌内|皮下|皮内|口服|三角肌",
    re.I,
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_template_types_no_fact_of_a_dose(path):
    found = TYPED.search(CODE.sub(" ", path.read_text(encoding="utf-8")))
    assert found is None, found


@pytest.mark.parametrize(
    "text", ["0.5 ml", "a 15-minute wait", "ten minutes", "half an hour", "an oral dose", "留观30分钟"]
)
def test_typed_facts_are_found(text):
    assert TYPED.search(text)
