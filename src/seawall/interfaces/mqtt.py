"""Readings that loggers send to a broker: taken in batches, and acknowledged only when they are kept.

The broker keeps what is not acknowledged, so a process that is killed loses nothing; what comes twice is found twice.
"""

import json
import logging
import math
import re
import ssl
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from queue import Empty, Queue
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from django.conf import settings
from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from seawall.platform import clock
from seawall.platform import services as platform
from seawall.platform.part import Part
from seawall.supply import selectors as supply
from seawall.supply import services
from seawall.terms.actor import Actor, Reach
from seawall.terms.acts import Refused
from seawall.terms.cold import Measured, ReadingsTake, Unreadable

LOG = logging.getLogger("seawall.mqtt")
LISTENER = Actor(0, 0, "LISTENER", frozenset({"readings_take"}), Reach(everywhere=True), purpose="cold chain")
SOURCE = "mqtt"
MOST = 1000  # messages that wait here; the broker keeps the others
LARGEST = 1024  # bytes of a message
LONGEST_NAME = 40
PORTS = {"mqtt": 1883, "mqtts": 8883}
LAYOUT_FIELD = re.compile(r"\{(place|device)\}")


class Listener:
    """A connection to the broker, whose messages wait until a round takes them."""

    def __init__(self, url: str, layout: str) -> None:
        layouts = supply.message_layouts()
        if layout not in layouts:
            raise Refused("LAYOUT_UNKNOWN", layout=layout)
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise Refused("MQTT_ADDRESS", address=parts.scheme)
        self.layout = layouts[layout]
        self.waiting: Queue[MQTTMessage] = Queue(MOST)
        self.client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"seawall-{settings.DATABASES['default']['NAME']}",
            clean_session=False,
            manual_ack=True,
            reconnect_on_failure=True,
        )
        if parts.username:
            self.client.username_pw_set(unquote(parts.username), unquote(parts.password or ""))
        if parts.scheme == "mqtts":
            self.client.tls_set_context(ssl.create_default_context())
        self.client.on_connect = self._connected
        self.client.on_message = lambda _client, _told, message: self.waiting.put(message)
        self.client.connect_async(parts.hostname, parts.port or PORTS[parts.scheme])
        self.client.loop_start()

    def _connected(
        self, client: Client, _told: object, _flags: ConnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if code.is_failure:
            LOG.warning("the broker refused: %s", code)
        else:
            client.subscribe(LAYOUT_FIELD.sub("+", self.layout["topic"]), qos=1)

    def round(self) -> int:
        """Keep what waits, then acknowledge it; the number of messages."""
        messages = list(self._waiting())
        if messages:
            said = [parsed(m.topic, bytes(m.payload), self.layout, clock.now()) for m in messages]
            item = ReadingsTake(
                act=uuid4(), occurred_at=clock.now(), source=SOURCE,
                readings=tuple(x for x in said if isinstance(x, Measured)),
                unreadable=tuple(x for x in said if isinstance(x, Unreadable)),
            )  # fmt: skip
            services.readings_take.one(LISTENER, item)
            for message in messages:
                self.client.ack(message.mid, message.qos)
        platform.round_done(Part.MQTT)
        return len(messages)

    def _waiting(self) -> "list[MQTTMessage]":
        found: list[MQTTMessage] = []
        with suppress(Empty):
            while len(found) < MOST:
                found.append(self.waiting.get_nowait())
        return found

    def end(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@cache
def listener() -> Listener:
    """The one connection of this process."""
    if not settings.MQTT_URL:
        raise Refused("MQTT_NOT_SET")
    return Listener(settings.MQTT_URL, settings.MQTT_LAYOUT)


def listen() -> None:
    """Begin to listen; refused in one sentence where the settings do not say to what."""
    listener()


def listening_round() -> int:
    return listener().round()


@cache
def _pattern(topic: str) -> "re.Pattern[str]":
    return re.compile(
        "".join(f"(?P<{part}>[^/]+)" if n % 2 else re.escape(part) for n, part in enumerate(LAYOUT_FIELD.split(topic)))
    )


def parsed(topic: str, payload: bytes, layout: Mapping[str, str], now: datetime) -> Measured | Unreadable:
    """What a message says by its layout; or that it says nothing."""
    named = _pattern(layout["topic"]).fullmatch(topic)
    if named is None or len(named["device"]) > LONGEST_NAME or len(named["place"]) > LONGEST_NAME:
        return Unreadable(name=topic[:120], code="TOPIC_UNKNOWN")
    try:
        at, celsius = _said(payload, layout, now)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, OSError):
        return Unreadable(name=topic[:120], code="READING_UNREADABLE")
    return Measured(place=named["place"], device=named["device"], at=at, celsius=celsius)


def _said(payload: bytes, layout: Mapping[str, str], now: datetime) -> tuple[datetime, float]:
    if len(payload) > LARGEST:
        raise ValueError("too large")
    body = json.loads(payload)
    value = body[layout["celsius_key"]] if layout["payload"] == "json" else body
    if isinstance(value, bool) or not math.isfinite(celsius := float(value)):
        raise ValueError("no temperature")
    if layout["time_format"] == "arrival":
        return now, celsius
    moment = body[layout["time_key"]]
    if layout["time_format"] == "seconds":
        return datetime.fromtimestamp(float(moment), UTC), celsius
    at = datetime.fromisoformat(moment)
    return at if at.tzinfo else at.replace(tzinfo=clock.zone()), celsius
