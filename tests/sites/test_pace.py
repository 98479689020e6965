"""Slot sizes and the door's advice come from the flow of people through the stations there are."""

from datetime import time

import pytest

from seawall.platform import clock
from seawall.sites import selectors, services

from .conftest import DAY, Town
from .test_sites import NINE, QUARTER


def test_quarter_hours_take_what_waiting_and_chairs_allow(town: Town) -> None:
    wide, narrow = town.open("WIDE", seats=48), town.open("NARROW", seats=14)
    answers = [town.plan(site, seats=None, closes=time(12)).answer for site in (wide, narrow)]
    sizes = [[s.capacity for s in selectors.seats([site], DAY)] for site in (wide, narrow)]
    assert [sum(row) for row in sizes] == [int(str(a["seats"])) for a in answers]
    assert max(sizes[0]) <= 30  # the fastest rate of four stations
    assert min(sizes[0]) >= 12
    # Fourteen chairs hold half an hour's people of two quarters: few chairs bind before stations do.
    assert sum(sizes[1]) / len(sizes[1]) < 0.55 * sum(sizes[0]) / len(sizes[0])


@pytest.mark.parametrize(("queue", "level"), [(0, "open"), (20, "slow"), (80, "pause")])
def test_the_door_is_advised_by_the_queue_there_is(town: Town, queue: int, level: str) -> None:
    site = town.open(seats=60)
    town.plan(site, 20)
    town.ready(site)
    assert services.session_open(town.actor, [town.mark(site)])[0].done
    clock.set_to(NINE + 2 * QUARTER)
    advice = selectors.door_advice(site, DAY, waiting={"injection": queue}, seated_for=[5.0] * 10, coming=20)
    assert advice is not None
    assert advice.level == level
    assert (advice.admit == 20) == (level == "open")
    assert (advice.admit == 0) == (level == "pause")
    assert advice.need >= 10
    assert advice.chairs == 60
    assert advice.zh and advice.en


def test_a_site_without_an_open_session_has_no_advice(town: Town) -> None:
    site = town.open()
    town.plan(site)
    assert selectors.door_advice(site, DAY, waiting={}, seated_for=[], coming=5) is None


def test_an_empty_hall_that_nobody_comes_to_is_open(town: Town) -> None:
    site = town.open()
    town.plan(site)
    town.ready(site)
    services.session_open(town.actor, [town.mark(site)])
    clock.set_to(NINE)
    advice = selectors.door_advice(site, DAY, waiting={}, seated_for=[], coming=0)
    assert advice is not None
    assert (advice.level, advice.admit, advice.need) == ("open", 0, 0)
