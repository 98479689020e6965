"""`./dev bench [schedule] [planning] ... [city] [--write]`: measure, print, and with --write keep the figures in docs/performance.md."""

import os
import platform
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import perf_counter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seawall.config.settings")
os.environ["SEAWALL_DEMO"] = "1"

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from seawall.campaigns import selectors as campaigns  # noqa: E402
from seawall.campaigns import services as campaign_services  # noqa: E402
from seawall.campaigns.services import campaign_load  # noqa: E402
from seawall.command.gather import plan_inputs  # noqa: E402
from seawall.drill import services as drill  # noqa: E402
from seawall.platform import clock, sql  # noqa: E402
from seawall.reference.services import city_load  # noqa: E402

from ..clinic.world import World  # noqa: E402
from ..databases import administrator  # noqa: E402
from . import (  # noqa: E402
    bookings,
    certificates,
    cold,
    doses,
    epidemic,
    flow,
    ledger,
    machine,
    pages,
    planning,
    public,
    reminders,
    rush,
    schedule,
    signals,
    siting,
    tablets,
)
from .measure import ANYONE, NOON, Line, database, seconds  # noqa: E402

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
CITY = Path(__file__).parents[2] / "cities" / "chongqing" / "campaigns" / "covid19-2021"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
SCALE, SEED, UNTIL = 0.001, 2021, date(2021, 3, 25)


def hall() -> list[Line]:
    """Doses and bookings, in a hall of their own."""
    with database("seawall_bench_hall"):
        city_load("chongqing")
        campaign_load(CITY)
        clock.set_to(NOON)
        ready = World(ANYONE, NOON).build()
        return doses.measured(ready) + bookings.measured(ready)


def supply() -> list[Line]:
    """Ten million movements of doses, in a database of their own."""
    with database("seawall_bench_supply"):
        city_load("chongqing")
        campaign_load(CITY)
        clock.set_to(NOON)
        return ledger.measured(World(ANYONE, NOON).build())


def door() -> list[Line]:
    """The machine's door, in a hall of its own."""
    with database("seawall_bench_door"):
        city_load("chongqing")
        campaign_load(CITY)
        clock.set_to(NOON)
        return machine.measured(World(ANYONE, NOON).build())


def proof() -> list[Line]:
    """Certificates, in a hall of their own."""
    with database("seawall_bench_certificates"):
        city_load("chongqing")
        campaign_load(CITY)
        clock.set_to(NOON)
        return certificates.measured(World(ANYONE, NOON).build())


def offline() -> list[Line]:
    """A tablet's day, in a hall of its own."""
    with database("seawall_bench_tablet"):
        city_load("chongqing")
        campaign_load(CITY)
        clock.set_to(NOON)
        return tablets.measured(World(ANYONE, NOON).build())


def opening() -> list[Line]:
    """The opening rush, on a deployment of its own."""
    with database("seawall_bench_rush") as name:
        city_load("chongqing")
        campaign_load(CITY)
        clock.set_to(NOON)
        return rush.measured(World(ANYONE, NOON).build(), name)


def everybody() -> list[Line]:
    """Pages that everybody opens, in a city of thousands of sites."""
    with database("seawall_bench_public") as name:
        city_load("chongqing")
        campaign_load(CITY)
        clock.set_to(NOON)
        return public.measured(World(ANYONE, NOON).build(), name)


def outreach() -> list[Line]:
    """The daily combing, in a database of its own: of so many due rows as `--rows` says."""
    rows = [int(sys.argv[sys.argv.index("--rows") + 1])] if "--rows" in sys.argv else []
    with database("seawall_bench_outreach"):
        city_load("chongqing")
        campaign_load(CITY)
        clock.set_to(NOON)
        return reminders.measured(*rows)


def city() -> list[Line]:
    """Pages and the evening's re-plan, on a small city that has lived two days."""
    with database("seawall_bench_city"):
        drill.city_load(scale=SCALE, seed=SEED)
        days = (UNTIL - campaigns.current().opens).days + 1
        lived = seconds(lambda: drill.live_until(UNTIL))
        given = sql.fetch("SELECT count(*) FROM clinic_injection")[0][0]
        people = sql.fetch("SELECT count(*) FROM people_person")[0][0]
        campaign = campaigns.current()
        inputs = plan_inputs(campaign, UNTIL)
        again = seconds(lambda: campaign_services.plan_compute(ANYONE, campaign.code, UNTIL, **inputs))
        label = f"city of {people:,}"
        found = [
            Line(f"re-plan in the evening, {label}", f"{again:.1f} s", "", ""),
            Line(f"a day lived, {label}, {given / days:,.0f} doses a day", f"{lived / days:.1f} s", "", ""),
        ]
        return found + pages.measured(label)


def table(lines: list[Line]) -> str:
    rows = [f"| {x.what} | {x.ours} | {x.bare} | {x.ratio} |" for x in lines]
    return "\n".join(["| what | Seawall | beside it | ratio |", "|---|--:|--:|--:|", *rows])


def where() -> str:
    with administrator() as admin:
        version, durable = (admin.execute(f"SHOW {name}").fetchone()[0] for name in ("server_version", "fsync"))
    cores = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start"
    return f"{cores}; Python {platform.python_version()}, PostgreSQL {version}, fsync {durable}"


PARTS: dict[str, Callable[[], list[Line]]] = {
    "schedule": schedule.measured,
    "planning": planning.measured,
    "siting": siting.measured,
    "flow": flow.measured,
    "signals": signals.measured,
    "epidemic": epidemic.measured,
    "hall": hall,
    "supply": supply,
    "door": door,
    "rush": opening,
    "public": everybody,
    "certificates": proof,
    "tablet": offline,
    "cold": cold.measured,
    "outreach": outreach,
    "city": city,
}


def main() -> None:
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    setup_test_environment()
    began, machine = perf_counter(), where()
    lines: list[Line] = []
    for part in [name for name in PARTS if name in sys.argv] or PARTS:
        found = PARTS[part]()
        lines += found
        for line in found:
            sys.stderr.write(f"  {line.what}: {line.ours} {line.bare} {line.ratio}\n")
    told = f"Measured in one run of {perf_counter() - began:.0f} s: {machine}.\n\n{table(lines)}\n"
    sys.stdout.write(told)
    if "--write" in sys.argv:
        head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        PAGE.write_text(f"{head}{BEGIN}\n{told}{END}{rest.partition(END)[2]}", encoding="utf-8")


main()
