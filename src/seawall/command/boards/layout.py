"""Where sites stand and where more would help: who is still far, what more sites would buy, and proposals on their way."""

from datetime import date
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from seawall.campaigns import selectors as campaigns
from seawall.engines import siting
from seawall.platform import access
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.sites import selectors as sites
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused

from .shapes import Shape, both, name, stamp

MODELS = ("max-cover", "p-median")
MOST = 12
SECONDS = 10.0
DOSES = 2  # of most who are still to come
NEW = "new:"


class Asked(NamedTuple):
    """What is asked of a unit: how many more sites, and whether few are to be far or all ways short."""

    unit_id: int
    more: int
    model: str


def layout_page(actor: Actor, asked: Asked, day: date) -> Shape:
    """One unit's sites, people still to come and their ways before and after `more` sites, and proposals in reach."""
    unit = unit_in_reach(actor, asked.unit_id, day)
    found = ways(unit, asked, day)
    denominator = {"name": both("尚需接种的人", "people still to come"), "size": int(found.points["weight"].sum())}
    return {
        "stamp": stamp(day, denominator | {"source": both("合成人口", "synthetic people")}),
        "unit": {"unit_id": unit.unit_id, "code": unit.code, "name": name(unit)},
        "asked": asked,
        "unplaced": found.unplaced,
        "before": _spread(found.points, "distance_before"),
        "after": _spread(found.points, "nearest_distance"),
        "proof": {"gap": found.answer.gap, "proven": found.answer.proven},
        "far": _far(found.points),
        "new": [gain for gain in found.gains if gain["people"]],
        "sites": _sites(unit, day),
        "points": found.points,
        "proposals": [_proposal(row) for row in sites.proposals(actor) if row.leaf_id in unit.leaves],
        "checks": [{"code": c.code, "stops": c.stops, "name": both(c.zh, c.en)} for c in sites.checks()],
    }


def unit_in_reach(actor: Actor, unit_id: int, day: date) -> Any:
    """A planning unit that holds a leaf of the post."""
    unit = next((u for u in reference.units(day) if u.unit_id == unit_id), None)
    if unit is None or not (actor.reach.everywhere or unit.leaves & actor.reach.leaves):
        raise Refused(access.OUT_OF_AREA)
    return unit


class Ways(NamedTuple):
    """People of a unit by street, how far they go before and after, and what each new site is worth."""

    points: pl.DataFrame
    answer: siting.Answer
    gains: list[Shape]
    unplaced: int


def ways(unit: Any, asked: Asked, day: date) -> Ways:
    """Runs the siting engine: every open site is kept, every street's middle is a candidate."""
    streets = _streets(unit, day)
    placed = streets.filter(pl.col("lon").is_not_null())
    standing = pl.DataFrame(
        [(f"{s.site_id}", s.longitude, s.latitude) for s in sites.sites(day)],
        schema={"candidate": pl.String, "lon": pl.Float64, "lat": pl.Float64}, orient="row",
    )  # fmt: skip
    fresh = placed.select(candidate=NEW + pl.col("demand"), lon="lon", lat="lat")
    candidates = pl.concat([standing, fresh]).with_columns(
        kept=~pl.col("candidate").str.starts_with(NEW), kind=pl.lit(None, pl.String), area=pl.lit(None, pl.String),
        capacity=pl.lit(None, pl.Float64), fixed_cost=pl.lit(None, pl.Float64),
    )  # fmt: skip
    km = siting.great_circle_km(
        *(_column(f, c, axis) for f, axis in ((placed, 1), (candidates, 0)) for c in ("lon", "lat"))
    )
    kept = candidates["kept"].to_numpy()
    case = siting.case_of_matrix(placed["weight"].to_numpy(), km, kept=kept)
    radius = placed["setting"].replace_strict(siting.coverage(), return_dtype=pl.Float64).to_numpy()
    question = siting.Asked(asked.model, open=min(int(kept.sum()) + asked.more, candidates.height))
    answer = siting.choose(question, case, radius, seconds=SECONDS)
    points = siting.points_table(siting.Read(placed, candidates, case, radius), answer)
    points = points.join(
        placed.select("demand", "name_zh", "name_en", "lon", "lat"), on="demand", maintain_order="left"
    )
    opened = candidates.filter(pl.Series(answer.opened) & ~pl.col("kept"))
    days = max(1, (campaigns.current().deadline - day).days)
    gains = [_gain(points, row, days) for row in opened.iter_rows(named=True)]
    gains.sort(key=lambda g: (-g["newly_near"], -g["km_saved"]))
    return Ways(points, answer, gains, streets.height - placed.height)


def _column(frame: pl.DataFrame, column: str, axis: int) -> np.ndarray:
    return np.expand_dims(frame[column].to_numpy(), axis)


def _streets(unit: Any, day: date) -> pl.DataFrame:
    """Streets of a unit with the people still to come: demand (leaf id), weight, setting, lon, lat, names."""
    to_come: dict[int, int] = dict.fromkeys(unit.leaves, 0)
    for (leaf, _), stands in reports.standing_by_leaf(day, unit.unit_id).items():
        to_come[leaf] = to_come.get(leaf, 0) + max(0, stands["eligible"] - stands["complete"])
    rows = [
        {
            "demand": str(a.area_id), "weight": float(to_come[a.area_id]), "area": None, "age": None,
            "setting": "town" if a.name_zh.endswith("街道") else "country",
            "lon": a.longitude, "lat": a.latitude, "name_zh": a.name_zh, "name_en": a.name_en,
        }
        for a in reference.areas(day, "street")
        if a.area_id in to_come
    ]  # fmt: skip
    texts = dict.fromkeys(("demand", "area", "age", "setting", "name_zh", "name_en"), pl.String)
    return pl.DataFrame(rows, schema=texts | dict.fromkeys(("weight", "lon", "lat"), pl.Float64))


def _gain(points: pl.DataFrame, row: dict[str, Any], days: int) -> Shape:
    """What a new site is worth: whose nearest it is, who of them was far, and the person-kilometres it saves."""
    mine = points.filter(pl.col("nearest") == row["candidate"])
    far = mine.filter(pl.col("near") & (pl.col("distance_before").fill_null(np.inf) > pl.col("radius")))
    saved = (mine["weight"] * (mine["distance_before"] - mine["nearest_distance"])).sum()
    here = points.filter(pl.col("demand") == row["candidate"].removeprefix(NEW)).row(0, named=True)
    stations, seats = sites.room_for(DOSES * float(mine["weight"].sum()), days)
    return {
        "leaf_id": int(here["demand"]), "name": both(here["name_zh"], here["name_en"]),
        "lon": row["lon"], "lat": row["lat"], "people": int(mine["weight"].sum()),
        "newly_near": int(far["weight"].sum()), "km_saved": round(float(saved), 1), "stations": stations, "seats": seats,
    }  # fmt: skip


def _spread(points: pl.DataFrame, column: str) -> Shape:
    """Mean way of those still to come, and how many have none within the radius of their street."""
    way, weight = points[column], points["weight"]
    far = float(points.filter(pl.col(column).fill_null(np.inf) > pl.col("radius"))["weight"].sum())
    total = float(weight.sum())
    mean = float((way * weight).sum()) / total if total else None
    return {"mean": mean, "far": int(far), "share_far": far / total if total else None}


def _far(points: pl.DataFrame) -> list[Shape]:
    """Streets that stay beyond their radius, by people."""
    still = points.filter(~pl.col("near") & (pl.col("weight") > 0)).sort("weight", descending=True)
    return [
        {"name": both(r["name_zh"], r["name_en"]), "people": int(r["weight"]), "km": r["nearest_distance"], "radius": r["radius"]}
        for r in still.iter_rows(named=True)
    ]  # fmt: skip


def _sites(unit: Any, day: date) -> list[Shape]:
    """Sites in service in the unit, with tomorrow's seats."""
    here = [s for s in sites.sites(day) if s.leaf_id in unit.leaves]
    seats = {s.site_id: (s.capacity, s.taken) for s in sites.sessions(day, [s.site_id for s in here])}
    return [
        {
            "site_id": s.site_id, "name": name(s), "kind": s.kind.value, "stations": s.stations, "seats": s.seats,
            "lon": s.longitude, "lat": s.latitude, "planned": seats.get(s.site_id, (0, 0))[0],
            "booked": seats.get(s.site_id, (0, 0))[1],
        }
        for s in here
    ]  # fmt: skip


def _proposal(row: Any) -> Shape:
    return {
        "proposal": row.proposal, "code": row.code, "name": name(row), "kind": row.kind.value, "state": row.state.value,
        "stations": row.stations, "seats": row.seats, "gains": row.gains, "missing": sorted(row.missing),
        "found": sorted(row.found), "reason": row.reason, "site_id": row.site_id, "lon": row.longitude,
        "lat": row.latitude, "leaf_id": row.leaf_id, "changed_at": row.changed_at,
    }  # fmt: skip


def asked_of(unit_id: int, more: str, model: str) -> Asked:
    """What a request asks, within what the page answers."""
    count = int(more) if more.isdigit() else 0
    return Asked(unit_id, min(count, MOST), model if model in MODELS else MODELS[0])
