"""Every permission that the code asks for is granted to some role, so that no verb and no page is out of everybody's reach."""

import ast
from collections.abc import Iterator

import pytest

from seawall.platform.verbs import all_verbs
from seawall.staff.roles import shipped_roles

from .parsed import sources, tree

ASKS = {"require": 1, "may": 1, "door": 0, "Rail": 2}


def _literal(call: ast.Call, at: int) -> Iterator[str]:
    if len(call.args) > at and isinstance(call.args[at], ast.Constant) and isinstance(call.args[at].value, str):
        yield call.args[at].value


def asked() -> set[str]:
    """Verbs without another requirement, but those of tasks alone, and permissions that doors and pages name."""
    found: set[str] = set()
    for path in sources():
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in ASKS:
                found.update(_literal(node, ASKS[name]))
    doored = (verb for verb in all_verbs().values() if not verb.inside)
    return found | {grant for verb in doored for grant in verb.grants}


@pytest.mark.parametrize("grant", sorted(asked()))
def test_somebody_may(grant):
    assert any(grant in role.grants for role in shipped_roles().values()), (
        f"no role of staff/roles.csv is granted {grant}"
    )


def test_every_right_to_act_is_a_verb():
    """A word in the table of roles that nothing asks for is a right that nobody has."""
    held = {grant for role in shipped_roles().values() for grant in role.grants}
    assert {g for g in held if not g.startswith("see:")} <= set(all_verbs())


def test_who_injects_is_not_granted_the_pages_of_command():
    assert not shipped_roles()["VACCINATOR"].grants & {"see:command_board", "plan_publish", "policy_apply"}
    assert not shipped_roles()["SECTOR_OFFICER"].grants & {"see:person", "see:conditions"}
    assert not any(g.startswith("see:person") for g in shipped_roles()["LEADING_GROUP_HEAD"].grants)
