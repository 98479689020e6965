"""The words of messages and what they may cost: proposed by one post, approved by another, dated."""

from string import Formatter
from uuid import UUID

from seawall.platform import gateway, sql
from seawall.platform.gateway.providers import CHANNELS
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner
from seawall.terms.outreach import MessageLimitSet, MessageSettle, TemplateApprove, TemplatePropose

from .. import tables
from ..models import MessageLimit, MessageTemplate
from .sending import CODE

FIELDS = frozenset({"day", "time", "site", "dose", "helpline"})
OF_A_CODE = frozenset({"code", "minutes", "helpline"})
APPROVE = f"""
WITH mine AS (
    SELECT t.act, t.proposed_by, t.approved_at FROM outreach_messagetemplate t
    JOIN {sql.unnest({"act": "uuid"})} ON u.act = t.act ORDER BY t.act FOR UPDATE OF t),
done AS (
    UPDATE outreach_messagetemplate t SET approved_by = %s, approved_at = %s FROM mine m
    WHERE t.act = m.act AND m.approved_at IS NULL AND m.proposed_by <> %s RETURNING t.act)
SELECT m.act, m.approved_at IS NOT NULL, d.act IS NOT NULL FROM mine m LEFT JOIN done d ON d.act = m.act
"""


@verb(Owner.CITY, zh="拟定消息模板", en="Propose words of messages")
def template_propose(w: Work, items: list[TemplatePropose]) -> Answers:
    """Words with fields in braces: {day} {time} {site} {dose} {helpline}, of a code {code} {minutes} {helpline}; never a name."""
    languages = reference.city().languages
    refused = {i.act: why for i in items if (why := _wrong(i, languages))}
    sql.insert(
        MessageTemplate,
        ("act", "kind", "language", "text", "since", "source", "proposed_by", "proposed_at"),
        [
            (i.act, i.kind, i.language, i.text, i.since, i.source, w.actor.post_id, w.recorded_at)
            for i in items
            if i.act not in refused
        ],
    )
    return refused | {i.act: {"template": str(i.act)} for i in items if i.act not in refused}


def _wrong(item: TemplatePropose, languages: tuple[str, ...]) -> Refusal | None:
    if item.kind not in tables.cadence():
        return Refusal("MESSAGE_KIND_UNKNOWN", {"kind": item.kind})
    if item.language not in languages:
        return Refusal("LANGUAGE_NOT_HERE", {"language": item.language, "languages": ", ".join(languages)})
    try:
        fields = {
            "".join((name, form or "", turn or ""))
            for _, name, form, turn in Formatter().parse(item.text)
            if name is not None
        }
    except ValueError:
        fields = {"{"}
    known = OF_A_CODE if item.kind == CODE else FIELDS
    if unknown := sorted(fields - known):
        return Refusal("TEMPLATE_FIELD_UNKNOWN", {"unknown": ", ".join(unknown), "fields": ", ".join(sorted(known))})
    return Refusal("TEMPLATE_WITHOUT_CODE") if item.kind == CODE and "code" not in fields else None


@verb(Owner.CITY, zh="审定消息模板", en="Approve words of messages")
def template_approve(w: Work, items: list[TemplateApprove]) -> Answers:
    """By another post than the one that proposed them; in force from their day on."""
    wanted = sorted({i.template for i in items})
    rows = sql.fetch(APPROVE, [wanted, w.actor.post_id, w.recorded_at, w.actor.post_id])
    found: dict[UUID, tuple[bool, bool]] = {act: (before, now) for act, before, now in rows}
    return {i.act: approved("template", i.template, found.get(i.template)) for i in items}


def approved(what: str, which: UUID, found: tuple[bool, bool] | None) -> Refusal | Params:
    """The answer to an approval, by whether it was approved before and whether it is now."""
    if found is None:
        return Refusal("PROPOSED_UNKNOWN", {"proposed": str(which)})
    if found[0]:
        return Refusal("APPROVED_BEFORE")
    return {what: str(which)} if found[1] else Refusal("APPROVED_BY_ITSELF")


@verb(Owner.CITY, zh="设定消息限额", en="Set limits of messages")
def message_limit_set(w: Work, items: list[MessageLimitSet]) -> Answers:
    """Quiet hours, the cost of a message and the most that a day may cost, from a day on; the last one said for a day holds."""
    refused: dict[UUID, Refusal | Params] = {
        i.act: Refusal("MESSAGE_CHANNEL_UNKNOWN", {"channel": i.channel})
        if i.channel not in CHANNELS
        else Refusal("MESSAGE_COST_NEGATIVE")
        for i in items
        if i.channel not in CHANNELS or min(i.cost, i.cap) < 0 or i.cost > 2**31 - 1
    }
    good = [i for i in items if i.act not in refused]
    sql.insert(
        MessageLimit,
        ("act", "channel", "since", "quiet_from", "quiet_until", "cost", "cap", "source", "post_id", "recorded_at"),
        [
            (
                i.act,
                i.channel,
                i.since,
                i.quiet_from,
                i.quiet_until,
                i.cost,
                i.cap,
                i.source,
                w.actor.post_id,
                w.recorded_at,
            )
            for i in good
        ],
    )
    return refused | {i.act: {"channel": i.channel} for i in good}


@verb(Owner.CITY, zh="核定存疑消息", en="Settle a message of which nobody knows")
def message_settle(w: Work, items: list[MessageSettle]) -> Answers:
    """A sender broke off where a second try could send twice: a person says that it went, or has it sent again."""
    decided = {i.message: i.sent for i in items}
    done = gateway.settle(sorted(decided.items()))
    return {
        i.act: {"sent": decided[i.message]}
        if i.message in done
        else Refusal("MESSAGE_NOT_IN_DOUBT", {"message": str(i.message)})
        for i in items
    }
