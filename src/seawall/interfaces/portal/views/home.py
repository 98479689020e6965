"""Is it my turn, and what do I do now? And the small switches of every page."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from seawall.drill import selectors as drill
from seawall.interfaces import reading
from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.guard import demonstration, own_choice
from seawall.interfaces.portal import session
from seawall.interfaces.portal.kept import for_everybody
from seawall.interfaces.portal.page import ELDER, show
from seawall.platform import clock
from seawall.reports import boards as reports

DOSES = 2  # as many as one can have had and still have a next one


@for_everybody("age", "had")
def front(request: HttpRequest) -> HttpResponse:
    """The address that is printed: a demonstration first asks who you are."""
    if demonstration(request) and session.person_of(request) is None:
        return redirect("start")
    return home(request)


@for_everybody("age", "had")
def home(request: HttpRequest) -> HttpResponse:
    """Who may come, and two questions that tell whether it is one's turn."""
    page = reports.portal_home(campaign_of(request).code, clock.today(), session.person_of(request))
    age, had = (reading.number_or_none(request.GET.get(name, "")[:3]) for name in ("age", "had"))
    turn = reports.turn(page, age, had or 0) if age is not None else None
    context = {"page": page, "turn": turn, "age": "" if age is None else age, "had": had, "doses": range(DOSES + 1)}
    return show(request, "portal/home.html", context)


@own_choice
def larger(request: HttpRequest) -> HttpResponse:
    """长辈模式: larger type, kept on this phone."""
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    response = HttpResponseRedirect(back if safe else reverse("home"))
    response.set_cookie(ELDER, "1" if request.POST.get("larger") == "1" else "0", max_age=31_536_000, samesite="Lax")
    return response


@require_POST
def citizen(request: HttpRequest) -> HttpResponse:
    """Demo: a citizen of the start page is picked instead of proving who they are."""
    if not demonstration(request):
        raise Http404
    asked = reading.number(request.POST["person"])
    if asked not in {row["person_id"] for row in drill.demo_citizens()}:
        raise Http404
    session.enter(request, asked)
    return redirect("record")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    session.leave(request)
    return redirect("home")
