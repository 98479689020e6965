"""The rehearsed city in memory: made again from its seed in a second, joined to the ids that the rooms gave."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import polars as pl

from seawall.engines.planning import Scenario, load_scenario, scaled
from seawall.engines.rehearsal import Behaviour, City, city_incidents, load_behaviour, load_tables, make_city
from seawall.engines.rehearsal.tables import Tables
from seawall.platform import selectors as platform
from seawall.reference import selectors as reference

CITY = "chongqing"
STORE, UNIT_STORE = "DRILL-CITY", "DRILL-"  # code of the city store; of a unit's, before the unit's code
LAST = date(2021, 12, 31)


@dataclass(frozen=True)
class World:
    """Frames of the city, the scaled campaign folder, and behaviour."""

    city: City
    scenario: Scenario
    behaviour: Behaviour
    tables: Tables
    incidents: pl.DataFrame
    folder: Path
    units: pl.DataFrame  # unit_id, unit_code, name_zh, name_en, leaves, population

    @property
    def seed(self) -> int:
        return self.city.seed

    @property
    def opens(self) -> date:
        return self.scenario.campaign.opens

    @property
    def code(self) -> str:
        return self.scenario.campaign.code

    @property
    def programme(self) -> str:
        return self.scenario.campaign.programme

    @property
    def size(self) -> int:
        """Persons of the rehearsed city; their ids are 1 to this. Who came later came from outside, and acts for themselves."""
        return self.city.persons.height

    def eve(self) -> date:
        """The day before the campaign opens."""
        return self.opens - timedelta(days=1)


@cache
def make_world(scale: float, seed: int) -> World:
    """The city of a seed on the divisions of the database."""
    home = reference.city_folder(CITY)
    folder, tables = reference.campaign_folders(home)[0], load_tables(home / "rehearsal")
    whole = load_scenario(folder)
    scenario, units = scaled(whole, scale), planning_units(whole)
    city = make_city(
        units,
        centroids(units, scenario.campaign.opens),
        scale=scale,
        seed=seed,
        capacity=scenario.capacity,
        tables=tables,
        numbers={rule: made for plug in reference.city().plugs for rule, made in plug.made.items()},
    )
    return World(
        city=city,
        scenario=scenario,
        behaviour=load_behaviour(),
        tables=tables,
        incidents=city_incidents(scenario.campaign.opens, LAST, city.sites, seed),
        folder=folder,
        units=units,
    )


def planning_units(scenario: Scenario) -> pl.DataFrame:
    """The planning partition on the opening day, with the residents that the campaign folder states."""
    people = scenario.units.select(unit_code="unit", population="population")
    rows = [
        {
            "unit_id": u.unit_id,
            "unit_code": u.code,
            "name_zh": u.name_zh,
            "name_en": u.name_en,
            "leaves": sorted(u.leaves),
        }
        for u in reference.units(scenario.campaign.opens)
    ]
    return pl.DataFrame(rows).join(people, on="unit_code", how="inner", maintain_order="left").sort("unit_code")


def centroids(units: pl.DataFrame, on: date) -> pl.DataFrame:
    """Where the units lie: the district of the same code, or the middle of the city."""
    areas = pl.DataFrame(
        [
            {"unit_code": a.code, "lon": a.longitude, "lat": a.latitude, "km2": a.km2}
            for a in reference.branches(on)
            if a.longitude is not None
        ],
        schema={"unit_code": pl.String, "lon": pl.Float64, "lat": pl.Float64, "km2": pl.Float64},
    )
    parents = units.select("unit_code", near=pl.col("unit_code").str.slice(0, 6))
    return parents.join(areas, left_on="near", right_on="unit_code", how="left").drop("near")


def world() -> World:
    """The city of this database."""
    nature = platform.nature()
    if nature.seed is None or nature.scale is None:
        raise LookupError("this database holds no rehearsed city")
    return make_world(nature.scale, nature.seed)
