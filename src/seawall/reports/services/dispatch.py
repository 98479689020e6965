"""The daily dispatch (日调度): made in the evening from frozen facts, released by a named post."""

from datetime import date
from typing import Any
from uuid import UUID

from seawall.platform import clock
from seawall.platform.verbs import Work, run_verb
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Params, Refusal
from seawall.terms.closings import DispatchRelease

from ..models import Dispatch


def dispatch_make(day: date, content: dict[str, Any]) -> None:
    """Keep the dispatch of a day as made; a released one is not made again. Called inside the evening's transaction."""
    if Dispatch.objects.filter(pk=day, released_at__isnull=False).exists():
        return
    Dispatch.objects.update_or_create(day=day, defaults={"made_at": clock.now(), "content": content})


def dispatch_release(actor: Actor, item: DispatchRelease) -> Outcome:
    """Release the dispatch of a day, once."""
    (outcome,) = run_verb(actor, "dispatch_release", [item], owner="city", owner_id=lambda _: 0, work=_release)
    return outcome


def _release(w: Work, items: list[DispatchRelease]) -> dict[UUID, Refusal | Params]:
    (item,) = items
    waiting = Dispatch.objects.filter(pk=item.day, released_at__isnull=True)
    if waiting.update(released_at=item.occurred_at, released_by=w.actor.post_id):
        return {item.act: {"day": item.day.isoformat()}}
    made = Dispatch.objects.filter(pk=item.day).exists()
    return {item.act: Refusal("DISPATCH_RELEASED" if made else "DISPATCH_NOT_MADE", {"day": item.day.isoformat()})}
