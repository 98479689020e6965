"""What outreach does on request; every verb takes a batch. `gateway_round` is the background part that sends."""

from .choosing import message_choice_record
from .combing import reminders_comb
from .contacts import contact_record
from .driving import stop_next, stop_settle
from .homebound import homebound_end, homebound_note
from .notices import notice_approve, notice_propose, notice_withdraw
from .questions import question_answer, question_ask
from .rounds import round_accept, round_propose
from .sending import gateway_round, offer_queue
from .wording import message_limit_set, message_settle, template_approve, template_propose

__all__ = [
    "contact_record",
    "gateway_round",
    "homebound_end",
    "homebound_note",
    "message_choice_record",
    "message_limit_set",
    "message_settle",
    "notice_approve",
    "notice_propose",
    "notice_withdraw",
    "offer_queue",
    "question_answer",
    "question_ask",
    "reminders_comb",
    "round_accept",
    "round_propose",
    "stop_next",
    "stop_settle",
    "template_approve",
    "template_propose",
]
