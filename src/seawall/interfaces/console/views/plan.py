"""The plan: can the target be met, what binds, what would free it; and dated policies, previewed, then applied."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from seawall.command import selectors as command
from seawall.command import services as orders
from seawall.interfaces import words
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import outcome, show
from seawall.platform import access

CELL = ("unit", "group", "product", "rank")


@door("see:plan")
def plan(request: ActorRequest) -> HttpResponse:
    asked = {key: request.GET[key] for key in CELL if key in request.GET}
    page = command.plan_page(request.actor, run_asked(request), asked if len(asked) == len(CELL) else None)
    context = {"page": page, "schedule": schedule_data(page["schedule"]), "section": "plan"}
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


@door("see:plan")
def scenarios_picture(request: ActorRequest, run_id: UUID) -> HttpResponse:
    picture = command.scenarios_picture(run_id)
    return HttpResponse(picture or "", content_type="image/svg+xml", status=200 if picture else 404)


def schedule_data(row: Mapping[str, Any]) -> dict[str, Any]:
    """The back-schedule as the script takes it; a week's bucket is drawn as its mean day."""
    widths = row.get("widths") or [1] * len(row["days"])
    mean = {
        key: [None if n is None else round(n / width) for n, width in zip(row[key], widths, strict=True)]
        for key in ("rank1", "rank2", "rank3", "arrivals", "capacity")
    }
    marks = [{"day": m["day"], "name": words.pick(m["name"])} for m in row["last_first_dose"]]
    drawn = any(n is not None for n in row["capacity"])
    return {**mean, "drawn_capacity": drawn, "days": row["days"], "today": row["today"], "last_first_dose": marks}


@require_POST
@door("plan_publish")
def publish(request: ActorRequest, run_id: UUID) -> HttpResponse:
    outcome(request, orders.plan_publish(request.actor, run_id), "PLAN_PUBLISHED")
    return redirect("plan")


@door("see:plan")
def policy(request: ActorRequest, code: str) -> HttpResponse:
    if request.method == "POST":
        access.require(request.actor, "policy_apply")
        outcome(request, orders.policy_apply(request.actor, code), "POLICY_APPLIED")
        return redirect("policy", code=code)
    known = command.policy_preview(request.actor, code, known="now" not in request.GET)
    template = "console/policy.html" if "units" in known else "console/policy_planning.html"
    return show(request, template, {"page": known, "section": "plan"})
