"""What a person wants of messages: on which channel, in which language, or none."""

from datetime import date

from seawall.people import selectors as people
from seawall.platform import access, clock, secrets, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Refusal
from seawall.terms.codes import Owner
from seawall.terms.outreach import MessageChoiceRecord

from ..models import MessageChoice
from .contacts import LIVES_THERE

CHANNELS = ("all", "sms", "email", "webhook", "call")
END = f"""
UPDATE outreach_messagechoice c SET until = u.since
FROM {sql.unnest({"person_id": "bigint", "channel": "text", "since": "date"})}
WHERE c.person_id = u.person_id AND c.channel = u.channel AND c.until IS NULL
"""


@verb(Owner.PERSON, zh="登记消息意愿", en="Record a person's choice of messages", judged_by_room=LIVES_THERE)
def message_choice_record(w: Work, items: list[MessageChoiceRecord]) -> Answers:
    """The new choice holds from its day on; what stood on that channel ends. E-mail needs an address."""
    ids = {i.person_id for i in items}
    reached = {p for p, _ in people.reached(w.actor, {(p, None) for p in ids})} & set(people.leaves(ids))
    refused = {i.act: why for i in items if (why := _refusal(i, i.person_id in reached))}
    good = {(i.person_id, i.channel): i for i in items if i.act not in refused}
    since = {key: clock.civil_day(i.occurred_at) for key, i in good.items()}
    sql.execute(END, sql.turn([(*key, since[key]) for key in sorted(good)], 3))
    sql.insert(
        MessageChoice,
        ("person_id", "act", "channel", "wanted", "language", "address_sealed", "since"),
        [_row(i, since[key]) for key, i in good.items()],
    )
    return refused | {i.act: {"wanted": i.wanted} for i in items if i.act not in refused}


def _row(item: MessageChoiceRecord, since: date) -> tuple[object, ...]:
    sealed = secrets.encrypt(item.address) if item.address else None
    return item.person_id, item.act, item.channel, item.wanted, item.language, sealed, since


def _refusal(item: MessageChoiceRecord, reached: bool) -> Refusal | None:
    if not reached:
        return Refusal(access.OUT_OF_AREA)
    if item.channel not in CHANNELS:
        return Refusal("MESSAGE_CHANNEL_UNKNOWN", {"channel": item.channel})
    if item.channel == "email" and item.wanted and not _mail(item.address):
        return Refusal("MAIL_ADDRESS_WRONG")
    return None


def _mail(address: str) -> bool:
    """Whether a mail server could be asked: one sign, a name before it, a dotted name behind, no blanks or controls."""
    name, _, host = address.partition("@")
    return (
        bool(name)
        and "." in host.strip(".")
        and "@" not in host
        and address.isascii()
        and address.isprintable()
        and " " not in address
    )
