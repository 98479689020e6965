"""What does the public read from us, what waits for approval, and how long does a change take to be public?"""

from dataclasses import dataclass
from datetime import date, timedelta

from seawall.platform import clock
from seawall.platform.selectors import Delay, recorded_after
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.names import Name
from seawall.terms.outreach import NoticeRow

from .. import selectors

OF_SITES = ("site_open", "site_close", "session_plan", "session_open", "session_close", "door_set")
"""Acts that change what is published of sites: the list is read live, so that it is public as it is recorded."""
DAYS = 7


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice; `ours` was written by this post, which does not approve it."""

    row: NoticeRow
    title: Name
    text: Name
    state: str
    ours: bool


@dataclass(frozen=True, slots=True)
class NoticesPage:
    """Notices that are not over, and hours from a change to its publication in the last days."""

    day: date
    notices: tuple[NoticeLine, ...]
    sites: Delay
    hours_notices: float | None
    chinese: bool  # whether the city speaks it


def notices(actor: Actor) -> NoticesPage:
    day, now = clock.today(), clock.now()
    rows = selectors.notices(day)
    took = sorted((n.approved_at - n.proposed_at).total_seconds() / 3600 for n in rows if n.approved_at)
    return NoticesPage(
        day=day,
        chinese="zh" in reference.city().languages,
        notices=tuple(notice_line(n, day, actor.post_id) for n in rows),
        sites=recorded_after(OF_SITES, now - timedelta(days=DAYS), now),
        hours_notices=took[len(took) // 2] if took else None,
    )


def notice_line(row: NoticeRow, day: date, post_id: int = 0) -> NoticeLine:
    state = (
        "withdrawn"
        if row.withdrawn_at
        else "proposed"
        if not row.approved_at
        else "public"
        if row.dated <= day
        else "later"
    )
    title = Name(row.title_zh or row.title_en, row.title_en or row.title_zh)
    text = Name(row.text_zh or row.text_en, row.text_en or row.text_zh)
    return NoticeLine(row, title, text, state, row.proposed_by == post_id)
