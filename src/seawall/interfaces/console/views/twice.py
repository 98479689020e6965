"""Records that may be one person: the pairs that wait, one pair side by side, and what becomes of it."""

from collections.abc import Callable, Mapping

from django.http import HttpResponse
from django.shortcuts import redirect

from seawall.booking import boards as booking
from seawall.interfaces import reading
from seawall.interfaces.console.asking import Asked, ask
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import flash, show
from seawall.people import boards, services
from seawall.terms.acts import Refused

from .persons import page, rights


@door("candidate_decide")
def pairs(request: ActorRequest) -> HttpResponse:
    return show(request, "console/pairs.html", {"pairs": boards.pairs(request.actor), "section": "people"})


def _different(request: ActorRequest, first: int, second: int) -> Asked:
    newer, older = max(first, second), min(first, second)
    return ask(request, services.candidate_decide, person_id=newer, other_id=older)


def _merge(request: ActorRequest, first: int, second: int) -> Asked:
    """The record that stays is chosen on the page; the other becomes another name of it."""
    stays = reading.number(request.POST.get("stays", ""))
    if stays not in {first, second}:
        raise Refused(reading.UNREADABLE)
    return ask(request, services.person_merge, person_id=first if stays == second else second, into_id=stays)


def _unmerge(request: ActorRequest, first: int, second: int) -> Asked:
    return ask(request, services.person_unmerge, person_id=first)


ACTS: Mapping[str, Callable[[ActorRequest, int, int], Asked]] = {
    "different": _different, "merge": _merge, "unmerge": _unmerge,
}  # fmt: skip
DONE = {"different": "PAIR_DIFFERENT", "merge": "PERSONS_MERGED", "unmerge": "MERGE_UNDONE"}


@door("person_merge")
def pair(request: ActorRequest, first: int, second: int) -> HttpResponse:
    asked: Asked | None = None
    if request.method == "POST":
        form = request.POST.get("do", "")
        if form not in ACTS:
            raise Refused(reading.UNREADABLE)
        asked = ACTS[form](request, first, second)
        if asked.refusal is None:
            flash(request, "done", DONE[form])
            return redirect("pairs") if form == "different" else redirect("person", person_id=first)
    may = rights(request, "candidate_decide", "person_merge", "person_unmerge")
    return page(request, "console/pair.html", booking.twice(request.actor, first, second), asked, may=may)
