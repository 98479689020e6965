"""How far people of a unit still go to a site, and what more sites would be worth: every open site kept, every street a candidate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from seawall.campaigns.selectors import CampaignRow
from seawall.engines import siting
from seawall.reference import selectors as reference
from seawall.reference.selectors import UnitRow
from seawall.sites import selectors as sites
from seawall.terms.acts import Refused
from seawall.terms.names import Name

from .series import standing_by_leaf

MAX_COVER, P_MEDIAN = MODELS = ("max-cover", "p-median")
SECONDS = 10.0
PAIRS = (
    1_000_000  # streets x candidates of one question; the exchange, which no clock stops, answers so many in seconds
)
DOSES = 2  # of most who are still to come
NEW = "new:"


@dataclass(frozen=True, slots=True)
class SitesAsked:
    """What is asked of a unit: how many more sites, and whether few are to be far or all ways short."""

    unit_id: int
    more: int
    model: str


@dataclass(frozen=True, slots=True)
class Street:
    """A street with the people still to come there."""

    leaf_id: int
    name: Name
    people: int
    town: bool
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class StreetWay:
    """From the middle of a street to the nearest site, in km: before, and with the new sites; `radius` is still near."""

    street: Street
    before: float | None
    after: float | None
    radius: float

    @property
    def near_before(self) -> bool:
        return self.before is not None and self.before <= self.radius

    @property
    def near_after(self) -> bool:
        return self.after is not None and self.after <= self.radius


@dataclass(frozen=True, slots=True)
class NewSite:
    """What a new site is worth: whose nearest it is, who of them was far, and the person-kilometres it saves."""

    leaf_id: int
    name: Name
    lon: float
    lat: float
    people: int
    newly_near: int
    km_saved: float
    stations: int
    seats: int


@dataclass(frozen=True, slots=True)
class Ways:
    """Ways of the streets that have coordinates, the new sites, and how near the answer is to the best one."""

    streets: tuple[StreetWay, ...]
    new: tuple[NewSite, ...]
    gap: float
    proven: bool


def streets_to_come(campaign: str, unit: UnitRow, day: date) -> tuple[Street, ...]:
    """Streets of a unit by code, with whom a campaign still waits for."""
    to_come: dict[int, int] = dict.fromkeys(unit.leaves, 0)
    for (leaf, _), stands in standing_by_leaf(campaign, day, unit.unit_id).items():
        to_come[leaf] = to_come.get(leaf, 0) + max(0, stands["eligible"] - stands["complete"])
    return tuple(
        Street(a.area_id, Name.of(a), to_come[a.area_id], reference.in_town(a), a.longitude, a.latitude)
        for a in reference.leaves(day)
        if a.area_id in to_come
    )


def ways(campaign: CampaignRow, streets: Sequence[Street], asked: SitesAsked, day: date) -> Ways:
    """Runs the siting engine over the streets that have coordinates; at least one must."""
    placed = [s for s in streets if s.lon is not None]
    demand, candidates = _demand(placed), _candidates(placed, day)
    if demand.height * candidates.height > PAIRS:
        raise Refused("LAYOUT_TOO_LARGE", streets=demand.height, sites=candidates.height, pairs=f"{PAIRS:,}")
    km = siting.great_circle_km(
        *(_column(f, c, axis) for f, axis in ((demand, 1), (candidates, 0)) for c in ("lon", "lat"))
    )
    kept = candidates["kept"].to_numpy()
    case = siting.case_of_matrix(demand["weight"].to_numpy(), km, kept=kept)
    radius = demand["setting"].replace_strict(siting.coverage(), return_dtype=pl.Float64).to_numpy()
    question = siting.Asked(asked.model, open=min(int(kept.sum()) + asked.more, candidates.height))
    answer = siting.choose(question, case, radius, seconds=SECONDS)
    table = siting.points_table(siting.Read(demand, candidates, case, radius), answer)
    found = [
        StreetWay(street, before, after, within)
        for street, (before, after, within) in zip(
            placed, table.select("distance_before", "nearest_distance", "radius").iter_rows(), strict=True
        )
    ]
    served = table["nearest"].to_list()
    days = max(1, (campaign.deadline - day).days)
    opened = candidates.filter(pl.Series(answer.opened) & ~pl.col("kept"))["candidate"]
    new = [
        _new_site(code, [w for w, site in zip(found, served, strict=True) if site == code], found, days)
        for code in opened
    ]
    new.sort(key=lambda site: (-site.newly_near, -site.km_saved))
    return Ways(tuple(found), tuple(new), answer.gap, answer.proven)


def _demand(placed: Sequence[Street]) -> pl.DataFrame:
    rows = [(str(s.leaf_id), float(s.people), "town" if s.town else "country", s.lon, s.lat) for s in placed]
    columns = {
        "demand": pl.String, "weight": pl.Float64, "setting": pl.String, "lon": pl.Float64, "lat": pl.Float64,
    }  # fmt: skip
    nothing = {"area": pl.lit(None, pl.String), "age": pl.lit(None, pl.String)}
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(**nothing)


def _candidates(placed: Sequence[Street], day: date) -> pl.DataFrame:
    """Sites in service, kept, then the middle of every street."""
    standing = [(f"{s.site_id}", s.longitude, s.latitude, True) for s in sites.sites(day)]
    fresh = [(f"{NEW}{s.leaf_id}", s.lon, s.lat, False) for s in placed]
    columns = {"candidate": pl.String, "lon": pl.Float64, "lat": pl.Float64, "kept": pl.Boolean}
    return pl.DataFrame([*standing, *fresh], schema=columns, orient="row").with_columns(
        kind=pl.lit(None, pl.String), area=pl.lit(None, pl.String),
        capacity=pl.lit(None, pl.Float64), fixed_cost=pl.lit(None, pl.Float64),
    )  # fmt: skip


def _column(frame: pl.DataFrame, column: str, axis: int) -> np.ndarray:
    return np.expand_dims(frame[column].to_numpy(), axis)


def _new_site(code: str, mine: Sequence[StreetWay], streets: Sequence[StreetWay], days: int) -> NewSite:
    """`mine`: the streets whose nearest site it would be."""
    here = next(way.street for way in streets if f"{NEW}{way.street.leaf_id}" == code)
    people = sum(way.street.people for way in mine)
    saved = sum(way.street.people * (way.before - (way.after or 0.0)) for way in mine if way.before is not None)
    stations, seats = sites.room_for(DOSES * float(people), days)
    return NewSite(
        leaf_id=here.leaf_id,
        name=here.name,
        lon=here.lon or 0.0,
        lat=here.lat or 0.0,
        people=people,
        newly_near=sum(way.street.people for way in mine if way.near_after and not way.near_before),
        km_saved=round(saved, 1),
        stations=stations,
        seats=seats,
    )
