"""Hospitals and vaccination sites, one or more per unit, placed near the unit's centroid."""

import numpy as np
import polars as pl

from .identifiers import landlines
from .shares import whole
from .staff import site_staff
from .tables import Tables

_CITY_SITES = 1400  # fixed sites of the whole city (choice: no count was published); scaled, one per unit at least
_CITY_TEMPORARY = 300
_CITY_MOBILE = 120
_STATIONS_PER_PERSON = 1.1e-4  # 3,500 stations at 134 doses a day carry a peak of some 400,000 doses
_SEATS_PER_STATION = 12  # 20 an hour, half an hour each, a fifth more
_FAR = 0.05  # degrees around the centroid

__all__ = ["facilities", "site_staff", "sites"]


def facilities(units: pl.DataFrame, scale: float, tables: Tables, rng: np.random.Generator) -> pl.DataFrame:
    """Hospitals: a grade-two or grade-three one with a green channel in every unit, a grade-one clinic beside it."""
    rows: list[dict[str, object]] = []
    for i, unit in enumerate(units.iter_rows(named=True)):
        second = 3 if unit["population"] >= 900_000 else 2
        for grade, zh, en in ((second, "人民医院", "People's Hospital"), (1, "社区卫生服务中心", "Health Centre")):
            rows.append(
                {
                    "facility": len(rows) + 1,
                    "code": f"H{unit['unit_code']}-{grade}",
                    "unit": unit["unit_code"],
                    "leaf": int(unit["leaves"][int(rng.integers(len(unit["leaves"])))]),
                    "name_zh": f"{unit['name_zh']}{zh}（模拟）",
                    "name_en": f"{unit['name_en']} {en} (synthetic)",
                    "grade": grade,
                    "green_channel": grade >= 2,
                    "nth": i,
                }
            )
    table = pl.DataFrame(rows)
    return table.drop("nth").hstack(_near(units, table["nth"].to_numpy(), rng)).with_columns(synthetic=pl.lit(True))


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
    units: pl.DataFrame, hospitals: pl.DataFrame, capacity: pl.DataFrame, tables: Tables, rng: np.random.Generator
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
        _rows(units, fixed, "fixed", "接种点", "Vaccination Site"),
        _rows(units, temporary, "temporary", "临时接种点", "Temporary Site").join(
            parents.select("unit", parent="facility"), on="unit", how="left"
        ),
        _rows(units, mobile, "mobile", "流动接种点", "Mobile Team"),
    ]
    table = pl.concat(parts, how="diagonal").sort("nth", "kind", "code", maintain_order=True)
    nth = table["nth"].to_numpy()
    stations = _stations(table, capacity)
    leaves = [row[int(rng.integers(len(row)))] for row in units["leaves"].gather(nth).to_list()]
    return (
        table.drop("nth")
        .with_columns(
            leaf=pl.Series(leaves, dtype=pl.Int64),
            address_zh=pl.lit("模拟路") + pl.Series(rng.integers(1, 300, table.height)).cast(pl.String) + "号（模拟）",
            address_en=pl.Series(rng.integers(1, 300, table.height)).cast(pl.String)
            + pl.lit(" Rehearsal Road (synthetic)"),
            phone=landlines(table.height, tables),
            stations=pl.Series(stations).cast(pl.Int64),
            seats=pl.Series(stations * _SEATS_PER_STATION).cast(pl.Int64),
            synthetic=pl.lit(True),
        )
        .hstack(_near(units, nth, rng))
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


def _rows(units: pl.DataFrame, count: np.ndarray, kind: str, zh: str, en: str) -> pl.DataFrame:
    unit = np.repeat(np.arange(units.height), count)
    nth = pl.Series(np.arange(len(unit)) - np.repeat(np.cumsum(count) - count, count) + 1).cast(pl.String)
    letter = {"fixed": "F", "temporary": "T", "mobile": "M"}[kind]
    return pl.DataFrame(
        {
            "code": units["unit_code"].gather(unit) + f"-{letter}" + nth.str.zfill(2),
            "unit": units["unit_code"].gather(unit),
            "kind": pl.Series([kind] * len(unit), dtype=pl.String),
            "name_zh": units["name_zh"].gather(unit) + f"{zh}" + nth + "（模拟）",
            "name_en": units["name_en"].gather(unit) + f" {en} " + nth + " (synthetic)",
            "nth": pl.Series(unit).cast(pl.Int64),
        }
    )


def _near(units: pl.DataFrame, nth: np.ndarray, rng: np.random.Generator) -> pl.DataFrame:
    jitter = rng.normal(0, _FAR / 2, (2, len(nth))).clip(-_FAR, _FAR)
    lon, lat = units["lon"].to_numpy()[nth], units["lat"].to_numpy()[nth]
    return pl.DataFrame({"lon": np.round(lon + jitter[0], 5), "lat": np.round(lat + jitter[1], 5)})
