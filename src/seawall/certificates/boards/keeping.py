"""Keys and batches as who keeps them sees them."""

from dataclasses import dataclass

from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.names import Name

from ..selectors.batches import BatchRow, batches
from ..selectors.keys import KeyRow, signing_keys


@dataclass(frozen=True, slots=True)
class Programme:
    """One in use, to make a batch of."""

    code: str
    name: Name


@dataclass(frozen=True, slots=True)
class KeepingPage:
    """All keys, the last batches, and the programmes that a batch may be of."""

    keys: tuple[KeyRow, ...]
    batches: tuple[BatchRow, ...]
    programmes: tuple[Programme, ...]


def keeping(_actor: Actor) -> KeepingPage:
    """Of the whole city."""
    today = clock.today()
    named = tuple(Programme(p, people.programme_name(p, today)) for p in reference.programmes_in_use())
    return KeepingPage(tuple(signing_keys()), tuple(batches()), named)
