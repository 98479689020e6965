"""What every door asks of a request: where it comes from, whether this is a demonstration, whether somebody tries too often."""

import csv
import ipaddress
from collections.abc import Callable, Iterator
from functools import cache, wraps
from math import ceil
from pathlib import Path

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from seawall.interfaces import words
from seawall.platform import clock, tries
from seawall.platform.selectors import nature
from seawall.platform.tries import Limit
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor
from seawall.terms.acts import Refusal

POST = "post_id"
SEEN = "seen_at"
NOTED = 60  # seconds after which the use of a session is noted anew
View = Callable[..., HttpResponse]
OURS = "same-origin"
FORWARDED = "HTTP_X_FORWARDED_FOR"


def _from_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return not address  # a socket of this machine has no address


def _of_a_proxy(peer: str) -> bool:
    try:
        return any(net == "*" or ipaddress.ip_address(peer) in ipaddress.ip_network(net) for net in settings.PROXIES)
    except ValueError:
        return not peer


def address(request: HttpRequest) -> str:
    """Who asks: the peer, or whom a proxy in front names last. What others claim before that is not believed."""
    peer, named = request.META.get("REMOTE_ADDR", ""), request.META.get(FORWARDED, "")
    return named.rsplit(",", 1)[-1].strip() if named and _of_a_proxy(peer) else peer


def address_is_here(request: HttpRequest) -> bool:
    """Whether this very machine asks, through no proxy."""
    return not request.META.get(FORWARDED) and _from_here(request.META.get("REMOTE_ADDR", ""))


def demonstration(request: HttpRequest) -> bool:
    """Everybody may be anybody only among synthetic people, and only at this machine."""
    return bool(settings.SEAWALL_DEMO) and _from_here(address(request)) and nature().synthetic


def own_choice(view: View) -> View:
    """A form that changes only how pages look on this device. It needs no key of a visit, so that a page which bears it is the
    same for everybody; sent by a page of another house it changes nothing."""

    @wraps(view)
    def chosen(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        elsewhere = request.headers.get("Sec-Fetch-Site", OURS) not in (OURS, "none")
        return redirect("home") if elsewhere else view(request, *args, **kwargs)

    return csrf_exempt(require_POST(chosen))


@cache
def limits() -> dict[tuple[str, str], Limit]:
    """Rows of limits.csv by door and by what is counted."""
    with Path(__file__).with_name("limits.csv").open(encoding="utf-8", newline="") as file:
        rows = [Limit(r["door"], r["by"], int(r["most"]), int(r["seconds"])) for r in csv.DictReader(file)]
    return {(row.door, row.by): row for row in rows}


def too_often(request: HttpRequest, door: str, **who: str) -> int:
    """Counts a try at a door by its address and by whom else it names; the seconds to wait where a limit is passed, else 0."""
    return tries.count(_counted(door, {"address": address(request)} | who))


def too_many(wait: int) -> Refusal:
    return Refusal("PORTAL_TOO_OFTEN", {"minutes": ceil(wait / 60)})


def waits(answer: HttpResponse, seconds: int) -> HttpResponse:
    """An answer that says when to come again."""
    answer.headers["Retry-After"] = str(seconds)
    return answer


def went_well(door: str, **who: str) -> None:
    """The tries of whom the door names count no longer; those of the address do."""
    tries.forget(_counted(door, who))


def _counted(door: str, who: dict[str, str]) -> Iterator[tuple[Limit, str]]:
    return ((limits()[door, by], value.strip().casefold()) for by, value in who.items())


def actor_of(request: HttpRequest) -> Actor | None:
    """The post taken at the start page; outside a demonstration only for the account that still holds it and still uses it."""
    post_id = request.session.get(POST)
    actor = staff.actor_for(post_id, words.language()) if post_id else None
    if actor is None or demonstration(request):
        return actor
    account = request.user
    if not account.is_authenticated or account.pk != actor.account_id:
        return None
    if _idle(request, staff.session_rule(actor.role).idle_minutes):
        logout(request)
        return None
    return actor


def _idle(request: HttpRequest, minutes: int) -> bool:
    """Whether nobody used this session for so long. A page that refreshes itself is nobody at the desk."""
    now, seen = int(clock.system_now().timestamp()), request.session.get(SEEN)
    if seen and now - seen > minutes * 60:
        return True
    used = request.method == "POST" or "HX-Request" not in request.headers
    if not seen or (used and now - seen >= NOTED):
        request.session[SEEN] = now
    return False
