"""The command board: shall we reach the target on time, and if not, what stands in the way and whose move is it?"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse

from seawall.command import selectors as command
from seawall.interfaces import words
from seawall.interfaces.console import paint, tables
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import show
from seawall.reports import selectors as reports


def asked_day(request: ActorRequest) -> date:
    """The day in the address, else the frame's."""
    text = request.GET.get("day", "")
    try:
        return date.fromisoformat(text)
    except ValueError:
        return reports.frame()["day"]


@door("see:command_board")
def board(request: ActorRequest) -> HttpResponse:
    page = command.command_board(request.actor, asked_day(request), request.GET.get("measure", "gap"))
    measure = next(m for m in page["measures"] if m["code"] == page["measure"])
    shapes = paint.unit_shapes(page["units"], measure)
    if request.GET.get("format") == "csv":
        return tables.units_csv(page)
    if request.GET.get("view") == "wall":
        return show(request, "console/wall.html", {"page": page})
    context = {
        "page": page,
        "measure": measure,
        "shapes": shapes,
        "legend": paint.legend(shapes, measure),
        "map_data": paint.map_data(shapes, measure),
        "burnup": burnup_data(page["burnup"]),
        "worst": worst_first(page["units"]),
        "section": "board",
    }
    return show(request, "console/board.html", context)


def worst_first(units: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Trouble on top: doses short, not names."""
    return sorted(units, key=lambda u: (u["kind"] != "plan", u["gap_doses"]))


def burnup_data(row: Mapping[str, Any]) -> dict[str, Any]:
    """The burn-up as the script takes it: names in the reader's language, the published figure at the city's scale."""
    scale = reports.frame().get("scale") or 1
    published = row.get("published")
    return {
        **row,
        "days": [d.isoformat() for d in row["days"]],
        "last_first_dose": [{"day": m["day"], "name": words.pick(m["name"])} for m in row["last_first_dose"]],
        "published": published
        and {"day": published["day"], "doses": published["doses"] * scale, "name": words.pick(published["source"])},
    }
