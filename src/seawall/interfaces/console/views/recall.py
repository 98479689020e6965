"""A stopped lot followed to nothing: what must come back, who received it, who was moved."""

from collections.abc import Iterable, Iterator
from uuid import uuid4, uuid5

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seawall.booking import services as booking
from seawall.clinic.boards import recall as board
from seawall.interfaces import reading, words
from seawall.interfaces.console import tables
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled, labels
from seawall.interfaces.console.page import show
from seawall.platform import access, clock
from seawall.supply import services

SECTION = {"section": "supply"}


@door("see:supply")
def recall(request: ActorRequest, lot: str) -> HttpResponse:
    page = board.recall_page(request.actor, lot)
    may = {verb: access.may(request.actor, verb) for verb in ("lot_hold", "short_withdraw", "stock_return")}
    may["recipients"] = access.may(request.actor, "see:person") and may["lot_hold"]
    context = {"page": page, "may": may, "fields": labels(services.lot_hold), "act": uuid4()}
    return show(request, "console/recall.html", context | SECTION)


@door("lot_hold")
def recipients(request: ActorRequest, lot: str) -> StreamingHttpResponse:
    """Everybody who received the lot, for who follows up, sent as it is read; the looks are on record."""
    access.require(request.actor, "see:person")
    head = [_("Person"), _("Name"), _("Telephone"), _("Born"), _("Site"), _("On"), _("Product"), _("Dose")]
    notes = [f"{_('Lot')} {lot}", _("As of %s") % words.moment(clock.now())]
    language = get_language() or ""
    return tables.csv_stream(f"recipients-{lot}", notes, head, _rows(board.recipients(request.actor, lot), language))


def _rows(found: Iterable[board.Recipient], language: str) -> Iterator[list[object]]:
    """Cells in the language of who asked: it is no longer the thread's when the rows are read."""
    for row in found:
        with override(language):
            site = words.pick(row.site) if row.site else ""
        person = row.person
        yield [
            person.person_id,
            person.name,
            person.phone,
            person.birth,
            site,
            row.dose.day,
            row.dose.product,
            row.dose.dose_rank,
        ]


@require_POST
@door("short_withdraw")
def move(request: ActorRequest, lot: str) -> HttpResponse:
    """Bookings of the sites ticked that no dose is left for, moved by hand: what a recall does by itself."""
    act = reading.act(request.POST.get("act", ""))
    rows = [
        filled(booking.short_withdraw, request.POST, act=uuid5(act, site), site_id=site)
        for site in sorted(request.POST.getlist("site"))
    ]
    if rows:
        do(request, booking.short_withdraw, rows, "BOOKINGS_MOVED")
    return redirect("recall", lot=lot)


@require_POST
@door("product_hold")
def product(request: ActorRequest, lot: str) -> HttpResponse:
    """Every lot of the product, stopped or freed from the page of one of them."""
    do(request, services.product_hold, [filled(services.product_hold, request.POST)], "PRODUCT_STATE_SET")
    return redirect("lot", lot=lot)
