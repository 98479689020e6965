"""What does the public ask, who owes an answer, and by when?"""

from dataclasses import dataclass
from datetime import datetime

from seawall.platform import access, clock
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor
from seawall.terms.names import Name
from seawall.terms.outreach import QuestionRow

from .. import selectors


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question with its kind, the role that answers, and whether it is late."""

    row: QuestionRow
    kind: Name
    role: Name
    late: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class QuestionsPage:
    """Open ones first, the first due first."""

    now: datetime
    waiting: int
    late: int
    questions: tuple[QuestionLine, ...]
    kinds: tuple[tuple[str, Name], ...]
    languages: tuple[str, ...]


def questions(actor: Actor) -> QuestionsPage:
    """Whoever may approve notices sees those of every role; others their own role's."""
    now = clock.now()
    rows = selectors.questions(None if access.may(actor, "notice_approve") else actor.role)
    kinds, roles = selectors.question_kinds(clock.today()), staff.role_names()
    lines = tuple(
        QuestionLine(
            q, Name(kinds[q.kind].zh, kinds[q.kind].en) if q.kind in kinds else Name.code(q.kind), roles[q.role],
            q.answered_at is None and q.answer_due < now, q.role == actor.role,
        )
        for q in rows
    )  # fmt: skip
    return QuestionsPage(
        now=now,
        waiting=sum(line.row.answered_at is None for line in lines),
        late=sum(line.late for line in lines),
        questions=lines,
        kinds=tuple((k.kind, Name(k.zh, k.en)) for k in kinds.values()),
        languages=reference.city().languages,
    )
