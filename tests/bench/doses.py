"""Doses per second through `dose_give` in batches, beside a bare COPY of the very rows it wrote."""

from collections.abc import Sequence
from datetime import date, time, timedelta

from django.db import connection

from seawall.clinic import services as clinic
from seawall.platform import sql
from seawall.sites import services as sites
from seawall.supply import services as supply
from seawall.terms.codes import SiteKind
from seawall.terms.sites import ReadinessRecord, SessionOpen
from seawall.terms.stock import DoseUse
from seawall.terms.visits import SessionPlan, SiteOpen

from ..clinic.world import DAY, World, done
from .measure import Line, seconds

BATCH, BATCHES, STATIONS = 500, 4, 1000
DELIVERIES, DELIVERED, MOST_BYTES = 20, 500, 700
SIZE = """
SELECT sum(pg_total_relation_size(relid)) FROM pg_stat_user_tables WHERE schemaname = 'public' AND starts_with(relname, 'supply_')
"""
TABLES = "SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'public' ORDER BY 1"


def crowd(hall: World, count: int) -> list[int]:
    """Newcomers; their numbers differ by birth date every 900."""
    people: list[int] = []
    for n in range(0, count, 900):
        hall.serial = 0
        people += hall.persons(
            min(900, count - n), date(1970, 1, 1) + timedelta(days=len(people) // 900 + hall.lots * 31)
        )
    return people


def waiting(hall: World, count: int) -> list[object]:
    """Doses about to be given: everybody has arrived, was screened and agreed."""
    persons, packs = crowd(hall, count), hall.packs(count)
    arrivals = [hall.arrival(p) for p in persons]
    done(clinic.visit_arrive(hall.actor, arrivals))
    visits = [a.act for a in arrivals]
    done(clinic.screening_record(hall.actor, [hall.screening(v) for v in visits]))
    done(clinic.consent_record(hall.actor, [hall.consent(v) for v in visits]))
    return [hall.dose(v, c) for v, c in zip(visits, packs, strict=True)]


def measured(hall: World) -> list[Line]:
    great_hall(hall)
    done(clinic.dose_give(hall.actor, waiting(hall, 50)))
    items = waiting(hall, BATCH * BATCHES)
    start = sql.fetch("SELECT pg_current_xact_id()::text::bigint")[0][0]
    ours = sum(
        seconds(lambda n=n: done(clinic.dose_give(hall.actor, items[n : n + BATCH])))
        for n in range(0, len(items), BATCH)
    )
    rows, bare = copied(start)
    speed, plain = len(items) / ours, len(items) / bare
    return [
        Line(
            f"doses a second, batches of {BATCH} ({rows / len(items):.0f} rows each dose)",
            f"{speed:,.0f}/s",
            f"{plain:,.0f}/s by COPY of the same rows",
            f"1/{plain / speed:.1f}",
        ),
        stock_size(hall),
    ]


def stock_size(hall: World) -> Line:
    """Bytes of every table and index of supply for each dose given, dead rows too, vacuumed between deliveries as autovacuum does."""
    for _ in range(DELIVERIES):
        codes = hall.packs(DELIVERED)
        uses = [DoseUse(**hall.base(), place_id=hall.site, code=code, product="BIBP") for code in codes]
        done(supply.dose_use(hall.actor, uses))
        sql.execute("VACUUM")
    size = sql.fetch(SIZE)[0][0]
    given = sql.fetch("SELECT -sum(delta) FROM supply_stockline WHERE kind = 'use'")[0][0]
    what = f"database of supply for each dose given, one dose a pack, {DELIVERIES} deliveries of {DELIVERED}"
    return Line(what, f"{size / given:,.0f} bytes", f"{MOST_BYTES} at most", "")


def great_hall(hall: World) -> None:
    """Move to a site with room for thousands in a quarter-hour, so that seats are not what is measured."""
    site = SiteOpen(
        **hall.base(), code="BENCH", kind=SiteKind.FIXED, name_zh="大厅", name_en="Great hall", leaf_id=hall.leaf,
        address_zh="某街 2 号", address_en="2 Some Street", phone="023-00000000", stations=STATIONS, seats=30_000,
        longitude=106.5, latitude=29.5, synthetic=True,
    )  # fmt: skip
    hall.site = int(str(done(sites.site_open(hall.actor, [site]))[0].answer["site_id"]))
    for name, role in (("screener", "SCREENER"), ("vaccinator", "VACCINATOR"), ("observer", "OBSERVER")):
        hall.posts[name] = hall.post(role, certified=True)
    plan(hall, DAY)
    needs = frozenset({"EMERGENCY_CLINICIAN", "EMERGENCY_KIT", "AMBULANCE", "GREEN_CHANNEL"})
    ready = ReadinessRecord(**hall.base(), site_id=hall.site, day=DAY, ready=needs)
    done(sites.readiness_record(hall.actor, [ready]))
    done(sites.session_open(hall.actor, [SessionOpen(**hall.base(), site_id=hall.site, day=DAY)]))


def plan(hall: World, day: date) -> None:
    hours = {"opens": time(8), "closes": time(18), "stations": STATIONS, "seats_per_slot": 5000}
    done(sites.session_plan(hall.actor, [SessionPlan(**hall.base(), site_id=hall.site, day=day, **hours)]))


def copied(since: int) -> tuple[int, float]:
    """Rows written since a transaction, and how long COPY takes to write them into empty tables with the same indexes."""
    total, spent = 0, 0.0
    for (table,) in sql.fetch(TABLES):
        blocks, rows = _written(table, since)
        if rows:
            total += rows
            spent += _copy(table, blocks)
    return total, spent


def _written(table: str, since: int) -> tuple[list[bytes], int]:
    new = f"FROM {table} WHERE xmin::text::bigint >= {int(since)}"
    rows = sql.fetch(f"SELECT count(*) {new}")[0][0]
    with connection.cursor() as cursor, cursor.copy(f"COPY (SELECT * {new}) TO STDOUT") as out:
        return [bytes(block) for block in out], rows


def _copy(table: str, blocks: Sequence[bytes]) -> float:
    sql.execute(f"CREATE TABLE copy_of_{table} (LIKE {table} INCLUDING ALL)")

    def write() -> None:
        with connection.cursor() as cursor, cursor.copy(f"COPY copy_of_{table} FROM STDIN") as into:
            for block in blocks:
                into.write(block)

    return seconds(write)
