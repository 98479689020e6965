"""What others may ask the outreach room."""

from ..tables import cadence, hesitancies, question_kinds, results, starters
from .areas import funnel, outcomes_by_leaf, reason_counts
from .calls import calls_open, not_started, reasons, reasons_standing
from .messages import doubtful, helpline, limits_on, message_states, providers_seen, spent, templates, words_on
from .public import notices, notices_proposed, notices_public, question, questions, questions_public, searched

__all__ = [
    "cadence",
    "calls_open",
    "doubtful",
    "funnel",
    "helpline",
    "hesitancies",
    "limits_on",
    "message_states",
    "not_started",
    "notices",
    "notices_proposed",
    "notices_public",
    "outcomes_by_leaf",
    "providers_seen",
    "question",
    "question_kinds",
    "questions",
    "questions_public",
    "reason_counts",
    "reasons",
    "reasons_standing",
    "results",
    "searched",
    "spent",
    "starters",
    "templates",
    "words_on",
]
