"""Sending a victim to its fate, and what must be the same whatever became of it."""

import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

from django.db import connection, connections

from seawall.platform import sql
from seawall.reports import selectors as reports

DONE = {
    "doses by product": "SELECT product, count(*), count(DISTINCT person_id) FROM clinic_injection WHERE day = %s GROUP BY 1 ORDER BY 1",
    "visits by state": "SELECT state, count(*) FROM clinic_visit WHERE day = %s GROUP BY 1 ORDER BY 1",
    "history": "SELECT count(*), count(DISTINCT person_id) FROM people_doseevent WHERE source = 'clinic' AND given_on = %s",
    "sites closed": "SELECT count(*), sum(given), sum(wasted), sum(on_hand) FROM clinic_dayclosing WHERE day = %s",
    "city closed": "SELECT level, count(*) FROM reports_closing WHERE day = %s GROUP BY 1 ORDER BY 1",
    "facts frozen": "SELECT sum(doses) FROM reports_given WHERE closing_day = %s",
    "stock frozen": "SELECT state, sum(doses) FROM reports_stockfact WHERE day = %s GROUP BY 1 ORDER BY 1",
    "shipments for tomorrow": "SELECT count(*), sum(doses) FROM supply_shipment WHERE expected_on = %s::date + 1",
    "orders for tomorrow": "SELECT code, count(*) FROM command_order WHERE for_day = %s::date + 1 GROUP BY 1 ORDER BY 1",
    "calls": "SELECT result, count(*) FROM outreach_contactattempt "
    "WHERE (occurred_at AT TIME ZONE 'Asia/Shanghai')::date = %s GROUP BY 1 ORDER BY 1",
    "seats of the day": "SELECT state, count(*) FROM booking_appointment a "
    "WHERE (starts_at AT TIME ZONE 'Asia/Shanghai')::date = %s GROUP BY 1 ORDER BY 1",
}


def signature(day: date) -> dict[str, list[tuple[object, ...]]]:
    """What a day left behind, in counts."""
    return {name: sql.fetch(query, [day]) for name, query in DONE.items()}


def broken_proofs() -> list[str]:
    return [f"{p.code}: {p.wrong} {p.named}" for p in reports.proofs() if not p.holds]


def send(what: str, day: date, at: int, how: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """A victim on the database that Django points at."""
    name = str(connection.settings_dict["NAME"])
    connections.close_all()
    env = {**os.environ, "SEAWALL_DATABASE": name, **more}
    command = [sys.executable, "-m", "tests.kill.victim", what, day.isoformat(), str(at), how]
    return subprocess.run(command, env=env, cwd=Path(__file__).parents[2], capture_output=True, text=True)


def moments(what: str, day: date) -> int:
    """How many moments a whole life has, on a database that may be used up."""
    done = send(what, day, 0, "count")
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[-1])


def killed(what: str, day: date, at: int) -> None:
    done = send(what, day, at, "kill")
    assert done.returncode == -signal.SIGKILL, f"{done.returncode}: {done.stderr[-2000:]}"
