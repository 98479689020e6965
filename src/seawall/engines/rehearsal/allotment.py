"""Who is asked for a day, which seat each is offered, and which pack each dose comes from: pure choices by quota and order."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl


def choose(candidates: pl.DataFrame, quota: pl.DataFrame, factor: float, rng: np.random.Generator) -> pl.DataFrame:
    """Persons to invite: person, unit, dose_rank, product.

    `candidates`: person, unit, group, dose_rank, product (null for a first dose), order (lowest first);
    `quota`: unit, group, product, dose_rank, doses. First doses go by unit and group, what a group cannot fill to others of
    the unit; later doses by unit and product. `factor` invites more than the quota, for those who will not come.
    """
    first = _first(candidates.filter(pl.col("dose_rank") == 1), quota.filter(pl.col("dose_rank") == 1), factor, rng)
    later = _take(
        candidates.filter(pl.col("dose_rank") > 1),
        _wanted(quota.filter(pl.col("dose_rank") > 1), ["unit", "product", "dose_rank"], factor, rng),
        ["unit", "product", "dose_rank"],
    )
    return pl.concat([later, first]).select("person", "unit", "dose_rank", "product")


def _first(candidates: pl.DataFrame, quota: pl.DataFrame, factor: float, rng: np.random.Generator) -> pl.DataFrame:
    wanted = _wanted(quota, ["unit", "group"], factor, rng)
    taken = _take(candidates, wanted, ["unit", "group"])
    short = wanted.group_by("unit").agg(pl.col("n").sum())
    short = short.join(taken.group_by("unit").agg(got=pl.len().cast(pl.Int64)), on="unit", how="left")
    short = short.with_columns(n=pl.col("n") - pl.col("got").fill_null(0)).filter(pl.col("n") > 0).select("unit", "n")
    if short.is_empty():
        return taken
    others = candidates.join(taken.select("person"), on="person", how="anti", maintain_order="left")
    return pl.concat([taken, _take(others, short, ["unit"])])


def _wanted(quota: pl.DataFrame, keys: list[str], factor: float, rng: np.random.Generator) -> pl.DataFrame:
    cells = quota.group_by(keys).agg(n=pl.col("doses").sum()).sort(keys)
    more = np.floor(cells["n"].to_numpy() * factor + rng.random(cells.height)).astype(np.int64)
    return cells.with_columns(n=pl.Series(more, dtype=pl.Int64))


def _take(rows: pl.DataFrame, wanted: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """The first n rows of each key, in order."""
    placed = rows.sort("order", "person").with_columns(place=pl.int_range(pl.len(), dtype=pl.Int64).over(keys))
    return placed.join(wanted, on=keys, how="inner").filter(pl.col("place") < pl.col("n")).drop("place", "n")


def seat(invited: pl.DataFrame, seats: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Add site and starts_at: the people of a unit spread evenly over its free seats (seats: unit, site, starts_at, free)."""
    free = seats.filter(pl.col("free") > 0).sort("unit", "starts_at", "site")
    free = free.select(pl.exclude("free").repeat_by("free").explode())
    free = free.with_columns(
        seat=pl.int_range(pl.len(), dtype=pl.Int64).over("unit"), all=pl.len().over("unit").cast(pl.Int64)
    )
    size = free.group_by("unit").agg(pl.col("all").first())
    people = invited.with_columns(dice=pl.Series(rng.random(invited.height))).sort("unit", "dice")
    people = people.with_columns(
        nth=pl.int_range(pl.len(), dtype=pl.Int64).over("unit"), crowd=pl.len().over("unit").cast(pl.Int64)
    ).join(size, on="unit", how="inner", maintain_order="left")
    spread = pl.when(pl.col("crowd") <= pl.col("all")).then(pl.col("nth") * pl.col("all") // pl.col("crowd"))
    people = people.with_columns(seat=spread.otherwise(pl.col("nth"))).filter(pl.col("seat") < pl.col("all"))
    return people.join(free.drop("all"), on=["unit", "seat"], how="inner", maintain_order="left").drop(
        "dice", "nth", "crowd", "all", "seat"
    )


@dataclass(slots=True)
class Pack:
    """An unopened pack at a place; `left` counts down as doses are handed out, `opened` is the minute of the first."""

    place: int
    product: str
    code: str
    lot: str
    left: int
    opened: float | None = None
    single: bool = False  # holds one dose when whole


class Vials:
    """The packs of the day at every place, first expired first; hands out one dose at a time, in the order of the day."""

    def __init__(self, packs: Iterable[Pack], open_minutes: float) -> None:
        self._queues: dict[tuple[int, str], list[Pack]] = defaultdict(list)
        self._open_minutes = open_minutes
        for pack in packs:
            self._queues[pack.place, pack.product].append(pack)
        for queue in self._queues.values():
            queue.reverse()

    def stock(self, place: int, product: str) -> int:
        return sum(p.left for p in self._queues.get((place, product), ()))

    def draw(self, place: int, product: str, minute: float) -> Pack | None:
        """One dose of a product, or None when the place has none; a pack opened too long ago is left for waste."""
        queue = self._queues.get((place, product))
        while queue and queue[-1].opened is not None and minute - queue[-1].opened > self._open_minutes:
            queue.pop()
        if not queue:
            return None
        pack = queue[-1]
        pack.opened = minute if pack.opened is None else pack.opened
        pack.left -= 1
        if pack.left <= 0:
            queue.pop()
        return pack

    def draw_any(self, place: int, products: Iterable[str], minute: float) -> Pack | None:
        """One dose of the first product that the place has."""
        for product in products:
            pack = self.draw(place, product, minute)
            if pack is not None:
                return pack
        return None
