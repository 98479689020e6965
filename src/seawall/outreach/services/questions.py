"""Questions, complaints and rumours: each has a number, a role that answers, and a deadline."""

from datetime import timedelta
from uuid import UUID

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner
from seawall.terms.outreach import QuestionAnswer, QuestionAsk

from .. import tables
from ..models import Question

WAYS = ("portal", "call", "visit", "message")
LOCK = f"""
SELECT q.number, q.role, q.answered_at IS NOT NULL FROM outreach_question q
JOIN {sql.unnest({"number": "bigint"})} ON u.number = q.number ORDER BY q.number FOR UPDATE OF q
"""
ANSWER = f"""
UPDATE outreach_question q SET answer = u.answer, source = u.source, public_text = u.public_text, answered_by = %s, answered_at = %s
FROM {sql.unnest({"number": "bigint", "answer": "text", "source": "text", "public_text": "text"})} WHERE q.number = u.number
"""
COLUMNS = ("act", "kind", "language", "text", "way", "role", "asked_at", "answer_due")


@verb(
    Owner.CITY,
    zh="登记群众关切",
    en="Log a question of the public",
    judged_by_room="anybody may ask; what is asked belongs to the city",
)
def question_ask(w: Work, items: list[QuestionAsk]) -> Answers:
    """Given a number, and by its kind the role that answers and the deadline."""
    refused: dict[UUID, Refusal | Params] = {}
    rows = []
    for i in items:
        kind = tables.question_kinds(clock.civil_day(i.occurred_at)).get(i.kind)
        if kind is None:
            refused[i.act] = Refusal("QUESTION_KIND_UNKNOWN", {"kind": i.kind})
        elif not i.text.strip():
            refused[i.act] = Refusal("QUESTION_EMPTY")
        elif i.way not in WAYS:
            refused[i.act] = Refusal("CONTACT_WORD_UNKNOWN", {"way": i.way, "stance": ""})
        else:
            due = i.occurred_at + timedelta(hours=kind.hours)
            rows.append((i.act, i.kind, i.language, i.text.strip(), i.way, kind.role, i.occurred_at, due))
    made = dict(sql.insert(Question, COLUMNS, rows, returning=("act", "number")))
    return refused | {act: {"number": number} for act, number in made.items()}


@verb(Owner.CITY, zh="答复群众关切", en="Answer a question of the public")
def question_answer(w: Work, items: list[QuestionAnswer]) -> Answers:
    """By the role that owns it; with a wording for everybody, question and answer are public. Answered again, the last one holds."""
    found = {row[0]: row[1:] for row in sql.fetch(LOCK, [sorted({i.number for i in items})])}
    refused: dict[UUID, Refusal | Params] = {}
    for i in items:
        if i.number not in found:
            refused[i.act] = Refusal("QUESTION_UNKNOWN", {"number": i.number})
        elif found[i.number][0] != w.actor.role:
            refused[i.act] = Refusal("QUESTION_OF_ANOTHER_ROLE", {"role": found[i.number][0]})
        elif not i.answer.strip():
            refused[i.act] = Refusal("QUESTION_EMPTY")
    last = {i.number: i for i in items if i.act not in refused}
    rows = [(i.number, i.answer.strip(), i.source, i.public_text.strip()) for i in last.values()]
    sql.execute(ANSWER, [w.actor.post_id, w.recorded_at, *sql.turn(rows, 4)])
    return refused | {i.act: {"public": bool(i.public_text.strip())} for i in items if i.act not in refused}
