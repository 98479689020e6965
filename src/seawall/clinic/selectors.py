"""What others may ask about visits, doses and closings."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import polars as pl

from seawall.platform import clock, sql
from seawall.platform.selectors import refusal_counts
from seawall.supply import selectors as supply
from seawall.terms.codes import ScreeningOutcome, VisitState
from seawall.terms.interlocks import Interlock
from seawall.terms.tally import TallyRow

from . import asks, hands, questions, tables
from .irregular import irregular_doses
from .rows import (
    CalledTicket,
    ClosingRow,
    DayCount,
    FlowRow,
    GivenRow,
    InsideRow,
    ObservationTile,
    RefusalCount,
    SignerKey,
    VisitRow,
)

ConsentVersion = tables.ConsentVersion
checks = tables.checks
leavings = tables.leavings
without_dose = tables.without_dose
not_given = tables.not_given
ways = tables.ways
call_backs = tables.call_backs
consents = asks.consents
limit = tables.limit
questions_for = questions.asked
screeners = hands.screeners
vaccinators = hands.vaccinators
effects = asks.findings


irregular = irregular_doses


def every_interlock() -> tuple[Interlock, ...]:
    """Those of the clinic's steps, then those of a pack."""
    return (*tables.interlocks(), *supply.interlocks())


risks = tables.risks


def findings(programme: str, on: date) -> tuple[tables.Condition, ...]:
    """What the health inquiry of a programme may find on a day."""
    return asks.condition_rows(programme, on)


VISIT = (
    "SELECT site_id, act, person_id, campaign, programme, appointment, walk_in, day, ticket, state, reason, dose_rank, birth, "
    "arrived_at, screened_at, consented_at, injected_at, ended_at FROM clinic_visit"
)
VERBS = (
    "visit_arrive",
    "screening_record",
    "consent_record",
    "visit_call",
    "visit_leave",
    "dose_give",
    "dose_reverse",
    "observation_end",
    "day_close",
)


def _visit(row: tuple[Any, ...]) -> VisitRow:
    return VisitRow(*(*row[:9], VisitState(row[9]), *row[10:]))


INSIDE = """
SELECT v.act, v.person_id, v.campaign, v.ticket, v.state, v.day, v.arrived_at, s.clinician_post_id, s.outcome, s.findings, c.agreed,
  v.injected_at, o.until, coalesce(o.held, false) FROM clinic_visit v
LEFT JOIN clinic_screening s ON s.site_id = v.site_id AND s.visit = v.act
LEFT JOIN clinic_consent c ON c.site_id = v.site_id AND c.visit = v.act
LEFT JOIN clinic_observation o ON o.site_id = v.site_id AND o.visit = v.act
WHERE v.site_id = %s AND v.day = %s AND v.state IN ('arrived', 'screened', 'consented', 'observing') ORDER BY v.ticket
"""


def visits(site_id: int, day: date) -> list[VisitRow]:
    """Everybody who came to a site on a day, by ticket."""
    return [
        _visit(row) for row in sql.fetch(f"{VISIT} WHERE site_id = %s AND day = %s ORDER BY ticket", [site_id, day])
    ]


def inside_rows(site_id: int, day: date) -> list[InsideRow]:
    """Who is inside, by ticket, with what the steps so far found."""
    rows = sql.fetch(INSIDE, [site_id, day])
    return [InsideRow(*(*r[:4], VisitState(r[4]), *r[5:9], tuple(r[9] or ()), *r[10:])) for r in rows]


def given_once_here(site_id: int, since: date, most: int) -> list[int]:
    """Persons who had one dose at a site since a day and did not come back for another, so many at most, the longest ago first."""
    query = (
        "SELECT person_id FROM clinic_injection WHERE site_id = %s AND day >= %s "
        "GROUP BY person_id HAVING count(*) = 1 ORDER BY min(day), person_id LIMIT %s"
    )
    return [person for (person,) in sql.fetch(query, [site_id, since, most])]


def came_here(site_id: int, day: date) -> list[int]:
    """Persons with a visit at a site on a day, whatever became of it."""
    query = "SELECT DISTINCT person_id FROM clinic_visit WHERE site_id = %s AND day = %s"
    return [person for (person,) in sql.fetch(query, [site_id, day])]


def signer_keys(site_id: int, tablet: UUID) -> dict[str, SignerKey]:
    """Signers of a tablet by the name of their key: tablet and post; each with every key it signed by, the last one first."""
    query = (
        "SELECT post_id, (array_agg(account_id ORDER BY since DESC))[1], array_agg(signing ORDER BY since DESC), "
        "(array_agg(sealing ORDER BY since DESC))[1] FROM clinic_tabletsigner WHERE site_id = %s AND tablet = %s GROUP BY 1"
    )
    rows = sql.fetch(query, [site_id, tablet])
    return {f"{tablet}/{post}": SignerKey(post, account, tuple(keys), last) for post, account, keys, last in rows}


def tablet_revoked(site_id: int, tablet: UUID) -> datetime | None:
    """When a tablet was revoked, if it was."""
    query = "SELECT revoked_at FROM clinic_tablet WHERE site_id = %s AND tablet = %s"
    return next((at for (at,) in sql.fetch(query, [site_id, tablet])), None)


def visits_after(site_ids: Collection[int], day: date, place: Sequence[Any], most: int) -> list[VisitRow]:
    """A page of those who came to sites on a day: so many after a place (site, visit), from the beginning where it is empty."""
    going, params = sql.after("site_id, act", place)
    query = f"{VISIT} WHERE site_id = ANY(%s) AND day = %s {going} ORDER BY site_id, act LIMIT %s"
    return [_visit(row) for row in sql.fetch(query, [list(site_ids), day, *params, most])]


def visit(site_id: int, visit_id: UUID) -> VisitRow | None:
    rows = sql.fetch(f"{VISIT} WHERE site_id = %s AND act = %s", [site_id, visit_id])
    return _visit(rows[0]) if rows else None


CALLED = """
SELECT ticket, called_to, desk, called_at, calls FROM clinic_visit
WHERE site_id = %s AND day = %s AND called_at IS NOT NULL
  AND (called_to = 'screening' AND state IN ('arrived', 'screened') OR called_to = 'injection' AND state = 'consented')
ORDER BY called_at DESC, ticket LIMIT %s
"""


def called(site_id: int, day: date, most: int) -> list[CalledTicket]:
    """Tickets called that nobody has served yet, the latest call first."""
    return [CalledTicket(*row) for row in sql.fetch(CALLED, [site_id, day, most])]


def call_counts(site_id: int, day: date, station: str) -> dict[UUID, int]:
    """How often each ticket of a day was called to a station."""
    query = (
        "SELECT act, calls FROM clinic_visit WHERE site_id = %s AND day = %s AND called_to = %s AND ended_at IS NULL"
    )
    return dict(sql.fetch(query, [site_id, day, station]))


def just_given(site_id: int, now: datetime) -> list[VisitRow]:
    """Visits whose dose was recorded so short a time ago that it may be taken back, the latest first."""
    since = now - timedelta(seconds=tables.limit("REVERSE_WITHIN", clock.civil_day(now)))
    query = f"{VISIT} WHERE site_id = %s AND day >= %s AND state = 'observing' AND injected_at >= %s ORDER BY injected_at DESC"
    return [_visit(row) for row in sql.fetch(query, [site_id, clock.civil_day(since), since])]


def screener(site_id: int, visit_id: UUID) -> int | None:
    """The post that screened a visit."""
    query = "SELECT clinician_post_id FROM clinic_screening WHERE site_id = %s AND visit = %s"
    rows = sql.fetch(query, [site_id, visit_id])
    return rows[0][0] if rows else None


def given_how(product: str, on: date) -> tuple[float, tables.Route] | None:
    """Volume and way of a product, from the product and route tables."""
    known = asks.products([on]).get(product)
    return (known.volume_ml, known.route) if known else None


def inside(site_id: int, day: date) -> dict[VisitState, int]:
    """How many of a day's visits stand in each state now."""
    query = "SELECT state, count(*) FROM clinic_visit WHERE site_id = %s AND day = %s GROUP BY state"
    return {VisitState(state): count for state, count in sql.fetch(query, [site_id, day])}


def deferred_until(person_id: int) -> date | None:
    """The day on which a person who was put off at their last screening is to be looked at again."""
    query = "SELECT s.outcome, s.recheck_on FROM clinic_visit v JOIN clinic_screening s ON s.site_id = v.site_id "
    query += "AND s.visit = v.act WHERE v.person_id = %s ORDER BY s.occurred_at DESC LIMIT 1"
    found = sql.fetch(query, [person_id])
    return found[0][1] if found and found[0][0] == ScreeningOutcome.DEFERRED else None


FLOW = """
SELECT v.site_id, count(*), count(screened_at), count(consented_at), count(injected_at),
  count(*) FILTER (WHERE state = 'observing'), count(*) FILTER (WHERE state = 'left'),
  count(*) FILTER (WHERE state = 'deferred'), count(*) FILTER (WHERE state = 'turned_away'),
  count(*) FILTER (WHERE state = 'gone'),
  avg(extract(epoch FROM screened_at - arrived_at)) / 60, avg(extract(epoch FROM consented_at - screened_at)) / 60,
  avg(extract(epoch FROM injected_at - consented_at)) / 60,
  avg(extract(epoch FROM ended_at - injected_at)) FILTER (WHERE state = 'left') / 60
FROM clinic_visit v WHERE v.site_id = ANY(%s) AND v.day = %s GROUP BY v.site_id
"""
STEPS = ("arrived", "screened", "registered", "injected", "observing", "left", "deferred", "turned_away", "gone")


def flow_counts(site_ids: Iterable[int], day: date) -> dict[int, list[FlowRow]]:
    """For each site the flow strip: how many have passed each step and the mean minutes waited before it."""
    ids = sorted(set(site_ids))
    flows = {site: [FlowRow(site, step, 0, None) for step in STEPS] for site in ids}
    for site, *numbers in sql.fetch(FLOW, [ids, day]):
        waits = [None, *(None if n is None else float(n) for n in numbers[9:12]), None, numbers[12], None, None, None]
        flows[site] = [
            FlowRow(site, step, count, None if wait is None else round(float(wait), 1))
            for step, count, wait in zip(STEPS, numbers[:9], waits, strict=True)
        ]
    return flows


TILES = """
SELECT v.site_id, v.act, v.person_id, v.ticket, o.started_at, o.until, o.risk <> 'NORMAL', o.held
FROM clinic_visit v JOIN clinic_observation o ON o.site_id = v.site_id AND o.visit = v.act
WHERE v.site_id = %s AND v.day >= %s AND v.state = 'observing' ORDER BY o.until, v.ticket
"""


def observation_tiles(site_id: int) -> list[ObservationTile]:
    """Who is seated, first to leave first; the day is named so that a long campaign costs no more than a short one."""
    yesterday = clock.today() - timedelta(days=1)
    return [ObservationTile(*row) for row in sql.fetch(TILES, [site_id, yesterday])]


def left_unseen(site_id: int, day: date) -> list[tuple[UUID, int, int, datetime, str]]:
    """Visit, person, ticket and moment of those who left the observation unseen, and what came of calling them back."""
    rows = sql.fetch(
        "SELECT v.act, v.person_id, v.ticket, o.ended_at, o.call_back FROM clinic_visit v "
        "JOIN clinic_observation o ON o.site_id = v.site_id AND o.visit = v.act "
        "WHERE v.site_id = %s AND v.day = %s AND o.outcome = 'unseen' ORDER BY o.ended_at",
        [site_id, day],
    )
    return [(visit, person, ticket, at, came_of) for visit, person, ticket, at, came_of in rows]


GIVEN = "SELECT site_id, visit, person_id, programme, day, product, lot, dose_rank, occurred_at FROM clinic_injection"


def given(day: date, site_ids: Iterable[int] | None = None) -> list[GivenRow]:
    """Every dose of a day, of some sites or all."""
    ids = None if site_ids is None else sorted(set(site_ids))
    rows = sql.fetch(
        f"{GIVEN} WHERE day = %(day)s AND (%(ids)s::bigint[] IS NULL OR site_id = ANY(%(ids)s)) ORDER BY site_id, occurred_at",
        {"day": day, "ids": ids},
    )
    return [GivenRow(*row) for row in rows]


def given_to(person_ids: Collection[int], at: Collection[tuple[int, date]]) -> list[GivenRow]:
    """The doses that these persons had at sites on days, newest first."""
    rows = sql.fetch(
        f"{GIVEN} i JOIN {sql.unnest({'at_site': 'bigint', 'on_day': 'date'})} ON i.site_id = u.at_site AND i.day = u.on_day "
        "WHERE i.person_id = ANY(%s) ORDER BY occurred_at DESC",
        [*sql.turn(sorted(at), 2), sorted(person_ids)],
    )
    return [GivenRow(*row) for row in rows]


def given_with_lot(lot: str, day: date) -> list[GivenRow]:
    """Everybody who received a lot on a day: the list that a recall asks for, day by day however long it is."""
    rows = sql.fetch(f"{GIVEN} WHERE lot = %s AND day = %s ORDER BY site_id, occurred_at, visit", [lot, day])
    return [GivenRow(*row) for row in rows]


def recipients(lot: str) -> list[tuple[int, date, int]]:
    """How many received a lot, by site and day."""
    query = "SELECT site_id, day, count(*) FROM clinic_injection WHERE lot = %s GROUP BY 1, 2 ORDER BY 1, 2"
    return [(site, day, count) for site, day, count in sql.fetch(query, [lot])]


def given_frame(day: date) -> pl.DataFrame:
    """Doses of a day: site, person, product, lot, dose_rank."""
    rows = sql.fetch("SELECT site_id, person_id, product, lot, dose_rank FROM clinic_injection WHERE day = %s", [day])
    schema = {"site": pl.Int64, "person": pl.Int64, "product": pl.String, "lot": pl.String, "dose_rank": pl.Int16}
    return pl.DataFrame(rows, schema=schema, orient="row")


COUNTS = """
SELECT v.site_id, count(*), count(injected_at), count(*) FILTER (WHERE state = 'deferred'),
  count(*) FILTER (WHERE state = 'turned_away'), count(*) FILTER (WHERE state = 'gone'),
  count(*) FILTER (WHERE ended_at IS NULL), bool_or(coalesce(d.closed, false))
FROM clinic_visit v LEFT JOIN clinic_siteday d ON d.site_id = v.site_id AND d.day = v.day
WHERE v.day = %s GROUP BY v.site_id ORDER BY v.site_id
"""


def day_counts(day: date) -> dict[int, DayCount]:
    """What each site that saw anybody did on a day."""
    return {row[0]: DayCount(*row) for row in sql.fetch(COUNTS, [day])}


def closings(day: date) -> dict[int, ClosingRow]:
    """Closed days, by site."""
    rows = sql.fetch(
        "SELECT site_id, day, arrived, deferred, turned_away, gone, given, wasted, on_hand, closed_at FROM clinic_dayclosing "
        "WHERE day = %s ORDER BY site_id",
        [day],
    )
    return {row[0]: ClosingRow(*row) for row in rows}


def refusals(day: date) -> list[RefusalCount]:
    """Refused acts of the clinic on a day, by verb and code."""
    start = datetime.combine(day, datetime.min.time(), clock.zone())
    return [
        RefusalCount(verb, code, count)
        for verb in VERBS
        for code, count in refusal_counts(verb, start, start + timedelta(days=1)).items()
    ]


def incidents(state: str = "open") -> list[tuple[int, UUID, str, int, datetime]]:
    """Site, visit, code, person and opening of doses that happened against a rule."""
    rows = sql.fetch(
        "SELECT site_id, visit, code, person_id, opened_at FROM clinic_incident WHERE state = %s ORDER BY opened_at",
        [state],
    )
    return [(site, visit_id, code, person, at) for site, visit_id, code, person, at in rows]


def dose_counts(since: date, until: date) -> dict[str, int]:
    """Doses given from one day to another, both included, by product."""
    query = (
        "SELECT product, count(*) FROM clinic_injection WHERE day BETWEEN %s AND %s GROUP BY product ORDER BY product"
    )
    return dict(sql.fetch(query, [since, until]))


def doses_by_lot(until: date) -> pl.DataFrame:
    """Doses given up to a day: day, site, product, lot, doses."""
    rows = sql.fetch(
        "SELECT day, site_id, product, lot, count(*) FROM clinic_injection WHERE day <= %s GROUP BY 1, 2, 3, 4", [until]
    )
    schema = {"day": pl.Date, "site": pl.Int64, "product": pl.String, "lot": pl.String, "doses": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def injections(keys: Iterable[tuple[int, UUID]]) -> dict[tuple[int, UUID], GivenRow]:
    """The doses of these visits (site and visit)."""
    rows = sql.fetch(
        f"SELECT i.site_id, i.visit, person_id, programme, day, product, lot, dose_rank, occurred_at FROM clinic_injection i "
        f"JOIN {sql.unnest({'site_id': 'bigint', 'visit': 'uuid'})} ON i.site_id = u.site_id AND i.visit = u.visit",
        sql.turn(sorted(set(keys)), 2),
    )
    return {(row[0], row[1]): GivenRow(*row) for row in rows}


TALLIES = """
SELECT site_id, act, campaign, day, leaf_id, team, product, lot, given::text, zero_dose, marked, houses_visited, houses_closed,
    houses_absent, occurred_at, withdrawn_by IS NOT NULL
FROM clinic_tally WHERE site_id = %s AND day = %s AND campaign = %s ORDER BY occurred_at DESC, act
"""


def tallies(site_id: int, day: date, campaign: str) -> list[TallyRow]:
    """What the teams of a site counted on a day without names, the latest first."""
    rows = sql.fetch(TALLIES, [site_id, day, campaign])
    return [TallyRow(*(*row[:8], json.loads(row[8]), *row[9:])) for row in rows]


tally_bands = tables.tally_bands
