"""Who may make out, open and take back whose certificate."""

from collections.abc import Iterable
from datetime import timedelta

from seawall.people import selectors as people
from seawall.platform import clock
from seawall.platform import selectors as platform
from seawall.terms.actor import Actor

AT_THE_DESK = "oneself, who lives in the post's areas, or who showed a document at its desk"
DESK = "certificate"
SHOWN_FOR = timedelta(hours=12)


def within(actor: Actor, person_ids: Iterable[int]) -> frozenset[int]:
    """Those of the persons in reach, and those whose document the post has seen at its desk today."""
    wanted = set(person_ids)
    near = {person for person, _ in people.reached(actor, {(person, None) for person in wanted})}
    far = wanted - near
    shown = platform.looked_up(actor.post_id, far, DESK, clock.now() - SHOWN_FOR) if far and actor.post_id else set()
    return frozenset(near | shown)
