"""What the quarter-hours of a site bear, what binds them, and whom to seat by hand."""

from urllib.parse import urlencode
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seawall.booking import services
from seawall.booking.boards import CapacityPage, capacity_page
from seawall.interfaces import choices, reading
from seawall.interfaces.console import charts
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled
from seawall.interfaces.console.page import show
from seawall.platform import access, clock
from seawall.terms.codes import CapacityLimit

from .board import asked_day

LIMIT = "CapacityLimit"


@door("see:site_board")
def capacity(request: ActorRequest, site_id: int) -> HttpResponse:
    page = capacity_page(request.actor, site_id, asked_day(request) if "day" in request.GET else clock.today())
    word = page.binding and choices.word(LIMIT, page.binding)
    context = {
        "page": page,
        "chart": picture(page),
        "heads": [choices.word(LIMIT, limit) for limit in page.limits],
        "rows": [
            (q, [q.limits.get(limit) for limit in page.limits], choices.word(LIMIT, q.binding)) for q in page.quarters
        ],
        "word": word,
        "act": uuid4(),
        "section": "site_mine",
        "may": {verb: access.may(request.actor, verb) for verb in ("capacity_follow", "appointment_move")},
        "move": reverse("act", args=["appointment_move"]),
        "unplaced": [
            (row, urlencode({"person_id": row.row.person_id, "appointment": row.row.appointment}))
            for row in page.unplaced
        ],
    }
    return show(request, "console/capacity.html", context)


def picture(page: CapacityPage) -> charts.Chart:
    """What is borne and booked by quarter-hour, with every limit as a dashed line."""
    times = [q.starts_at.astimezone(clock.zone()).strftime("%H:%M") for q in page.quarters]
    limits = [
        charts.Line(choices.word(LIMIT, limit), [q.limits.get(limit) for q in page.quarters], "limit")
        for limit in page.limits
        if limit is CapacityLimit.PLANNED or any(q.binding is limit for q in page.quarters)
    ]
    bears, taken = ([getattr(q, name) for q in page.quarters] for name in ("bears", "taken"))
    return charts.lines(
        times, _("time"), _("seats"), charts.Line(_("bears"), bears), charts.Line(_("booked"), taken), *limits
    )


@require_POST
@door("capacity_follow")
def follow(request: ActorRequest, site_id: int) -> HttpResponse:
    """Seats of the day follow at once: what happens by itself every few minutes."""
    day = reading.day(request.POST.get("day", ""))
    row = filled(services.capacity_follow, request.POST, site_id=site_id, day=day, last=day)
    do(request, services.capacity_follow, [row], "CAPACITY_FOLLOWED")
    return redirect(f"{reverse('site_capacity', args=[site_id])}?day={day.isoformat()}")
