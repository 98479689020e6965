"""The daily dispatch (日调度): made in the evening from frozen facts, released by a named post."""

from dataclasses import asdict
from typing import Any

from seawall.platform import clock
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.closings import DispatchRelease
from seawall.terms.codes import Owner
from seawall.terms.dispatch import Dispatch as Kept

from ..models import Dispatch


def dispatch_make(made: Kept) -> None:
    """Keep the dispatch of its day as made; a released one is not made again. Called inside the evening's transaction."""
    if Dispatch.objects.filter(campaign=made.campaign, day=made.day, released_at__isnull=False).exists():
        return
    Dispatch.objects.update_or_create(
        campaign=made.campaign, day=made.day, defaults={"made_at": clock.now(), "content": _content(made)}
    )


def _content(made: Kept) -> dict[str, Any]:
    """As JSON keeps it."""
    content = asdict(made) | {"day": made.day.isoformat()}
    return content | {"orders": [asdict(row) | {"order": str(row.order)} for row in made.orders]}


@verb(Owner.CITY, zh="下达日调度", en="Release the daily dispatch")
def dispatch_release(w: Work, items: list[DispatchRelease]) -> Answers:
    """Release a campaign's dispatch of a day, once."""
    return {item.act: _release(w, item) for item in items}


def _release(w: Work, item: DispatchRelease) -> Refusal | Params:
    waiting = Dispatch.objects.filter(campaign=item.campaign, day=item.day, released_at__isnull=True)
    if waiting.update(released_at=item.occurred_at, released_by=w.actor.post_id):
        return {"day": item.day.isoformat()}
    made = Dispatch.objects.filter(campaign=item.campaign, day=item.day).exists()
    return Refusal("DISPATCH_RELEASED" if made else "DISPATCH_NOT_MADE", {"day": item.day.isoformat()})
