"""The rehearsed city in memory: made again from its seed in a second, joined to the ids that the rooms gave."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import polars as pl

from seawall.engines.planning import Scenario, load_scenario, scaled
from seawall.engines.rehearsal import Behaviour, City, ages_on, city_incidents, load_behaviour, load_tables, make_city
from seawall.engines.rehearsal.tables import Tables
from seawall.platform import selectors as platform
from seawall.reference import selectors as reference
from seawall.terms.acts import Refused

STORE, UNIT_STORE = "DRILL-CITY", "DRILL-"  # code of the city store; of a unit's, before the unit's code


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

    def minors(self, below: int, on: date) -> set[int]:
        """Persons under an age on a day."""
        persons = self.city.persons
        return set(persons.filter(ages_on(persons["birth"], on) < below)["person"].to_list())

    @property
    def stale(self) -> tuple[str, int]:
        """Product of the lot that runs out at one site, and doses of its smallest pack."""
        product = self.tables.text("stale_product")
        packs = self.scenario.supply.filter(pl.col("product") == product)["doses_per_pack"]
        return product, int(packs.cast(pl.Int64).min() or 1)  # type: ignore[arg-type]

    def called(self, key: str) -> tuple[str, str]:
        """How the city's rehearsal calls a thing, in Chinese and English; English for both where nobody reads Chinese."""
        zh, en = self.tables.called(key)
        return (zh, en) if reference.city().chinese else (en, en)

    def eve(self) -> date:
        """The day before the campaign opens."""
        return self.opens - timedelta(days=1)


@cache
def make_world(named: str, scale: float, seed: int) -> World:
    """The city of a seed on the divisions of the database, by the rehearsal's tables of its folder. Refused where it has none."""
    home = reference.city_folder(named)
    if not (home / "rehearsal").is_dir() or not reference.campaign_folders(home):
        raise Refused("CITY_NOT_REHEARSED", folder=str(home))
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
        numbers=reference.numbers_made(),
        opens=scenario.campaign.opens,
    )
    if not reference.city().chinese:
        city = without_chinese(city)
    return World(
        city=city,
        scenario=scenario,
        behaviour=load_behaviour(tables),
        tables=tables,
        incidents=city_incidents(scenario.campaign.opens, last_day(scenario.campaign.opens), city.sites, seed),
        folder=folder,
        units=units,
    )


def last_day(opens: date) -> date:
    """Things go wrong until the year of the opening ends."""
    return date(opens.year, 12, 31)


def without_chinese(city: City) -> City:
    """Where nobody reads Chinese, the English name stands for both."""
    named = {
        what: getattr(city, what).with_columns(name_zh=pl.col("name_en"))
        for what in ("organisations", "facilities", "sites")
    }
    named["sites"] = named["sites"].with_columns(address_zh=pl.col("address_en"))
    return replace(city, **named)


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
    return make_world(reference.city().code, nature.scale, nature.seed)
