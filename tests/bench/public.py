"""Pages that everybody opens, over HTTP: a city of 2,000 sites and a million appointments, as `seawall run` serves it."""

from datetime import timedelta

from seawall.platform import sql

from ..clinic.world import DAY, World
from .measure import Line
from .rush import rate, run, served

SITES, APPOINTMENTS, CLIENTS = 2000, 1_000_000, 16
COPIES = """
INSERT INTO sites_site (site_id, code, kind, state, name_zh, name_en, leaf_id, address_zh, address_en, phone, stations, seats,
    longitude, latitude, synthetic, opened_on, close_reason, door, door_reason)
SELECT 1000000 + n, 'P-' || n, kind, state, name_zh || n, name_en || ' ' || n, leaf_id, address_zh, address_en, phone, stations, seats,
    longitude + n * 0.0001, latitude, synthetic, opened_on, '', door, ''
FROM sites_site, generate_series(1, %s) n WHERE site_id = %s
"""
SESSIONS = """
INSERT INTO sites_session (site_id, day, opens_at, closes_at, stations, state, products)
SELECT s.site_id, d.day + w, d.opens_at + w * interval '1 day', d.closes_at + w * interval '1 day', d.stations, 'planned', '{}'
FROM sites_site s, sites_session d, generate_series(0, 6) w WHERE d.site_id = %(site)s AND d.day = %(day)s AND s.site_id > 1000000
"""
SLOTS = """
INSERT INTO sites_slot (site_id, starts_at, day, planned, capacity, taken)
SELECT d.site_id, g.at, d.day, 20, 20, 0 FROM sites_session d,
    generate_series(d.opens_at, d.closes_at - interval '1 second', interval '15 minutes') g(at) WHERE d.site_id > 1000000
"""
BOOKED = """
INSERT INTO booking_appointment (person_id, act, campaign, site_id, starts_at, state, dose_rank, walk_in, booked_at, changed_at, reason)
SELECT 900000000 + n, gen_random_uuid(), 'bench', 1000001 + n %% %(sites)s, %(at)s::timestamptz - interval '1 day' * (n / 20000),
    'fulfilled', 1, false, %(at)s, %(at)s, '' FROM generate_series(1, %(count)s) n
"""


def measured(hall: World, database: str) -> list[Line]:
    sql.execute(COPIES, [SITES, hall.site])
    sql.execute(SESSIONS, {"site": hall.site, "day": DAY})
    sql.execute(SLOTS)
    sql.execute(BOOKED, {"sites": SITES, "at": hall.now - timedelta(days=1), "count": APPOINTMENTS})
    for table in ("sites_site", "sites_session", "sites_slot", "booking_appointment"):
        sql.execute(f"VACUUM ANALYZE {table}")
    lines = []
    with served(database) as port:
        run(port, clients=4, path="/sites")
        for path in ("/home", "/sites", "/sites?unit=500103", "/open/sites.json"):
            found = run(port, clients=CLIENTS, path=path)
            alone = run(port, clients=1, path=path)
            lines.append(
                Line(
                    f"{path} of {SITES:,} sites and {APPOINTMENTS:,} appointments (goal: p95 50 ms)",
                    f"one reader p95 {alone['p95']:,.0f} ms; {CLIENTS} readers {rate(found):,.0f}/s, p95 {found['p95']:,.0f} ms",
                    "",
                    "",
                )
            )
    return lines
