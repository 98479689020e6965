"""How people behave on a day, by seed: who comes, who is late, who has a fever, who leaves early, who reacts."""

from dataclasses import dataclass, fields

import numpy as np
import polars as pl

from .shares import pick
from .tables import Tables, load_tables

FEVER = 37.3


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Shares and rates of behaviour.csv that the day uses."""

    no_show: float
    late: float
    walk_in: float
    fever: float
    unsuitable: float
    consent_refused: float
    leaves_early: float
    event: float
    event_serious: float
    plant_every: float
    open_vial: float


def load_behaviour(tables: Tables | None = None) -> Behaviour:
    """The parameters as shipped."""
    tables = tables or load_tables()
    return Behaviour(**{f.name: tables.number(f.name) for f in fields(Behaviour)})


def dice(seed: int, day: int, step: int) -> np.random.Generator:
    """One generator per seed, day (ordinal) and step, so that a day can be replayed alone."""
    return np.random.default_rng([seed, day, step])


def attendance(booked: pl.DataFrame, b: Behaviour, rng: np.random.Generator) -> pl.DataFrame:
    """Add `outcome` (came | late | no_show) to bookings that carry `punctuality` (mean about 0.8); the unpunctual miss more."""
    careless = (1 - booked["punctuality"].to_numpy()) / 0.2
    roll = rng.random(booked.height)
    missing = np.clip(b.no_show * careless, 0, 0.6)
    late = np.clip(b.late * careless, 0, 0.3)
    outcome = np.where(roll < missing, "no_show", np.where(roll < missing + late, "late", "came"))
    return booked.with_columns(outcome=pl.Series(outcome, dtype=pl.String))


def overbook(doses: int | float, b: Behaviour) -> int:
    """How many to invite so that about `doses` are given."""
    lost = (1 - b.no_show) * (1 - b.fever - b.unsuitable) * (1 - b.consent_refused)
    return round(doses / lost)


def inquiry(arrived: pl.DataFrame, b: Behaviour, rng: np.random.Generator) -> pl.DataFrame:
    """Add celsius, screening (recommended | deferred | unsuitable) and agreed. `allergic` and `pregnant` are always found."""
    n = arrived.height
    hot = rng.random(n) < b.fever
    celsius = np.where(hot, FEVER + np.abs(rng.normal(0.3, 0.4, n)), np.clip(rng.normal(36.5, 0.2, n), 35.8, 37.2))
    known = arrived["allergic"].to_numpy() | arrived["pregnant"].to_numpy()
    never = known | (rng.random(n) < b.unsuitable)
    screening = np.where(never, "unsuitable", np.where(hot, "deferred", "recommended"))
    return arrived.with_columns(
        celsius=pl.Series(np.round(celsius, 1)),
        screening=pl.Series(screening, dtype=pl.String),
        agreed=pl.Series(rng.random(n) >= b.consent_refused),
    )


def leaving(given: pl.DataFrame, b: Behaviour, rng: np.random.Generator) -> pl.DataFrame:
    """Add `minutes` stayed and `early`: a few sign and go before their half hour."""
    early = rng.random(given.height) < b.leaves_early
    minutes = np.where(early, rng.integers(8, 28, given.height), rng.integers(30, 41, given.height))
    return given.with_columns(early=pl.Series(early), minutes=pl.Series(minutes))


def reactions(
    given: pl.DataFrame, b: Behaviour, tables: Tables, rng: np.random.Generator, at_least: int = 0
) -> pl.DataFrame:
    """The rows of `given` that react, with kind, serious and onset in minutes; `at_least` plants some in a small city."""
    hit = rng.random(given.height) < b.event
    if at_least and given.height:
        hit[rng.choice(given.height, size=min(at_least, given.height), replace=False)] = True
    rows = given.filter(pl.Series(hit))
    kinds = tables["event_kinds"]
    k = pick(rng, kinds["weight"].to_numpy().astype(float), rows.height)
    severe = (kinds["serious"].to_numpy()[k] == 1) & (rng.random(rows.height) < 0.5)
    onset = np.maximum(1, rng.exponential(kinds["onset_minutes"].to_numpy()[k], rows.height)).astype(np.int64)
    return rows.with_columns(
        kind=kinds["kind"].gather(k), serious=pl.Series(severe), onset_minutes=pl.Series(np.minimum(onset, 4000))
    )


def plants_today(day_number: int, kind: str, b: Behaviour) -> bool:
    """Whether a planted attempt of this kind falls on this day of the campaign (0 is the first)."""
    offset = {"TOO_EARLY": 1, "EXPIRED": 2, "RECALLED": 0, "USED": 1}[kind]
    return day_number % round(b.plant_every) == offset % round(b.plant_every)


def sample(rows: pl.DataFrame, n: int, rng: np.random.Generator) -> pl.DataFrame:
    """n rows at random, in a stable order; all when there are fewer."""
    if rows.height <= n:
        return rows
    return rows[np.sort(rng.choice(rows.height, size=n, replace=False))]
