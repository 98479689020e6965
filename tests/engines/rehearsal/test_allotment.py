"""Invitations follow the quota, seats are never offered twice, and packs are used first expired first."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from seawall.engines.rehearsal.allotment import Pack, Vials, choose, seat

RNG = np.random.default_rng(4)


def candidates() -> pl.DataFrame:
    n = 100
    return pl.DataFrame(
        {
            "person": range(1, n + 1),
            "unit": ["A"] * 60 + ["B"] * 40,
            "group": (["KEY"] * 10 + ["ADULT"] * 50) + ["ADULT"] * 40,
            "dose_rank": [1] * 80 + [2] * 20,
            "product": [None] * 80 + ["BIBP"] * 10 + ["SVAC"] * 10,
            "order": [float(i) for i in range(n)],
        }
    )


def quota() -> pl.DataFrame:
    rows = [
        ("A", "KEY", "BIBP", 1, 15),
        ("A", "ADULT", "SVAC", 1, 5),
        ("B", "ADULT", "BIBP", 2, 4),
        ("B", "ADULT", "SVAC", 2, 30),
    ]
    return pl.DataFrame(rows, schema=["unit", "group", "product", "dose_rank", "doses"], orient="row")


def test_each_cell_gets_its_people_and_a_short_group_is_filled_from_the_unit() -> None:
    asked = choose(candidates(), quota(), 1.0, RNG)
    first = asked.filter(pl.col("dose_rank") == 1)
    assert first.height == 20 and set(first["unit"]) == {"A"}
    assert set(range(1, 11)) <= set(first["person"])  # all ten of the key group
    later = asked.filter(pl.col("dose_rank") == 2).group_by("product").len()
    assert dict(later.iter_rows()) == {"BIBP": 4, "SVAC": 10}


def test_nobody_is_asked_twice() -> None:
    asked = choose(candidates(), quota(), 1.3, RNG)
    assert asked["person"].n_unique() == asked.height


def test_seats_are_offered_once_and_spread_over_the_day() -> None:
    start = datetime(2021, 4, 1, 9, tzinfo=UTC)
    seats = pl.DataFrame(
        {
            "unit": ["A"] * 8,
            "site": [7] * 8,
            "starts_at": [start + timedelta(minutes=15 * i) for i in range(8)],
            "free": [3] * 8,
        }
    )
    people = pl.DataFrame({"person": range(12), "unit": ["A"] * 12})
    seated = seat(people, seats, RNG)
    assert seated.height == 12
    assert seated.group_by("starts_at").len()["len"].max() <= 2
    crowd = pl.DataFrame({"person": range(40), "unit": ["A"] * 40})
    full = seat(crowd, seats, RNG)
    assert full.height == 24 and full.group_by("starts_at").len()["len"].max() == 3


def test_packs_run_out_in_the_order_given() -> None:
    vials = Vials([Pack(1, "SVAC", "a", "L1", 1), Pack(1, "SVAC", "b", "L2", 2)], 55)
    assert [p.code if p else None for p in (vials.draw(1, "SVAC", m) for m in range(4))] == ["a", "b", "b", None]
    assert vials.draw_any(1, ["BIBP", "SVAC"], 9) is None


def test_a_pack_opened_too_long_ago_is_left() -> None:
    vials = Vials([Pack(1, "SVAC", "a", "L1", 2), Pack(1, "SVAC", "b", "L2", 2)], 55)
    codes = [p.code if p else None for p in (vials.draw(1, "SVAC", m) for m in (0, 60, 100, 120))]
    assert codes == ["a", "b", "b", None]
