"""Presses of those who reach people: calls, messages with their words and limits, notices, questions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from seawall.outreach import services
from seawall.platform import sql
from seawall.reference import selectors as reference
from seawall.terms.outreach import NoticePropose, QuestionAsk, TemplatePropose
from tests.clinic.world import DAY, World, done
from tests.outreach.conftest import Street

from .pages import Visitor
from .pressing import CITY, Enter, Press, from_page

WORDS = {"kind": "due", "language": "zh", "text": "请来接种第{dose}剂", "source": "宣传组"}
NOTICE = {"title_zh": "国庆开放安排", "text_zh": "每天开放", "source": "卫生健康委"}
UNTIL = DAY + timedelta(days=3)


def calling(hall: World, enter: Enter) -> Visitor:
    """A street officer with somebody to call on."""
    street = Street(hall)
    street.due(first=DAY - timedelta(days=57))
    street.comb()
    leaf = next(a.code for a in reference.leaves(DAY) if a.area_id == hall.leaf)
    return enter("STREET_OFFICER", ("area", leaf))


def contact(hall: World, enter: Enter) -> Press:
    return from_page(calling(hall, enter), "/console/calls", "result", result="REFUSED", hesitancy="SAFETY")


def choice(hall: World, enter: Enter) -> Press:
    return from_page(calling(hall, enter), "/console/calls", "wanted")


def office(enter: Enter, page: str, having: str, **filled: str) -> Press:
    return from_page(enter("COMMAND_OFFICE", CITY), f"/console/{page}", having, **filled)


def comb(hall: World, enter: Enter) -> Press:
    Street(hall).due()
    return office(enter, "messages", "/comb")


def settle(hall: World, enter: Enter) -> Press:
    """A message broke off while it was handed over."""
    street = Street(hall)
    street.words("due")
    street.due()
    street.comb()
    sql.execute("UPDATE platform_message SET state = 'unsure', next_at = NULL")
    return office(enter, "messages", "/settle", sent="true")


def limit(hall: World, enter: Enter) -> Press:
    return office(enter, "messages", "/limit", cost="5", cap="900", source="财务科", since=DAY.isoformat())


def words(hall: World, enter: Enter) -> Press:
    told = WORDS | {"since": DAY.isoformat()}
    return from_page(enter("EDITOR", CITY), "/console/messages/words", "text", **told)


def words_agreed(hall: World, enter: Enter) -> Press:
    drafted = TemplatePropose(**hall.base(), **WORDS, since=DAY)
    done(services.template_propose(replace(hall.actor, post_id=7), [drafted]))
    return office(enter, "messages/words", "template")


def notice(hall: World, enter: Enter) -> Press:
    told = NOTICE | {"dated": DAY.isoformat(), "until": UNTIL.isoformat()}
    return from_page(enter("EDITOR", CITY), "/console/notices", "title_zh", **told)


def notice_step(step: str) -> Callable[[World, Enter], Press]:
    """What the office says of a notice that another post proposed."""

    def press(hall: World, enter: Enter) -> Press:
        drafted = NoticePropose(**hall.base(), **NOTICE, dated=DAY, until=UNTIL)
        done(services.notice_propose(replace(hall.actor, post_id=7), [drafted]))
        return office(enter, "notices", f"/{step}")

    return press


def question(hall: World, enter: Enter) -> Press:
    return from_page(enter("EDITOR", CITY), "/console/questions", "/ask", text="接种前要空腹吗？")


def answer(hall: World, enter: Enter) -> Press:
    asked = QuestionAsk(**hall.base(), kind="question", text="要空腹吗？", language="zh", way="call")
    done(services.question_ask(hall.actor, [asked]))
    told = {"answer": "不需要空腹。", "source": "技术指南", "public_text": "接种前要空腹吗？"}
    return from_page(enter("EDITOR", CITY), "/console/questions", "answer", **told)


def asked_by_public(hall: World, enter: Enter) -> Press:
    return from_page(Visitor(), "/questions", "/ask", text="接种前要空腹吗？")


PRESSES: dict[tuple[str, str], Callable[[World, Enter], Press]] = {
    ("console/calls/record", "contact"): contact,
    ("console/calls/choice", "message_choice"): choice,
    ("console/messages/comb", "comb"): comb,
    ("console/messages/settle", "settle"): settle,
    ("console/messages/limit", "message_limit"): limit,
    ("console/messages/words/propose", "words"): words,
    ("console/messages/words/approve", "words_agreed"): words_agreed,
    ("console/notices/propose", "notice"): notice,
    ("console/notices/approve", "notice_approve"): notice_step("approve"),
    ("console/notices/withdraw", "notice_withdraw"): notice_step("withdraw"),
    ("console/questions/ask", "question"): question,
    ("console/questions/answer", "answer"): answer,
    ("questions/ask", "public_question"): asked_by_public,
}
