"""Counting: the blind sheet on paper, as a file out and in, and differences that two people settle."""

from collections.abc import Iterator
from uuid import uuid4, uuid5

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seawall.interfaces import reading, words
from seawall.interfaces.console import tables
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled, labels
from seawall.interfaces.console.page import show
from seawall.platform import access
from seawall.platform.files import books
from seawall.platform.files.sheets import Cell
from seawall.supply import selectors as supply
from seawall.supply import services
from seawall.supply.boards.counting import counting_page
from seawall.terms.acts import Refused

VERBS = (services.stock_count, services.difference_explain, services.difference_sign)


@door("see:supply")
def counting(request: ActorRequest, place_id: int) -> HttpResponse:
    page = counting_page(request.actor, place_id)
    if request.GET.get("format") == "csv":
        head = [_("Lot"), _("Product"), _("Good until"), _("Kept apart"), _("Counted")]
        rows = [[r.lot, words.pick(r.product), r.expires, _("yes") if r.apart else "", ""] for r in page.sheet]
        return tables.csv_file(f"count-{page.place.code}", [], head, rows)
    context = {
        "page": page,
        "causes": {code: {"zh": zh, "en": en} for code, (zh, en) in supply.difference_causes().items()},
        "may": {verb.name: access.may(request.actor, verb.name) for verb in VERBS},
        "fields": labels(*VERBS),
        "act": uuid4(),
        "section": "supply",
    }
    return show(request, "console/counting.html", context)


@require_POST
@door("stock_count")
def counted(request: ActorRequest, place_id: int) -> HttpResponse:
    """A sheet that was filled in: its first column is the lot, its last the doses; lines left empty were not counted."""
    file, act = request.FILES.get("file"), reading.act(request.POST.get("act", ""))
    if file is None:
        raise Refused("FILE_EMPTY", file="")
    found: dict[str, int] = {}
    for lot, number in _lines(file.name or "", file.read()):
        found[lot] = found.get(lot, 0) + number
    rows = [
        filled(services.stock_count, request.POST, act=uuid5(act, lot), place_id=place_id, lot=lot, counted=number)
        for lot, number in sorted(found.items())
    ]
    if rows:
        do(request, services.stock_count, rows, "STOCK_COUNTED")
    return redirect("counting", place_id=place_id)


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


@require_POST
@door("difference_explain")
def explain(request: ActorRequest, place_id: int) -> HttpResponse:
    do(
        request,
        services.difference_explain,
        [filled(services.difference_explain, request.POST, place_id=place_id)],
        "DIFFERENCE_EXPLAINED",
    )
    return redirect("counting", place_id=place_id)


@require_POST
@door("difference_sign")
def sign(request: ActorRequest, place_id: int) -> HttpResponse:
    do(
        request,
        services.difference_sign,
        [filled(services.difference_sign, request.POST, place_id=place_id)],
        "DIFFERENCE_IS_SIGNED",
    )
    return redirect("counting", place_id=place_id)
