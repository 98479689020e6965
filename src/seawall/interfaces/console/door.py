"""The door of the console: a post becomes an Actor, and every view states the permission it needs."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.datastructures import MultiValueDictKeyError

from seawall.interfaces import words
from seawall.interfaces.guard import demonstration
from seawall.platform import access
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor
from seawall.terms.acts import Refusal, Refused

from .page import refuse

POST = "post_id"
LOG = logging.getLogger(__name__)
View = Callable[..., HttpResponse]


class ActorRequest(HttpRequest):
    """A request that has passed the door."""

    actor: Actor


def actor_of(request: HttpRequest) -> Actor | None:
    """The post taken at the start page; outside a demonstration only for the account that still holds it."""
    post_id = request.session.get(POST)
    actor = staff.actor_for(post_id, words.language()) if post_id else None
    if actor is None or demonstration(request):
        return actor
    account = request.user
    return actor if account.is_authenticated and account.pk == actor.account_id else None


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
            except (ValueError, MultiValueDictKeyError, DataError):
                LOG.warning("a request that cannot be read: %s %s", request.method, request.path, exc_info=True)
                return refuse(request, Refusal("FORM_UNREADABLE"), 400)

        return entered

    return wrap
