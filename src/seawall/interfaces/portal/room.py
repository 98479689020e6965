"""The waiting room before the booking pages: a place kept in a signed cookie, let in at the pace that bookings can be served.

Nobody sees it while fewer come than can be served. A slow database or a full process turns into waiting: whatever was
pressed changes nothing until it is pressed again, with the same act.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, wraps
from threading import BoundedSemaphore, Lock
from time import monotonic, time

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers

from seawall.booking import selectors as booking
from seawall.platform import turns
from seawall.platform.turns import Standing

from .page import show_lightly

View = Callable[..., HttpResponse]
COOKIE = "place"
BOOKING = "/book"
THREADS = 32
LEAST, MOST = 5, 60  # seconds until a waiting page asks again
UNKNOWN = Standing(False)
SIGNER = Signer(salt="seawall.portal.place")


rules = booking.opening_rules


@cache
def watch() -> turns.Watch:
    return turns.Watch(booking.LINE, booking.line_rules())


@dataclass(frozen=True, slots=True)
class Place:
    """A number in the line, when it was drawn, and until when its holder is in (0: not yet)."""

    number: int
    drawn_at: int
    until: int = 0

    def kept(self, now: float) -> bool:
        return now < self.until if self.until else now < self.drawn_at + rules()["keep"] * 3600

    def let_in(self, now: float) -> "Place":
        return Place(self.number, self.drawn_at, int(now + rules()["stay"] * 60))

    def __str__(self) -> str:
        return SIGNER.sign(f"{self.number}.{self.drawn_at}.{self.until}")


def place_of(request: HttpRequest, now: float) -> Place | None:
    """The place that a browser brings, if we gave it and still keep it."""
    try:
        told = [int(part) for part in SIGNER.unsign(request.COOKIES.get(COOKIE, "")).split(".")]
    except (BadSignature, ValueError):
        return None
    place = Place(*told) if len(told) == 3 else None
    return place if place and place.kept(now) else None


class Gate:
    """Lets so many booking requests of this process run at once, and knows how long they take."""

    def __init__(self, room: int) -> None:
        self._free, self._lock = BoundedSemaphore(room), Lock()
        self._full_until, self.seconds = 0.0, 0.0

    @contextmanager
    def through(self) -> Iterator[bool]:
        """Whether there was room; while the gate was just full nobody stands in line for it."""
        patient = monotonic() >= self._full_until
        if not self._free.acquire(timeout=2 * rules()["patience"] if patient else 0.01):
            self._full_until = monotonic() + 1
            yield False
            return
        since = monotonic()
        try:
            yield True
        finally:
            self._free.release()
            with self._lock:
                self.seconds += (monotonic() - since - self.seconds) / 16

    @property
    def health(self) -> float:
        """1 while requests take no longer than we have patience for; half where they take twice as long."""
        return min(1.0, rules()["patience"] / self.seconds) if self.seconds else 1.0


@cache
def gate() -> Gate:
    return Gate(max(1, (settings.WEB_THREADS or THREADS) - int(rules()["spare"])))


def in_turn(view: View) -> View:
    """A booking page for whoever is let in; everybody else waits, and keeps the place."""

    @wraps(view)
    def asked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if BOOKING not in request.GET.get("next", BOOKING):
            return view(request, *args, **kwargs)  # who comes for the record or a certificate is not of the rush
        now = time()
        place = place_of(request, now)
        if place is None or not place.until:
            watch().health = gate().health
            line = watch().line(booking.next_release)
            try:
                place = place or Place(turns.draw(), int(now))
            except DatabaseError:
                return waiting(request)
            standing = line.standing(place.number) if line else UNKNOWN
            if not standing.inside:
                return _kept(waiting(request, standing) if request.method != "POST" else redirect("when"), place)
            return _kept(_served(view, request, args, kwargs), place.let_in(now))
        return _served(view, request, args, kwargs)

    return asked


def _served(view: View, request: HttpRequest, args: tuple[object, ...], kwargs: dict[str, object]) -> HttpResponse:
    with gate().through() as free:
        if free:
            try:
                return view(request, *args, **kwargs)
            except (DatabaseError, InterfaceError):
                gate().seconds = max(gate().seconds, rules()["patience"])
    return waiting(request)


def _kept(answer: HttpResponse, place: Place) -> HttpResponse:
    answer.set_cookie(
        COOKIE, str(place), max_age=int(rules()["keep"] * 3600), httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return answer


def waiting(request: HttpRequest, standing: Standing = UNKNOWN) -> HttpResponse:
    """Where one stands and for how long, asked again by itself; without a standing, a moment's wait with what was pressed."""
    seconds = standing.seconds or LEAST
    again = max(LEAST, min(MOST, seconds // 2))
    pressed = [
        (name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"
    ]
    context = {
        "standing": standing,
        "minutes": max(1, round(seconds / 60)),
        "pressed": pressed if request.method == "POST" else (),
        "again": again,
    }
    answer = show_lightly(request, "portal/waiting.html", context)
    add_never_cache_headers(answer)
    if request.method != "POST":
        answer.headers["Refresh"] = str(again)
    return answer
