"""A rehearsal killed at any moment goes on from the last whole act, and every identity still holds."""

import os
import random
import signal
import subprocess
import sys
from datetime import timedelta
from time import sleep

import pytest
from django.db import connection, connections

from seawall.drill import services
from seawall.platform import sql
from seawall.supply import selectors as supply

from ..city import LIVED_UNTIL

SCRIPT = """
import django; django.setup()
from datetime import date
from seawall.drill import services
services.live_until(date.fromisoformat("{until}"))
"""


@pytest.mark.parametrize("after", sorted(random.Random(7).uniform(2.5, 7.0) for _ in range(3)))
def test_a_killed_day_is_lived_to_its_end_once(city, django_db_blocker, after) -> None:
    with django_db_blocker.unblock():
        until = (services.lived_until() or LIVED_UNTIL) + timedelta(days=1)
        _killed(until, after)
        services.live_until(until)
        doses, persons = sql.fetch(
            "SELECT count(*), count(DISTINCT person_id) FROM clinic_injection WHERE day = %s", [until]
        )[0]
        assert doses == persons > 0
        history = sql.fetch("SELECT count(*) FROM people_doseevent WHERE source = 'clinic' AND given_on = %s", [until])[
            0
        ][0]
        assert history == doses
        assert supply.difference(until) == []
        assert sql.fetch("SELECT count(*) FROM clinic_visit WHERE day = %s AND ended_at IS NULL", [until])[0][0] == 0
        assert services.lived_until() == until


def _killed(until, after: float) -> None:
    """Live on in another process and kill it without warning."""
    env = {**os.environ, "SEAWALL_DATABASE": str(connection.settings_dict["NAME"])}
    connections.close_all()
    process = subprocess.Popen([sys.executable, "-c", SCRIPT.format(until=until.isoformat())], env=env)
    sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()
