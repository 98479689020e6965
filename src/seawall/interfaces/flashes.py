"""The sentence that a door keeps in a session for its next page: JSON there, a reason again when it is read."""

from dataclasses import dataclass

from django.http import HttpRequest

from seawall.terms.acts import Refusal


@dataclass(frozen=True, slots=True)
class Flash:
    """What was done, or why not."""

    state: str
    why: Refusal


def keep(request: HttpRequest, key: str, state: str, why: Refusal) -> None:
    request.session[key] = {"state": state, "code": why.code, "params": dict(why.params)}


def taken(request: HttpRequest, key: str) -> Flash | None:
    """Said once; a session that has nothing to say is left as it is."""
    if key not in request.session:
        return None
    row = request.session.pop(key)
    return Flash(row["state"], Refusal(row["code"], row["params"]))
