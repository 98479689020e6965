"""Whatever the description allows, and much that it does not, gets an answer that the description names: no failure, no surprise."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from seawall.interfaces.api.api import api, doors
from seawall.interfaces.api.rows import RESOURCES
from seawall.staff.roles import shipped_roles

pytestmark = pytest.mark.django_db
BOTH = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
MEDIA = ("application/json", "application/problem+json", "text/csv")
CITY = ("area", "500000")


@pytest.fixture(scope="module")
def document() -> Any:
    return json.loads(json.dumps(api.get_openapi_schema(), default=str))


def asked_of(label: str) -> frozenset[str]:
    """Permissions that an operation asks for; any one of them."""
    name = label.rsplit("/", 1)[-1]
    verbs = {verb.name: frozenset(verb.grants) for verb in doors()}
    return verbs.get(name) or frozenset(row.grant for row in RESOURCES if row.name == name) or frozenset({"see:frame"})


def tried(operation: Any, mode: GenerationMode, examples: int, ask: Callable[[Any], None]) -> None:
    @settings(
        max_examples=examples, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        ask(case)

    run()


def sent(client: Any, case: Any) -> Any:
    """A case as a request; its own headers and cookies would only sign it out."""
    address = case.path
    for name, value in (case.path_parameters or {}).items():
        address = address.replace(f"{{{name}}}", quote(str(value), safe=""))
    if query := {name: value for name, value in (case.query or {}).items() if value is not None}:
        address += "?" + urlencode(query, doseq=True, errors="replace")
    if isinstance(case.body, schemathesis.core.NotSet):
        return client.generic(case.method, address)
    body = case.body if isinstance(case.body, bytes) else json.dumps(case.body).encode()
    return client.generic(case.method, address, body, content_type=case.media_type or "application/json")


def answered_badly(machine: Any, document: Any, modes: tuple[GenerationMode, ...], examples: int) -> list[str]:
    """Every answer that the description does not name."""
    bad: list[str] = []
    posts: dict[str, Any] = {}
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = found.ok()
        role = next(code for code, role in shipped_roles().items() if role.grants & asked_of(operation.label))
        if role not in posts:
            posts[role] = machine(role, CITY).client
            posts[role].raise_request_exception = False
        named = document["paths"][operation.path][operation.method.lower()]["responses"]

        def ask(case: Any, client: Any = posts[role], named: Any = named, label: str = operation.label) -> None:
            answer = sent(client, case)
            media = answer.headers.get("Content-Type", "").partition(";")[0]
            if answer.status_code >= 500 or str(answer.status_code) not in named or media not in MEDIA:
                bad.append(f"{label} {answer.status_code} {media}: {str(case.query or case.body)[:300]}")

        for mode in modes:
            tried(operation, mode, examples, ask)
    return bad


def test_every_operation_answers_as_described(machine, document, unhurried):
    assert not answered_badly(machine, document, (GenerationMode.POSITIVE,), 2)


@pytest.mark.long
def test_every_operation_answers_as_described_to_many_right_and_wrong_requests(machine, document, unhurried):
    assert not answered_badly(machine, document, BOTH, 40)
