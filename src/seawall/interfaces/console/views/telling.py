"""Messages, their words and limits; notices; questions of the public."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled
from seawall.interfaces.console.page import show
from seawall.outreach import boards
from seawall.outreach import services as outreach
from seawall.platform import access

from .board import asked_day

WAYS = ("call", "visit", "message")
GRANTS = (
    "reminders_comb", "template_propose", "template_approve", "message_limit_set", "message_settle", "notice_propose", "notice_approve",
    "notice_withdraw", "question_ask", "question_answer",
)  # fmt: skip


def _show(request: ActorRequest, template: str, page: object, section: str) -> HttpResponse:
    may = {grant: access.may(request.actor, grant) for grant in GRANTS}
    return show(request, template, {"page": page, "may": may, "ways": WAYS, "section": section})


@door("see:messages")
def messages(request: ActorRequest) -> HttpResponse:
    return _show(request, "console/messages.html", boards.messages(request.actor, asked_day(request)), "messages")


@door("see:messages")
def words(request: ActorRequest) -> HttpResponse:
    return _show(request, "console/message_words.html", boards.wording(request.actor), "messages")


@require_POST
@door("reminders_comb")
def comb(request: ActorRequest) -> HttpResponse:
    row = filled(outreach.reminders_comb, request.POST, campaign=campaign_of(request).code)
    do(request, outreach.reminders_comb, [row], "REMINDERS_COMBED")
    return redirect("messages")


@require_POST
@door("message_settle")
def settle(request: ActorRequest) -> HttpResponse:
    do(request, outreach.message_settle, [filled(outreach.message_settle, request.POST)], "MESSAGE_SETTLED")
    return redirect("messages")


@require_POST
@door("message_limit_set")
def limit(request: ActorRequest) -> HttpResponse:
    do(request, outreach.message_limit_set, [filled(outreach.message_limit_set, request.POST)], "MESSAGE_LIMIT_SET")
    return redirect("messages")


@require_POST
@door("template_propose")
def template(request: ActorRequest) -> HttpResponse:
    do(request, outreach.template_propose, [filled(outreach.template_propose, request.POST)], "DRAFT_PROPOSED")
    return redirect("message_words")


@require_POST
@door("template_approve")
def template_approve(request: ActorRequest) -> HttpResponse:
    do(request, outreach.template_approve, [filled(outreach.template_approve, request.POST)], "DRAFT_APPROVED")
    return redirect("message_words")


@door("see:notices")
def notices(request: ActorRequest) -> HttpResponse:
    return _show(request, "console/notices.html", boards.notices(request.actor), "notices")


@require_POST
@door("notice_propose")
def notice(request: ActorRequest) -> HttpResponse:
    do(request, outreach.notice_propose, [filled(outreach.notice_propose, request.POST)], "DRAFT_PROPOSED")
    return redirect("notices")


@require_POST
@door("notice_approve")
def notice_approve(request: ActorRequest) -> HttpResponse:
    do(request, outreach.notice_approve, [filled(outreach.notice_approve, request.POST)], "DRAFT_APPROVED")
    return redirect("notices")


@require_POST
@door("notice_withdraw")
def notice_withdraw(request: ActorRequest) -> HttpResponse:
    do(request, outreach.notice_withdraw, [filled(outreach.notice_withdraw, request.POST)], "NOTICE_WITHDRAWN")
    return redirect("notices")


@door("see:questions")
def questions(request: ActorRequest) -> HttpResponse:
    return _show(request, "console/questions.html", boards.questions(request.actor), "questions")


@require_POST
@door("question_answer")
def answer(request: ActorRequest) -> HttpResponse:
    do(request, outreach.question_answer, [filled(outreach.question_answer, request.POST)], "QUESTION_ANSWERED")
    return redirect("questions")


@require_POST
@door("question_ask")
def ask(request: ActorRequest) -> HttpResponse:
    do(request, outreach.question_ask, [filled(outreach.question_ask, request.POST)], "QUESTION_LOGGED")
    return redirect("questions" if access.may(request.actor, "see:questions") else "calls")
