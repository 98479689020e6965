"""The evening: who has closed the day and who has not, the steps of the night, running them again, and the day's dispatch."""

from base64 import b64encode
from datetime import date
from hashlib import sha256

from csp.constants import SELF
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from seawall.command import selectors as command
from seawall.command import services as orders
from seawall.interfaces import paper, reading
from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import outcome, show
from seawall.platform import access, clock
from seawall.reports import selectors as reports
from seawall.reports import services as closings
from seawall.terms.actor import EN
from seawall.terms.acts import Refused
from seawall.terms.closings import CityDayClose, UnitDayClose
from seawall.terms.command import EveningRun

MAY = {"runs": "evening", "closes_units": "unit_day_close", "closes_city": "city_day_close"}


@door("see:evening")
def evening(request: ActorRequest) -> HttpResponse:
    asked, campaign = request.GET.get("day", ""), campaign_of(request)
    page = command.evening_page(request.actor, campaign, reports.day_asked(campaign, asked) if asked else None)
    may = {name: access.may(request.actor, grant) for name, grant in MAY.items()}
    printed = page.whole and page.day in reports.dispatches(campaign.code)
    return show(request, "console/evening.html", {"page": page, "section": "evening", "printed": printed} | may)


@door("see:evening")
def dispatch(request: ActorRequest) -> HttpResponse:
    """The dispatch of a day as `seawall report` writes it: to read and print, or (`?format=md`) a file to send on."""
    if not request.actor.reach.everywhere:
        raise Refused(access.OUT_OF_AREA)
    campaign, asked = campaign_of(request), request.GET.get("day", "")
    told = reports.dispatch_paper(campaign, reports.day_asked(campaign, asked) if asked else None)
    language = next((known for known in paper.languages() if known == get_language()), EN)
    form = "md" if request.GET.get("format") == "md" else "html"
    text = paper.rendered(told, language, form)
    if form == "html":
        return _with_own_style(HttpResponse(text), text)
    name = f"dispatch-{told['day']}.{language}.md"
    kept = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, "text/markdown; charset=utf-8", headers=kept)


def _with_own_style(answer: HttpResponse, text: str) -> HttpResponse:
    """The paper carries its one style with it, as a file that stands alone must: that very style is allowed, by its digest."""
    style = text.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    setattr(answer, "_csp_update", {"style-src": [SELF, f"'sha256-{digest}'"]})  # noqa: B010  read by the middleware of django-csp
    return answer


def _day(request: ActorRequest) -> date:
    return reports.day_asked(campaign_of(request), request.POST.get("day", ""))


def _back(day: date) -> HttpResponse:
    return redirect(f"{reverse('evening')}?day={day}")


@require_POST
@door("evening")
def run(request: ActorRequest) -> HttpResponse:
    """Start the evening, or start it again where it stopped."""
    item = EveningRun(
        act=reading.act(request.POST.get("act", "")), occurred_at=clock.now(), dated_here=True,
        campaign=request.POST.get("campaign", ""), day=_day(request),
    )  # fmt: skip
    outcome(request, orders.evening.one(request.actor, item), "EVENING_STARTED")
    return _back(item.day)


@require_POST
@door("unit_day_close")
def close_unit(request: ActorRequest) -> HttpResponse:
    item = UnitDayClose(
        act=reading.act(request.POST.get("act", "")), occurred_at=clock.now(), dated_here=True, day=_day(request),
        unit_id=reading.number_or_none(request.POST.get("unit", "")) or 0,
    )  # fmt: skip
    outcome(request, closings.unit_day_close.one(request.actor, item), "UNIT_DAY_ENDED")
    return _back(item.day)


@require_POST
@door("city_day_close")
def close_city(request: ActorRequest) -> HttpResponse:
    item = CityDayClose(
        act=reading.act(request.POST.get("act", "")), occurred_at=clock.now(), dated_here=True, day=_day(request),
        campaign=request.POST.get("campaign", ""),
    )  # fmt: skip
    outcome(request, closings.city_day_close.one(request.actor, item), "CITY_DAY_ENDED")
    return _back(item.day)
