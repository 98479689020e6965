"""The plan: can the target be met, what binds, what would free it; and dated policies, previewed, then applied."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from seawall.command import selectors as command
from seawall.command import services as orders
from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.console import charts
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import outcome, show
from seawall.platform import access

CELL = ("unit", "group", "product", "rank")


@door("see:plan")
def plan(request: ActorRequest) -> HttpResponse:
    asked = {key: request.GET[key] for key in CELL if key in request.GET}
    cell = asked if len(asked) == len(CELL) else None
    page = command.plan_page(request.actor, campaign_of(request), run_asked(request), cell)
    context = {"page": page, "schedule": charts.schedule(page.schedule), "section": "plan"}
    return show(request, "console/plan.html", context)


def run_asked(request: ActorRequest) -> UUID | None:
    """The earlier run that the reader chose to compare with."""
    try:
        return UUID(request.GET.get("before", ""))
    except ValueError:
        return None


@require_POST
@door("plan_run")
def scenarios(request: ActorRequest, run_id: UUID) -> HttpResponse:
    orders.scenarios_plan(request.actor, run_id)
    return redirect(reverse("plan") + "#scenarios")


@require_POST
@door("plan_publish")
def publish(request: ActorRequest, run_id: UUID) -> HttpResponse:
    outcome(request, orders.plan_publish(request.actor, run_id), "PLAN_PUBLISHED")
    return redirect("plan")


@door("see:plan")
def policy(request: ActorRequest, code: str) -> HttpResponse:
    if request.method == "POST":
        access.require(request.actor, "policy_apply")
        outcome(request, orders.policy_apply(request.actor, campaign_of(request), code), "POLICY_APPLIED")
        return redirect("policy", code=code)
    known = command.policy_preview(request.actor, campaign_of(request), code, known="now" not in request.GET)
    template = "console/policy.html" if known.moves else "console/policy_planning.html"
    return show(request, template, {"policy": known.policy, "page": known.moves, "section": "plan"})
