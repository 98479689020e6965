"""A choice of sites on files: demand, candidates and distances in; open sites, assignment, summary and pictures out."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ..tables import write_frame, write_json
from .case import Answer, Infeasible
from .choice import choose
from .drawing import draw_choice
from .intake import Asked, Read, read_case
from .report import by_part, histogram, one_more, points_table, sites_table, spread


def choose_on_files(
    asked: Asked, demand: Path, candidates: Path, out: Path, *, distances: Path | None = None,
    points: Path | None = None, seconds: float = 60.0, more: int = 0, pictures: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """Reads, answers and writes; gives the summary. `more` sites are tried beyond those asked.

    Raises Mistakes or Infeasible before anything is written."""
    read = read_case(asked, demand, candidates, distances, points)
    started = time.perf_counter()
    try:
        answer = choose(asked, read.case, read.radius, seconds, _areas(read))
    except Infeasible as reason:
        raise reason.naming(read.demand["demand"].to_list()) from reason
    took = time.perf_counter() - started
    tables = answer_tables(read, answer)
    if more:
        tables["curve"] = curve(asked, read, answer, seconds, more)
    told = summary(asked, read, answer, tables, took)
    for name, table in tables.items():
        write_frame(table, out / f"{name}.csv")
    write_json(told, out / "summary.json")
    if pictures:
        draw_choice(read, answer, tables, told, out)
    return told


def curve(asked: Asked, read: Read, answer: Answer, seconds: float, more: int) -> pl.DataFrame:
    """The best value with one site more, and one more again; `bought` is what each is better than the one before."""
    first = asked.open if asked.open is not None else int(answer.opened.sum())
    rows: list[tuple[int, float, float, float | None]] = [(first, answer.value, answer.bound, None)]
    for count in range(first + 1, min(first + more, read.case.sites) + 1):
        next_ = choose(replace(asked, open=count), read.case, read.radius, seconds, _areas(read))
        rows.append((count, next_.value, next_.bound, abs(next_.value - rows[-1][1])))
    names = {"open": pl.Int64, "value": pl.Float64, "bound": pl.Float64, "bought": pl.Float64}
    return pl.DataFrame(rows, schema=names, orient="row")


def _areas(read: Read) -> np.ndarray:
    """The area of each point as a number from 0; all one area where none is given."""
    return read.demand["area"].fill_null("").rank("dense").to_numpy().astype(np.int64) - 1


def answer_tables(read: Read, answer: Answer) -> dict[str, pl.DataFrame]:
    """The tables of an answer by the name of their file."""
    told = points_table(read, answer)
    tables = {
        "open": sites_table(read, answer),
        "assignment": told,
        "distances": histogram(told),
        "one_more": one_more(read, answer),
    }
    if "near" in told.columns:
        tables["far"] = told.filter(~pl.col("near").fill_null(False) & (pl.col("weight") > 0)).sort(
            "weight", descending=True
        )
    for part, name in (("area", "areas"), ("age", "ages")):
        if told[part].null_count() < told.height:
            tables[name] = by_part(told, part)
    return tables


def summary(asked: Asked, read: Read, answer: Answer, tables: dict[str, pl.DataFrame], took: float) -> dict[str, Any]:
    """The answer in numbers: value, bound, gap and proof, sites, and how far people go before and after."""
    of, told = read.case, tables["assignment"]
    people = float(of.weight.sum())
    after, before = (told[c].fill_null(np.inf).to_numpy() for c in ("nearest_distance", "distance_before"))
    numbers: dict[str, Any] = {
        "model": asked.model, "value": answer.value, "bound": answer.bound, "gap": answer.gap,
        "proven": answer.proven, "seconds": round(took, 3), "sense": "max" if answer.most else "min",
        "open": int(answer.opened.sum()), "kept": int(of.kept.sum()), "candidates": of.sites, "points": of.points,
        "people": people, "fixed_cost": float(of.fixed_cost[answer.opened].sum()),
        "distance_before": spread(before, of.weight), "distance_after": spread(after, of.weight),
    }  # fmt: skip
    if read.radius is not None:
        near = [float(of.weight[d <= read.radius].sum()) for d in (before, after)]
        numbers |= {"people_near_before": near[0], "people_near_after": near[1]}
        shares = [count / people if people else None for count in near]
        numbers |= {"share_near_before": shares[0], "share_near_after": shares[1]}
        if "areas" in tables and tables["areas"].height:
            worst = tables["areas"].row(0, named=True)
            numbers |= {"worst_area": worst["area"], "worst_share": worst["share_near_after"]}
    best = tables["one_more"].head(1)
    if best.height:
        numbers["one_more"] = {k: v for k, v in best.row(0, named=True).items() if v is not None}
    return numbers
