"""The sentence that a door keeps for its next page: in a signed cookie, so that saying it costs no write."""

import json
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest

from seawall.terms.acts import Refusal

COOKIE = CookieStorage.cookie_name


@dataclass(frozen=True, slots=True)
class Flash:
    """What was done, or why not."""

    state: str
    why: Refusal


def keep(request: HttpRequest, key: str, state: str, why: Refusal) -> None:
    told = json.dumps({"state": state, "code": why.code, "params": dict(why.params)})
    messages.add_message(request, messages.INFO, told, extra_tags=key)


def taken(request: HttpRequest, key: str) -> Flash | None:
    """The last that was kept for this door, said once; what another door kept stays."""
    kept = list(messages.get_messages(request))
    for other in (row for row in kept if row.extra_tags != key):
        messages.add_message(request, other.level, str(other.message), extra_tags=str(other.extra_tags))
    mine = [row for row in kept if row.extra_tags == key]
    if not mine:
        return None
    row = json.loads(str(mine[-1].message))
    return Flash(row["state"], Refusal(row["code"], row["params"]))
