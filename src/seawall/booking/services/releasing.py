"""Announcing from when seats may be booked, so that not everybody comes at once."""

from uuid import UUID

from seawall.campaigns import selectors as campaigns
from seawall.platform import sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.bookings import ReleaseAnnounce
from seawall.terms.codes import Owner

from ..models import Release

KEY = ("campaign", "opens", "closes", "group_code", "digits")
TOLD = ("released_at", "source", "announced_at", "announced_by")
MOVED = """(campaign, opens, closes, group_code, digits) DO UPDATE SET released_at = excluded.released_at,
    source = excluded.source, announced_at = excluded.announced_at, announced_by = excluded.announced_by"""


@verb(Owner.CITY, zh="公布放号时间", en="Announce when seats are released")
def release_announce(w: Work, items: list[ReleaseAnnounce]) -> Answers:
    """Seats of these days may be booked from a moment on, by all or by a cohort; until then, and by others, they may not.

    A day of which nothing is announced is free. The same days and cohort announced anew get the new moment.
    """
    groups = {code: {g.code for g in campaigns.groups(code)} for code in {i.campaign for i in items}}
    known = {code for code in groups if campaigns.campaign(code)}
    answers: dict[UUID, Refusal | Params] = {
        i.act: _refusal(i, known, groups[i.campaign]) or {"released_at": i.released_at.isoformat()} for i in items
    }
    good = [i for i in items if not isinstance(answers[i.act], Refusal)]
    rows = {
        key: (*key, i.released_at, i.source, w.recorded_at, w.actor.post_id)
        for i in good
        for key in [(i.campaign, i.opens, i.closes, i.group_code, "".join(sorted(set(i.digits))))]
    }
    sql.insert(Release, (*KEY, *TOLD), list(rows.values()), on_conflict=MOVED)
    return answers


def _refusal(item: ReleaseAnnounce, known: set[str], groups: set[str]) -> Refusal | None:
    if item.campaign not in known:
        return Refusal("CAMPAIGN_NOT_HERE", {"campaign": item.campaign})
    if item.opens > item.closes:
        return Refusal("DAYS_BACKWARDS", {"opens": item.opens.isoformat(), "closes": item.closes.isoformat()})
    if item.group_code and item.group_code not in groups:
        return Refusal("RELEASE_GROUP", {"group": item.group_code, "known": ", ".join(sorted(groups))})
    if not (item.digits or "0").isascii() or not (item.digits or "0").isdigit():
        return Refusal("RELEASE_DIGITS", {"digits": item.digits})
    if not item.source.strip():
        return Refusal("RELEASE_WITHOUT_SOURCE", {})
    return None
