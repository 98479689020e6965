"""What the public reads: notices in force, and questions that were answered for everybody."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from seawall.terms.names import Name
from seawall.terms.outreach import QuestionRow

from .. import selectors
from .notices import NoticeLine, notice_line


@dataclass(frozen=True, slots=True)
class PublicPage:
    """Notices, and the answers that a search found."""

    day: date
    notices: tuple[NoticeLine, ...]
    answers: tuple[QuestionRow, ...]
    kinds: tuple[tuple[str, Name], ...]


def public(day: date, asked_for: str = "") -> PublicPage:
    return PublicPage(
        day=day,
        notices=tuple(notice_line(row, day) for row in selectors.notices_public(day)),
        answers=tuple(selectors.searched(asked_for)),
        kinds=tuple((k.kind, Name(k.zh, k.en)) for k in selectors.question_kinds(day).values()),
    )


def asked(act: UUID) -> QuestionRow | None:
    """One's own question, by the address that was given for it."""
    return selectors.question(act)
