"""Every reason raised anywhere has a row in the registry, in both languages, with parameters that are given."""

import ast
import re
from collections import defaultdict

import pytest

from seawall.reference.reasons import (
    OUR_TABLES,
    SEVERITIES,
    placeholders,
    registry,
    rule,
    rules_in_english,
    say,
    written,
)
from seawall.terms import interlocks
from seawall.terms.actor import EN, ZH

from .parsed import PACKAGE, sources, tree

RAISERS = {"Refusal", "Refused"}
NOTED = {"AlertFound", "AlertRaise", "OrderIssue"}  # rows whose code a page says
Given = frozenset[str] | None  # None: built elsewhere, unknown here


def _constants(trees: list[ast.Module]) -> dict[str, str]:
    """Module-level NAME = "CODE" anywhere in the package."""
    found = {}
    for module in trees:
        for node in module.body:
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                found |= {t.id: node.value.value for t in node.targets if isinstance(t, ast.Name)}
    return found


def _codes(node: ast.expr, constants: dict[str, str]) -> set[str]:
    """Codes an argument can be: a literal, a constant, or either branch of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return _codes(node.body, constants) | _codes(node.orelse, constants)
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return {constants[name]} if name.isupper() and name in constants else set()


def _given(call: ast.Call) -> Given:
    if len(call.args) < 2 and not any(k.arg in {None, "params"} for k in call.keywords):
        return frozenset(k.arg for k in call.keywords if k.arg)
    params = call.args[1] if len(call.args) > 1 else next((k.value for k in call.keywords if k.arg == "params"), None)
    if isinstance(params, ast.Dict) and all(isinstance(k, ast.Constant) for k in params.keys):
        return frozenset(str(k.value) for k in params.keys)
    return None


def _code_argument(call: ast.Call) -> ast.expr | None:
    name = getattr(call.func, "id", "")
    if name in RAISERS and call.args:
        return call.args[0]
    return next((k.value for k in call.keywords if name in NOTED and k.arg == "code"), None)


def raised() -> dict[str, set[Given]]:
    """Every code raised in the package, with the parameters that each place gives."""
    trees = [tree(path) for path in sources()]
    constants, found = _constants(trees), defaultdict(set)
    for module in trees:
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and (argument := _code_argument(node)):
                for code in _codes(argument, constants):
                    found[code].add(_given(node))
    for row in (row for file in PACKAGE.glob("*/tables/interlocks.csv") for row in interlocks.read(file)):
        found[row.code].add(frozenset(row.params))
    return found


RAISED = raised()


def test_the_search_finds_the_platform_codes():
    assert {"NOT_PERMITTED", "OUT_OF_AREA", "ACT_CONTENT_DIFFERS", "NATURE_FIXED", "CLOCK_IS_REAL"} <= set(RAISED)


@pytest.mark.parametrize("code", sorted(RAISED))
def test_a_raised_code_has_a_sentence_for_its_parameters(code):
    row = registry().get(code)
    assert row, f"{code} is raised but has no row in reference/reasons/*.csv"
    for given in RAISED[code] - {None}:
        assert placeholders(row.zh) <= given, (
            f"{code}: the sentence names parameters that are not given: {sorted(given)}"
        )


@pytest.mark.parametrize("code", sorted(registry()))
def test_a_reason_speaks_both_languages_about_the_same_things(code):
    row = registry()[code]
    assert row.severity in SEVERITIES
    assert row.rule
    assert row.zh and row.en and not row.zh.isascii()
    assert placeholders(row.zh) == placeholders(row.en)


@pytest.mark.parametrize("code", sorted(registry()))
def test_the_rule_behind_a_reason_has_its_name_in_both_languages(code):
    zh, en = rule(code, ZH), rule(code, EN)
    assert zh and en
    assert not re.search(r"[a-z_]+/|\.(?:csv|py|md|json)\b|\(rules ", f"{zh} {en}"), "a place of this program is shown"
    assert en != zh or zh.isascii(), f"rule_names.csv has no English name for {zh!r}"
    assert placeholders(zh) == placeholders(en)


def test_every_english_name_of_a_rule_is_used():
    assert rules_in_english().keys() == {rule(code, ZH) for code in registry() if not rule(code, ZH).isascii()}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("到场核验 (rules 3.2)", "到场核验"),
        ("异常反应处置 (safety/tables/called.csv)", "异常反应处置"),
        ("接种程序表 engines/schedule (options.csv); 同品种完成", "接种程序表; 同品种完成"),
        ("网点布局计算范围 command/boards/layout.py", "网点布局计算范围"),
        ("接口说明 /api/v1/openapi.json", "接口说明"),
        ("接种活动表 campaigns", "接种活动表"),
        ("GB/T 2659 (ISO 3166)", "GB/T 2659 (ISO 3166)"),
        ("人员全培训 (疫苗管理法 art. 44)", "人员全培训 (疫苗管理法 art. 44)"),
    ],
)
def test_a_place_of_this_program_is_not_shown(written, shown):
    assert OUR_TABLES.sub("", written).strip() == shown


def test_no_code_has_two_sentences():
    codes = [row.code for row in written()]
    assert sorted(codes) == sorted(set(codes))


def test_a_missing_parameter_is_a_gap_and_an_unknown_code_says_its_name():
    assert say("CHECK_UNKNOWN", {}, "en").startswith("… is not in the table")
    assert "NO_SUCH_CODE" in say("NO_SUCH_CODE", {"a": 1}, "zh-hans")
    assert "–" in say("CHECK_UNKNOWN", {"check": None, "more": 2}, "en")
    assert all(say(code, {}, language) for code in registry() for language in ("zh-hans", "en"))
