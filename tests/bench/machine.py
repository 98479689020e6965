"""The machine's door: doses in batches and acts one by one over HTTP beside the service and beside a request for nothing; forms; papers."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from statistics import median
from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client

from seawall.clinic import services as clinic
from seawall.interfaces import guard
from seawall.interfaces.api.api import api, doors
from seawall.interfaces.guard import POST
from seawall.platform.tries import Limit
from seawall.sites.tables import door_reasons
from seawall.staff import services as staff
from seawall.staff.roles import shipped_roles
from seawall.terms.staff import AccountCreate, PostAssign, Scope, Secret, TokenIssue

from ..clinic.world import DAY, World, done
from . import doses
from .measure import Line, seconds

BATCH, BATCHES, SINGLES = 100, 6, 150
SECRET = "a-secret-of-a-machine-long-enough-to-keep"
DAYS = {"valid_from": DAY.replace(month=1), "valid_to": DAY.replace(month=12)}


def measured(hall: World) -> list[Line]:
    """In the great hall of `doses`, so that seats are not what is measured."""
    doses.great_hall(hall)
    for by in ("address", "caller"):
        guard.limits()["api", by] = Limit("api", by, 10**9, 60)  # type: ignore[index]
    return [batches(hall), singles(hall), forms(hall), papers()]


def post_of(hall: World, role: str, account: int = 0) -> int:
    scopes = (Scope(kind="site", ref=str(hall.site)),) if account == 0 else (Scope(kind="area", ref="500000"),)
    item = PostAssign(**hall.base(), role=role, person=role, account_id=account or None, scopes=scopes, **DAYS)
    return int(str(done(staff.posts_assign(hall.actor, [item]))[0].answer["post_id"]))


def machine(hall: World, role: str) -> Client:
    post = post_of(hall, role)
    done(
        staff.token_issue(
            hall.actor, [TokenIssue(**hall.base(), post_id=post, name=role, secret=Secret(SECRET), **DAYS)]
        )
    )
    return Client(headers={"Authorization": f"Bearer {post}.{SECRET}"})


def post(client: Client, verb: str, items: Sequence[Any]) -> None:
    answer = client.post(
        f"/api/v1/acts/{verb}", json.dumps({"items": items}, cls=DjangoJSONEncoder), content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    assert all(outcome["done"] for outcome in answer.json()["outcomes"]), answer.content[:500]


def batches(hall: World) -> Line:
    """The same kind of doses by turns through the door and by the service, so that both meet the same machine."""
    client = machine(hall, "STATION_NURSE")
    items: list[Any] = doses.waiting(hall, BATCH * BATCHES * 2)
    door, service = list[float](), list[float]()
    for n in range(0, len(items), BATCH * 2):
        mine, theirs = items[n : n + BATCH], items[n + BATCH : n + BATCH * 2]
        told = [{k: sorted(v) if isinstance(v, frozenset) else v for k, v in asdict(i).items()} for i in theirs]
        service.append(seconds(lambda rows=mine: done(clinic.dose_give(hall.actor, rows))))
        door.append(seconds(lambda rows=told: post(client, "dose_give", rows)))
    ours, bare = BATCH / median(door), BATCH / median(service)
    return Line(
        f"doses a second over HTTP, batches of {BATCH} (goal 0.8)", f"{ours:,.0f}/s", f"{bare:,.0f}/s by the service",
        f"{ours / bare:.2f}",
    )  # fmt: skip


def singles(hall: World) -> Line:
    """One act a request, beside a request that asks for nothing."""
    client = machine(hall, "SITE_MANAGER")
    reason = next(r.code for r in door_reasons() if "slowed" in r.states)
    told = {"site_id": hall.site, "state": "slowed", "reason": reason}
    acts, nothing = list[float](), list[float]()
    for _ in range(SINGLES):
        nothing.append(seconds(lambda: post(client, "door_set", [])))
        acts.append(seconds(lambda: post(client, "door_set", [{"act": uuid4(), **told}])))
    ours, bare = 1 / median(acts), 1 / median(nothing)
    return Line(
        "acts a second over HTTP, one a request (goal 0.33)",
        f"{ours:,.0f}/s",
        f"{bare:,.0f}/s of no item",
        f"{ours / bare:.2f}",
    )


def forms(hall: World) -> Line:
    """The slowest plain form of all verbs, each as opened by a post that holds it."""
    create = AccountCreate(
        **hall.base(), username="bench", name="bench", password=Secret("a long walk through the house")
    )
    account = int(str(done(staff.accounts_create(hall.actor, [create]))[0].answer["account_id"]))
    client, posts = Client(), dict[str, int]()
    client.force_login(get_user_model().objects.get(pk=account))
    took: dict[str, float] = {}
    for verb in doors():
        role = next(code for code, role in shipped_roles().items() if role.grants & set(verb.grants))
        posts.setdefault(role, 0)
        posts[role] = posts[role] or post_of(hall, role, account)
        session = client.session
        session[POST] = posts[role]
        session.save()
        path = f"/console/act/{verb.name}"
        assert client.get(path).status_code == 200, path
        took[verb.name] = median(seconds(lambda at=path: client.get(at)) for _ in range(3))
    worst = max(took, key=lambda name: took[name])
    return Line(
        f"the slowest plain form of {len(took)} (goal 100 ms)", f"{took[worst] * 1000:,.0f} ms ({worst})",
        f"{median(took.values()) * 1000:,.0f} ms the median", "",
    )  # fmt: skip


def papers() -> Line:
    """The description and the manual, made anew."""
    from ..spec import verbs as manual

    described, written = seconds(api.get_openapi_schema), seconds(manual.text)
    return Line(
        "the description and the manual of verbs (goal 5 s)",
        f"{described + written:.1f} s",
        f"{described:.1f} s + {written:.1f} s",
        "",
    )
