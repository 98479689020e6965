"""The opening day as it runs: who waits, how far the line is let in, how fast, and why anybody waits at all."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from seawall.campaigns.selectors import CampaignRow
from seawall.platform import clock, turns
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor

from .. import selectors
from ..models import PaceSet
from .releases import DayLine, days_ahead

QUIET, GATHERS, WAITS, SLOWED, HELD, SHUT = "quiet", "gathers", "waits", "slowed", "held", "shut"


@dataclass(frozen=True, slots=True)
class Bound:
    """How many are let in a minute at most, by whose word and why."""

    a_minute: int | None
    reason: str
    at: datetime
    owner: staff.Owner | None


@dataclass(frozen=True, slots=True)
class OpeningPage:
    """The line now. `served` is the place up to which people are let in; `minutes` waits who comes now, None where nobody is let in.

    `why`: quiet (nobody waits), gathers (a draw is still to come), waits (more come than can be served), slowed (bookings take
    long, so fewer are let in), held (a post bounds the pace), shut (a post lets nobody in).
    """

    why: str
    waiting: int
    early: int
    drawn: int
    served: int
    a_minute: int
    full: int
    minutes: int | None
    draw_at: datetime | None
    next_at: datetime | None
    bound: Bound | None
    days: tuple[DayLine, ...]

    @property
    def state(self) -> str:
        return "attention" if self.why in {SLOWED, HELD, SHUT} else "normal"


def opening(actor: Actor, campaign: CampaignRow) -> OpeningPage:
    """One line for all campaigns; seats are those of this one's days."""
    rules, next_at = selectors.line_rules(), selectors.next_release()
    line = turns.seen(selectors.LINE, rules, next_at)
    return OpeningPage(
        why=_why(line, rules),
        waiting=line.waiting,
        early=max(0, line.drawn - line.first) if line.gathers else 0,
        drawn=line.drawn,
        served=min(line.drawn, int(line.admitted)),
        a_minute=round(line.pace * 60),
        full=round(rules.pace * 60),
        minutes=ceil(line.waiting / line.pace / 60) if line.pace else (None if line.waiting else 0),
        draw_at=line.opens_at if line.gathers else None,
        next_at=next_at,
        bound=_bound(),
        days=days_ahead(campaign),
    )


def _why(line: turns.Line, rules: turns.Rules) -> str:
    """What keeps people waiting, the strongest first."""
    if line.most is not None and line.most < rules.pace:
        return HELD if line.most else SHUT
    if line.gathers:
        return GATHERS
    if not line.waiting:
        return QUIET
    return SLOWED if line.pace < rules.pace else WAITS


def _bound() -> Bound | None:
    row = PaceSet.objects.filter(line=selectors.LINE, a_minute__isnull=False).first()
    if row is None:
        return None
    post = staff.post(row.set_by, clock.today())
    return Bound(row.a_minute, row.reason, row.set_at, post.owner if post else None)
