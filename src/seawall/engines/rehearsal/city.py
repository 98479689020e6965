"""A synthetic city by seed: persons, households, organisations, hospitals, sites and staff as frames."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from .census import people_by_leaf
from .households import households
from .identifiers import Numbers, documents
from .names import full_names, surnames
from .organisations import organisations
from .sites import capacity_of, facilities, leaf_places, site_staff, sites
from .tables import Tables


@dataclass(frozen=True, slots=True)
class City:
    """Everything and everyone of the rehearsal; every row is synthetic."""

    persons: pl.DataFrame
    households: pl.DataFrame
    organisations: pl.DataFrame
    leaves: pl.DataFrame
    facilities: pl.DataFrame
    sites: pl.DataFrame
    staff: pl.DataFrame
    scale: float
    seed: int


def make_city(
    units: pl.DataFrame,
    centroids: pl.DataFrame,
    *,
    scale: float,
    seed: int,
    capacity: pl.DataFrame | None = None,
    tables: Tables,
    numbers: Mapping[str, Numbers],
    opens: date,
) -> City:
    """Make the city as its campaign opens.

    `units`: unit_code, name_zh, name_en, population, leaves (list); `centroids`: unit_code, lon, lat, km2;
    `capacity`: unit, kind, sites, stations, already scaled (a choice by population where none is given); `numbers`: makers of
    identity numbers by the rule that the table of documents names."""
    units = units.join(centroids, on="unit_code", how="left", maintain_order="left").with_columns(
        pl.col(c).fill_null(pl.col(c).mean()) for c in ("lon", "lat", "km2")
    )
    units = units.with_columns(pl.col("km2").fill_null(_KM2))
    dice = {name: np.random.default_rng([seed, i]) for i, name in enumerate(_STEPS)}
    people = people_by_leaf(units, scale, tables, dice["people"])
    people = people.sort("leaf", maintain_order=True)
    ages = ages_on(people["birth"], tables.census_day())
    orgs, member = organisations(people, ages, units, tables, dice["organisations"])
    homes = households(people, tables, dice["households"])
    leaves = leaf_places(units, dice["leaves"])
    hospitals = facilities(units, leaves, tables, dice["facilities"])
    stand = capacity_of(units, scale) if capacity is None else capacity
    places = sites(units, leaves, hospitals, stand, tables, dice["sites"])
    persons = _persons(people, ages, homes, member, orgs, tables, numbers, dice["persons"])
    return City(
        persons=persons,
        households=_homes(persons),
        organisations=orgs,
        leaves=leaves,
        facilities=hospitals,
        sites=places,
        staff=site_staff(places, opens, tables, dice["staff"]),
        scale=scale,
        seed=seed,
    )


_KM2 = 100.0  # of units where nobody says how large any of them is (choice)
_STEPS = ("people", "households", "organisations", "facilities", "sites", "persons", "staff", "leaves")


def ages_on(births: pl.Series, day: object) -> pl.Series:
    """Whole years reached on a day."""
    frame = pl.DataFrame({"b": births}).with_columns(d=pl.lit(day))
    born, on = (pl.col(c).dt.month().cast(pl.Int32) * 100 + pl.col(c).dt.day() for c in ("b", "d"))
    years = pl.col("d").dt.year() - pl.col("b").dt.year()
    return frame.select((years - (on < born).cast(pl.Int32)).alias("age")).to_series()


def _persons(
    people: pl.DataFrame,
    ages: pl.Series,
    homes: pl.Series,
    member: pl.Series,
    orgs: pl.DataFrame,
    tables: Tables,
    numbers: Mapping[str, Numbers],
    rng: np.random.Generator,
) -> pl.DataFrame:
    n = people.height
    family = _family_names(people, homes, tables, rng)
    table = people.select("unit", "leaf", "sex", "birth").with_columns(
        person=pl.int_range(1, n + 1, dtype=pl.Int64),
        household=homes,
        organisation=member,
        name=full_names(family, people["birth"], people["sex"], tables, rng),
        phone=tables.marked("mobile", n, 0),
        residence=pl.Series(np.array(["resident", "incoming", "away"])[np.searchsorted([0.96, 0.985], rng.random(n))]),
    )
    table = table.hstack(documents(people, tables, numbers, rng)).hstack(_traits(people, ages, tables, rng))
    return table.join(orgs.select("org", "sector"), left_on="organisation", right_on="org", how="left").sort("person")


def _family_names(people: pl.DataFrame, homes: pl.Series, tables: Tables, rng: np.random.Generator) -> pl.Series:
    """Adults have their own, children that of the household's first man (or first adult)."""
    own = people.select("band", "sex").with_columns(surname=surnames(people.height, tables, rng), home=homes)
    head = own.filter((pl.col("band") == 1) & pl.col("home").is_not_null()).sort("sex", maintain_order=True)
    head = head.unique("home", keep="first").select("home", head="surname")
    joined = own.join(head, on="home", how="left", maintain_order="left")
    return joined.select(
        pl.when(pl.col("band") == 0).then(pl.coalesce("head", "surname")).otherwise("surname")
    ).to_series()


def _traits(people: pl.DataFrame, ages: pl.Series, tables: Tables, rng: np.random.Generator) -> pl.DataFrame:
    """Hidden behaviour: who is willing (against a uniform draw), who is punctual, who is pregnant or chronically ill."""
    n, age, sex = people.height, ages.to_numpy(), people["sex"].to_numpy()
    share = np.where(age >= 80, tables.number("willing_80"), tables.number("willing"))
    share = np.where((age >= 60) & (age < 80), tables.number("willing_60"), share)
    chronic = np.clip((age - 30) * 0.009, 0.01, 0.5)
    return pl.DataFrame(
        {
            "willing": rng.random(n) < share,
            "willingness": rng.random(n),
            "punctuality": rng.beta(6, 1.5, n),
            "chronic": rng.random(n) < chronic,
            "pregnant": (sex == 2) & (age >= 20) & (age <= 40) & (rng.random(n) < 0.04),
            "allergic": rng.random(n) < 0.001,
        }
    )


def _homes(persons: pl.DataFrame) -> pl.DataFrame:
    lived = persons.filter(pl.col("household").is_not_null())
    return (
        lived.group_by("household")
        .agg(pl.col("leaf").first(), pl.col("unit").first(), members=pl.len())
        .sort("household")
    )
