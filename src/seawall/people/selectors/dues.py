"""What persons were given and what they are due, by row for a page and by frame for a plan."""

from collections.abc import Iterable, Sequence
from datetime import date

import polars as pl

from seawall.platform import clock, sql
from seawall.terms.people import DoseRow, DueRow
from seawall.terms.rosters import ConditionRow

from ..frames import frame, split
from ..rows import dose_row, due_row

LIVING = "p.merged_into IS NULL AND p.state IN ('active', 'away')"
DUE_ON_DATE = """CASE WHEN {d}.status IN ('due', 'not_yet', 'overdue')
  OR ({d}.status IN ('deferred', 'ineligible') AND {d}.earliest <= %(on)s)
  THEN CASE WHEN {d}.earliest > %(on)s THEN 'not_yet' WHEN {d}.overdue_from <= %(on)s THEN 'overdue' ELSE 'due' END
  ELSE {d}.status END"""
ALIASES = """
SELECT u.id AS asked, m.id AS member FROM unnest(%(ids)s::bigint[]) AS u(id) JOIN people_person i ON i.id = u.id
JOIN LATERAL (
  SELECT COALESCE(i.merged_into, i.id) AS id UNION ALL
  SELECT a.id FROM people_person a WHERE a.merged_into = COALESCE(i.merged_into, i.id)) m ON TRUE
"""


def due_status_on(alias: str = "d") -> str:
    """SQL for the status of a stored due row on the day `%(on)s`: days pass without any row being rewritten."""
    return DUE_ON_DATE.format(d=alias)


def due_rows(person_ids: Iterable[int], programme: str, on: date | None = None) -> dict[int, DueRow]:
    """What these persons are due on a day (today); an alias is answered with its person's row."""
    rows = sql.fetch(
        f"SELECT i.id, d.programme, {due_status_on()}, d.dose_rank, d.earliest, d.recommended, d.overdue_from, d.latest, "
        "d.products, d.reason, d.rule, d.release, d.doses_given, d.complete_on FROM people_person i "
        "JOIN people_due d ON d.person_id = COALESCE(i.merged_into, i.id) "
        "WHERE i.id = ANY(%(ids)s) AND d.programme = %(programme)s",
        {"ids": list(person_ids), "programme": programme, "on": on or clock.today()},
        prepared=True,
    )
    return {row[0]: due_row(row) for row in rows}


def dose_rows(person_ids: Iterable[int], programme: str, *, corrected: bool = False) -> dict[int, list[DoseRow]]:
    """Lines of history by date with their verdicts; `corrected` adds those that a later line replaced or took back."""
    keep = "" if corrected else "AND v.act IS NOT NULL"
    rows = sql.fetch(
        "SELECT m.asked, d.act, d.given_on, d.product, d.lot, d.source, d.place_id, v.dose_number, v.dose_rank, v.verdict, "
        f"v.reason, v.rule, d.precision, v.act IS NULL FROM ({ALIASES}) m JOIN people_doseevent d ON d.person_id = m.member "
        "LEFT JOIN people_doseverdict v ON v.person_id = d.person_id AND v.act = d.act "
        f"WHERE d.programme = %(programme)s {keep} ORDER BY m.asked, d.given_on, v.dose_number, d.recorded_at",
        {"ids": list(person_ids), "programme": programme},
    )
    found: dict[int, list[DoseRow]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(dose_row(row))
    return found


def conditions(person_ids: Iterable[int], on: date | None = None) -> dict[int, list[ConditionRow]]:
    """Findings of these persons in force on a day, or all of them; of one kind and first day the last recorded."""
    rows = sql.fetch(
        "SELECT DISTINCT ON (m.asked, c.since, c.kind) m.asked, c.act, c.kind, c.since, c.until "
        f"FROM ({ALIASES}) m JOIN people_condition c ON c.person_id = m.member "
        "ORDER BY m.asked, c.since, c.kind, c.recorded_at DESC, c.act",
        {"ids": list(person_ids)},
    )
    found: dict[int, list[ConditionRow]] = {}
    for row in rows:
        finding = ConditionRow(*row)
        if on is None or (finding.since <= on and (finding.until is None or finding.until >= on)):
            found.setdefault(finding.person_id, []).append(finding)
    return found


def due_frame(programme: str, on: date, person_ids: Sequence[int] | None = None) -> pl.DataFrame:
    """Everybody who lives here with the status of the day: person, leaf, status, dose_rank, earliest, overdue_from,
    products, sex, birth."""
    some = "" if person_ids is None else "AND p.id = ANY(%(ids)s)"
    columns = f"""p.id, p.leaf_id, {due_status_on()}, d.dose_rank, d.earliest, d.overdue_from,
        array_to_string(d.products, '|'), p.sex, p.birth"""
    rows = frame(
        f"SELECT {columns} FROM people_due d JOIN people_person p ON p.id = d.person_id "
        f"WHERE d.programme = %(programme)s AND {LIVING} {some} ORDER BY p.id",
        {"programme": programme, "on": on, "ids": list(person_ids or ())},
        {
            "person": pl.Int64,
            "leaf": pl.Int64,
            "status": pl.String,
            "dose_rank": pl.Int16,
            "earliest": pl.Date,
            "overdue_from": pl.Date,
            "products": pl.String,
            "sex": pl.Int8,
            "birth": pl.Date,
        },
    )
    return rows.with_columns(split("products").alias("products"))


def waiting_frame(programme: str, on: date) -> pl.DataFrame:
    """Everybody who lives here and is still to come for a dose: person, leaf, its dose_rank, and the organisation of the first
    membership of the day."""
    return frame(
        "SELECT p.id, p.leaf_id, d.dose_rank, (SELECT m.organisation_id FROM people_membership m WHERE m.person_id = p.id "
        "AND m.since <= %(on)s AND (m.until IS NULL OR m.until >= %(on)s) ORDER BY m.since, m.organisation_id LIMIT 1) "
        "FROM people_due d JOIN people_person p ON p.id = d.person_id "
        f"WHERE d.programme = %(programme)s AND {LIVING} AND d.dose_rank IS NOT NULL "
        f"AND {due_status_on()} IN ('due', 'not_yet', 'overdue')",
        {"programme": programme, "on": on},
        {"person": pl.Int64, "leaf": pl.Int64, "dose_rank": pl.Int64, "organisation": pl.Int64},
    )


def given_frame(programme: str) -> pl.DataFrame:
    """One row for each dose in force: person, leaf, given_on, product, dose_rank (null when it does not count),
    dose_number, verdict, source, place_id."""
    return frame(
        "SELECT p.id, p.leaf_id, d.given_on, d.product, v.dose_rank, v.dose_number, v.verdict, d.source, d.place_id "
        "FROM people_doseverdict v JOIN people_doseevent d ON d.person_id = v.person_id AND d.act = v.act "
        "JOIN people_person i ON i.id = v.person_id JOIN people_person p ON p.id = COALESCE(i.merged_into, i.id) "
        "WHERE v.programme = %(programme)s",
        {"programme": programme},
        {
            "person": pl.Int64,
            "leaf": pl.Int64,
            "given_on": pl.Date,
            "product": pl.String,
            "dose_rank": pl.Int16,
            "dose_number": pl.Int16,
            "verdict": pl.String,
            "source": pl.String,
            "place_id": pl.Int64,
        },
    )


def population_frame(on: date, persons: Sequence[int] | None = None) -> pl.DataFrame:
    """Everybody who lives here, or of some persons, for groups: person, leaf, sex, birth, state, household, and the organisation, kind and
    sector of the first membership of the day (a person in two counts once)."""
    of_them, they = (
        ("", "") if persons is None else ("AND m.person_id = ANY(%(persons)s) ", "AND p.id = ANY(%(persons)s) ")
    )
    return frame(
        "SELECT p.id, p.leaf_id, p.sex, p.birth, p.state, p.household_id, o.id, o.kind, o.sector FROM people_person p "
        "LEFT JOIN (SELECT DISTINCT ON (m.person_id) m.person_id, m.organisation_id FROM people_membership m "
        f"WHERE m.since <= %(on)s AND (m.until IS NULL OR m.until >= %(on)s) {of_them}"
        "ORDER BY m.person_id, m.since, m.organisation_id) f ON f.person_id = p.id "
        f"LEFT JOIN people_organisation o ON o.id = f.organisation_id WHERE {LIVING} {they}ORDER BY p.id",
        {"on": on, "persons": persons},
        {
            "person": pl.Int64,
            "leaf": pl.Int64,
            "sex": pl.Int8,
            "birth": pl.Date,
            "state": pl.String,
            "household": pl.Int64,
            "organisation": pl.Int64,
            "kind": pl.String,
            "sector": pl.String,
        },
    )


def coverage_by_age(programme: str, on: date, from_ages: Sequence[int]) -> list[tuple[int, int, int]]:
    """People, started and complete by age band on a day; `from_ages` are the youngest ages of all bands but the first."""
    rows = sql.fetch(
        "SELECT width_bucket(date_part('year', age(%(on)s::date, p.birth)), %(ages)s::float8[]) AS band, count(*), "
        "count(*) FILTER (WHERE d.doses_given > 0), count(*) FILTER (WHERE d.complete_on <= %(on)s) "
        "FROM people_person p LEFT JOIN people_due d ON d.person_id = p.id AND d.programme = %(programme)s "
        f"WHERE {LIVING} GROUP BY band",
        {"on": on, "ages": list(from_ages), "programme": programme},
    )
    found = {int(band): (people, started, complete) for band, people, started, complete in rows if band is not None}
    return [found.get(band, (0, 0, 0)) for band in range(len(from_ages) + 1)]
