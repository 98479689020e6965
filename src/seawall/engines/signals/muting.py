"""Terms that tell who was vaccinated, tested or how a product was handled, not what it did: shown, never as harm."""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

import polars as pl

TABLE = Path(__file__).with_name("muted.csv")


class Mute(NamedTuple):
    """One row of muted.csv: a term, how it is matched (exact, starts, ends), its kind, and why in both languages."""

    term: str
    match: str
    kind: str
    zh: str
    en: str


@cache
def table() -> list[Mute]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [Mute(**row) for row in csv.DictReader(file)]


def muted(events: pl.Series) -> pl.Series:
    """The kind of mute by event, without regard to case; empty for a term that may be a reaction."""
    names = pl.DataFrame({"event": events.unique()}).with_columns(pl.col("event").str.to_lowercase().alias("name"))
    found = pl.coalesce(pl.when(_matches(mute)).then(pl.lit(mute.kind)) for mute in table())
    known = names.select("event", found.alias("muted"))
    return pl.DataFrame({"event": events}).join(known, on="event", how="left", maintain_order="left")["muted"]


def why(kind: str) -> tuple[str, str]:
    """The sentences (zh, en) of a kind."""
    return next((mute.zh, mute.en) for mute in table() if mute.kind == kind)


def _matches(mute: Mute) -> pl.Expr:
    name, term = pl.col("name"), mute.term.lower()
    return {"exact": name == term, "starts": name.str.starts_with(term), "ends": name.str.ends_with(term)}[mute.match]
