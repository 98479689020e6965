"""Counting: the blind sheet on paper and at the tablet, and differences that two people settle."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4, uuid5

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.interfaces import reading
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled, labels, typed
from seawall.interfaces.console.page import flash, show
from seawall.platform import access
from seawall.platform.verbs import Verb
from seawall.supply import selectors as supply
from seawall.supply import services
from seawall.supply.boards.counting import SheetPage, differences_page, sheet_page

COUNT, SEAL = "count_", "seal_"  # fields of the sheet begin so, and end with their lot


@door("see:supply")
def counting(request: ActorRequest, place_id: int) -> HttpResponse:
    return _sheet(request, sheet_page(request.actor, place_id), {})


def _sheet(request: ActorRequest, page: SheetPage, told: Mapping[str, str]) -> HttpResponse:
    """The sheet; `told` is what was written on it where the count was refused."""
    context = {
        "page": page,
        "lines": [(row, told.get(COUNT + row.lot, ""), told.get(SEAL + row.lot, "")) for row in page.sheet],
        "may": access.may(request.actor, "stock_count"),
        "fields": labels(services.stock_count),
        "act": uuid4(),
        "section": "supply",
    }
    return show(request, "console/counting.html", context)


@require_POST
@door("stock_count")
def counted(request: ActorRequest, place_id: int) -> HttpResponse:
    """Lots with what was counted of each; those left empty were not counted."""
    act = reading.act(request.POST.get("act", ""))
    rows = [
        filled(services.stock_count, request.POST, act=uuid5(act, lot), place_id=place_id, lot=lot, counted=number)
        | {"seal": str(request.POST.get(SEAL + lot, "")).strip()}
        for lot, number in sorted(_typed(request.POST))
    ]
    if not rows:
        flash(request, "refusal", "NOTHING_COUNTED")
    elif do(request, services.stock_count, rows, "STOCK_COUNTED"):
        return redirect("differences", place_id=place_id)
    return _sheet(request, sheet_page(request.actor, place_id), request.POST.dict())


def _typed(data: QueryDict) -> list[tuple[str, str]]:
    return [
        (key.removeprefix(COUNT), said) for key in data if key.startswith(COUNT) and (said := str(data[key]).strip())
    ]


DOES: Mapping[str, tuple["Verb[Any, Any]", str]] = {
    "explain": (services.difference_explain, "DIFFERENCE_EXPLAINED"),
    "confirm": (services.code_type, "CODE_TYPED_BY_TWO"),
    "sign": (services.difference_sign, "DIFFERENCE_IS_SIGNED"),
}


@door("see:supply", *(verb for verb, _told in DOES.values()))
def differences(request: ActorRequest, place_id: int) -> HttpResponse:
    """What did not agree; an explanation that waits for a second pair of eyes on its code stays as it was written."""
    data = request.POST
    does = data.get("does", "")
    said: Mapping[str, object] = {}
    if does in DOES:
        verb, told = DOES[does]
        if do(request, verb, [filled(verb, data, place_id=place_id)], told) and does != "confirm":
            return redirect("differences", place_id=place_id)
        said = data
    code = data.get("code", "").strip() if data.get("typed") else ""
    context = {
        "page": differences_page(request.actor, place_id, code),
        "causes": {code: {"zh": zh, "en": en} for code, (zh, en) in supply.difference_causes().items()},
        "may": {verb.name: access.may(request.actor, verb.name) for verb, _told in DOES.values()},
        "typed": typed(said, services.difference_explain),
        "fields": labels(*(verb for verb, _told in DOES.values())),
        "section": "supply",
    }
    return show(request, "console/differences.html", context)
