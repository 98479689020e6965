"""Lives the city of the dump, with the program of version 0.1 (commit df6a2ae) and nothing of this one; README.md says how."""

import sys
from datetime import date, timedelta

import django

django.setup()

from seawall.drill import load, opening, services  # noqa: E402
from seawall.interfaces.cli.database import make_ready  # noqa: E402

SCALE, SEED, UNTIL, AT_HOME = 0.00004, 2021, date(2021, 3, 28), "500112"
DAYS = 10  # of sessions, where a campaign plans months

plan = opening.sessions_plan
opening.sessions_plan = lambda world, crew, first, _: plan(world, crew, first, first + timedelta(days=DAYS - 1))
load._DEMO_UNIT = AT_HOME
make_ready()
services.city_load(scale=SCALE, seed=SEED)
services.live_until(UNTIL)
sys.stderr.write("lived\n")
