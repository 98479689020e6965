"""What the coverage reached is worth, with coverage by age and every assumption."""

from django.http import HttpResponse

from seawall.command import selectors as command
from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import show

from .board import asked_day


@door("see:command_board")
def worth(request: ActorRequest) -> HttpResponse:
    page = command.worth_page(request.actor, campaign_of(request).code, asked_day(request))
    return show(request, "console/worth.html", {"page": page, "section": "board"})
