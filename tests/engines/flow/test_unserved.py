"""Who is never served is part of every figure: no wait that shrinks, no early end, no number that is not known.

The kind: a day that nobody leaves.
"""

import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from seawall.engines.flow import (
    Absence,
    Crowd,
    Present,
    Release,
    Station,
    WhatIf,
    door_advice,
    fixed,
    simulate,
    what_ifs,
)
from seawall.engines.flow.site import INJECTION, PREPARATION, Site
from seawall.interfaces.cli.flow import app

from .sites import chairs, even


def hall(*, servers: int = 1, doses: tuple[Release, ...] = (), away: tuple[Absence, ...] = ()) -> Site:
    """Ten come each quarter-hour until minute 45; the doors close at 60."""
    filling = (Station("draw", 1, fixed(0.5), PREPARATION),) if doses else ()
    shot = Station("shot", servers, fixed(1), INJECTION, absences=away)
    made = even(15, 10, 45, *filling, Station("desk", 1, fixed(0.5)), shot, chairs(40))
    return replace(made, closes=60, doses=doses)


@pytest.mark.parametrize(
    "day",
    [
        hall(away=(Absence(1, 0),)),
        hall(away=(Absence(1, 30),)),
        hall(servers=2, away=(Absence(1, 20), Absence(1, 40))),
        hall(doses=(Release(0, 10),)),
        hall(doses=(Release(0, 10), Release(5000, 30))),
    ],
    ids=["no vaccinator", "gone at 30", "leaving one by one", "ten doses", "doses that come days later"],
)
def test_who_is_never_served_waits_until_closing_at_least(day):
    flow, whole = simulate(day, 20), simulate(hall(), 20)
    assert flow.arrived.mean == 40
    assert flow.finish.mean >= 60
    assert flow.wait_total.mean > whole.wait_total.mean
    if flow.served.mean == 0:
        assert flow.wait_total.mean == pytest.approx(60 - 22.5 - 0.5 - 0.5 * 4.5, abs=6)
    assert np.isfinite([flow.wait_total.mean, flow.finish.mean, flow.minutes_in_site.p50]).all()


def test_doses_that_come_after_closing_are_waited_for():
    flow = simulate(hall(doses=(Release(0, 10), Release(100, 30))), 20)
    assert (flow.served.mean, flow.unserved.mean) == (40, 0)
    assert flow.finish.mean > 130


DISTURBANCES = (
    WhatIf("away", absences=(("shot", Absence(1, 0)),)),
    WhatIf("from 30", absences=(("shot", Absence(1, 30)),)),
    WhatIf("a bus in a quiet hour", crowds=(Crowd(70, 5, 1),)),
    WhatIf("doses never", doses_late=9000.0),
    WhatIf("half the doses never", doses_late=9000.0, doses_late_until=10.0),
)


@pytest.mark.parametrize("disturbance", DISTURBANCES, ids=[w.what_if for w in DISTURBANCES])
def test_a_disturbance_is_never_shown_as_an_improvement(disturbance):
    day = replace(hall(doses=(Release(0, 20), Release(20, 20))), closes=120, what_ifs=(disturbance,))
    planned, (d,) = what_ifs(day, 20)
    assert planned.unserved.mean == 0
    for added in (d.wait_added, d.crowd_added, d.finish_added):
        assert added.p05 >= 0
    assert d.unserved.mean == d.flow.arrived.mean - d.flow.served.mean


def test_nobody_at_all_is_unknown_and_not_zero():
    flow = simulate(replace(hall(), no_show=1.0), 5)
    for unknown in (flow.finish, flow.wait_total, flow.minutes_in_site, flow.wait(1)):
        assert np.isnan([unknown.mean, unknown.p50]).all()


def test_the_door_says_no_number_that_is_not_known():
    for present in (Present(50, {"shot": 3}), Present(0)):
        advice = door_advice(hall(away=(Absence(1, 0),)), present, 5)
        assert advice.level == "pause"
        assert np.isfinite([*advice.wait, *advice.wait_if_open]).all()


FILE = """
[site]
site = "T"
opens = 0
closes = 60
[[appointments]]
first = 0
last = 45
every = 15
persons = 10
[[station]]
station = "shot"
servers = 1
service = { law = "fixed", mean = 2 }
absences = [{ servers = 1, start = 0 }]
"""
WITHOUT = FILE.replace("absences = [{ servers = 1, start = 0 }]", "")


def test_the_commands_tell_who_came_who_was_served_and_who_was_not(tmp_path):
    (tmp_path / "a.toml").write_text(FILE)
    said = CliRunner().invoke(app, ["day", str(tmp_path / "a.toml"), "--out", str(tmp_path), "--replications", "5"])
    assert "came 40, served 0, not served 40; minutes in site at least" in said.output
    assert "last leaves no earlier than 60" in said.output
    assert "are still inside at the end (60): they are counted as waiting" in said.output
    assert said.output.isascii()
    spoken = ["day", str(tmp_path / "a.toml"), "--out", str(tmp_path), "--replications", "5", "--language", "zh-hans"]
    assert "仍在场内" in CliRunner().invoke(app, spoken).output
    page = (tmp_path / "index.html").read_text()
    assert "40 are still inside at the end (60)" in page
    assert "40 人直到结束（60）仍在场内" in page
    assert page.count("on average 40 not served and still inside") == 3
    assert json.loads((tmp_path / "summary.json").read_text())["unserved"]["mean"] == 40

    away = '[[what_if]]\nwhat_if = "AWAY"\n[[what_if.absences]]\nstation = "shot"\nservers = 1\nstart = {}\n'
    for start in (0, 30):
        (tmp_path / "b.toml").write_text(WITHOUT + away.format(start))
        said = CliRunner().invoke(
            app, ["what-if", str(tmp_path / "b.toml"), "--out", str(tmp_path), "--replications", "5"]
        )
        assert "nan" not in said.output
        assert "-" not in said.output.replace("->", "")
        assert "min or more, not served" in said.output
