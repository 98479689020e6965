"""Where the room meets the schedule engine: frames of keys, dates and codes in, verdicts and what is due out."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from seawall.engines import schedule as engine
from seawall.reference import selectors as reference
from seawall.terms.acts import Params, Refused

PERSONS = {"person": pl.Int64, "birth": pl.Date, "birth_precision": pl.String, "sex": pl.Int8}
DOSES = {
    "person": pl.Int64,
    "given_on": pl.Date,
    "product": pl.String,
    "precision": pl.String,
    "source": pl.String,
    "person_id": pl.Int64,
    "act": pl.String,
    "programme": pl.String,
}
AWAITED = ("due", "overdue", "not_yet", "deferred", "ineligible")
TELLING = ("review", "deferred", "contraindicated", "complete")
"""Of rows that await no dose: who must look first, then what stands against it, then that it is done."""
COUNTING = ("valid", "valid_by_grace", "review", "not_valid")
"""Of the verdicts of one dose for several targets, the one that is kept: it counts where it counts for any."""
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


def programmes() -> dict[str, engine.Schedule]:
    """The newest rules of every programme, shipped or released here from a folder: a line of history may name any of them."""
    released = {
        code: _released(row.hash, _Texts(row.folder)) for code, row in reference.releases_in_force(date.max).items()
    }
    return {name: _shipped(name) for name in _names_shipped() if name not in released} | released


@cache
def _names_shipped() -> list[str]:
    return sorted(p.name for p in SHIPPED.iterdir() if (p / "schedule.toml").exists())


def products() -> dict[str, frozenset[str]]:
    """Codes of products that a line of each programme's history may name."""
    every = {name: rules.tables for name, rules in programmes().items()}
    return {name: frozenset(p.product for p in (*t.products, *t.others)) for name, t in every.items()}


def products_of(programme: str) -> frozenset[str]:
    """Codes of the products that a programme gives."""
    return frozenset(v.product for v in vaccines(programme) if v.own)


def read_as(programme: str) -> dict[tuple[str, str], str]:
    """What a dose of another programme is in this one's history, by that programme and its product.

    A product that this schedule knows is itself; else it stands under the name of its target where the table of others
    has one, else as any other vaccine (`*`). What the table of others has no row for is not read.
    """
    every = programmes()
    own = every[programme].tables
    known = {v.product for v in own.vaccines()}
    rest = next((v.product for v in own.vaccines() if v.cvx == "*"), None)
    found = {}
    for name, rules in every.items():
        if name == programme:
            continue
        tables = rules.tables
        told = [(row.product, row.targets) for row in tables.products]
        told += [(row.product, row.targets) for row in tables.others]
        for product, against in told:
            if code := next((code for code in (product, *against) if code in known), rest):
                found[name, product] = code
        targets = [target.target for target in tables.targets]
        if code := next((code for code in targets if code in known), rest):
            found[name, ""] = code
    return found


@dataclass(frozen=True, slots=True)
class VaccineRow:
    """A product as its programme's table states it; `own` if the programme gives it, `since` the first day if there is one."""

    product: str
    cvx: str
    cn: str
    name_zh: str
    name_en: str
    since: date | None
    own: bool


def vaccines(programme: str) -> list[VaccineRow]:
    """The products that a line of this programme's history may name, with their codes and names."""
    rules = programmes().get(programme)
    if rules is None:
        raise Refused("PROGRAMME_UNKNOWN", programme=programme[:32])
    tables = rules.tables
    own = {p.product for p in tables.products}
    rows = tables.vaccines()
    return [VaccineRow(v.product, v.cvx, v.cn, v.name_zh, v.name_en, v.valid_from, v.product in own) for v in rows]


def vaccine_name(code: str) -> tuple[str, str]:
    """A product that any history may name, in both languages; one that no programme knows is its own name."""
    if code not in _vaccine_names():
        _vaccine_names.cache_clear()  # a programme may have been released since
    return _vaccine_names().get(code, (code, code))


@cache
def _vaccine_names() -> Mapping[str, tuple[str, str]]:
    every = [v for rules in programmes().values() for v in rules.tables.vaccines()]
    return {v.product: (v.name_zh, v.name_en) for v in every}


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

    A schedule with several targets gives a due row for each, under `programme/target`, and under the programme itself the
    one that calls first: that is what its campaign offers. Of a dose's verdicts for them the best is kept.
    """
    programme = rules.programme
    found = engine.judge(rules, persons, lines, findings, as_of=on)
    stamp: list[Any] = [pl.lit(programme).alias("programme"), pl.lit(rules.release).alias("release")]
    own = lines["programme"].gather(found.verdicts["row"]) == programme
    weight = pl.col("verdict").replace_strict(COUNTING, list(range(len(COUNTING))), default=len(COUNTING))
    told = found.verdicts.filter(own, pl.col("verdict").is_not_null()).sort("row", weight, maintain_order=True)
    verdicts = told.unique("row", keep="first", maintain_order=True)
    keys = [lines[name].gather(verdicts["row"]) for name in ("person_id", "act")]
    verdicts = verdicts.with_columns(*keys, *stamp).with_columns(pl.col("dose_number").fill_null(0))
    due = found.due.with_columns(*stamp)
    if len(rules.tables.targets) > 1:
        order = [target.target for target in rules.tables.targets]
        first = _first_call(due.sort(pl.col("target").replace_strict(order, list(range(len(order))))), on)
        due = pl.concat([due.with_columns(programme=pl.concat_str("programme", "target", separator="/")), first])
    return Judged(programme, verdicts, due)


def _first_call(due: pl.DataFrame, on: date) -> pl.DataFrame:
    """Of each person's rows, which stand in the order of the schedule's targets, the one whose dose is open first;
    where none will be, the one that says most about the person."""
    awaited = pl.col("status").is_in(AWAITED) & pl.col("earliest").is_not_null()
    opens = pl.when(awaited).then(pl.max_horizontal("earliest", pl.lit(on)))
    telling = pl.col("status").replace_strict(TELLING, list(range(len(TELLING))), default=len(TELLING))
    ranked = due.sort(opens, telling, nulls_last=True, maintain_order=True)
    return ranked.unique("person", keep="first", maintain_order=True).sort("person")


def apart(programme: str, other: str, day: date) -> date | None:
    """The first day for any dose of a programme after one of another on a day, by the spacing rows in force; None where none binds."""
    tables, code = schedule(programme, day).tables, read_as(programme).get((other, ""))
    bind = (row for row in tables.spacing if row.in_force(day) and not row.product and code in tables.named(row.other))
    return max((row.schedule_min.after(day) for row in bind if row.schedule_min), default=None)


def turns_on(programme: str, day: date) -> bool:
    """Whether a rule of the schedule in force begins on this day, or ended the day before."""
    before = day - timedelta(days=1)
    rules = schedule(programme, day).tables.rules.values()
    return any(row.valid_from == day or row.valid_to == before for row in rules)
