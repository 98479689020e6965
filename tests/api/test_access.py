"""Every verb by every role, in its own area and in a foreign one: refused unless it is granted and reached, and then nothing changes."""

import json
from typing import Any

import pytest
from django.test import Client

from seawall.platform import sql
from seawall.platform.verbs import Verb
from seawall.reference import selectors as reference
from seawall.staff import services as staff
from seawall.staff.roles import shipped_roles
from seawall.terms.staff import PostAssign, Scope, Secret, TokenIssue
from tests.clinic.world import DAY, World, done

from .conftest import SECRET
from .examples import example
from .test_every_verb import VERBS, ids  # noqa: F401

pytestmark = pytest.mark.django_db
UNREACHED = {
    "OUT_OF_AREA",
    "PERSON_NOT_IN_REACH",
    "ORDER_OUT_OF_REACH",
    "PERSON_IS_NO_ALIAS",
    "ALERT_NOT_OPEN",
    "NO_MOVE_CHOSEN",
    "DOCUMENT_NOT_SHOWN",
}
"""What a room says that judges the reach itself, beside that something is not known."""
FROM_ANYWHERE = {"question_ask"}
"""What anybody may do wherever they stand: a question belongs to the city, whoever brings it."""
KEPT_ALL_THE_SAME = {"platform_act", "platform_tries", "platform_look", "staff_token"}
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


def tokens(hall: World, *scopes: tuple[str, object]) -> dict[str, Client]:
    """A machine in a post of every role, all with the same area."""
    told = tuple(Scope(kind=kind, ref=str(ref)) for kind, ref in scopes)
    days = {"valid_from": DAY.replace(month=1), "valid_to": DAY.replace(month=12)}
    items = [PostAssign(**hall.base(), role=role, person=role, scopes=told, **days) for role in shipped_roles()]
    posts = [int(str(o.answer["post_id"])) for o in done(staff.posts_assign(hall.actor, items))]
    issued = [TokenIssue(**hall.base(), post_id=post, name="t", secret=Secret(SECRET), **days) for post in posts]
    done(staff.token_issue(hall.actor, issued))
    clients = (Client(headers={"Authorization": f"Bearer {post}.{SECRET}"}) for post in posts)
    return dict(zip(shipped_roles(), clients, strict=True))


def ask(client: Client, verb: "Verb[Any, Any]", *items: dict[str, Any]) -> Any:
    return client.post(f"/api/v1/acts/{verb.name}", json.dumps({"items": items}), content_type="application/json")


def state() -> dict[str, Any]:
    """A digest of every table that an act may change."""
    names = [name for (name,) in sql.fetch(TABLES) if name not in KEPT_ALL_THE_SAME]
    sums = " UNION ALL ".join(f"SELECT '{n}', count(*), coalesce(sum(hashtext(t::text)), 0) FROM {n} t" for n in names)
    return {name: (count, digest) for name, count, digest in sql.fetch(sums)}


def test_a_role_does_its_verbs_and_no_others(hall, unhurried):
    wrong = []
    clients = tokens(hall, ("site", hall.site))
    before = state()
    for role, client in clients.items():
        for verb in VERBS:
            answer = ask(client, verb)
            granted = bool(shipped_roles()[role].grants & set(verb.grants))
            if answer.status_code != (200 if granted else 403):
                wrong.append((role, verb.name, answer.status_code))
            elif not granted and answer.json()["title"] != "NOT_PERMITTED":
                wrong.append((role, verb.name, answer.json()["title"]))
    assert not sorted(set(wrong)), sorted(set(wrong))
    assert state() == before


def test_a_post_of_a_foreign_area_changes_nothing_here(hall, ids, unhurried):  # noqa: F811
    elsewhere = next(u for u in reference.units(DAY) if hall.leaf not in u.leaves)
    clients, wrong = tokens(hall, ("unit", elsewhere.code)), []
    before = state()
    for number, verb in enumerate(VERBS):
        for other, (role, client) in enumerate(clients.items()):
            if verb.name in FROM_ANYWHERE or not shipped_roles()[role].grants & set(verb.grants):
                continue
            answer = ask(client, verb, example(verb, ids, f"6f0c1a5e-0000-4000-8{other:03}-{number:012}"))
            refusal = answer.json()["outcomes"][0].get("refusal") if answer.status_code == 200 else None
            code = refusal["code"] if refusal else answer.content.decode()[:200]
            by_room = verb.judged_by_room and (code in UNREACHED or code.endswith("_UNKNOWN"))
            if code != "OUT_OF_AREA" and not by_room:
                wrong.append((verb.name, code))
    assert not sorted(set(wrong)), sorted(set(wrong))
    assert state() == before


def test_the_own_area_is_reached(hall, ids, unhurried):  # noqa: F811
    clients, wrong = tokens(hall, ("area", "500000")), []
    for number, verb in enumerate(VERBS):
        holders = [role for role in shipped_roles() if shipped_roles()[role].grants & set(verb.grants)]
        answer = ask(
            clients[holders[number % len(holders)]], verb, example(verb, ids, f"6f0c1a5e-0000-4000-9000-{number:012}")
        )
        refusal = answer.json()["outcomes"][0].get("refusal")
        if refusal and refusal["code"] in {"OUT_OF_AREA", "NOT_PERMITTED", "PERSON_NOT_IN_REACH", "ORDER_OUT_OF_REACH"}:
            wrong.append((verb.name, refusal["code"]))
    assert not sorted(set(wrong)), sorted(set(wrong))
