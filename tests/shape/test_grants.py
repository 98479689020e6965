"""Every permission that the code asks for is granted to some role, so that no verb and no page is out of everybody's reach."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import seawall
from seawall.staff.rows import roles

SOURCE = Path(seawall.__file__).parent
ASKS = {"require": 1, "may": 1, "door": 0, "Rail": 2}
INSIDE = frozenset({"dose_use"})  # lent by the verb that contains it, granted to no role


def _literal(call: ast.Call, at: int) -> Iterator[str]:
    if len(call.args) > at and isinstance(call.args[at], ast.Constant) and isinstance(call.args[at].value, str):
        yield call.args[at].value


def asked() -> set[str]:
    """Verbs without another requirement, and permissions that doors and pages name."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name == "run_verb" and not any(k.arg == "requires" for k in node.keywords):
                found.update(_literal(node, 1))
            elif name in ASKS:
                found.update(_literal(node, ASKS[name]))
    return found - INSIDE


@pytest.mark.parametrize("grant", sorted(asked()))
def test_somebody_may(grant):
    assert any(grant in role.grants for role in roles().values()), f"no role of staff/roles.csv is granted {grant}"


def test_who_injects_is_not_granted_the_pages_of_command():
    assert not roles()["VACCINATOR"].grants & {"see:command_board", "plan_publish", "policy_apply"}
    assert not roles()["SECTOR_OFFICER"].grants & {"see:person", "see:conditions"}
    assert not any(g.startswith("see:person") for g in roles()["LEADING_GROUP_HEAD"].grants)
