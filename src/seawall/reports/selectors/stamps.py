"""Of when the figures of a page are."""

from datetime import date

from seawall.platform import clock
from seawall.terms.closings import Denominator, Stamp

from .series import closing_times


def stamp(campaign: str, day: date, denominator: Denominator | None = None) -> Stamp:
    """Of a campaign's closing of a day, with the late entries it added; provisional until the city has closed."""
    closing = closing_times(campaign, day)
    closed = closing.closed_at
    return Stamp(closed or clock.now(), "final" if closed else "provisional", denominator, closing.late)


def live() -> Stamp:
    """Of this moment."""
    return Stamp(clock.now(), "live")
