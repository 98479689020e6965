"""Doses of a site's day that hands, clocks or packs do not explain."""

from django.http import HttpResponse

from seawall.clinic.boards.irregular import irregular_page
from seawall.interfaces import reading
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import show


@door("see:irregular")
def irregular(request: ActorRequest, site_id: int) -> HttpResponse:
    asked = request.GET.get("day", "").strip()
    page = irregular_page(request.actor, site_id, reading.day(asked) if asked else None)
    return show(request, "console/irregular.html", {"page": page, "section": "site"})
