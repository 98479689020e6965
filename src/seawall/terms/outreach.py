"""Rows about reaching people: reminders, contacts, messages, notices, questions."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from .acts import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindersComb(Item):
    """每日梳理: list everybody whom a campaign reminds on a day, and queue their messages."""

    campaign: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRecord(Item):
    """Somebody tried to reach a person for a campaign, and this came of it."""

    person_id: int
    campaign: str
    way: str  # call | visit | message
    result: str  # outreach/tables/results.csv
    hesitancy: str = ""  # outreach/tables/hesitancies.csv
    stance: str = ""  # none | understands | willing | reassured
    again_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageChoiceRecord(Item):
    """What a person wants of messages on a channel, or on every channel."""

    person_id: int
    channel: str  # all | sms | email | webhook
    wanted: bool
    language: str = ""
    address: str = ""  # of e-mail; telephone numbers stand in the person's record


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatePropose(Item):
    """Words for a kind of message in a language, from a day on."""

    kind: str
    language: str
    text: str
    since: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateApprove(Item):
    """Another post agrees with proposed words."""

    template: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLimitSet(Item):
    """Quiet hours, the cost of one message and of a day (in hundredths of the currency) of a channel, from a day on."""

    channel: str
    since: date
    quiet_from: time
    quiet_until: time
    cost: int
    cap: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSettle(Item):
    """A person's word on a message of which nobody knows whether it went."""

    message: UUID
    sent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePropose(Item):
    """What the city tells the public, from its date to its last day."""

    source: str
    dated: date
    until: date
    title_zh: str = ""
    text_zh: str = ""
    title_en: str = ""
    text_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeApprove(Item):
    """Another post agrees with a notice: it is public."""

    notice: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWithdraw(Item):
    """A notice is taken back."""

    notice: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsk(Item):
    """A question, complaint or rumour that reached the city."""

    kind: str  # outreach/tables/question_kinds.csv
    text: str
    language: str
    way: str  # portal | call | visit | message


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswer(Item):
    """An answer with its source; `public_text` words the question for everybody and makes both public."""

    number: int
    answer: str
    source: str
    public_text: str = ""


@dataclass(frozen=True, slots=True)
class CallRow:
    """Somebody to call on."""

    person_id: int
    campaign: str
    leaf_id: int
    kind: str
    dose_rank: int
    since: date


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """The reason that a person carries."""

    person_id: int
    result: str
    hesitancy: str
    stance: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """Words of a kind of message in a language, proposed or approved."""

    template: UUID
    kind: str
    language: str
    text: str
    since: date
    source: str
    proposed_by: int
    proposed_at: datetime
    approved_at: datetime | None


@dataclass(frozen=True, slots=True)
class LimitRow:
    """What a channel may do, from a day on; money in hundredths."""

    channel: str
    since: date
    quiet_from: time
    quiet_until: time
    cost: int
    cap: int
    source: str


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice, proposed, public or withdrawn."""

    notice: UUID
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    source: str
    dated: date
    until: date
    proposed_by: int
    proposed_at: datetime
    approved_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question, complaint or rumour with its owner and deadline."""

    number: int
    act: UUID
    kind: str
    language: str
    text: str
    way: str
    role: str
    asked_at: datetime
    answer_due: datetime
    answer: str
    public_text: str
    source: str
    answered_at: datetime | None
