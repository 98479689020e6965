"""The public's own session: a person is known by document number and a code that reached them, never by an account.

Where the city's `portal_ways.csv` lets the birth date stand for the code, such a session is not sure, and opens less.
"""

from collections.abc import Callable, Collection
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from seawall.clinic.boards import children_of
from seawall.interfaces import guard, reading, words
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.terms.actor import Actor, Reach

PERSON = "citizen"
FAMILY = "family"
TOGETHER = "together"
SURE = "sure"
ASKED = "asked"  # the ticket of a code on its way, whether it is for somebody else, and the press that asked for it
MINUTES = 30
MOST_OTHERS = 6  # of one session: a household, and no list of strangers
GRANTS = frozenset(
    {"appointment_book", "appointment_confirm", "appointment_cancel", "appointment_move", "certificate_issue"}
    | {"event_record", "standby_join", "standby_leave", "homebound_note", "homebound_end"}
)
View = Callable[..., HttpResponse]


def enter(request: HttpRequest, person_id: int, *, sure: bool = True) -> None:
    if person_of(request) not in (None, person_id):
        request.session.flush()  # somebody else at the same telephone
    request.session.cycle_key()
    request.session[PERSON], request.session[SURE] = person_id, sure
    if sure:
        request.session[FAMILY] = list(children_of(person_id, clock.today())[:MOST_OTHERS])
    request.session.set_expiry(MINUTES * 60)


def leave(request: HttpRequest) -> None:
    request.session.flush()


def person_of(request: HttpRequest) -> int | None:
    found = request.session.get(PERSON)
    return int(found) if found else None


def sure(request: HttpRequest) -> bool:
    """Whether a code proved who this is."""
    return person_of(request) is not None and bool(request.session.get(SURE))


def ask(request: HttpRequest, ticket: UUID, *, other: bool, act: str) -> None:
    """A code is on its way: for oneself, or for somebody to be added to the family."""
    request.session[ASKED] = [str(ticket), other, act]


def pressed_again(request: HttpRequest, act: str) -> bool:
    """Whether this very press has sent for the code that is waited for."""
    return bool(act) and request.session.get(ASKED, ("", False, ""))[2] == act


def asked(request: HttpRequest) -> tuple[UUID, bool] | None:
    """The ticket whose code this session waits for, and whether it is for somebody else."""
    ticket, other, _ = request.session.get(ASKED) or (None, False, "")
    return (UUID(ticket), other) if ticket else None


def answered(request: HttpRequest) -> None:
    request.session.pop(ASKED, None)


def family(request: HttpRequest) -> tuple[int, ...]:
    """Oneself, then everybody else who was proven in this session."""
    return (*filter(None, [person_of(request)]), *map(int, request.session.get(FAMILY, ())))


def whose(request: HttpRequest) -> list[tuple[int, str]]:
    """Oneself and the family by their place in this session, which says nothing to anybody else, with masked names."""
    return [(place, people.masked(person)) for place, person in enumerate(family(request))]


def place(request: HttpRequest) -> int:
    """The place of the one that a page is about: oneself unless it says another."""
    asked = reading.number_or_none(request.POST.get("who") or request.GET.get("who", "")) or 0
    return asked if asked < len(family(request)) else 0


def chosen(request: HttpRequest) -> int:
    """The person that a page is about."""
    return family(request)[place(request)]


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
    def first(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return view(request, *args, **kwargs) if person_of(request) is not None else _who(request)

    return first


def proven(view: View) -> View:
    """As `known`, and a birth date alone does not open it."""

    @wraps(view)
    def first(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return view(request, *args, **kwargs) if sure(request) else _who(request)

    return first


def _who(request: HttpRequest) -> HttpResponse:
    return redirect(reverse("book", query={"next": request.get_full_path()} if request.method == "GET" else None))


def too_often(request: HttpRequest, door: str, number: str, **more: str) -> int:
    """Counts a try from one address and for one number; the seconds to wait above the limit, whether the number is known or not."""
    return guard.too_often(request, door, number=number, **more)
