"""Messages on their way: sent once whatever the provider does, quiet at night, within the day's money, with its receipts."""

import email
import json
import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from email.message import Message
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller

from seawall.outreach import selectors, services
from seawall.people import selectors as directory
from seawall.people import services as people
from seawall.platform import clock, sql
from seawall.platform.gateway import Letter
from seawall.platform.gateway.providers import forget, posted
from seawall.platform.gateway.providers.files import Files
from seawall.terms.outreach import MessageChoiceRecord, MessageLimitSet, MessageSettle, TemplateApprove, TemplatePropose
from seawall.terms.people import PersonCorrect
from tests.clinic.world import DAY, done

from .conftest import Street, again, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def queued(street: Street) -> int:
    """One message of somebody who is due today, with words to say it."""
    street.words("due")
    (person,) = street.due()
    street.comb()
    return person


def reasons():
    return [row[0] for row in sql.fetch("SELECT reason FROM platform_message ORDER BY reason")]


def test_a_message_says_what_it_is_about_and_nothing_personal(queued, sms):
    assert services.gateway_round() == 1
    (sent,) = sms.sent.values()
    assert sent["text"] == f"第2剂，2021年4月10日，{selectors.helpline(DAY)}" and sent["language"] == "zh"
    assert sent["to"].replace(" ", "").endswith("13800000000")
    assert states() == {"sent": 1} and services.gateway_round() == 0


def test_what_stands_in_the_outbox_and_in_the_log_holds_no_number(queued, sms, caplog):
    caplog.set_level(logging.DEBUG)
    services.gateway_round()
    kept = json.dumps(
        [[str(cell) for cell in row] for row in sql.fetch("SELECT * FROM platform_message")], ensure_ascii=False
    )
    assert "13800000000" not in (kept + caplog.text).replace(" ", "")


def test_by_default_a_message_is_a_file_that_others_cannot_read(queued, channels, tmp_path):
    services.gateway_round()
    (path,) = (tmp_path / "messages").iterdir()
    assert path.name == f"sms-{DAY}.jsonl" and path.stat().st_mode & 0o077 == 0 == path.parent.stat().st_mode & 0o077
    assert json.loads(path.read_text("utf-8"))["to"].replace(" ", "").endswith("13800000000")
    sql.execute("UPDATE platform_message SET state = 'waiting'")
    services.gateway_round()
    assert len(path.read_text("utf-8").splitlines()) == 1


def letters(*names: int) -> list[Letter]:
    return [Letter(UUID(int=n), "13800000000", f"第{n}条", "zh") for n in names]


def test_a_day_of_a_channel_is_one_file_however_many_processes_write_it(street, tmp_path):
    one, other = Files(tmp_path, "sms"), Files(tmp_path, "sms")
    one.send(letters(1, 2))
    other.send(letters(2, 3))
    assert set(one.send(letters(1, 3, 4))) == {UUID(int=n) for n in (1, 3, 4)}, "each counts as sent"
    (path,) = tmp_path.iterdir()
    assert [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()] == [
        f"第{n}条" for n in (1, 2, 3, 4)
    ]
    path.unlink()  # carried on
    one.send(letters(4, 5))
    assert [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()] == ["第5条"]


def test_a_line_that_a_writer_died_over_is_written_anew(street, tmp_path):
    Files(tmp_path, "sms").send(letters(1))
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:20])
    Files(tmp_path, "sms").send(letters(2))
    assert [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()] == ["第1条", "第2条"]


def test_a_folder_that_takes_nothing_is_tried_again(queued, channels, tmp_path):
    (tmp_path / "messages").write_text("in the way")
    services.gateway_round()
    assert states() == {"waiting": 1}


@pytest.mark.parametrize("mood", ["cut", "garbage", "broken", "busy"])
def test_a_provider_that_fails_is_asked_again_later_and_sends_once(queued, sms, mood):
    sms.mood = mood
    assert services.gateway_round() == 1
    assert states() == {"waiting": 1}
    assert services.gateway_round() == 0, "not before its time"
    sms.mood = "well"
    again()
    assert services.gateway_round() == 1
    assert states() == {"sent": 1} and len(sms.sent) == 1


def test_a_provider_that_takes_too_long_is_asked_again_and_sends_once(queued, sms, monkeypatch):
    monkeypatch.setattr(posted, "PATIENCE", 0.2)
    sms.delay = 0.6
    services.gateway_round()
    assert states() == {"waiting": 1} and reasons() == ["PROVIDER_SILENT"] and len(sms.sent) == 1, "it had taken it"
    sms.delay = 0
    again()
    services.gateway_round()
    assert states() == {"sent": 1} and len(sms.sent) == 1 and max(sms.asked.values()) == 2


def test_a_provider_that_answers_twice_and_receipts_that_come_twice_settle_once(queued, sms):
    sms.mood = "twice"
    services.gateway_round()
    assert states() == {"sent": 1}
    (one,) = sms.sent
    sms.later = [{"id": one, "state": "delivered"}] * 3 + [{"id": str(UUID(int=7)), "state": "delivered"}]
    services.gateway_round()
    assert states() == {"delivered": 1} and len(sms.sent) == 1


def test_a_provider_that_is_never_there_is_given_up_in_the_end(queued, sms):
    sms.mood = "broken"
    rounds = 0
    while states().get("waiting"):
        again()
        rounds += services.gateway_round()
    assert rounds == 6 and states() == {"failed": 1} and reasons() == ["PROVIDER_HTTP_5XX"]


def test_a_refused_number_is_an_answer(queued, sms):
    sms.refuses = {sms_number(queued)}
    services.gateway_round()
    assert states() == {"refused": 1} and reasons() == ["PROVIDER_NUMBER_INVALID"]
    assert services.gateway_round() == 0


def sms_number(person):
    return directory.phones([person])[person]


def test_receipts_settle_messages_and_are_read_from_where_they_ended(street, sms):
    street.words("due")
    street.due(3)
    street.comb()
    services.gateway_round()
    one, other, third = sorted(sms.sent)
    sms.later = [
        {"id": one, "state": "delivered"},
        {"id": other, "state": "failed", "code": "absent"},
        {"id": third, "state": "delivered"},
    ]
    services.gateway_round()
    assert states() == {"delivered": 2, "refused": 1}
    assert sql.fetch("SELECT place FROM platform_receiptplace WHERE channel = 'sms'") == [("3",)]


def test_at_night_nothing_goes_and_what_comes_too_late_never_does(queued, sms):
    street_time = datetime.combine(DAY, time(7, 59), clock.zone())
    clock.set_to(street_time)
    assert services.gateway_round() == 0 and states() == {"waiting": 1}
    clock.set_to(datetime.combine(DAY + timedelta(days=1), time(9), clock.zone()))
    assert services.gateway_round() == 0
    assert states() == {"dropped": 1} and reasons() == ["MESSAGE_TOO_LATE"]


def test_a_day_costs_no_more_than_its_cap_and_a_second_try_nothing(street, sms):
    street.words("due")
    limit = {"channel": "sms", "since": DAY, "quiet_from": time(21), "quiet_until": time(8), "source": "财务科"}
    done(services.message_limit_set(street.actor, [MessageLimitSet(**street.hall.base(), **limit, cost=5, cap=14)]))
    street.due(4)
    street.comb()
    sms.mood = "broken"
    assert services.gateway_round() == 2
    sms.mood = "well"
    again()
    assert services.gateway_round() == 2 and selectors.spent(DAY)["sms"] == 10
    assert states() == {"sent": 2, "waiting": 2}


@pytest.mark.parametrize(
    ("change", "reason"),
    [("choice", "MESSAGE_NOT_WANTED"), ("seat", "MESSAGE_NOT_DUE"), ("phone", "MESSAGE_NO_ADDRESS")],
)
def test_what_is_no_longer_wanted_is_not_sent(street, queued, sms, change, reason):
    if change == "choice":
        said = MessageChoiceRecord(**street.hall.base(), person_id=queued, channel="sms", wanted=False)
        done(services.message_choice_record(street.actor, [said]))
    elif change == "seat":
        street.hall.book(queued, street.hall.now + timedelta(hours=2))
    else:
        done(
            people.person_correct(
                street.actor, [PersonCorrect(**street.hall.base(), person_id=queued, reason="号码停用", phone="")]
            )
        )
    services.gateway_round()
    assert not sms.sent and reasons() == [reason]


def test_without_approved_words_nothing_is_said(street, sms):
    drafted = TemplatePropose(**street.hall.base(), kind="due", language="zh", text="{dose}", since=DAY, source="专班")
    done(services.template_propose(street.actor, [drafted]))
    agreed = TemplateApprove(**street.hall.base(), template=drafted.act)
    (outcome,) = services.template_approve(street.actor, [agreed])
    assert outcome.refusal.code == "APPROVED_BY_ITSELF"
    street.due()
    street.comb()
    services.gateway_round()
    assert reasons() == ["MESSAGE_NO_TEMPLATE"] and not sms.sent
    other = replace(street.actor, post_id=99)
    done(services.template_approve(other, [TemplateApprove(**street.hall.base(), template=drafted.act)]))
    (outcome,) = services.template_approve(other, [TemplateApprove(**street.hall.base(), template=drafted.act)])
    assert outcome.refusal.code == "APPROVED_BEFORE"


def test_words_ask_only_for_what_somebody_fills_in(street):
    made = {"kind": "due", "since": DAY, "source": "专班", "language": "zh"}
    texts = ["{name} 请来", "{dose", "{dose!r}", "{dose:>999999999}", "{dose.__class__}"]
    items = [TemplatePropose(**street.hall.base(), **made, text=text) for text in texts]
    items.append(TemplatePropose(**street.hall.base(), **(made | {"language": "xx"}), text="x"))
    items.append(TemplatePropose(**street.hall.base(), **(made | {"kind": "song"}), text="x"))
    found = [o.refusal.code if o.refusal else "" for o in services.template_propose(street.actor, items)]
    assert found == ["TEMPLATE_FIELD_UNKNOWN"] * 5 + ["LANGUAGE_NOT_HERE", "MESSAGE_KIND_UNKNOWN"]


class Postman:
    """Takes mail over real SMTP; refuses whom it does not know, and may hang up once it holds the text."""

    def __init__(self) -> None:
        self.mail: list[Message] = []
        self.hangs_up = False

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.mail.append(email.message_from_bytes(envelope.content))
        if self.hangs_up:
            server.transport.abort()
        return "250 taken"


@pytest.fixture
def postman(channels) -> Iterator[Postman]:
    handler = Postman()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    channels.GATEWAY, channels.MAIL_FROM = {"email": (f"smtp://127.0.0.1:{port}", "")}, "city@example.org"
    forget()
    yield handler
    controller.stop()


def by_mail(street: Street, person: int, address: str) -> None:
    said = {"person_id": person, "channel": "email", "wanted": True, "address": address, "language": "zh"}
    done(services.message_choice_record(street.actor, [MessageChoiceRecord(**street.hall.base(), **said)]))


def test_mail_goes_to_the_address_that_was_chosen(street, postman):
    street.words("due")
    one, other = street.due(2)
    by_mail(street, one, "li.mei@example.org")
    by_mail(street, other, "nobody@example.org")
    street.comb()
    services.gateway_round()
    (mail,) = postman.mail
    assert mail["To"] == "li.mei@example.org" and mail["Message-ID"].endswith("@seawall>")
    assert "第2剂" in mail.get_payload(decode=True).decode()
    assert sorted(reasons()) == ["", "PROVIDER_NUMBER_INVALID"]


def test_mail_that_broke_off_is_for_a_person_to_decide(street, postman):
    street.words("due")
    (person,) = street.due()
    by_mail(street, person, "li.mei@example.org")
    street.comb()
    postman.hangs_up = True
    services.gateway_round()
    assert states() == {"unsure": 1} and len(postman.mail) == 1
    postman.hangs_up = False
    again()
    assert services.gateway_round() == 0 and len(postman.mail) == 1
    ((message, *_),) = selectors.doubtful()
    done(services.message_settle(street.actor, [MessageSettle(**street.hall.base(), message=message, sent=False)]))
    services.gateway_round()
    assert len(postman.mail) == 2 and states() == {"sent": 1}
    (second,) = services.message_settle(street.actor, [MessageSettle(**street.hall.base(), message=message, sent=True)])
    assert second.refusal.code == "MESSAGE_NOT_IN_DOUBT"


def test_a_sender_that_died_with_mail_in_hand_leaves_it_in_doubt(street, postman):
    street.words("due")
    (person,) = street.due()
    by_mail(street, person, "li.mei@example.org")
    street.comb()
    sql.execute("UPDATE platform_message SET state = 'sending', attempts = 1, next_at = now() - interval '1 second'")
    assert services.gateway_round() == 0
    assert states() == {"unsure": 1} and not postman.mail


@pytest.mark.parametrize(
    "address", ["", "li.mei", "@example.org", "a b@example.org", "李@example.org", "a@b@example.org", "a@host"]
)
def test_a_broken_mail_address_is_refused(street, address):
    (person,) = street.due()
    item = MessageChoiceRecord(**street.hall.base(), person_id=person, channel="email", wanted=True, address=address)
    assert services.message_choice_record(street.actor, [item])[0].refusal.code == "MAIL_ADDRESS_WRONG"
