"""What the public reads: notices in force, questions answered for all; and what waits for an answer."""

from datetime import date
from uuid import UUID

from seawall.platform import sql
from seawall.terms.outreach import NoticeRow, QuestionRow

NOTICE = (
    "SELECT act, title_zh, title_en, text_zh, text_en, source, dated, until, proposed_by, proposed_at, approved_at, withdrawn_at "
    "FROM outreach_notice"
)
QUESTION = (
    "SELECT number, act, kind, language, text, way, role, asked_at, answer_due, answer, public_text, source, answered_at "
    "FROM outreach_question"
)
MOST = 100


def notices_public(on: date) -> list[NoticeRow]:
    """Approved, begun, and not over: the latest first."""
    rows = sql.fetch(
        f"{NOTICE} WHERE approved_at IS NOT NULL AND withdrawn_at IS NULL AND dated <= %s AND until >= %s "
        "ORDER BY dated DESC, approved_at DESC LIMIT 100",
        [on, on],
    )
    return [NoticeRow(*row) for row in rows]


def notices(on: date) -> list[NoticeRow]:
    """Every notice that is not over, those that wait for approval first."""
    rows = sql.fetch(
        f"{NOTICE} WHERE until >= %s ORDER BY approved_at IS NOT NULL, withdrawn_at IS NOT NULL, dated DESC, proposed_at DESC LIMIT 100",
        [on],
    )
    return [NoticeRow(*row) for row in rows]


def notices_proposed() -> int:
    rows = sql.fetch("SELECT count(*) FROM outreach_notice WHERE approved_at IS NULL AND withdrawn_at IS NULL")
    return int(rows[0][0])


def question(act: UUID) -> QuestionRow | None:
    """One question, by the id that its asker was given."""
    rows = sql.fetch(f"{QUESTION} WHERE act = %s", [act])
    return QuestionRow(*rows[0]) if rows else None


def questions(role: str | None, most: int = MOST) -> list[QuestionRow]:
    """Questions of a role, or of all: open ones first, the first due first, then those answered last."""
    rows = sql.fetch(
        f"{QUESTION} WHERE (%(role)s::text IS NULL OR role = %(role)s) "
        "ORDER BY answered_at IS NOT NULL, CASE WHEN answered_at IS NULL THEN answer_due END, answered_at DESC, number LIMIT %(most)s",
        {"role": role, "most": most},
    )
    return [QuestionRow(*row) for row in rows]


def questions_public(most: int = 20) -> list[QuestionRow]:
    """Answered for everybody, the latest first."""
    return searched("", most)


def searched(text: str, most: int = 20) -> list[QuestionRow]:
    """Public answers whose question or answer holds every word of a text."""
    words = [f"%{sql.like(word)}%" for word in text.split()[:6]]
    rows = sql.fetch(
        f"{QUESTION} WHERE answered_at IS NOT NULL AND public_text <> '' AND (public_text || ' ' || answer) ILIKE ALL(%s::text[]) "
        "ORDER BY answered_at DESC, number DESC LIMIT %s",
        [words, most],
    )
    return [QuestionRow(*row) for row in rows]
