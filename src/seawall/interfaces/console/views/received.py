"""What came in: the receipts of a place and some days, to look at and as a workbook."""

from django.http import HttpResponse

from seawall.interfaces import reading
from seawall.interfaces.console import tables
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import show
from seawall.supply.boards.received import ReceivedPage, received_page

SHOWN, MOST_ROWS = 200, 2_000


@door("see:supply")
def page(request: ActorRequest) -> HttpResponse:
    return show(request, "console/received.html", {"page": _asked(request, SHOWN), "section": "supply"})


@door("see:supply")
def book(request: ActorRequest) -> HttpResponse:
    """The same as a workbook, with the codes."""
    return tables.received_xlsx(_asked(request, MOST_ROWS))


def _asked(request: ActorRequest, most: int) -> ReceivedPage:
    told = request.GET
    place = reading.number(told["place"]) if told.get("place") else None
    first, last = (reading.day(told[name]) if told.get(name) else None for name in ("first", "last"))
    return received_page(request.actor, place, first, last, most)
