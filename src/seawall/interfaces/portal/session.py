"""The public's own session: a person is known by document number and birth date, never by an account."""

from collections.abc import Callable, Collection
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from seawall.interfaces import guard, words
from seawall.terms.actor import Actor, Reach

PERSON = "citizen"
FAMILY = "family"
TOGETHER = "together"
MINUTES = 30
MOST_OTHERS = 6  # of one session: a household, and no list of strangers
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


def family(request: HttpRequest) -> tuple[int, ...]:
    """Oneself, then everybody else whose document and birth date were given in this session."""
    return (*filter(None, [person_of(request)]), *map(int, request.session.get(FAMILY, ())))


def join(request: HttpRequest, person_id: int) -> bool:
    """One more to book for, and whether there was room for them; giving somebody twice is giving them once."""
    others = request.session.get(FAMILY, [])
    if person_id in family(request):
        return True
    if len(others) >= MOST_OTHERS:
        return False
    request.session[FAMILY] = [*others, person_id]
    return True


def together(request: HttpRequest) -> tuple[int, ...]:
    """Who comes together, where that is more than oneself."""
    chosen = request.session.get(TOGETHER, ())
    return tuple(p for p in family(request) if p in chosen)


def choose(request: HttpRequest, persons: Collection[int]) -> None:
    """Those of the family who come together; oneself alone is the plain way."""
    chosen = [p for p in family(request) if p in persons]
    request.session[TOGETHER] = [] if chosen == [person_of(request)] else chosen


def public_actor(*persons: int) -> Actor:
    """A member of the public is no account: this actor reaches oneself, and those whose documents were given too."""
    reach = Reach(persons=frozenset(persons))
    return Actor(0, 0, "public", GRANTS, reach, purpose="self", language=words.language())


def anybody() -> Actor:
    """Somebody of whom nothing is known: may ask, and reaches nobody."""
    return Actor(0, 0, "public", frozenset({"question_ask"}), Reach(), purpose="self", language=words.language())


def known(view: View) -> View:
    """Pages about oneself ask first who that is, then show what was wanted."""

    @wraps(view)
    def asked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if person_of(request) is None:
            return redirect(
                reverse("book", query={"next": request.get_full_path()} if request.method == "GET" else None)
            )
        return view(request, *args, **kwargs)

    return asked


def too_often(request: HttpRequest, number: str) -> int:
    """Counts a try from one address and for one number; the seconds to wait above the limit, whether the number is known or not."""
    return guard.too_often(request, "portal", number=number)
