"""Messages: many senders at once, and senders killed at every step; nothing is sent twice and nothing is lost."""

from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path

import pytest

from seawall.platform import clock, gateway, sql
from seawall.platform.gateway import Bounds, Letter
from seawall.platform.gateway.providers import forget
from seawall.platform.gateway.providers.posted import Posted
from tests.outreach import provider

from .crowd import Crowd
from .killing import killed_at

ALWAYS = Bounds(time(0), time(0), cost=1, cap=1_000_000)
COUNT = 60
MADE = f"""
{gateway.QUEUE}
SELECT 'person', n, md5(n::text)::uuid, 'sms', 'due', '{{}}', 2, %(day)s, %(until)s, 'waiting', %(now)s
FROM generate_series(1, %(count)s) n {gateway.DONT_REPEAT}
"""


def compose(_channel, taken):
    return {row[2]: Letter(row[2], f"+86139{row[1]:08}", "text", "zh") for row in taken}


def queue(count: int) -> None:
    now = clock.now()
    until = datetime.combine(clock.today(), time.max, clock.zone())
    sql.execute(MADE, {"day": clock.today(), "until": until, "now": now, "count": count})


@pytest.fixture
def sms(
    transactional_db: None, settings: pytest.FixtureRequest, tmp_path: Path, noon: datetime
) -> Iterator[provider.SmsProvider]:
    clock.set_to(noon)
    with provider.running() as server:
        settings.GATEWAY = {"sms": (server.address, provider.TOKEN)}
        forget()
        yield server
    forget()


def states() -> dict[str, int]:
    return dict(sql.fetch("SELECT state, count(*) FROM platform_message GROUP BY state"))


def test_many_senders_hand_over_every_message_once(crowd: Crowd, sms, monkeypatch):
    monkeypatch.setattr(Posted, "batch", 7)
    queue(COUNT * 5)
    sms.delay = 0.005
    taken = crowd.at_once([lambda: gateway.send_round(compose, {"sms": ALWAYS}) for _ in range(crowd.hands)])
    assert sum(taken) == COUNT * 5
    assert set(sms.asked.values()) == {1} and len(sms.sent) == COUNT * 5
    assert states() == {"sent": COUNT * 5}
    assert sql.fetch("SELECT spent FROM platform_dayspend WHERE channel = 'sms'") == [(COUNT * 5,)]


def test_the_days_money_is_never_overspent(crowd: Crowd, sms):
    queue(COUNT)
    poor = Bounds(time(0), time(0), cost=3, cap=100)
    crowd.at_once([lambda: gateway.send_round(compose, {"sms": poor}) for _ in range(crowd.hands)])
    assert len(sms.sent) == 30 and states() == {"sent": 30, "waiting": COUNT - 30}, "a tenth is kept"
    sql.execute("UPDATE platform_message SET rank = %s WHERE state = 'waiting'", [gateway.ASKED])
    crowd.at_once([lambda: gateway.send_round(compose, {"sms": poor}) for _ in range(crowd.hands)])
    assert states() == {"sent": 33, "waiting": COUNT - 33}, "for what somebody asked for"


def send() -> None:
    gateway.send_round(compose, {"sms": ALWAYS})


def test_a_sender_killed_at_each_step_sends_nothing_twice(sms):
    moment = 1
    while True:
        sql.execute("TRUNCATE platform_message, platform_dayspend")
        sms.sent.clear()
        queue(3)
        if not killed_at(moment, send):
            break
        sql.execute("UPDATE platform_message SET next_at = now() - interval '1 second' WHERE next_at IS NOT NULL")
        send()
        assert len(sms.sent) == 3 and states() == {"sent": 3}, moment
        moment += 1
    assert moment > 8


def test_two_combings_of_a_day_queue_each_message_once(crowd: Crowd, sms):
    crowd.at_once([lambda: queue(COUNT) for _ in range(crowd.hands)])
    assert states() == {"waiting": COUNT}
