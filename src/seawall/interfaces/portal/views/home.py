"""Is it my turn, and what do I do now? And the small switches of every page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from seawall.drill import selectors as drill
from seawall.interfaces.guard import demonstration
from seawall.interfaces.portal import session
from seawall.interfaces.portal.page import ELDER, show
from seawall.platform import clock
from seawall.reports import selectors as reports


def front(request: HttpRequest) -> HttpResponse:
    """The address that is printed: a demonstration first asks who you are."""
    if demonstration(request) and session.person_of(request) is None:
        return redirect("start")
    return home(request)


def home(request: HttpRequest) -> HttpResponse:
    return show(request, "portal/home.html", {"page": reports.portal_home(clock.today())})


@require_POST
def larger(request: HttpRequest) -> HttpResponse:
    """长辈模式: larger type, kept on this phone."""
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    response = redirect(back if safe else "home")
    response.set_cookie(ELDER, "0" if request.COOKIES.get(ELDER) == "1" else "1", max_age=31_536_000, samesite="Lax")
    return response


@require_POST
def citizen(request: HttpRequest) -> HttpResponse:
    """Demo: a citizen of the start page is picked instead of proving who they are."""
    if not demonstration(request):
        raise Http404
    asked = int(request.POST["person"])
    if asked not in {row["person_id"] for row in drill.demo_citizens()}:
        raise Http404
    session.enter(request, asked)
    return redirect("record")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    session.leave(request)
    return redirect("home")
