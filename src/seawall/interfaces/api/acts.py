"""POST /acts/{verb}: a batch of one verb's items in, outcomes in the same order out, each refusal with its sentence."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

from seawall.interfaces import words
from seawall.interfaces.items import read
from seawall.platform import access, clock
from seawall.platform.verbs import Verb
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Refusal

from .problems import problem

MOST = 1_000  # items of one request
JSON = "application/json"


def act(request: HttpRequest, verb: "Verb[Any, Any]", actor: Actor) -> HttpResponse:
    """The right comes first. Items without `occurred_at` are dated here; what cannot be read is told at once, and nothing is done."""
    access.require(actor, *verb.grants)
    if request.content_type != JSON:
        return problem(415, Refusal("MEDIA_TYPE", {"media": JSON}))
    rows = _rows(request.body)
    if isinstance(rows, Refusal):
        return problem(400, rows)
    if len(rows) > MOST:
        return problem(413, Refusal("TOO_MANY_ITEMS", {"items": len(rows), "most": MOST}))
    now = clock.now().isoformat()
    items, mistakes = read(verb, [_dated(row, now) for row in rows])
    if mistakes:
        return problem(422, Refusal("ITEMS_UNREADABLE", {"mistakes": len(mistakes)}), mistakes)
    outcomes = verb(actor, items)
    return HttpResponse(json.dumps({"outcomes": [_said(o) for o in outcomes]}, ensure_ascii=False), content_type=JSON)


def _rows(body: bytes) -> list[object] | Refusal:
    """The items of a request; not JSON, nested too deep or of another shape is refused."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return Refusal("REQUEST_UNREADABLE")
    rows = sent.get("items") if isinstance(sent, dict) else None
    return rows if isinstance(rows, list) and set(sent) == {"items"} else Refusal("ITEMS_MISSING")


def _dated(row: object, now: str) -> object:
    if isinstance(row, dict) and "occurred_at" not in row:
        return {**row, "occurred_at": now, "dated_here": True}
    return row


def _said(outcome: Outcome) -> dict[str, Any]:
    told: dict[str, Any] = {"act": str(outcome.act), "done": outcome.done, "replayed": outcome.replayed}
    if outcome.refusal is None:
        return told | {"answer": dict(outcome.answer)}
    why = {"code": outcome.refusal.code, "params": dict(outcome.refusal.params)}
    return told | {"refusal": {**why, "sentence": words.say(why), "rule": words.rule(why)}}
