"""The rules can be printed with their formulas, and the list is the one that the plan is built from."""

import re

from seawall.engines.planning.model import CITY_RULES, RULES, UNIT_RULES
from seawall.engines.planning.printed import rule_names, rules_text


def test_every_rule_is_printed_with_its_formula_in_both_languages():
    assert list(rule_names()) == [rule.__name__ for rule in RULES]
    for language in ("en", "zh"):
        parts = rules_text(language).split("\n\n")
        headings = [part for part in parts if re.match(r"\s?\d+ \w+ \[", part)]
        assert len(headings) == len(RULES)
        for rule, heading in zip(RULES, headings, strict=True):
            assert rule.__name__ in heading and rule_names()[rule.__name__][language] in heading
            assert re.search(r"<=|>=|=", rule.__doc__ or ""), rule.__name__


def test_the_list_says_what_ties_the_city():
    assert [row["scope"] for row in rule_names().values()] == ["unit"] * len(UNIT_RULES) + ["city"] * len(CITY_RULES)
