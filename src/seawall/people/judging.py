"""Where the room meets the schedule engine: frames of keys, dates and codes in, verdicts and what is due out."""

import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from seawall.engines import schedule as engine
from seawall.reference import selectors as reference
from seawall.terms.acts import Params

PERSONS = {"person": pl.Int64, "birth": pl.Date, "birth_precision": pl.String, "sex": pl.Int8}
DOSES = {
    "person": pl.Int64,
    "given_on": pl.Date,
    "product": pl.String,
    "precision": pl.String,
    "source": pl.String,
    "person_id": pl.Int64,
    "act": pl.String,
}
SHIPPED = Path(engine.__file__).parent / "schedules"
CONDITIONS = {"person": pl.Int64, "kind": pl.String, "since": pl.Date, "until": pl.Date}


@dataclass(frozen=True, slots=True)
class Judged:
    """One programme: a verdict for each line in force, a due row for each person."""

    programme: str
    verdicts: pl.DataFrame
    due: pl.DataFrame

    def verdicts_by_act(self) -> dict[str, Params]:
        """What a dose's answer says about the dose."""
        names = ("dose_rank", "dose_number", "verdict", "reason", "rule")
        rows = self.verdicts.select("act", *names).iter_rows()
        return {act: dict(zip(names, values, strict=True)) for act, *values in rows}

    def due_by_person(self) -> dict[int, Params]:
        """What a dose's answer says about what comes next."""
        rows = self.due.select("person", "status", "dose_rank", "earliest", "complete_on").iter_rows()
        return {
            person: {
                "status": status,
                "next_rank": rank,
                "next_earliest": _text(earliest),
                "complete_on": _text(complete),
            }
            for person, status, rank, earliest, complete in rows
        }


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def kept() -> list[str]:
    """Programmes in use here: everybody has a due row in them."""
    return reference.programmes_in_use()


def shipped() -> list[str]:
    """Programmes for which there is a schedule: a line of history may name any of them."""
    return sorted(p.name for p in SHIPPED.iterdir() if (p / "schedule.toml").exists())


def products(programme: str) -> frozenset[str]:
    """Codes of products that a line of this programme's history may name."""
    tables = _shipped(programme).tables
    return frozenset(p.product for p in tables.products) | frozenset(p.product for p in tables.others)


@lru_cache(maxsize=32)
def _shipped(programme: str) -> engine.Schedule:
    return engine.load(engine.shipped(programme))


def schedule(programme: str, on: date) -> engine.Schedule:
    """The schedule of the release in force on a day; without any release the one that is shipped."""
    release = reference.release(programme, on)
    return _released(release.hash, _Texts(release.folder)) if release else _shipped(programme)


class _Texts(dict[str, str]):
    """A folder's texts, equal to any other: the hash beside it is what tells releases apart."""

    def __hash__(self) -> int:  # type: ignore[override]
        return 0

    def __eq__(self, other: object) -> bool:
        return True


@lru_cache(maxsize=32)
def _released(key: str, texts: _Texts) -> engine.Schedule:
    with tempfile.TemporaryDirectory(prefix="seawall-release-") as folder:
        for name, text in texts.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return engine.load(Path(folder))


def judge(programme: str, persons: pl.DataFrame, lines: pl.DataFrame, findings: pl.DataFrame, on: date) -> Judged:
    """Which lines count and what is due next, by the rules of their days."""
    return judge_by(schedule(programme, on), persons, lines, findings, on)


def judge_by(
    rules: engine.Schedule, persons: pl.DataFrame, lines: pl.DataFrame, findings: pl.DataFrame, on: date
) -> Judged:
    """The same by given rules, released or not.

    A schedule with several targets gives a due row for each, under `programme/target`.
    """
    programme = rules.programme
    found = engine.judge(rules, persons, lines, findings, as_of=on)
    stamp: list[Any] = [pl.lit(programme).alias("programme"), pl.lit(rules.release).alias("release")]
    verdicts = found.verdicts.filter(pl.col("verdict").is_not_null()).unique("row", keep="first", maintain_order=True)
    keys = [lines[name].gather(verdicts["row"]) for name in ("person_id", "act")]
    verdicts = verdicts.with_columns(*keys, *stamp).with_columns(pl.col("dose_number").fill_null(0))
    due = found.due.with_columns(*stamp)
    if len(rules.tables.targets) > 1:
        due = due.with_columns(programme=pl.concat_str("programme", "target", separator="/"))
    return Judged(programme, verdicts, due)


def turns_on(programme: str, day: date) -> bool:
    """Whether a rule of the schedule in force begins on this day, or ended the day before."""
    before = day - timedelta(days=1)
    rules = schedule(programme, day).tables.rules.values()
    return any(row.valid_from == day or row.valid_to == before for row in rules)
