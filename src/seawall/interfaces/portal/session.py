"""The public's own session: a person is known by document number and birth date, never by an account."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from seawall.interfaces import guard, words
from seawall.terms.actor import Actor, Reach

PERSON = "citizen"
MINUTES = 30
GRANTS = frozenset(
    {"appointment_book", "appointment_confirm", "appointment_cancel", "appointment_move", "certificate_issue"}
)
View = Callable[..., HttpResponse]


def enter(request: HttpRequest, person_id: int) -> None:
    request.session.cycle_key()
    request.session[PERSON] = person_id
    request.session.set_expiry(MINUTES * 60)


def leave(request: HttpRequest) -> None:
    request.session.flush()


def person_of(request: HttpRequest) -> int | None:
    found = request.session.get(PERSON)
    return int(found) if found else None


def public_actor(person_id: int) -> Actor:
    """A member of the public is no account: this actor reaches one person, oneself."""
    reach = Reach(persons=frozenset({person_id}))
    return Actor(0, 0, "public", GRANTS, reach, purpose="self", language=words.language())


def anybody() -> Actor:
    """Somebody of whom nothing is known: may ask, and reaches nobody."""
    return Actor(0, 0, "public", frozenset({"question_ask"}), Reach(), purpose="self", language=words.language())


def known(view: View) -> View:
    """Pages about oneself ask first who that is."""

    @wraps(view)
    def asked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if person_of(request) is None:
            return redirect("book")
        return view(request, *args, **kwargs)

    return asked


def too_often(request: HttpRequest, number: str) -> int:
    """Counts a try from one address and for one number; the seconds to wait above the limit, whether the number is known or not."""
    return guard.too_often(request, "portal", number=number)
