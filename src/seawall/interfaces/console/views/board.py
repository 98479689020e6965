"""The command board: shall we reach the target on time, and if not, what stands in the way and whose move is it?"""

from collections.abc import Iterable
from datetime import date

from django.http import HttpResponse

from seawall.command import selectors as command
from seawall.interfaces.campaign import campaign_of, campaign_or_none
from seawall.interfaces.console import charts, paint, tables
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import show
from seawall.platform.selectors import nature
from seawall.reports import selectors as reports
from seawall.reports.boards.units import UnitFigures


def asked_day(request: ActorRequest) -> date:
    """The day in the address, else the last closing; a day that is none of the campaign's is refused."""
    return reports.day_asked(campaign_or_none(request), request.GET.get("day", ""))


@door("see:command_board")
def board(request: ActorRequest) -> HttpResponse:
    page = command.command_board(
        request.actor, campaign_of(request), asked_day(request), request.GET.get("measure", "gap")
    )
    shapes = paint.unit_shapes(page.units, page.measure)
    if request.GET.get("format") == "csv":
        return tables.units_csv(page)
    if request.GET.get("view") == "wall":
        return show(request, "console/wall.html", {"page": page})
    context = {
        "page": page,
        "asked": request.GET.get("day", ""),
        "measure": page.measure,
        "shapes": shapes,
        "legend": paint.legend(shapes, page.measure),
        "map": paint.unit_map(shapes, page.measure),
        "burnup": charts.burnup(page.burnup, nature().scale or 1),
        "daily": charts.daily(page.daily),
        "worst": worst_first(page.units),
        "section": "board",
    }
    return show(request, "console/board.html", context)


def worst_first(units: Iterable[UnitFigures]) -> list[UnitFigures]:
    """Trouble on top: doses short, not names."""
    return sorted(units, key=lambda u: (u.kind != "plan", u.gap_doses))
