"""Slot sizes and the door's advice come from the flow of people through the stations there are."""

from datetime import time
from time import process_time

import pytest

from seawall.platform import clock
from seawall.sites import pace, selectors, services, tables

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
    advice = selectors.door_advice(site, DAY, here={"injection": queue + 4}, seated_for=[5.0] * 10, coming=20)
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
    assert selectors.door_advice(site, DAY, here={}, seated_for=[], coming=5) is None


def test_an_empty_hall_that_nobody_comes_to_is_open(town: Town) -> None:
    site = town.open()
    town.plan(site)
    town.ready(site)
    services.session_open(town.actor, [town.mark(site)])
    clock.set_to(NINE)
    advice = selectors.door_advice(site, DAY, here={}, seated_for=[], coming=0)
    assert advice is not None
    assert (advice.level, advice.admit, advice.need) == ("open", 0, 0)


@pytest.mark.parametrize(("stations", "chairs"), [(100, 1_000), (1_000, 30_000), (10**6, 10**7), (10**6, 40)])
def test_a_site_of_any_size_is_answered_as_halls_side_by_side(stations: int, chairs: int) -> None:
    began = process_time()
    sizes = pace.quarter_sizes(8, stations, chairs)
    assert process_time() - began < 10
    assert len(sizes) == 8
    assert min(sizes) > 0
    assert max(sizes) <= tables.most_seats(stations)


def test_halls_side_by_side_lose_little_against_one_hall() -> None:
    together, apart = sum(pace._hall_sizes(8, 60, 600)), 3 * sum(pace._hall_sizes(8, 20, 200))
    assert 0.9 * together < apart <= 1.02 * together
