"""Safety: which clock breaks next, and does any lot, site or product look odd?"""

from django.http import HttpResponse

from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.console import charts
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import show
from seawall.reports.boards import safety_page

from .board import asked_day


@door("see:safety")
def safety(request: ActorRequest) -> HttpResponse:
    page = safety_page(request.actor, campaign_of(request), asked_day(request))
    context = {
        "page": page,
        "funnel": charts.funnel(page.funnel) if page.funnel else None,
        "course": charts.course(page.course) if page.course else None,
        "section": "safety",
    }
    return show(request, "console/safety.html", context)
