"""Orders and alerts: tomorrow's dispatch is sent; orders are issued, acknowledged, executed, verified; alerts taken on and closed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from seawall.command import selectors as command
from seawall.command import services as orders
from seawall.interfaces import reading
from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import outcome, show
from seawall.platform import access, clock
from seawall.reports import selectors as reports
from seawall.terms.command import AlertClose, AlertTake, OrderChange, OrderIssue

MOST = 200  # characters of a note


@require_POST
@door("dispatch_release")
def dispatch_release(request: ActorRequest) -> HttpResponse:
    """The page names the day that the dispatch is for; it was made the evening before."""
    made_on = reading.day(request.POST.get("day", "")) - timedelta(days=1)
    outcome(request, orders.dispatch_release(request.actor, campaign_of(request).code, made_on), "DISPATCH_SENT")
    return redirect("board")


@door("see:orders")
def inbox(request: ActorRequest) -> HttpResponse:
    unit = reading.number_or_none(request.GET.get("unit", ""))
    page = command.orders_page(request.actor, unit)
    may = {grant: access.may(request.actor, grant) for grant in ("alert_take", "alert_close")}
    context = {
        "page": page,
        "unit": unit,
        "may": may,
        "closing": reports.last_closing(campaign_of(request).code) or clock.today(),
        "section": "orders",
    }
    return show(request, "console/orders.html", context)


def _base(request: ActorRequest) -> dict[str, Any]:
    return {"act": reading.act(request.POST.get("act", "")), "occurred_at": clock.now(), "dated_here": True}


def _back(request: ActorRequest) -> HttpResponse:
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(back if safe else reverse("orders"))


@require_POST
@door("order_issue")
def issue(request: ActorRequest) -> HttpResponse:
    """`to` names a unit, a site or a post, as `unit:12`; only figures that the text needs are taken from the form."""
    kind, _, number = request.POST.get("to", "").partition(":")
    target: dict[str, Any] = {f"{kind}_id": reading.number(number)} if kind in {"unit", "site", "post"} else {}
    text = command.order_texts().get(request.POST.get("code", ""))
    params = {name: _figure(name, request.POST.get(name, "")) for name in text.params} if text else {}
    due = request.POST.get("due_at", "")
    item = OrderIssue(
        **_base(request), **target, code=request.POST.get("code", ""), params=params,
        for_day=reading.day(request.POST.get("for_day", "")), due_at=reading.local_moment(due) if due else None,
        doses=int(params.get(text.at_stake) or 0) if text and text.at_stake else 0,
        campaign=campaign_of(request).code,
    )  # fmt: skip
    outcome(request, orders.order_issue.one(request.actor, item), "ORDER_ISSUED_NOW")
    return _back(request)


def _figure(name: str, text: str) -> str | int | None:
    return text.strip()[:MOST] if name == "text" else reading.number_or_none(text)


def _step(grant: str, verb: Callable[..., Any], done: str, back: str = "") -> Any:
    """The view of one step of an order; `back` is what is said where it is sent back."""

    @require_POST
    @door(grant)
    def view(request: ActorRequest) -> HttpResponse:
        met = request.POST.get("met", "yes") == "yes"
        item = OrderChange(
            **_base(request), order=reading.act(request.POST.get("order", "")), met=met,
            note=request.POST.get("note", "").strip()[:MOST],
        )  # fmt: skip
        outcome(request, verb(request.actor, [item]), done if met else back)
        return _back(request)

    return view


acknowledge = _step("order_acknowledge", orders.order_acknowledge, "ORDER_ACKNOWLEDGED")
execute = _step("order_execute", orders.order_execute, "ORDER_EXECUTED_NOW")
verify = _step("order_verify", orders.order_verify, "ORDER_VERIFIED_NOW", "ORDER_RETURNED")


@require_POST
@door("alert_take")
def alert_take(request: ActorRequest) -> HttpResponse:
    item = AlertTake(**_base(request), alert=reading.act(request.POST.get("alert", "")))
    outcome(request, orders.alert_take.one(request.actor, item), "ALERT_TAKEN")
    return _back(request)


@require_POST
@door("alert_close")
def alert_close(request: ActorRequest) -> HttpResponse:
    """Closed with the last closed day, which is the day that boards show."""
    item = AlertClose(
        **_base(request), alert=reading.act(request.POST.get("alert", "")),
        on=reading.day(request.POST.get("on", "")), note=request.POST.get("note", "").strip()[:MOST],
    )  # fmt: skip
    outcome(request, orders.alert_close.one(request.actor, item), "ALERT_CLOSED_NOW")
    return _back(request)
