"""What others may ask the outreach room."""

from ..tables import cadence, hesitancies, needs, question_kinds, results, round_rules, starters
from .areas import funnel, outcomes_by_leaf, reason_counts
from .calls import calls_open, not_started, reasons, reasons_standing
from .messages import doubtful, helpline, limits_on, message_states, providers_seen, spent, templates, words_on
from .public import notices, notices_proposed, notices_public, question, questions, questions_public, searched
from .rounds import homebound, round_of, rounds, waits_for_visit

__all__ = [
    "cadence",
    "calls_open",
    "doubtful",
    "funnel",
    "helpline",
    "hesitancies",
    "homebound",
    "limits_on",
    "message_states",
    "needs",
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
    "round_of",
    "round_rules",
    "rounds",
    "searched",
    "spent",
    "starters",
    "templates",
    "waits_for_visit",
    "words_on",
]
