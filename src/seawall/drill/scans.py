"""Those who come without a seat, and the wrong vials that somebody picks up."""

from dataclasses import replace
from datetime import timedelta

import polars as pl

from seawall.clinic import services as clinic
from seawall.engines.rehearsal.behaviour import Fate, inquiry, plants_today
from seawall.terms.visits import Arrival, DoseGive

from . import planted
from .acts import after, at, holding
from .floor import Floor
from .models import Plant
from .next_doses import NextDoses
from .planted import EXPIRED, PAUSED, RECALLED, TOO_EARLY, USED, WALK_IN, make, plant


def with_walk_ins(floor: Floor, people: pl.DataFrame, roll: NextDoses) -> pl.DataFrame:
    """Add the day's walk-ins to those expected, spread over the day; who wants a dose too early comes at ten and is told."""
    _too_early(floor)
    rows = planted.kept(floor.day, WALK_IN)
    if not rows:
        return people.with_columns(walk_in=pl.lit(False))
    fate = Fate(floor.world.seed, floor.day.toordinal(), 5)
    who = pl.Series([p.person_id for p in rows], dtype=pl.Int64)
    minutes = 10 + (fate.of(who, 0) * 220).astype(int)  # the shortest day of a site has four hours
    walk = pl.DataFrame(
        {
            "person": [p.person_id for p in rows],
            "site": [p.site_id for p in rows],
            "at": [after(at(floor.day, 9), m) for m in minutes.tolist()],
        },
        schema={"person": pl.Int64, "site": pl.Int64, "at": pl.Datetime("us", "UTC")},
    )
    traits = floor.world.city.persons.select("person", "unit", "punctuality", "allergic", "pregnant")
    ranks = pl.Series(roll.rank[walk["person"].to_numpy()]).cast(pl.Int64)
    walk = roll.with_product(walk.with_columns(dose_rank=ranks.clip(1, 9))).join(
        traits, on="person", how="left", maintain_order="left"
    )
    walk = inquiry(walk.with_columns(outcome=pl.lit("came"), starts_at=pl.col("at")), floor.world.behaviour, fate)
    people = people.with_columns(walk_in=pl.lit(False))
    walk = walk.with_columns(walk_in=pl.lit(True), appointment=pl.lit(None, dtype=pl.String))
    return pl.concat([people, walk.select(people.columns)])


def _too_early(floor: Floor) -> None:
    items = [
        Arrival(
            act=p.act,
            occurred_at=at(floor.day, 10),
            site_id=p.site_id or 0,
            person_id=p.person_id or 0,
            campaign=floor.world.code,
            appointment=None,
        )
        for p in planted.kept(floor.day, TOO_EARLY) + planted.kept(floor.day, PAUSED)
    ]
    planted.answered(clinic.visit_arrive(holding("REGISTRAR"), items))


def wrong_vials(floor: Floor, block: int, here: list[tuple[DoseGive, int]]) -> None:
    """Before the right vial somebody takes up a wrong one: expired, recalled or used up already. Each is refused by its code.

    `here` are the doses about to be given with their rank: only who may have the wrong vial's product can show its code.
    """
    if block == 1 and plants_today((floor.day - floor.world.opens).days, USED, floor.world.behaviour):
        _plant_used(floor, {item.site_id for item, _ in here})
    turns = {EXPIRED: 0, USED: 1, RECALLED: 1}
    items = [
        item
        for kind, turn in turns.items()
        if turn == block
        for p in planted.kept(floor.day, kind)
        for item in _scan(floor, p, here)
    ]
    planted.answered(clinic.dose_give(holding("VACCINATOR"), items))


def _plant_used(floor: Floor, sites: set[int]) -> None:
    """A pack of one dose that was emptied at the same site earlier today."""
    if planted.kept(floor.day, USED):
        return
    emptied = next((d for d in floor.given if d.site in sites and d.code and d.emptied), None)
    if emptied is not None:
        act = floor.acts("used", emptied.site)
        plant([make(act, floor.day, USED, site_id=emptied.site, lot=emptied.lot, trace=emptied.code)])


def _scan(floor: Floor, p: Plant, here: list[tuple[DoseGive, int]]) -> list[DoseGive]:
    product = floor.product_of(p.lot)
    fit = [item for item, rank in here if item.site_id == p.site_id and (rank == 1 or item.product == product)]
    return [
        replace(right, act=p.act, occurred_at=right.occurred_at - timedelta(minutes=1), code=p.trace, product=product)
        for right in fit[:1]
    ]
