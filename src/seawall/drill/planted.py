"""What is planted on a day: settled once and kept, so that a day lived again plants the same."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

import polars as pl

from seawall.campaigns import selectors as campaigns
from seawall.engines.rehearsal import incidents
from seawall.engines.rehearsal.behaviour import dice, plants_today, sample
from seawall.platform import sql
from seawall.terms.acts import Outcome
from seawall.terms.codes import DosePriority

from .acts import Acts
from .models import Plant
from .next_doses import NextDoses
from .world import World

PAUSED = "FIRST_WHILE_PAUSED"
BAD_LOT = "BAD_LOT"
WALK_IN, TOO_EARLY, EXPIRED, RECALLED, USED, SHUT, MISCOUNT = (
    "WALK_IN",
    "TOO_EARLY",
    "EXPIRED",
    "RECALLED",
    "USED",
    "CLOSED_SITE",
    "BAD_COUNT",
)
CODES = {
    WALK_IN: "",
    TOO_EARLY: "TOO_EARLY",
    PAUSED: "POLICY_LATER_DOSES_ONLY",
    EXPIRED: "LOT_EXPIRED",
    RECALLED: "LOT_RECALLED",
    USED: "CODE_USED_UP",
    SHUT: "SESSION_CLOSED_HERE",
    MISCOUNT: "DAY_COUNT_DIFFERS",
    BAD_LOT: "",
}
_COLUMNS = ("act", "day", "kind", "code", "person_id", "site_id", "lot", "trace", "answer")


def plant(rows: Sequence[Plant]) -> None:
    """Keep them; those that are kept already stay as they are."""
    sql.insert(
        Plant,
        _COLUMNS,
        [(p.act, p.day, p.kind, p.code, p.person_id, p.site_id, p.lot, p.trace, p.answer) for p in rows],
        on_conflict="DO NOTHING",
    )


def kept(day: date, kind: str) -> list[Plant]:
    return list(Plant.objects.filter(day=day, kind=kind).order_by("act"))


def answered(outcomes: Iterable[Outcome]) -> None:
    """Write what came of planted acts beside what was expected."""
    rows = [(o.act, o.refusal.code if o.refusal else "DONE") for o in outcomes]
    if rows:
        sql.execute(
            f"UPDATE drill_plant p SET answer = u.answer FROM {sql.unnest({'act': 'uuid', 'answer': 'text'})} "
            "WHERE p.act = u.act",
            sql.turn(rows, 2),
        )


def make(act: UUID, day: date, kind: str, **rest: object) -> Plant:
    return Plant(act=act, day=day, kind=kind, code=CODES[kind], **rest)


def people_of_the_day(world: World, roll: NextDoses, sites: dict[int, str], booked: int, day: date) -> None:
    """Walk-ins, and somebody who wants a dose too early, or a first one while those are paused; settled in the morning."""
    if Plant.objects.filter(day=day, kind=WALK_IN).exists():
        return
    rng, acts = dice(world.seed, day.toordinal(), 3), Acts(world.seed, day)
    paused = first_doses_paused(world, day)
    at = pl.DataFrame({"site": list(sites), "unit": list(sites.values())}).unique(
        "unit", keep="first", maintain_order=True
    )
    may = roll.candidates(day).filter(pl.lit(not paused) | (pl.col("dose_rank") > 1))
    walk = roll.still(sample(may.select("person", "unit"), round(booked * world.behaviour.walk_in), rng), day)
    rows = [
        make(acts("visit", person), day, WALK_IN, person_id=person, site_id=site)
        for person, site in walk.join(at, on="unit", maintain_order="left").select("person", "site").iter_rows()
    ]
    if plants_today((day - world.opens).days, TOO_EARLY, world.behaviour):
        hasty = sample(roll.between(day, 1, 14), 1, rng).join(at, on="unit")
        rows += [
            make(acts("visit", person), day, TOO_EARLY, person_id=person, site_id=site)
            for person, site in hasty.select("person", "site").iter_rows()
        ]
        if paused:
            eager = sample(roll.candidates(day).filter(pl.col("dose_rank") == 1), 1, rng).join(at, on="unit")
            rows += [
                make(acts("visit", person), day, PAUSED, person_id=person, site_id=site)
                for person, site in eager.select("person", "site").iter_rows()
            ]
    plant(rows)
    roll.ask([p.person_id for p in rows if p.person_id and p.kind == WALK_IN])


def first_doses_paused(world: World, day: date) -> bool:
    """Whether the campaign's policy of a day gives later doses only."""
    policy = campaigns.policy_on(world.code, day)
    return policy is not None and policy.value == DosePriority.LATER_DOSES_ONLY


def incident(world: World, day: date, kind: str) -> str | None:
    """Code of the site that suffers this kind of incident on a day, if any."""
    rows = world.incidents.filter((pl.col("kind") == kind) & (pl.col("day") <= day) & (pl.col("until") >= day))
    return None if rows.is_empty() else str(rows["site"][0])


def began(world: World, kind: str, day: date) -> date | None:
    """First day of the latest incident of a kind up to a day."""
    rows = world.incidents.filter((pl.col("kind") == kind) & (pl.col("day") <= day)).sort("day")
    return None if rows.is_empty() else rows["day"][-1]


def bad_lot(world: World, day: date) -> str | None:
    """The lot whose doses are reported far too often, kept as planted from the first day."""
    lot = incidents.bad_lot(world.scenario.supply, world.opens)
    if lot and day == world.opens:
        plant([make(Acts(world.seed, day)("bad lot", lot), day, BAD_LOT, lot=lot)])
    return lot


NEXT_DAY = timedelta(days=1)
