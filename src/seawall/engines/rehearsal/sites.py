"""Where streets lie, and the hospitals and vaccination sites in them, one or more per unit."""

import numpy as np
import polars as pl

from .shares import whole
from .staff import site_staff
from .tables import Tables

_CITY_SITES = 1400  # fixed sites of the whole city (choice: no count was published); scaled, one per unit at least
_CITY_TEMPORARY = 300
_CITY_MOBILE = 120
_STATIONS_PER_PERSON = 1.1e-4  # 3,500 stations at 134 doses a day carry a peak of some 400,000 doses
_SEATS_PER_STATION = 12  # 20 an hour, half an hour each, a fifth more
_NEAR = 0.01  # degrees around the middle of the street
_KM = 111.32  # kilometres of a degree of latitude
_OUT = 0.7  # of the radius of a disc as large as the unit: streets thin out before its border

__all__ = ["facilities", "leaf_places", "site_staff", "sites"]


def leaf_places(units: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Where each street or community lies (leaf, lon, lat): around its unit's centre, thicker towards the middle.

    No public list says where they are; `units` has lon, lat (degrees), km2 and leaves (list).
    """
    leaves = units.select("lon", "lat", "km2", leaf="leaves").explode("leaf")
    out = _OUT * np.sqrt(leaves["km2"].to_numpy() / np.pi) * rng.random(leaves.height) ** 0.7
    turn = rng.random(leaves.height) * 2 * np.pi
    lat = leaves["lat"].to_numpy() + out * np.sin(turn) / _KM
    lon = leaves["lon"].to_numpy() + out * np.cos(turn) / (_KM * np.cos(np.radians(lat)))
    return pl.DataFrame({"leaf": leaves["leaf"], "lon": np.round(lon, 5), "lat": np.round(lat, 5)})


def facilities(units: pl.DataFrame, places: pl.DataFrame, tables: Tables, rng: np.random.Generator) -> pl.DataFrame:
    """Hospitals: a grade-two or grade-three one with a green channel in every unit, a grade-one clinic beside it."""
    rows: list[dict[str, object]] = []
    for unit in units.iter_rows(named=True):
        second = 3 if unit["population"] >= 900_000 else 2
        for grade, key in ((second, "HOSPITAL"), (1, "CLINIC")):
            zh, en = tables.called(key)
            rows.append(
                {
                    "facility": len(rows) + 1,
                    "code": f"H{unit['unit_code']}-{grade}",
                    "unit": unit["unit_code"],
                    "leaf": int(unit["leaves"][int(rng.integers(len(unit["leaves"])))]),
                    "name_zh": zh.format(unit=unit["name_zh"]),
                    "name_en": en.format(unit=unit["name_en"]),
                    "grade": grade,
                    "green_channel": grade >= 2,
                }
            )
    table = pl.DataFrame(rows)
    return table.hstack(_near(places, table["leaf"], rng)).with_columns(synthetic=pl.lit(True))


def capacity_of(units: pl.DataFrame, scale: float) -> pl.DataFrame:
    """Sites and stations by unit and kind, where the campaign names none: fixed ones in every unit, others by size."""
    people = units["population"].to_numpy().astype(float)
    counts = {
        "fixed": np.maximum(1, whole(people, round(_CITY_SITES * scale))),
        "temporary": whole(people, max(1, round(_CITY_TEMPORARY * scale))),
        "mobile": whole(people[::-1], max(1, round(_CITY_MOBILE * scale)))[::-1],
    }
    own = sum(counts.values())
    need = np.maximum(1, np.ceil(people * scale * _STATIONS_PER_PERSON / own).astype(np.int64))
    return pl.concat(
        pl.DataFrame({"unit": units["unit_code"], "sites": n, "stations": n * (1 if kind == "mobile" else need)})
        .with_columns(kind=pl.lit(kind))
        .filter(pl.col("sites") > 0)
        for kind, n in counts.items()
    )


def sites(
    units: pl.DataFrame,
    places: pl.DataFrame,
    hospitals: pl.DataFrame,
    capacity: pl.DataFrame,
    tables: Tables,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """The sites of a capacity table (unit, kind, sites, stations); a temporary one stands under a hospital of grade two or above."""
    wanted = units.select(unit="unit_code").join(
        capacity.pivot("kind", index="unit", values="sites", aggregate_function="sum"),
        on="unit",
        how="left",
        maintain_order="left",
    )
    fixed, temporary, mobile = (
        wanted[k].fill_null(0).to_numpy() if k in wanted.columns else np.zeros(units.height, dtype=np.int64)
        for k in ("fixed", "temporary", "mobile")
    )
    parents = hospitals.filter(pl.col("grade") >= 2).unique("unit", keep="first", maintain_order=True)
    parts = [
        _rows(units, fixed, "fixed", tables),
        _rows(units, temporary, "temporary", tables).join(
            parents.select("unit", parent="facility"), on="unit", how="left"
        ),
        _rows(units, mobile, "mobile", tables),
    ]
    table = pl.concat(parts, how="diagonal").sort("nth", "kind", "code", maintain_order=True)
    nth = table["nth"].to_numpy()
    stations = _stations(table, capacity)
    leaves = [row[int(rng.integers(len(row)))] for row in units["leaves"].gather(nth).to_list()]
    houses = rng.integers(1, 300, (2, table.height))[0].tolist()  # the same in both languages
    streets = tables.called("ADDRESS")
    return (
        table.drop("nth")
        .with_columns(
            leaf=pl.Series(leaves, dtype=pl.Int64),
            address_zh=pl.Series([streets[0].format(n=house) for house in houses], dtype=pl.String),
            address_en=pl.Series([streets[1].format(n=house) for house in houses], dtype=pl.String),
            phone=tables.marked("landline", table.height),
            stations=pl.Series(stations).cast(pl.Int64),
            seats=pl.Series(stations * _SEATS_PER_STATION).cast(pl.Int64),
            synthetic=pl.lit(True),
        )
        .hstack(_near(places, pl.Series(leaves, dtype=pl.Int64), rng))
    )


def _stations(table: pl.DataFrame, capacity: pl.DataFrame) -> np.ndarray:
    """Share the stations of a unit and kind among its sites, one each at least."""
    shared = table.join(
        capacity.group_by("unit", "kind").agg(n=pl.col("sites").sum(), all=pl.col("stations").sum()),
        on=["unit", "kind"],
        how="left",
        maintain_order="left",
    ).with_columns(place=pl.int_range(pl.len()).over("unit", "kind"))
    part = pl.col("all") // pl.col("n") + (pl.col("place") < pl.col("all") % pl.col("n")).cast(pl.Int64)
    return shared.select(pl.max_horizontal(part, pl.lit(1))).to_series().to_numpy()


def _rows(units: pl.DataFrame, count: np.ndarray, kind: str, tables: Tables) -> pl.DataFrame:
    unit = np.repeat(np.arange(units.height), count)
    nth = pl.Series(np.arange(len(unit)) - np.repeat(np.cumsum(count) - count, count) + 1).cast(pl.String)
    zh, en = tables.called(kind.upper())
    letter = {"fixed": "F", "temporary": "T", "mobile": "M"}[kind]
    return pl.DataFrame(
        {
            "code": units["unit_code"].gather(unit) + f"-{letter}" + nth.str.zfill(2),
            "unit": units["unit_code"].gather(unit),
            "kind": pl.Series([kind] * len(unit), dtype=pl.String),
            "name_zh": named(units["name_zh"].gather(unit), zh, nth),
            "name_en": named(units["name_en"].gather(unit), en, nth),
            "nth": pl.Series(unit).cast(pl.Int64),
        }
    )


def named(units: pl.Series, pattern: str, nth: pl.Series, kind: str = "") -> pl.Series:
    """Names of things by their pattern, unit and number in it."""
    made = [pattern.format(unit=unit, n=n, kind=kind) for unit, n in zip(units, nth, strict=True)]
    return pl.Series(made, dtype=pl.String)


def _near(places: pl.DataFrame, leaves: pl.Series, rng: np.random.Generator) -> pl.DataFrame:
    """Points within about a kilometre of the middle of each street."""
    jitter = rng.normal(0, _NEAR / 2, (2, len(leaves))).clip(-_NEAR, _NEAR)
    at = pl.DataFrame({"leaf": leaves}).join(places, on="leaf", how="left", maintain_order="left")
    return pl.DataFrame({c: np.round(at[c].to_numpy() + jitter[i], 5) for i, c in enumerate(("lon", "lat"))})
