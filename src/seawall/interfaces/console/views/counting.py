"""Counting: the blind sheet on paper, as a file out and in, and differences that two people settle."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4, uuid5

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seawall.interfaces import reading, words
from seawall.interfaces.console import tables
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled, labels, typed
from seawall.interfaces.console.page import flash, show
from seawall.platform import access
from seawall.platform.files import books
from seawall.platform.files.sheets import Cell
from seawall.platform.verbs import Verb
from seawall.supply import selectors as supply
from seawall.supply import services
from seawall.supply.boards.counting import SheetPage, differences_page, sheet_page
from seawall.terms.acts import Refused

COUNT, SEAL = "count_", "seal_"  # fields of the sheet begin so, and end with their lot


@door("see:supply")
def counting(request: ActorRequest, place_id: int) -> HttpResponse:
    page = sheet_page(request.actor, place_id)
    if request.GET.get("format") == "csv":
        head = [_("Lot"), _("Product"), _("Good until"), _("Kept apart"), _("Counted")]
        rows = [[r.lot, words.pick(r.product), r.expires, _("yes") if r.apart else "", ""] for r in page.sheet]
        return tables.csv_file(f"count-{page.place.code}", [], head, rows)
    return _sheet(request, page, {})


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
    """Lots with what was counted of each, typed on the sheet or filled into its file; those left empty were not counted."""
    file, act = request.FILES.get("file"), reading.act(request.POST.get("act", ""))
    rows = [
        filled(services.stock_count, request.POST, act=uuid5(act, lot), place_id=place_id, lot=lot, counted=number)
        | {"seal": str(request.POST.get(SEAL + lot, "")).strip()}
        for lot, number in sorted(_in_file(file.name or "", file.read()) if file else _typed(request.POST))
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


def _in_file(name: str, content: bytes) -> list[tuple[str, int]]:
    found = Counter[str]()
    for lot, number in _lines(name, content):
        found[lot] += number
    return list(found.items())


def _lines(name: str, content: bytes) -> Iterator[tuple[str, int]]:
    """Lots with numbers, from the sheet in front; a line whose number is none is refused with its place in the file."""
    sheets = books.read(name, content).sheets
    front = next((sheet for sheet in sheets if sheet.open), sheets[0])
    for line, cells in front.lines[1:]:
        last = cells[4] if len(cells) > 4 else cells[-1]
        if str(last or "").strip():
            yield str(cells[0]).strip(), _whole(last, line)


def _whole(cell: Cell, line: int) -> int:
    text = str(cell).strip().removesuffix(".0")
    if not text.isdecimal():
        raise Refused("COUNT_UNREADABLE", line=line, text=text[:30])
    return int(text)


DOES: Mapping[str, tuple["Verb[Any, Any]", str]] = {
    "explain": (services.difference_explain, "DIFFERENCE_EXPLAINED"),
    "confirm": (services.code_type, "CODE_TYPED_BY_TWO"),
    "sign": (services.difference_sign, "DIFFERENCE_IS_SIGNED"),
}


@door("see:supply")
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
