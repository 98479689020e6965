"""Safety: which clock breaks next, and does any lot, site or product look odd?"""

from django.http import HttpResponse

from seawall.command import selectors as command
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import show

from .board import asked_day


@door("see:safety")
def safety(request: ActorRequest) -> HttpResponse:
    page = command.safety_page(request.actor, asked_day(request))
    return show(request, "console/safety.html", {"page": page, "section": "safety"})


@door("see:safety")
def picture(request: ActorRequest, which: str) -> HttpResponse:
    drawn = command.safety_picture(asked_day(request), which, request.GET.get("lot", ""))
    return HttpResponse(drawn, content_type="image/svg+xml")
