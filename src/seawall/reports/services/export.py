"""De-identified Parquet as of a closed day: people, doses, stock and closings, with a dictionary of every column and its unit."""

import csv
import json
import secrets
import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow
from seawall.engines import schedule as engine
from seawall.platform import clock, sql
from seawall.platform import selectors as platform
from seawall.reference import selectors as reference
from seawall.terms.acts import Refused

from ..selectors.series import last_closing

TABLE = Path(__file__).parents[1] / "tables" / "export.csv"
KINDS: dict[str, Any] = {"text": pl.String, "integer": pl.Int64, "date": pl.Date, "datetime": pl.Datetime("us", "UTC")}
LAST_BAND = 85
PERSON = {"person": pl.Int64, "birth": pl.Date, "birth_precision": pl.String, "sex": pl.Int8, "unit": pl.String}
LINE = {
    "person": pl.Int64,
    "given_on": pl.Date,
    "product": pl.String,
    "precision": pl.String,
    "source": pl.String,
    "unit": pl.String,
}
FINDING = {"person": pl.Int64, "kind": pl.String, "since": pl.Date, "until": pl.Date}

PEOPLE = """
SELECT p.id, p.birth, p.birth_precision, p.sex, u.code FROM people_person p
LEFT JOIN reference_unitleaf l ON l.leaf_id = p.leaf_id AND l.valid_from <= %(day)s AND coalesce(l.valid_to >= %(day)s, true)
  AND l.unit_id IN (SELECT id FROM reference_reportingunit WHERE kind = 'plan')
LEFT JOIN reference_reportingunit u ON u.id = l.unit_id
WHERE p.merged_into IS NULL AND p.state IN ('active', 'away') ORDER BY p.id
"""
CLOSED = """
SELECT a.tx, c.closed_at FROM reports_closing c JOIN campaigns_campaign k ON k.id = c.ref_id
JOIN platform_act a ON a.owner_kind = 'city' AND a.owner_id = 0 AND a.act = c.act
WHERE c.level = 'city' AND k.code = %(campaign)s AND c.day = %(day)s
"""
KNOWN = "WITH known AS MATERIALIZED (SELECT act FROM platform_act WHERE owner_kind = 'person' AND refusal = '' AND tx <= %(tx)s)"
LINES = f"""
{KNOWN} SELECT coalesce(p.merged_into, p.id), d.given_on, d.product, d.precision, d.source, u.code FROM people_doseevent d
JOIN people_person p ON p.id = d.person_id
LEFT JOIN reference_place h ON h.id = d.place_id
LEFT JOIN reference_unitleaf l ON l.leaf_id = h.leaf_id AND l.valid_from <= %(day)s AND coalesce(l.valid_to >= %(day)s, true)
  AND l.unit_id IN (SELECT id FROM reference_reportingunit WHERE kind = 'plan')
LEFT JOIN reference_reportingunit u ON u.id = l.unit_id
WHERE d.programme = %(programme)s AND d.given_on <= %(day)s AND NOT d.withdrawn AND d.act IN (SELECT act FROM known)
  AND NOT EXISTS (SELECT 1 FROM people_doseevent c WHERE c.corrects = d.act AND c.act IN (SELECT act FROM known))
ORDER BY 1, 2, d.act
"""
FINDINGS = f"""
{KNOWN} SELECT DISTINCT ON (1, c.kind, c.since) coalesce(p.merged_into, p.id), c.kind, c.since, c.until FROM people_condition c
JOIN people_person p ON p.id = c.person_id WHERE c.act IN (SELECT act FROM known) ORDER BY 1, c.kind, c.since, c.recorded_at DESC, c.act
"""
STOCK = """
SELECT u.code, h.kind, h.code, f.product, f.lot, t.expires, f.state, f.doses FROM reports_stockfact f
JOIN reference_place h ON h.id = f.place_id JOIN supply_lot t ON t.lot = f.lot
LEFT JOIN reference_reportingunit u ON u.id = h.unit_id WHERE f.day = %(day)s ORDER BY 1, 3, 5, 7
"""
CLOSINGS = """
SELECT c.day, u.code, c.closed_at, jsonb_array_length(c.missing), s.given, s.wasted, s.arrived, s.deferred, s.turned_away, s.gone
FROM reports_closing c LEFT JOIN reference_reportingunit u ON c.level = 'unit' AND u.id = c.ref_id
LEFT JOIN (
    SELECT f.day, coalesce(h.unit_id, 0) AS unit_id, grouping(h.unit_id) AS whole,
           sum(count) FILTER (WHERE measure = 'given')::int AS given, sum(count) FILTER (WHERE measure = 'wasted')::int AS wasted,
           sum(count) FILTER (WHERE measure = 'arrived')::int AS arrived,
           sum(count) FILTER (WHERE measure = 'deferred')::int AS deferred,
           sum(count) FILTER (WHERE measure = 'turned_away')::int AS turned_away,
           sum(count) FILTER (WHERE measure = 'gone')::int AS gone
    FROM reports_sitefact f JOIN reference_place h ON h.id = f.site_id GROUP BY GROUPING SETS ((f.day, h.unit_id), (f.day))
) s ON s.day = c.day AND CASE WHEN c.level = 'city' THEN s.whole = 1 ELSE s.whole = 0 AND s.unit_id = c.ref_id END
WHERE (c.level = 'unit' OR (c.level = 'city' AND c.ref_id = (SELECT id FROM campaigns_campaign WHERE code = %(campaign)s)))
  AND c.day <= %(day)s ORDER BY 1, 2 NULLS FIRST
"""


def dictionary() -> list[dict[str, str]]:
    """Every column that an export holds."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def export(campaign: CampaignRow, on: date | None, folder: Path) -> dict[str, int]:
    """Write the four files of a campaign's closed day with their dictionary and a note of what they are; rows by file.

    People get a key that is drawn anew for each export. Nothing in it names, numbers or places a person below the unit.
    """
    day = on or last_closing(campaign.code)
    closed = sql.fetch(CLOSED, {"campaign": campaign.code, "day": day})
    if day is None or not closed:
        raise Refused("DAY_NOT_CLOSED", day=day.isoformat() if day else None)
    ((tx, at),) = closed
    nature = platform.nature()
    named = {"campaign": campaign.code, "day": day, "tx": tx, "programme": campaign.programme}
    people, doses, release = _judged(named, campaign.code)
    frames = {
        "people": people,
        "doses": doses,
        "stock": _frame("stock", sql.fetch(STOCK, named)),
        "closings": _frame("closings", sql.fetch(CLOSINGS, named)),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        frame.write_parquet(folder / f"{name}.parquet")
    shutil.copyfile(TABLE, folder / "dictionary.csv")
    rows = {name: frame.height for name, frame in frames.items()}
    about = {
        "campaign": campaign.code,
        "programme": campaign.programme,
        "as_of": day.isoformat(),
        "closed_at": at.astimezone(clock.zone()).isoformat(),
        "rules": release,
        "synthetic": nature.synthetic,
        "scale": nature.scale,
        "rows": rows,
    }
    (folder / "export.json").write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")
    return rows


def _frame(file: str, rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=_schema(file), orient="row")


def _schema(file: str) -> dict[str, Any]:
    return {row["column"]: KINDS[row["type"]] for row in dictionary() if row["file"] == file}


def _judged(named: dict[str, Any], campaign: str) -> tuple[pl.DataFrame, pl.DataFrame, str]:
    """People and doses as the closing knew them, judged by the rules of that day."""
    persons = _columns(PEOPLE, named, PERSON)
    lines = _columns(LINES, named, LINE)
    findings = _columns(FINDINGS, named, FINDING)
    here = persons.select("person")
    lines, findings = lines.join(here, on="person", how="semi"), findings.join(here, on="person", how="semi")
    rules = _rules(named["programme"], named["day"])
    found = engine.judge(rules, persons.drop("unit"), lines.drop("unit"), findings, as_of=named["day"])
    keys = here.with_columns(key=pl.Series([secrets.token_hex(8) for _ in range(here.height)], dtype=pl.String))
    verdicts = found.verdicts.with_columns(lines["unit"], lines["given_on"], lines["source"], lines["person"])
    return _people(persons, found.due, verdicts, keys, named["day"], campaign), _doses(verdicts, keys), rules.release


def _columns(query: str, named: dict[str, Any], schema: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(sql.fetch(query, named), schema=schema, orient="row")


def _rules(programme: str, day: date) -> engine.Schedule:
    """The stored release in force on a day."""
    release = reference.release(programme, day)
    if release is None:
        return engine.load(engine.shipped(programme))
    with tempfile.TemporaryDirectory(prefix="seawall-release-") as folder:
        for name, text in release.folder.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return engine.load(Path(folder))


def _people(
    persons: pl.DataFrame, due: pl.DataFrame, verdicts: pl.DataFrame, keys: pl.DataFrame, day: date, campaign: str
) -> pl.DataFrame:
    doses = verdicts.group_by("person").agg(doses_given=pl.len(), doses_valid=pl.col("dose_rank").count())
    columns = ("dose_rank", "status", "earliest", "overdue_from", "complete_on", "reason")
    joined = (
        persons.join(keys, on="person")
        .join(due.select("person", *columns), on="person", how="left")
        .join(doses, on="person", how="left")
        .join(campaigns.group_frame(campaign), on="person", how="left")
        .with_columns(pl.col("doses_given", "doses_valid").fill_null(0), age_band=_band(day))
        .drop("person")
        .rename({"key": "person", "dose_rank": "next_rank", "reason": "why", "group": "campaign_group"})
    )
    return _told("people", joined).sort("person")


def _doses(verdicts: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    joined = verdicts.join(keys, on="person").drop("person").rename({"key": "person"})
    return _told("doses", joined).sort("person", "given_on", "dose_number")


def _told(file: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of the dictionary, in its order and types."""
    return frame.select(pl.col(name).cast(kind) for name, kind in _schema(file).items())


def _band(day: date) -> pl.Expr:
    birth = pl.col("birth")
    before = (birth.dt.month() * 100 + birth.dt.day()) > day.month * 100 + day.day
    low = ((day.year - birth.dt.year() - before.cast(pl.Int32)) // 5) * 5
    band = pl.concat_str(low.cast(pl.String), pl.lit("-"), (low + 4).cast(pl.String))
    return pl.when(low >= LAST_BAND).then(pl.lit(f"{LAST_BAND}+")).otherwise(band)
