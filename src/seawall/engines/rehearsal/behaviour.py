"""How people behave on a day, by seed: who comes, who is late, who has a fever, who leaves early, who reacts."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import polars as pl

from .shares import Floats
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


@dataclass(frozen=True, slots=True)
class Fate:
    """Draws that belong to a person on a day: the same whoever else is there, so that half a day can be lived again."""

    seed: int
    day: int
    step: int

    def of(self, persons: pl.Series, which: int) -> Floats:
        """One uniform draw in [0, 1) for each person (splitmix64 of seed, day, step, person and `which`)."""
        mixed = persons.to_numpy().astype(np.uint64)
        for part in (self.seed, self.day, self.step, which):
            mixed = _mix(mixed * np.uint64(0x9E3779B97F4A7C15) + np.uint64(part + 1))
        return (mixed >> np.uint64(11)).astype(np.float64) / float(1 << 53)

    def normal(self, persons: pl.Series, which: int) -> Floats:
        """A standard normal draw for each person."""
        first, second = 1.0 - self.of(persons, which), self.of(persons, which + 1)
        return np.sqrt(-2 * np.log(first)) * np.cos(2 * np.pi * second)


def _mix(x: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def attendance(booked: pl.DataFrame, b: Behaviour, fate: Fate) -> pl.DataFrame:
    """Add `outcome` (came | late | no_show) and `shift` (minutes against the seat) to bookings that carry `punctuality`
    (mean about 0.8); the unpunctual miss more."""
    careless = (1 - booked["punctuality"].to_numpy()) / 0.2
    roll = fate.of(booked["person"], 0)
    missing = np.clip(b.no_show * careless, 0, 0.6)
    late = np.clip(b.late * careless, 0, 0.3)
    outcome = np.where(roll < missing, "no_show", np.where(roll < missing + late, "late", "came"))
    spread = fate.of(booked["person"], 1)
    shift = np.where(outcome == "late", 20 + 55 * spread, -12 + 18 * spread).astype(np.int64)
    return booked.with_columns(outcome=pl.Series(outcome, dtype=pl.String), shift=pl.Series(shift))


def overbook(doses: int | float, b: Behaviour) -> int:
    """How many to invite so that about `doses` are given."""
    lost = (1 - b.no_show) * (1 - b.fever - b.unsuitable) * (1 - b.consent_refused)
    return round(doses / lost)


def inquiry(arrived: pl.DataFrame, b: Behaviour, fate: Fate) -> pl.DataFrame:
    """Add celsius, screening (recommended | deferred | unsuitable) and agreed. `allergic` and `pregnant` are always found."""
    who = arrived["person"]
    hot = fate.of(who, 10) < b.fever
    z = fate.normal(who, 11)
    celsius = np.where(hot, FEVER + np.abs(0.3 + 0.4 * z), np.clip(36.5 + 0.2 * z, 35.8, 37.2))
    known = arrived["allergic"].to_numpy() | arrived["pregnant"].to_numpy()
    never = known | (fate.of(who, 13) < b.unsuitable)
    screening = np.where(never, "unsuitable", np.where(hot, "deferred", "recommended"))
    return arrived.with_columns(
        celsius=pl.Series(np.round(celsius, 1)),
        screening=pl.Series(screening, dtype=pl.String),
        agreed=pl.Series(fate.of(who, 14) >= b.consent_refused),
    )


def leaving(given: pl.DataFrame, b: Behaviour, fate: Fate) -> pl.DataFrame:
    """Add `minutes` stayed and `early`: a few sign and go before their half hour."""
    early = fate.of(given["person"], 20) < b.leaves_early
    u = fate.of(given["person"], 21)
    minutes = np.where(early, 8 + 20 * u, 30 + 11 * u).astype(np.int64)
    return given.with_columns(early=pl.Series(early), minutes=pl.Series(minutes))


def reactions(given: pl.DataFrame, b: Behaviour, tables: Tables, fate: Fate, at_least: int = 0) -> pl.DataFrame:
    """The rows of `given` that react, with kind, serious and onset in minutes; `at_least` plants some in a small city."""
    roll = fate.of(given["person"], 30)
    hit = roll < b.event
    if at_least:
        hit[np.argsort(roll, kind="stable")[:at_least]] = True
    rows = given.filter(pl.Series(hit))
    kinds = tables["event_kinds"]
    edges = np.cumsum(kinds["weight"].to_numpy().astype(float))
    k = np.searchsorted(edges / edges[-1], fate.of(rows["person"], 31), side="right").clip(0, kinds.height - 1)
    severe = (kinds["serious"].to_numpy()[k] == 1) & (fate.of(rows["person"], 32) < 0.5)
    wait = -np.log(1 - fate.of(rows["person"], 33)) * kinds["onset_minutes"].to_numpy()[k]
    onset = np.clip(wait, 1, 4000).astype(np.int64)
    return rows.with_columns(
        kind=kinds["kind"].gather(k), serious=pl.Series(severe), onset_minutes=pl.Series(onset, dtype=pl.Int64)
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
