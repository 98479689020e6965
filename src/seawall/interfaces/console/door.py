"""The door of the console: a post becomes an Actor, and every view states the permission it needs."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from seawall.interfaces.guard import actor_of
from seawall.platform import access
from seawall.platform.verbs import Verb
from seawall.terms.actor import Actor

View = Callable[..., HttpResponseBase]


class ActorRequest(HttpRequest):
    """A request that has passed the door."""

    actor: Actor


def door(grant: str, *does: "Verb[Any, Any]") -> Callable[[View], View]:
    """Lets in posts that hold `grant`; others learn what post would have it. `does`: verbs that the view asks for itself."""

    def wrap(view: View) -> View:
        @wraps(view)
        def entered(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = actor_of(request)
            if actor is None:
                return redirect("start")
            request.actor = actor
            access.require(actor, grant)
            return view(request, *args, **kwargs)

        entered.grant = grant  # type: ignore[attr-defined]  # which verbs have a page of their own is read from here
        entered.does = tuple(verb.name for verb in does)  # type: ignore[attr-defined]
        return entered

    return wrap
