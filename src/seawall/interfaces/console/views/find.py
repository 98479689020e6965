"""The search box of every page: units and sites by name, pinyin, initials or code; people for posts that may see them."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import show
from seawall.interfaces.option import spoken
from seawall.people import selectors as people
from seawall.platform import access, clock
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites

MOST = 30


def _named(rows: Iterable[Any], text: str) -> list[Any]:
    wanted = "".join(text.lower().split())
    return [row for row in rows if wanted in f"{row.code.lower()} {spoken(row.name_zh, row.name_en)}"][:MOST]


@door("see:frame")
def find(request: ActorRequest) -> HttpResponse:
    text, actor, today = request.GET.get("q", "").strip(), request.actor, clock.today()
    reach = actor.reach
    units = [u for u in reference.units(today) if reach.everywhere or u.leaves & reach.leaves]
    places = [s for s in sites.sites(today) if access.sees_site(actor, s.site_id)]
    found_units = _named(units, text) if text and access.may(actor, "see:district_board") else []
    found_sites = _named(places, text) if text and access.may(actor, "see:site_board") else []
    persons = people.search(actor, text) if text and access.may(actor, "see:person") else []
    if len(found_units) == 1 and not persons:
        return redirect("district", unit_id=found_units[0].unit_id)
    context = {"query": text, "units": found_units, "sites": found_sites, "rows": persons, "section": ""}
    return show(request, "console/find.html", context)
