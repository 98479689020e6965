"""The daily dispatch as kept."""

from datetime import date, timedelta
from typing import Any

from seawall.terms.dispatch import DispatchState

from ..models import Dispatch


def dispatch_content(campaign: str, day: date) -> dict[str, Any]:
    """Figures of a day's dispatch of a campaign; empty where none was made."""
    row = Dispatch.objects.filter(campaign=campaign, day=day).values_list("content", flat=True).first()
    return dict(row) if row else {}


def dispatch_books(day: date) -> dict[str, Any]:
    """The city's books as the last dispatch of a day froze them, whatever its campaign: stock is shared."""
    row = Dispatch.objects.filter(day=day).order_by("-made_at").values_list("content", flat=True).first()
    return dict(row["books"]) if row else {}


def dispatch_state(campaign: str, day: date) -> DispatchState:
    """Whether tomorrow's dispatch of a campaign is ready and released."""
    row = Dispatch.objects.filter(campaign=campaign, day=day).first()
    orders = len(row.content.get("orders", [])) if row else 0
    released = bool(row and row.released_at)
    return DispatchState(day + timedelta(days=1), row is not None, released, orders)


def dispatches(campaign: str) -> list[date]:
    """Days that have a dispatch of a campaign, newest first."""
    return list(Dispatch.objects.filter(campaign=campaign).order_by("-day").values_list("day", flat=True))
