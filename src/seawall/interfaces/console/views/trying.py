"""Try to give a wrong dose: a drawer of cards for who sees a demonstration first; judged by the server, or on the device alone."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from seawall.clinic import selectors as clinic
from seawall.clinic.boards.wrong_doses import WrongDose, wrong_doses
from seawall.interfaces import words
from seawall.interfaces.console.page import show
from seawall.interfaces.guard import demonstration


@require_safe
def wrong_dose(request: HttpRequest) -> HttpResponse:
    """The drawer; with everything that the device needs to judge a card without a network."""
    if not demonstration(request):
        raise Http404
    cards = list(wrong_doses().values())
    told = {
        "rules": [row.plain() for row in clinic.every_interlock()],
        "cards": {
            c.card: {"step": c.step, "facts": c.facts, "values": dict(c.values), "said": _said(c)} for c in cards
        },
    }
    return show(request, "console/wrong_dose.html", {"cards": cards, "told": told})


@require_safe
def judged(request: HttpRequest, card: str) -> HttpResponse:
    """What the server says of a card."""
    if not demonstration(request) or card not in wrong_doses():
        raise Http404
    found = wrong_doses()[card]
    refusal = found.stopped()
    return JsonResponse({"code": refusal.code if refusal else "", "said": _said(found)})


def _said(card: WrongDose) -> dict[str, Any]:
    """The sentence and the rule behind it, by the code that stops the card; the device finds the code by itself."""
    refusal = card.stopped()
    return {refusal.code: {"sentence": words.say(refusal), "rule": words.rule(refusal)}} if refusal else {}
