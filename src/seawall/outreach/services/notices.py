"""Notices to the public: with source, date and last day, shown once another post has agreed."""

from uuid import UUID

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner
from seawall.terms.outreach import NoticeApprove, NoticePropose, NoticeWithdraw

from ..models import Notice
from .wording import approved

APPROVE = f"""
WITH mine AS (
    SELECT n.act, n.proposed_by, n.approved_at FROM outreach_notice n
    JOIN {sql.unnest({"act": "uuid"})} ON u.act = n.act WHERE n.withdrawn_at IS NULL ORDER BY n.act FOR UPDATE OF n),
done AS (
    UPDATE outreach_notice n SET approved_by = %s, approved_at = %s FROM mine m
    WHERE n.act = m.act AND m.approved_at IS NULL AND m.proposed_by <> %s RETURNING n.act)
SELECT m.act, m.approved_at IS NOT NULL, d.act IS NOT NULL FROM mine m LEFT JOIN done d ON d.act = m.act
"""
WITHDRAW = f"""
UPDATE outreach_notice n SET withdrawn_at = %s FROM {sql.unnest({"act": "uuid"})}
WHERE u.act = n.act AND n.withdrawn_at IS NULL RETURNING n.act
"""
COLUMNS = (
    "act",
    "title_zh",
    "title_en",
    "text_zh",
    "text_en",
    "source",
    "dated",
    "until",
    "proposed_by",
    "proposed_at",
)


@verb(Owner.CITY, zh="拟定公告", en="Propose a notice")
def notice_propose(w: Work, items: list[NoticePropose]) -> Answers:
    """Nothing is public before another post approves it."""
    refused: dict[UUID, Refusal | Params] = {}
    for i in items:
        if i.until < i.dated:
            refused[i.act] = Refusal("DAYS_BACKWARDS", {"opens": i.dated.isoformat(), "closes": i.until.isoformat()})
        elif i.until < clock.today():
            refused[i.act] = Refusal("NOTICE_OVER", {"until": i.until.isoformat()})
        elif not all(words.strip() for words in _own_words(i)):
            refused[i.act] = Refusal("NOTICE_WITHOUT_WORDS", {})
    good = [i for i in items if i.act not in refused]
    rows = [
        (
            i.act,
            i.title_zh,
            i.title_en,
            i.text_zh,
            i.text_en,
            i.source,
            i.dated,
            i.until,
            w.actor.post_id,
            w.recorded_at,
        )
        for i in good
    ]
    sql.insert(Notice, COLUMNS, rows)
    return refused | {i.act: {"notice": str(i.act)} for i in good}


def _own_words(i: NoticePropose) -> tuple[str, str]:
    """Title and text that every reader of this city can be shown: in Chinese where the city speaks it, else in its own words."""
    return (i.title_zh, i.text_zh) if "zh" in reference.city().languages else (i.title_en, i.text_en)


@verb(Owner.CITY, zh="审定并发布公告", en="Approve and publish a notice")
def notice_approve(w: Work, items: list[NoticeApprove]) -> Answers:
    """By another post than the one that proposed it: public from then to its last day."""
    wanted = sorted({i.notice for i in items})
    rows = sql.fetch(APPROVE, [wanted, w.actor.post_id, w.recorded_at, w.actor.post_id])
    found: dict[UUID, tuple[bool, bool]] = {act: (before, now) for act, before, now in rows}
    return {i.act: approved("notice", i.notice, found.get(i.notice)) for i in items}


@verb(Owner.CITY, zh="撤回公告", en="Withdraw a notice")
def notice_withdraw(w: Work, items: list[NoticeWithdraw]) -> Answers:
    """No longer shown; the row stays."""
    done = {row[0] for row in sql.fetch(WITHDRAW, [w.recorded_at, sorted({i.notice for i in items})])}
    return {
        i.act: {"notice": str(i.notice)}
        if i.notice in done
        else Refusal("PROPOSED_UNKNOWN", {"proposed": str(i.notice)})
        for i in items
    }
