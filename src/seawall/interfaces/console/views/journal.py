"""The journal: acts of a day by person, place, post and verb."""

from django.http import HttpResponse

from seawall.interfaces import reading
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import show
from seawall.people import boards
from seawall.platform import clock
from seawall.terms.codes import Owner

KINDS = (Owner.PERSON, Owner.SITE, Owner.PLACE, Owner.POST)


@door("see:journal")
def journal(request: ActorRequest) -> HttpResponse:
    """The number of a person, place or post stands in the address of its page."""
    told = request.GET
    day = reading.day_or_none(told.get("day", "")) or clock.today()
    kind, number = told.get("kind", ""), reading.number_or_none(told.get("number", ""))
    owner = (kind, number) if kind in KINDS and number is not None else None
    post, verb = reading.number_or_none(told.get("post", "")), told.get("verb") or None
    page = boards.journal_page(request.actor, day, owner=owner, post_id=post, verb=verb)
    asked = {"day": day, "kind": kind, "number": told.get("number", ""), "post": told.get("post", ""), "verb": verb}
    return show(request, "console/journal.html", {"page": page, "asked": asked, "kinds": KINDS, "section": "journal"})
