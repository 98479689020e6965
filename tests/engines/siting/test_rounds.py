"""Rounds of mobile teams, judged by a checker that knows only the inputs and the table of visits."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from seawall.engines.siting.rounds import Rounds, Session, Stops, Teams, plan_rounds
from seawall.engines.siting.rounds_files import rounds_on_files
from seawall.engines.tables import Mistakes
from seawall.interfaces.cli.site import app

EXAMPLE = Path(__file__).parents[3] / "examples" / "sites" / "rounds"
SECOND = 1 / 60
SESSION = Session(rate=60, setup=10, observe=30)


def problem(seed: int, stops: int = 12) -> tuple[Stops, Teams, np.ndarray]:
    rng = np.random.default_rng(seed)
    at = rng.random((stops + 2, 2)) * 60
    minutes = np.hypot(*(at[:, None, :] - at[None, :, :]).transpose(2, 0, 1)) * rng.uniform(1, 1.3, (stops + 2,) * 2)
    np.fill_diagonal(minutes, 0)
    opens = rng.integers(480, 600, stops).astype(float)
    known = Stops(
        [f"S{k}" for k in range(stops)], np.arange(stops) + 2, rng.integers(5, 220, stops), opens,
        opens + rng.integers(200, 500, stops),
    )  # fmt: skip
    teams = Teams(
        ["a", "b", "c"], np.array([0, 1, 0]), np.array([480.0, 500, 480]), np.array([1000.0, 1020, 800]),
        np.array([150.0, 90, 120]), np.array([480.0, 600, 300]), np.array([200, 260, 90]),
    )  # fmt: skip
    return known, teams, minutes


def check(found: Rounds, stops: Stops, teams: Teams, minutes: np.ndarray, session: Session) -> None:
    """Every limit of every round, from the inputs alone."""
    place = dict(zip(stops.name, stops.place, strict=True))
    served = dict.fromkeys(stops.name, 0)
    assert found.visits["round"].n_unique() == found.visits.filter(pl.col("order") == 0).height
    for (name,), visits in found.visits.group_by("round"):
        t, rows = teams.name.index(str(name)), visits.sort("order").rows(named=True)
        assert rows[0]["stop"] is None and rows[-1]["stop"] is None
        at, driven, clock = teams.home[t], 0.0, rows[0]["ends"]
        assert clock >= teams.start[t] - SECOND
        for row in rows[1:]:
            to = teams.home[t] if row["stop"] is None else place[row["stop"]]
            driven += minutes[at, to]
            assert row["drive_minutes"] == pytest.approx(minutes[at, to])
            assert row["starts"] >= clock + minutes[at, to] - SECOND
            if row["stop"] is not None:
                k = stops.name.index(row["stop"])
                assert row["people"] > 0
                assert (
                    row["ends"] - row["starts"]
                    >= session.setup + row["people"] * 60 / session.rate + session.observe - SECOND
                )
                assert row["starts"] >= stops.opens[k] - SECOND
                assert row["ends"] <= stops.closes[k] + SECOND
                served[row["stop"]] += row["people"]
            at, clock = to, row["ends"]
        assert driven <= teams.driving[t] + SECOND
        assert clock <= teams.end[t] + SECOND
        assert clock - rows[0]["ends"] <= teams.cold[t] + SECOND
        assert sum(row["people"] for row in rows) <= teams.doses[t]
    left = dict(found.left.select("stop", "people").iter_rows())
    assert {name: served[name] + left.get(name, 0) for name in stops.name} == dict(
        zip(stops.name, stops.due, strict=True)
    )
    assert found.served == sum(served.values()) <= found.bound


@pytest.mark.parametrize("seed", range(6))
def test_every_round_keeps_to_every_limit(seed: int) -> None:
    stops, teams, minutes = problem(seed)
    found = plan_rounds(stops, teams, minutes, SESSION, iterations=300)
    assert found.served > 0
    check(found, stops, teams, minutes, SESSION)


@pytest.mark.parametrize("tight", ["driving", "cold", "doses", "end"])
def test_a_tighter_limit_is_kept_too(tight: str) -> None:
    stops, teams, minutes = problem(3)
    values = {name: getattr(teams, name) for name in ("name", "home", "start", "end", "driving", "cold", "doses")}
    values[tight] = values["start"] + 200 if tight == "end" else (values[tight] * 0.4).astype(values[tight].dtype)
    found = plan_rounds(stops, Teams(**values), minutes, SESSION, iterations=300)
    check(found, stops, Teams(**values), minutes, SESSION)


def test_a_large_stop_is_visited_more_than_once() -> None:
    stops = Stops(["S"], np.array([1]), np.array([500]), np.array([0.0]), np.array([1439.0]))
    teams = Teams(
        ["a", "b"], np.zeros(2, int), np.full(2, 480.0), np.full(2, 1080.0), np.full(2, 60.0), np.full(2, 600.0),
        np.full(2, 300),
    )  # fmt: skip
    minutes = np.array([[0.0, 20], [20, 0]])
    found = plan_rounds(stops, teams, minutes, SESSION, iterations=50)
    check(found, stops, teams, minutes, SESSION)
    assert (found.served, found.left.height) == (500, 0)


def test_who_cannot_be_reached_is_named_with_the_reason() -> None:
    stops = Stops(["far", "short"], np.array([1, 2]), np.array([50, 50]), np.zeros(2), np.array([1439.0, 30.0]))
    teams = Teams(
        ["a"], np.array([0]), np.array([0.0]), np.array([600.0]), np.array([60.0]), np.array([600.0]), np.array([300])
    )
    minutes = np.array([[0.0, 40, 5], [40, 0, 40], [5, 40, 0]])
    found = plan_rounds(stops, teams, minutes, SESSION, iterations=50)
    assert sorted(found.left.rows()) == [("far", 50, "far"), ("short", 50, "short")]
    assert found.served == found.bound == 0


def test_the_command_answers_the_shipped_example(tmp_path: Path) -> None:
    files = [piece for name in ("stops", "teams", "points") for piece in (f"--{name}", str(EXAMPLE / f"{name}.csv"))]
    ran = CliRunner().invoke(app, ["rounds", *files, "--out", str(tmp_path), "--iterations", "200"])
    assert ran.exit_code == 0, ran.output
    told = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert 0 < told["value"] <= told["bound"] <= told["due"]
    assert {"rounds.csv", "left.csv", "rounds.svg", "page.html"} <= {path.name for path in tmp_path.iterdir()}


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "stops.csv").write_text("stop,due,opens,closes\nS,-1,,\nT,5,17:00,09:00\nU,4,,\n")
    (tmp_path / "teams.csv").write_text(
        "team,home,start,end,driving_minutes,cold_box_hours,doses\na,H,08:00,07:00,60,6,100\nb,Q,8,18:00,60,6,100\n"
    )
    (tmp_path / "travel.csv").write_text("from,to,minutes\nH,S,10\nH,T,-4\nH,S,11\n")
    with pytest.raises(Mistakes) as wrong:
        rounds_on_files(
            tmp_path / "stops.csv", tmp_path / "teams.csv", tmp_path / "out", travel=tmp_path / "travel.csv",
            session=Session(rate=0),
        )  # fmt: skip
    assert {(found.file, found.row, found.column, found.rule) for found in wrong.value.found} == {
        ("stops.csv", 2, "due", "not_negative"),
        ("stops.csv", 3, "closes", "hours_order"),
        ("stops.csv", 4, "place", "place_unknown"),
        ("teams.csv", 2, "end", "hours_order"),
        ("teams.csv", 3, "start", "time"),
        ("teams.csv", 3, "home", "place_unknown"),
        ("travel.csv", 3, "minutes", "not_negative"),
        ("travel.csv", 4, "to", "pair_twice"),
        ("--rate", 0, "", "positive_number"),
    }
