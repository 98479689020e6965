"""One person: what they have had, what is due and why. Every look is on record."""

from datetime import date
from typing import Any

from django.http import HttpResponse

from seawall.command import selectors as command
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import show
from seawall.people import selectors as people
from seawall.platform import clock


@door("see:person")
def search(request: ActorRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    rows = people.search(request.actor, query) if query else []
    return show(request, "console/people.html", {"rows": rows, "query": query, "section": "people"})


@door("see:person")
def person(request: ActorRequest, person_id: int) -> HttpResponse:
    page = command.person_page(request.actor, person_id)
    for row in page["due"]:
        row["bar"] = _window(row, clock.today())
    return show(request, "console/person.html", {"page": page, "section": "people"})


def _window(due: dict[str, Any], today: date) -> dict[str, int] | None:
    """From earliest to overdue as a bar, with today on it."""
    first, last = due.get("earliest"), due.get("overdue_from")
    if not first or not last or last <= first:
        return None
    span = (last - first).days
    return {"span": span, "gone": min(max((today - first).days, 0), span)}
