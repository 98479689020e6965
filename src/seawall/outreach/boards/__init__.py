"""Pages whose last room is outreach: each is one selector that returns a frozen row."""

from .areas import AreasPage, areas
from .calls import CallsPage, calls, reached_leaves
from .messages import MessagesPage, WordsPage, messages, wording
from .notices import NoticesPage, notices
from .public import PublicPage, asked, public
from .questions import QuestionsPage, questions
from .rounds import RoundsPage, rounds_page

__all__ = [
    "AreasPage",
    "CallsPage",
    "MessagesPage",
    "NoticesPage",
    "PublicPage",
    "QuestionsPage",
    "RoundsPage",
    "WordsPage",
    "areas",
    "asked",
    "calls",
    "messages",
    "notices",
    "public",
    "questions",
    "reached_leaves",
    "rounds_page",
    "wording",
]
