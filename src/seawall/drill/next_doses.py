"""Everybody's next dose, held in memory while days are lived: read once, then kept up with each day's answers."""

from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np
import polars as pl

from seawall.campaigns import selectors as campaigns
from seawall.people import selectors as people
from seawall.terms.codes import DueStatus
from seawall.terms.people import DueRow

from .world import World

OPEN = (DueStatus.DUE, DueStatus.NOT_YET, DueStatus.OVERDUE, DueStatus.DEFERRED)
CLOSED = (DueStatus.COMPLETE, DueStatus.CONTRAINDICATED, DueStatus.REVIEW)
NEVER = date(9999, 1, 1).toordinal()
_RETURNS = 0.975  # share of those who had a first dose who come for the next when asked


class NextDoses:
    """Arrays by person id of the rehearsed city: rank and product of the next dose, the first day for it, whether one is asked already."""

    def __init__(self, world: World, on: date) -> None:
        self.world = world
        persons = world.city.persons.sort("person")
        self.size = persons.height + 1
        self.rank = np.zeros(self.size, dtype=np.int8)
        self.earliest = np.full(self.size, NEVER, dtype=np.int64)
        self.product = np.full(self.size, "", dtype=object)
        self.asked = np.zeros(self.size, dtype=bool)
        self.gone = np.zeros(self.size, dtype=bool)
        self.frame = self._who(persons)
        self._read(people.due_frame(world.programme, on).filter(pl.col("person") < self.size))

    def _who(self, persons: pl.DataFrame) -> pl.DataFrame:
        ranks = {g: i for i, g in enumerate(self.world.scenario.groups.sort("rank", maintain_order=True)["group"])}
        mine = persons.join(campaigns.group_frame(self.world.code), on="person", how="left", maintain_order="left")
        key = pl.col("group").is_in([g for g in ranks if not g.startswith("ADULT")]).fill_null(False)
        return mine.with_columns(
            willing=pl.col("willing") | (key & (pl.col("willingness") < 0.9)),
            comes_back=(pl.col("willingness") * 7919 % 1) < _RETURNS,
            order=pl.col("group").replace_strict(ranks, default=99).fill_null(99).cast(pl.Float64)
            + pl.col("willingness"),
        )

    def _read(self, due: pl.DataFrame) -> None:
        may = pl.col("status").is_in([s.value for s in OPEN]) | pl.col("earliest").is_not_null()
        never = pl.col("status").is_in([s.value for s in CLOSED])
        offered = pl.col("dose_rank").is_not_null() & (pl.col("products").list.len() > 0)
        open_ = due.filter(may & ~never & offered)
        ids = open_["person"].to_numpy()
        self.rank[ids] = open_["dose_rank"].to_numpy()
        first = open_["earliest"].fill_null(date(1, 1, 1)).to_numpy().astype("datetime64[D]").astype(np.int64)
        self.earliest[ids] = first + date(1970, 1, 1).toordinal()
        self.product[ids] = [_next(p) for p in open_["products"].to_list()]

    def learn(self, rows: Mapping[int, DueRow]) -> None:
        """What the rooms now say these persons are due."""
        for person, row in rows.items():
            due = row.status in OPEN and row.dose_rank is not None and bool(row.products)
            self.rank[person] = row.dose_rank if due and row.dose_rank else 0
            self.earliest[person] = row.earliest.toordinal() if due and row.earliest else (1 if due else NEVER)
            self.product[person] = _next(row.products)

    def ask(self, persons: Iterable[int], asked: bool = True) -> None:
        self.asked[list(persons)] = asked

    def forget(self, persons: Iterable[int]) -> None:
        """They said no, or may not: nobody asks them again."""
        self.gone[list(persons)] = True

    def with_product(self, seats: pl.DataFrame) -> pl.DataFrame:
        """Add the product that each person of a day list goes on with; empty for a first dose."""
        return seats.with_columns(product=pl.Series(self.product[seats["person"].to_numpy()].tolist(), dtype=pl.String))

    def settle(self, seen: Iterable[int], turned: Iterable[int]) -> None:
        """The day is over for these: nobody is asked just now, some never again, and all are due what the rooms say."""
        ids = sorted(set(seen))
        self.ask(ids, asked=False)
        self.forget(turned)
        self.learn(people.due_rows(ids, self.world.programme))

    def still(self, rows: pl.DataFrame, day: date) -> pl.DataFrame:
        """Of these, those whom the rooms still call due on the day: rules may have changed since their row was learnt."""
        ids = rows["person"].to_numpy()
        self.learn(people.due_rows(ids.tolist(), self.world.programme))
        return rows.filter(pl.Series((self.rank[ids] > 0) & (self.earliest[ids] <= day.toordinal()), dtype=pl.Boolean))

    def candidates(self, day: date) -> pl.DataFrame:
        """Whom one may ask for a day: person, unit, group, dose_rank, product, order."""
        ids = np.flatnonzero((self.rank > 0) & (self.earliest <= day.toordinal()) & ~self.asked & ~self.gone)
        rows = self.frame[ids - 1].with_columns(
            dose_rank=pl.Series(self.rank[ids]).cast(pl.Int64),
            since=pl.Series(self.earliest[ids]),
            product=pl.Series(self.product[ids].tolist(), dtype=pl.String),
        )
        first = pl.col("dose_rank") == 1
        rows = rows.filter(pl.when(first).then("willing").otherwise("comes_back"))
        return rows.select(
            "person",
            "unit",
            "group",
            "dose_rank",
            product=pl.when(~first).then("product"),
            order=pl.when(first).then("order").otherwise(pl.col("since").cast(pl.Float64) + pl.col("willingness")),
        )

    def between(self, day: date, low: int, high: int) -> pl.DataFrame:
        """Who waits for a later dose that opens `low` to `high` days after the day: those who may try too early."""
        n = day.toordinal()
        ids = np.flatnonzero((self.rank > 1) & (self.earliest >= n + low) & (self.earliest <= n + high) & ~self.asked)
        return self.frame[ids - 1].select("person", "unit")


def _next(products: Iterable[str] | None) -> str:
    """The product to go on with: the first named is the one begun with."""
    return next(iter(products or ()), "")
