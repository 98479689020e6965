"""The daily dispatch as kept."""

from datetime import date, timedelta
from typing import Any

from ..models import Dispatch


def dispatch_content(day: date) -> dict[str, Any]:
    """Figures of a day's dispatch; empty where none was made."""
    row = Dispatch.objects.filter(pk=day).values_list("content", flat=True).first()
    return dict(row) if row else {}


def dispatch_state(day: date) -> dict[str, Any]:
    """Whether tomorrow's dispatch is ready and released."""
    row = Dispatch.objects.filter(pk=day).first()
    orders = len(row.content.get("orders", [])) if row else 0
    released = bool(row and row.released_at)
    return {"day": day + timedelta(days=1), "ready": row is not None, "released": released, "orders": orders}


def dispatches() -> list[date]:
    """Days that have a dispatch, newest first."""
    return list(Dispatch.objects.order_by("-day").values_list("day", flat=True))
