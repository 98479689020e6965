"""The door of the console: a post becomes an Actor, and every view states the permission it needs."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from seawall.interfaces import words
from seawall.platform import access
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused

from .page import refuse

POST = "post_id"
View = Callable[..., HttpResponse]


class ActorRequest(HttpRequest):
    """A request that has passed the door."""

    actor: Actor


def actor_of(request: HttpRequest) -> Actor | None:
    post_id = request.session.get(POST)
    return staff.actor_for(post_id, words.language(), "service") if post_id else None


def door(grant: str) -> Callable[[View], View]:
    """Lets in posts that hold `grant`; others learn what post would have it. A refusal inside becomes a page."""

    def wrap(view: View) -> View:
        @wraps(view)
        def entered(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = actor_of(request)
            if actor is None:
                return redirect("start")
            request.actor = actor
            try:
                access.require(actor, grant)
                return view(request, *args, **kwargs)
            except Refused as refused:
                return refuse(request, refused.refusal)

        return entered

    return wrap
