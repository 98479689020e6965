"""Loggers at a real broker: what they send is kept, what is no reading is named, and nothing is lost or taken twice."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from seawall.interfaces import mqtt
from seawall.platform import clock, vitals
from seawall.supply import selectors
from seawall.supply.models import Excursion, ReadingDay
from seawall.terms.acts import Refused
from seawall.terms.cold import Measured, Unreadable
from tests.broker import broker, loggers

from .test_ledger import QUARANTINE, balances

NOW = datetime(2021, 4, 10, 12, tzinfo=UTC)


@pytest.fixture
def port(tmp_path):
    with broker(tmp_path) as found:
        yield found


def taken(listener, wanted):
    """Rounds until so many messages were taken."""
    seen, until = 0, time.monotonic() + 10
    while seen < wanted and time.monotonic() < until:
        seen += listener.round()
        time.sleep(0.02)
    assert seen >= wanted, seen
    return seen


def subscribed(port, layout="seawall"):
    listener, until = mqtt.Listener(f"mqtt://127.0.0.1:{port}", layout), time.monotonic() + 10
    while not listener.client.is_connected() and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.1)
    return listener


def test_a_warm_night_is_heard_and_what_stood_there_is_held(chain, port, settings):
    chain.deliver("B1", 4)
    chain.device("L1", every_minutes=1)
    clock.set_to(chain.now + timedelta(hours=2))
    settings.MQTT_URL = f"mqtt://127.0.0.1:{port}"
    listener = subscribed(port)
    warm = [
        ("cold/T-SITE/L1", json.dumps({"at": (chain.now + timedelta(minutes=m)).isoformat(), "celsius": 9.0 + m / 10}))
        for m in range(32)
    ]
    bad = [
        ("cold/T-SITE/L9", json.dumps({"at": chain.now.isoformat(), "celsius": 5.0})),
        ("cold/T-SITE/L1", "not a message"),
        ("cold/T-SITE/L1", json.dumps({"at": "yesterday", "celsius": 5.0})),
        ("cold/T-SITE/L1", json.dumps({"at": chain.now.isoformat(), "celsius": True})),
        ("cold/T-SITE/L1", json.dumps({"at": (chain.now + timedelta(days=2)).isoformat(), "celsius": 5.0})),
        ("cold/T-SITE/L1", "x" * 5000),
        ("cold/" + "P" * 50 + "/L1", "{}"),
    ]
    with loggers(port) as client:
        for topic, body in [*warm, *bad, *warm[:5]]:
            client.publish(topic, body, qos=1).wait_for_publish(5)
    taken(listener, len(warm) + len(bad) + 5)
    listener.end()
    assert sum(len(day.minutes) for day in ReadingDay.objects.all()) == 32
    assert (Excursion.objects.get().kind, Excursion.objects.get().minutes) == ("hot", 31)
    assert balances(chain.site) == {(chain.site, "B1", QUARANTINE): 4}
    counted = {(row.code, row.count) for row in selectors.refused_readings(clock.today() - timedelta(days=1))}
    assert counted == {
        ("DEVICE_UNKNOWN", 1), ("READING_UNREADABLE", 4), ("READING_AHEAD", 1), ("READING_DOUBLED", 5), ("TOPIC_UNKNOWN", 1),
    }  # fmt: skip
    assert vitals.alive()[mqtt.Part.MQTT]


def test_what_was_not_acknowledged_comes_again(chain, port):
    chain.device("L1", every_minutes=1)
    clock.set_to(chain.now + timedelta(hours=2))
    first = subscribed(port)
    with loggers(port) as client:
        for m in range(30):
            body = json.dumps({"at": (chain.now + timedelta(minutes=m)).isoformat(), "celsius": 5.0})
            client.publish("cold/T-SITE/L1", body, qos=1).wait_for_publish(5)
    heard = first.waiting.get(timeout=10)
    assert heard
    first.end()  # it ends with messages in hand that it never kept
    assert ReadingDay.objects.count() == 0
    second = subscribed(port)
    taken(second, 30)
    second.end()
    assert sum(len(day.minutes) for day in ReadingDay.objects.all()) == 30


@pytest.mark.parametrize(
    ("layout", "topic", "payload", "said"),
    [
        ("seawall", "cold/A/F1", '{"at":"2021-04-10T11:00:00Z","celsius":4.5}', (NOW - timedelta(hours=1), 4.5)),
        ("epoch", "loggers/A/F1", '{"ts":1618056000,"temp":"4.5"}', (NOW, 4.5)),
        ("plain", "sensors/A/F1/temperature", "4.5", (NOW, 4.5)),
        ("plain", "sensors/A/F1/humidity", "4.5", "TOPIC_UNKNOWN"),
        ("plain", "sensors/A/F1/temperature", "NaN", "READING_UNREADABLE"),
        ("seawall", "cold/A/F1", "[]", "READING_UNREADABLE"),
        ("epoch", "loggers/A/F1", '{"ts":1e300,"temp":4.5}', "READING_UNREADABLE"),
    ],
)
def test_a_layout_is_a_row_of_a_table(layout, topic, payload, said):
    found = mqtt.parsed(topic, payload.encode(), selectors.message_layouts()[layout], NOW)
    if isinstance(said, str):
        assert found == Unreadable(name=topic, code=said)
    else:
        assert found == Measured(place="A", device="F1", at=said[0], celsius=said[1])


@pytest.mark.parametrize(
    ("url", "layout", "code"),
    [("", "seawall", "MQTT_NOT_SET"), ("http://x", "seawall", "MQTT_ADDRESS"), ("mqtt://x", "none", "LAYOUT_UNKNOWN")],
)
def test_settings_that_do_not_say_to_what_to_listen_are_one_sentence(settings, url, layout, code):
    settings.MQTT_URL, settings.MQTT_LAYOUT = url, layout
    mqtt.listener.cache_clear()
    with pytest.raises(Refused) as why:
        mqtt.listen()
    assert why.value.refusal.code == code
