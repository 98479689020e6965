"""Whom the rehearsed city reaches: words approved, each day combed and sent, people who answer calls, a notice, a question.

Nobody comes or stays away for it: outcomes are drawn by seed and change no dose.
"""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from seawall.engines.rehearsal.behaviour import Fate
from seawall.outreach import selectors as outreach
from seawall.outreach import services
from seawall.people import selectors as people
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor
from seawall.terms.outreach import (
    ContactRecord,
    NoticeApprove,
    NoticePropose,
    QuestionAnswer,
    QuestionAsk,
    RemindersComb,
    TemplateApprove,
    TemplatePropose,
)

from .acts import Acts, after, at, holding
from .world import World

HEAD = "LEADING_GROUP_HEAD"
CALLS = 60  # people called on in a day
SOURCE = "SYN"
ANSWERS = (
    (0.45, "WILL_COME", "", "reassured"),
    (0.60, "UNREACHABLE", "", ""),
    (0.72, "AWAY", "", "understands"),
    (0.86, "REFUSED", "SAFETY", "understands"),
    (0.93, "DEFERRED", "ILLNESS", "willing"),
    (0.97, "DONE_ELSEWHERE", "", "willing"),
    (0.99, "MOVED", "", ""),
    (1.00, "CONTRAINDICATED", "", "willing"),
)
"""Up to which draw a call comes to what: a choice, so that every result is seen."""


def reminded(world: World, day: date) -> None:
    """Words on the first day; then every morning the day is combed, and what waits is sent to the file gateway."""
    if day == world.opens:
        words_approved(world, day)
        notice_published(world, day)
    if day == world.opens + timedelta(days=1):
        question_answered(world, day)
    item = RemindersComb(act=Acts(world.seed, day)("comb"), occurred_at=at(day, 8), campaign=world.code, day=day)
    services.reminders_comb(holding("COMMAND_OFFICE"), [item])
    services.gateway_round()


def called(world: World, day: date) -> None:
    """In the evening street officers say what their calls came to, by draws of the seed; an evening lived again calls nobody more."""
    moment, leaves = at(day, 17, 50), [a.area_id for a in reference.leaves(day)]
    if outreach.outcomes_by_leaf(world.code, leaves, moment, after(moment, 1)):
        return
    _, calls = outreach.calls_open(world.code, world.programme, leaves, day, CALLS)
    persons = [row.person_id for row in calls]
    if len(persons) < CALLS:
        _, first = outreach.not_started(world.code, world.programme, leaves, day, CALLS - len(persons))
        persons += [person for person, _ in first]
    draws = Fate(world.seed, day.toordinal(), 11).of(pl.Series(persons, dtype=pl.Int64), 0)
    places = np.searchsorted([upto for upto, *_ in ANSWERS], draws)
    acts, there = Acts(world.seed, day), people.roots(persons)
    items = []
    for person, place in zip(persons, places, strict=True):
        _, result, hesitancy, stance = ANSWERS[min(int(place), len(ANSWERS) - 1)]
        if there.get(person) == person:
            items.append(
                ContactRecord(
                    act=acts("contact", person), occurred_at=moment, person_id=person, campaign=world.code, way="call",
                    result=result, hesitancy=hesitancy, stance=stance,
                )
            )  # fmt: skip
    services.contact_record(holding("STREET_OFFICER"), items)


def _head() -> Actor:
    """Another post than the one that writes: words and notices are never approved by their writer."""
    held = staff.posts(role=HEAD)
    return replace(holding(HEAD), post_id=held[0].post_id if held else 1)


def words_approved(world: World, day: date) -> None:
    acts, moment = Acts(world.seed, day), at(day, 8)
    known = set(reference.city().languages)
    drafts = [
        TemplatePropose(
            act=acts("words", kind, language),
            occurred_at=moment,
            kind=kind,
            language=language,
            text=text,
            since=day,
            source=SOURCE,
        )
        for kind, language, text in outreach.starters()
        if language in known
    ]
    services.template_propose(holding("EDITOR"), drafts)
    agreed = [TemplateApprove(act=acts("agree", d.act), occurred_at=moment, template=d.act) for d in drafts]
    services.template_approve(_head(), agreed)


def notice_published(world: World, day: date) -> None:
    acts, moment = Acts(world.seed, day), at(day, 8)
    draft = NoticePropose(
        act=acts("notice"), occurred_at=moment, title_zh="接种前请带好身份证、戴好口罩", title_en="Bring your document and a mask",
        text_zh="请按预约的时段到场，错峰接种。接种后留观三十分钟再离开。如有发热或感冒，请改约。",
        text_en="Come in the quarter-hour of your booking. Stay thirty minutes after the dose. With a fever or a cold, change the date.",
        source=SOURCE, dated=day, until=day + timedelta(days=90),
    )  # fmt: skip
    services.notice_propose(holding("EDITOR"), [draft])
    services.notice_approve(_head(), [NoticeApprove(act=acts("notice", "agree"), occurred_at=moment, notice=draft.act)])


def question_answered(world: World, day: date) -> None:
    """In the first language of the city that the rehearsal has words in, else in English."""
    acts, moment = Acts(world.seed, day), at(day, 8)
    words = {row["language"]: row for row in world.tables["asked"].iter_rows(named=True)}
    said = next((words[code] for code in reference.city().languages if code in words), words["en"])
    asked = QuestionAsk(
        act=acts("question"),
        occurred_at=moment,
        kind="question",
        text=said["text"],
        language=said["language"],
        way="call",
    )
    (outcome,) = services.question_ask(holding("COMMAND_OFFICE"), [asked])
    answer = QuestionAnswer(
        act=acts("answer"), occurred_at=at(day, 9), number=int(str(outcome.answer["number"])), source=SOURCE,
        answer=said["answer"], public_text=said["public_text"],
    )  # fmt: skip
    services.question_answer(holding("EDITOR"), [answer])
