"""`seawall flow` as it is typed."""

import json
from pathlib import Path

import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from seawall.interfaces.cli.flow import app as flow

SITES = Path(__file__).parents[2] / "examples" / "sites"
GP = str(SITES / "gp.toml")


@pytest.fixture
def run():
    app = typer.Typer()
    app.add_typer(flow, name="flow")

    @app.command()
    def other() -> None: ...

    return lambda *words: CliRunner().invoke(app, ["flow", *map(str, words)])


def test_a_day_needs_no_word_for_it(run, tmp_path):
    done = run(GP, "--replications", 20, "--out", tmp_path / "a", "--seed", 3)
    assert done.exit_code == 0, done.output
    assert run("day", GP, "--replications", 20, "--out", tmp_path / "b", "--seed", 3).exit_code == 0
    assert run("--replications", 20, "--seed", 3, "--out", tmp_path / "c", GP).exit_code == 0
    told = [(tmp_path / x / "summary.json").read_text(encoding="utf-8") for x in "abc"]
    assert told[0] == told[1] == told[2]
    said = json.loads(told[0])
    assert said["served"].keys() >= {"p05", "p50", "p95", "mean"}
    assert said["waits"]["registration"]["p50"] <= said["waits"]["registration"]["p95"]
    assert 28 < said["minutes_in_site"]["p50"] < 36
    assert 0.5 < said["utilisation"]["registration"] < 0.9
    assert said["seats_peak"] == 10
    assert said["crowd_peak"] > 10
    made = {p.name for p in (tmp_path / "a").iterdir()}
    assert made >= {"curves.csv", "stations.csv", "index.html", "day.svg", "queues.png", "waits.svg"}
    curves = pl.read_csv(tmp_path / "a" / "curves.csv")
    assert set(curves["curve"]) == {
        "waiting:registration", "waiting:vaccination", "waiting:observation", "inside", "seats",
    }  # fmt: skip


def test_staff_is_a_command_of_its_own(run, tmp_path):
    done = run("staff", GP, "--served", 188, "--wait", 15, "--out", tmp_path)
    assert done.exit_code == 0, done.output
    assert "every cheaper one refused" in done.output
    assert json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["servers"]["registration"] == 2
    assert (tmp_path / "staff.svg").exists()


def test_slots_and_disturbances_write_their_tables(run, tmp_path):
    assert run("slots", GP, "--wait", 10, "--out", tmp_path / "s").exit_code == 0
    assert pl.read_csv(tmp_path / "s" / "slots.csv")["persons"].sum() > 100
    done = run("what-if", SITES / "hub.toml", "--replications", 5, "--out", tmp_path / "w")
    assert done.exit_code == 0, done.output
    assert pl.read_csv(tmp_path / "w" / "what_if.csv")["what_if"].to_list() == ["crowd", "clerks", "late"]
    assert run("what-if", GP, "--out", tmp_path / "n").exit_code == 2


def test_the_door_speaks_both_languages(run):
    done = run("door", GP, "--at", 300, "--waiting", "registration=30", "--busy", "observation=9")
    assert done.exit_code == 0, done.output
    assert "Pause the door" in done.output
    assert "暂停进场" in done.output


def test_mistakes_come_all_at_once_and_never_as_a_traceback(run, tmp_path):
    bad = tmp_path / "bad.toml"
    text = Path(GP).read_text(encoding="utf-8")
    bad.write_text(text.replace("servers = 4", "servers = 0").replace("last = 590", "last = 600"), encoding="utf-8")
    done = run(bad, "--out", tmp_path / "o")
    assert done.exit_code == 2
    assert "bad.toml station.3.servers (0)" in done.output
    assert "bad.toml appointments.1.last (600)" in done.output
    assert not (tmp_path / "o").exists()
    assert run("door", GP, "--at", 300, "--waiting", "desk=3").exit_code == 2
    assert run(tmp_path / "none.toml", "--out", tmp_path).exit_code == 2
    done = run("staff", GP, "--served", 188, "--crowd", 2)
    assert done.exit_code == 2
    assert "crowd" in done.output


def test_help_lists_the_commands(run):
    done = run("--help")
    for word in ("day", "staff", "slots", "what-if", "door"):
        assert word in done.output
