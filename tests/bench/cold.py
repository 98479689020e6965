"""Two thousand loggers at a real broker: readings kept a second, how soon an excursion is raised, and the room that readings take."""

import json
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter, sleep
from uuid import uuid4

from paho.mqtt.client import Client

from seawall.interfaces import mqtt
from seawall.platform import clock, sql
from seawall.reference.services import PlaceNew, city_load, places_register
from seawall.supply import services
from seawall.supply.models import Excursion
from seawall.terms.codes import PlaceKind
from seawall.terms.cold import DeviceKind, DeviceRegister, Measured, ReadingsTake, TemperatureClass

from ..broker import broker, loggers
from .measure import ANYONE, NOON, Line, database

DEVICES, MINUTES, DAYS_OF, RAISED = 2000, 2, 100, 31
NIGHT = NOON + timedelta(hours=15)  # late on the day by which readings are kept, so that its arrays are nearly full
NEEDED = DEVICES / 60
LONG_DAY = """
INSERT INTO supply_readingday (place_id, device, day, by_hand, minutes, hundredths)
SELECT d.place_id, d.device, u.day, false, array(SELECT g::smallint FROM generate_series(0, u.last) g),
    array(SELECT (400 + mod(g * 7919, 300))::smallint FROM generate_series(0, u.last) g)
FROM supply_device d, (VALUES (%s::date, 1439), (%s::date, %s)) AS u(day, last)
"""
SIZE = "SELECT pg_total_relation_size('supply_readingday'), (SELECT sum(cardinality(minutes)) FROM supply_readingday)"


def measured() -> list[Line]:
    with database("seawall_bench_cold"), tempfile.TemporaryDirectory() as folder, broker(Path(folder)) as port:
        city_load("chongqing")
        clock.set_to(NIGHT)
        (place,) = places_register(
            [PlaceNew(kind=PlaceKind.STORE, code="B-STORE", name_zh="库", name_en="Store", synthetic=True)]
        )
        _devices(place)
        sql.execute(LONG_DAY, [(NIGHT - timedelta(days=1)).date(), NIGHT.date(), (NIGHT.hour - 2) * 60 - 1])
        listener = mqtt.Listener(f"mqtt://127.0.0.1:{port}", "seawall")
        with loggers(port) as client:
            _subscribed(listener)
            sent = MINUTES * DEVICES
            taken = _timed(listener, client, sent)
            raised = _raised(listener, client)
        listener.end()
        size, count = _whole_days()
    return [
        Line(
            f"readings through MQTT, {DEVICES:,} loggers", f"{sent / taken:,.0f}/s", f"{NEEDED:.0f}/s come in",
            f"{sent / taken / NEEDED:.0f} times",
        ),
        Line("an excursion after the reading that proves it", f"{raised:.2f} s", "60 s allowed", f"1/{60 / raised:,.0f}"),
        Line(
            f"bytes of database for a reading, {count:,} of one a minute", f"{size / count:.1f}", "20 allowed",
            f"{size / count / 20:.2f}",
        ),
    ]  # fmt: skip


def _devices(place: int) -> None:
    items = [
        DeviceRegister(
            act=uuid4(), occurred_at=NIGHT, place_id=place, device=f"L{n}", kind=DeviceKind.REFRIGERATOR,
            temperature=TemperatureClass.COOL, litres=100.0, every_minutes=1,
        )
        for n in range(DEVICES + DAYS_OF)
    ]  # fmt: skip
    services.device_register(ANYONE, items)


def _subscribed(listener: mqtt.Listener) -> None:
    while not listener.client.is_connected():
        sleep(0.02)
    sleep(0.2)


def _message(device: int, at: datetime, celsius: float) -> tuple[str, str]:
    return f"cold/B-STORE/L{device}", json.dumps({"at": at.isoformat(), "celsius": celsius})


def _timed(listener: mqtt.Listener, client: Client, sent: int) -> float:
    """Seconds until all of them are kept; the last devices' readings are published while the first are taken."""
    began, seen = perf_counter(), 0
    for minute in range(MINUTES):
        for device in range(DEVICES):
            client.publish(*_message(device, NIGHT - timedelta(hours=2) + timedelta(minutes=minute), 5.0), qos=1)
        while seen < (minute + 1) * DEVICES:
            seen += listener.round()
    assert seen == sent
    return perf_counter() - began


def _raised(listener: mqtt.Listener, client: Client) -> float:
    """Seconds from the reading that proves an excursion to its row, among the readings of all others."""
    for minute in range(RAISED - 1):
        client.publish(*_message(0, NIGHT - timedelta(minutes=60 - minute), 9.0), qos=1)
    for device in range(1, DEVICES):
        client.publish(*_message(device, NIGHT - timedelta(minutes=30), 5.0), qos=1)
    last = client.publish(*_message(0, NIGHT - timedelta(minutes=60 - RAISED + 1), 9.0), qos=1)
    last.wait_for_publish(30)
    began = perf_counter()
    while not Excursion.objects.filter(kind="hot").exists():
        listener.round()
    return perf_counter() - began


def _whole_days() -> tuple[int, int]:
    """Bytes and readings of devices that measured each minute of a whole day, once the table is packed."""
    sql.execute("TRUNCATE supply_readingday")
    begins = (NIGHT - timedelta(days=1)).replace(hour=0)
    for device in range(DEVICES, DEVICES + DAYS_OF):
        rows = tuple(_day(device, begins))
        services.readings_take(ANYONE, [ReadingsTake(act=uuid4(), occurred_at=NIGHT, source="bench", readings=rows)])
    sql.execute("VACUUM FULL supply_readingday")
    ((size, count),) = sql.fetch(SIZE)
    return size, count


def _day(device: int, begins: datetime) -> Iterator[Measured]:
    for minute in range(24 * 60):
        celsius = round(4 + (minute * 7919 + device * 104729) % 300 / 100, 2)
        yield Measured(place="B-STORE", device=f"L{device}", at=begins + timedelta(minutes=minute), celsius=celsius)
