"""Every reason raised anywhere has a row in the registry, in both languages, with parameters that are given."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

import seawall
from seawall.reference.reasons import SEVERITIES, placeholders, registry, say, written

SOURCE = Path(seawall.__file__).parent
RAISERS = {"Refusal", "Refused"}
NOTED = {"AlertFound", "AlertRaise", "OrderIssue"}  # rows whose code a page says
Given = frozenset[str] | None  # None: built elsewhere, unknown here


def _trees():
    return [ast.parse(p.read_text(encoding="utf-8")) for p in SOURCE.rglob("*.py") if "migrations" not in p.parts]


def _constants(trees) -> dict[str, str]:
    """Module-level NAME = "CODE" anywhere in the package."""
    found = {}
    for tree in trees:
        for node in tree.body:
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
    trees = _trees()
    constants, found = _constants(trees), defaultdict(set)
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (argument := _code_argument(node)):
                for code in _codes(argument, constants):
                    found[code].add(_given(node))
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


def test_no_code_has_two_sentences():
    codes = [row.code for row in written()]
    assert sorted(codes) == sorted(set(codes))


def test_a_missing_parameter_is_a_gap_and_an_unknown_code_says_its_name():
    assert say("NOT_PERMITTED", {}, "en").startswith("Your post may not do “…”")
    assert "NO_SUCH_CODE" in say("NO_SUCH_CODE", {"a": 1}, "zh-hans")
    assert "–" in say("NOT_PERMITTED", {"grant": None, "more": 2}, "en")
    assert all(say(code, {}, language) for code in registry() for language in ("zh-hans", "en"))
