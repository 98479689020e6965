"""The opening rush over HTTP: bookings a second of the deployment as `seawall run` serves it, beside its request for nothing."""

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.contrib.sessions.models import Session

from seawall.booking import selectors as booking
from seawall.campaigns import selectors as campaigns
from seawall.interfaces.portal.session import PERSON, SURE
from seawall.platform import sql
from seawall.platform.sessions import SessionStore

from ..clinic.world import CAMPAIGN, DAY, World
from .doses import crowd, great_hall, plan
from .measure import Line

ROOT = Path(__file__).parents[2]
NEXT = DAY + timedelta(days=2)
OPENS = datetime(2021, 4, 12, 0, 0, tzinfo=UTC)  # 08:00 in Chongqing
SPELL, SLOTS, MANY, CROWD = 6, 40, 256, 64
PERSONS, WARM = 9000, 600
SEATS, EACH, MINUTE = int(os.environ.get("SEAWALL_BENCH_SEATS", "40")), 100, 60
GROUPS = """
INSERT INTO campaigns_groupassignment (person_id, campaign, group_code, since, reason)
SELECT id, %s, %s, %s, 'bench' FROM people_person ON CONFLICT DO NOTHING
"""


@contextlib.contextmanager
def served(database: str) -> Iterator[int]:
    """The deployment on a database of this cluster; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    env = {**os.environ, "SEAWALL_DATABASE": database, "SEAWALL_LOG_LEVEL": "WARNING", "SEAWALL_DEMO": "0"}
    command = [sys.executable, "-m", "seawall.interfaces.cli.main", "run", "--port", str(port)]
    server = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _awaited(f"http://127.0.0.1:{port}/healthz", monotonic() + 120)
        yield port
    finally:
        server.terminate()
        server.wait(60)


def _awaited(url: str, until: float) -> None:
    while True:
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            if monotonic() > until:
                raise
            sleep(0.2)


def sessions(persons: list[int]) -> list[str]:
    """Visits of persons who have said who they are."""
    store = SessionStore()
    expires = datetime.now(UTC) + timedelta(hours=2)
    rows = [
        Session(session_key=f"bench{p:027d}", session_data=store.encode({PERSON: p, SURE: True}), expire_date=expires)
        for p in persons
    ]
    Session.objects.bulk_create(rows)
    return [row.session_key for row in rows]


def run(port: int, **plan: Any) -> dict[str, Any]:
    told = {"host": "127.0.0.1", "port": port, "seconds": SPELL, **plan}
    command = [sys.executable, "-m", "tests.bench.closed_loop"]
    done = subprocess.run(command, input=json.dumps(told), cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    sys.stderr.write(f"    {plan.get('path', 'bookings')} {found} load {os.getloadavg()[0]:.1f}\n")
    return found


def rate(found: dict[str, Any]) -> float:
    return float(found["done"] / found["seconds"])


def measured(hall: World, database: str) -> list[Line]:
    great_hall(hall)
    plan(hall, NEXT)
    hall.lots += 1
    waiting = sessions(crowd(hall, PERSONS + SEATS * EACH))
    group = campaigns.groups(CAMPAIGN)[-1].code
    sql.execute(GROUPS, [CAMPAIGN, group, DAY])  # as a city has it once groups are assigned
    for table in ("people_person", "people_due", "django_session", "campaigns_groupassignment"):
        sql.execute(f"VACUUM ANALYZE {table}")
    starts = [(OPENS + timedelta(minutes=15 * n)).strftime("%Y-%m-%dT%H:%M:%SZ") for n in range(SLOTS)]
    seat = {"site": hall.site, "day": NEXT.isoformat()}
    cases = (
        (f"spread, {CROWD} clients (goal 0.30)", CROWD, {"starts": starts}),
        (f"one hot slot, {CROWD} clients (goal 0.30)", CROWD, {"starts": starts[:1]}),
        (f"spread, {MANY} clients (goal 0.30, p99 250 ms)", MANY, {"starts": starts}),
        (f"page of times before each, {CROWD} clients (goal 0.15)", CROWD, {"starts": starts, "look": True}),
    )
    share = (PERSONS - WARM) // len(cases)
    lines = []
    with served(database) as port:
        idle = {
            "path": "/larger",
            "session": waiting[-1],
            "form": "larger=0",
        }  # a form that changes nothing, behind the same doors
        run(port, clients=8, **idle)
        warm = waiting[PERSONS - WARM : PERSONS]  # what a process learns once is not what is measured
        kept = run(port, clients=CROWD, sessions=warm, **seat, starts=starts)["done"]
        for n, (what, clients, more) in enumerate(cases):
            nothing = rate(run(port, clients=clients, **idle))
            mine = waiting[n * share : (n + 1) * share]
            found = run(port, clients=clients, sessions=mine, **seat, **more)
            kept += found["done"]
            lines.append(
                Line(
                    f"confirmed bookings a second over HTTP, held and confirmed, {what}",
                    f"{rate(found):,.0f}/s, p50 {found['p50']:,.0f} ms, p99 {found['p99']:,.0f} ms",
                    f"{nothing:,.0f}/s of a form that changes nothing",
                    f"{rate(found) / nothing:.2f}",
                )
            )
        line, sold = rushed(hall, port, waiting[PERSONS:])
        lines.append(line)
        for path in ("/home", "/sites"):
            nothing, found = rate(run(port, clients=CROWD, **idle)), run(port, path=path, clients=CROWD)
            lines.append(
                Line(f"{path} a second", f"{rate(found):,.0f}/s", f"{nothing:,.0f}/s", f"{rate(found) / nothing:.2f}")
            )
    ((booked,),) = sql.fetch("SELECT count(*) FROM booking_appointment WHERE state = 'booked'")
    assert booked == kept + sold, (booked, kept, sold)
    assert booking.seat_difference(NEXT, NEXT) == []
    return lines


def rushed(hall: World, port: int, everybody: list[str]) -> tuple[Line, int]:
    """A hundred people for each seat of one quarter-hour, all at once, through the waiting room; and how many seats were sold."""
    day = NEXT + timedelta(days=1)
    plan(hall, day)
    first = sql.fetch("SELECT min(starts_at) FROM sites_slot WHERE site_id = %s AND day = %s", [hall.site, day])[0][0]
    sql.execute(
        "UPDATE sites_slot SET planned = %s, capacity = %s WHERE site_id = %s AND day = %s AND starts_at = %s",
        [SEATS, SEATS, hall.site, day, first],
    )
    start = first.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = {"site": hall.site, "day": day.isoformat(), "starts": [start], "seats": SEATS, "seconds": MINUTE}
    found = run(port, clients=MANY, sessions=everybody, **told)
    failed = sum(number for code, number in found["statuses"].items() if int(code) == 0 or int(code) >= 500)
    assert found["sold"] <= SEATS and not failed, found
    line = Line(
        f"the rush: {len(everybody):,} people at once for {SEATS} seats, over {MANY} connections",
        f"{found['sold']} sold in {found['seconds']:.0f} s, none twice, no answer of 5xx; p99 {found['p99']:,.0f} ms",
        f"{found['done'] / found['seconds']:,.0f} answers a second",
        "",
    )
    return line, int(found["sold"])
