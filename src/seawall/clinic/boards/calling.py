"""The calling screen of a hall: tickets and desks, and no names."""

from dataclasses import dataclass
from datetime import datetime

from seawall.platform import clock
from seawall.sites.boards.week import reached
from seawall.terms.actor import Actor
from seawall.terms.codes import VisitState
from seawall.terms.sites import SiteRow

from .. import selectors
from ..rows import CalledTicket

SHOWN = 8


@dataclass(frozen=True, slots=True)
class CallingScreen:
    """The last call large, those before it beside, and how many wait for each station."""

    site: SiteRow
    now: datetime
    calls: tuple[CalledTicket, ...]
    to_screen: int
    to_inject: int
    seated: int


def calling_screen(actor: Actor, site_id: int) -> CallingScreen:
    site, on = reached(actor, site_id), clock.today()
    inside = selectors.inside(site_id, on)
    return CallingScreen(
        site=site,
        now=clock.now(),
        calls=tuple(selectors.called(site_id, on, SHOWN)),
        to_screen=inside.get(VisitState.ARRIVED, 0) + inside.get(VisitState.SCREENED, 0),
        to_inject=inside.get(VisitState.CONSENTED, 0),
        seated=inside.get(VisitState.OBSERVING, 0),
    )
