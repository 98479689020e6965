"""Orders: tomorrow's dispatch is approved and sent; a unit acknowledges."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from seawall.command import services as orders
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import outcome
from seawall.platform import clock
from seawall.terms.command import OrderChange


@require_POST
@door("dispatch_release")
def dispatch_release(request: ActorRequest) -> HttpResponse:
    """The page names the day that the dispatch is for; it was made the evening before."""
    made_on = date.fromisoformat(request.POST["day"]) - timedelta(days=1)
    outcome(request, orders.dispatch_release(request.actor, made_on), "DISPATCH_SENT")
    return redirect("board")


@require_POST
@door("order_acknowledge")
def acknowledge(request: ActorRequest) -> HttpResponse:
    item = OrderChange(act=uuid4(), occurred_at=clock.now(), order=UUID(request.POST["order"]))
    outcome(request, orders.order_acknowledge(request.actor, [item]), "ORDER_ACKNOWLEDGED")
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if safe else "board")
