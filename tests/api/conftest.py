"""A hall whose posts have tokens, and a client that speaks JSON."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client

from seawall.interfaces import guard
from seawall.platform.tries import Limit
from seawall.staff import services as staff
from seawall.terms.staff import PostAssign, Scope, Secret, TokenIssue
from tests.clinic.world import World, done
from tests.walks.conftest import hall, loaded  # noqa: F401

SECRET = "a-secret-of-a-machine-long-enough-to-keep"


class Machine:
    """A client with a token: `act` posts a batch of one verb."""

    def __init__(self, token: str, language: str = "en", post_id: int = 0, issued: UUID | None = None) -> None:
        self.post_id, self.issued = post_id, issued
        self.client = Client(headers={"Authorization": f"Bearer {token}", "Accept-Language": language})

    def act(self, verb: str, *items: dict[str, Any], status: int = 200) -> Any:
        return self.post(f"/api/v1/acts/{verb}", json.dumps({"items": items}, cls=DjangoJSONEncoder), status=status)

    def post(self, path: str, body: str | bytes, status: int, media: str = "application/json") -> Any:
        answer = self.client.post(path, body, content_type=media)
        assert answer.status_code == status, answer.content
        kind = "application/problem+json" if status >= 400 else "application/json"
        assert answer.headers["Content-Type"].startswith(kind)
        return answer.json()


@pytest.fixture
def machine(hall: World) -> Callable[..., Machine]:  # noqa: F811
    """Give a role a post of a machine, with a token narrowed to some rights."""

    def enter(role: str, *scopes: tuple[str, object], grants: frozenset[str] = frozenset(), **client: str) -> Machine:
        assign = PostAssign(
            **hall.base(), role=role, person="machine", valid_from=date(2021, 1, 1), synthetic=True,
            scopes=tuple(Scope(kind=kind, ref=str(ref)) for kind, ref in scopes),
        )  # fmt: skip
        post = done(staff.posts_assign(hall.actor, [assign]))[0].answer["post_id"]
        issue = TokenIssue(
            **hall.base(), post_id=int(str(post)), name="test", secret=Secret(SECRET), grants=grants,
            valid_from=date(2021, 1, 1), valid_to=date(2021, 12, 31),
        )  # fmt: skip
        done(staff.token_issue(hall.actor, [issue]))
        return Machine(f"{post}.{SECRET}", post_id=int(str(post)), issued=issue.act, **client)

    return enter


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many requests from one address are what this test is."""
    for by in ("address", "caller"):
        monkeypatch.setitem(guard.limits(), ("api", by), Limit("api", by, 1_000_000, 60))
