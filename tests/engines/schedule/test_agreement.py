"""The compiled engine and the reference engine answer alike, on generated histories and on generated schedules."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.engines.schedule import load, shipped

from . import generated
from .agreement import differences
from .generated import Seeded

BIRTHS = (date(1930, 1, 1), date(2021, 1, 1))
FIRST, LAST = date(2020, 11, 1), date(2023, 6, 30)
CHILDREN = (date(2014, 1, 1), date(2022, 6, 1))
SHIPPED = [load(folder) for folder in sorted(shipped("covid19-cn").parent.iterdir())]
COVID = next(schedule for schedule in SHIPPED if schedule.programme == "covid19-cn")


class Drawn:
    """Draws through Hypothesis, so that what it finds it also makes small."""

    def __init__(self, draw):
        self.draw = draw

    def one_of(self, choices):
        return self.draw(st.sampled_from(list(choices)))

    def number(self, low, high):
        return self.draw(st.integers(low, high))


@st.composite
def people(draw, schedule=COVID):
    return [generated.someone(Drawn(draw), schedule, FIRST, LAST, BIRTHS) for _ in range(draw(st.integers(1, 3)))]


@st.composite
def schedules_with_people(draw):
    schedule = generated.schedule(Drawn(draw))
    return schedule, draw(people(schedule))


@given(people(), st.dates(FIRST, LAST))
@settings(max_examples=150, deadline=None)
def test_on_generated_histories(someones, as_of):
    assert differences(COVID, someones, as_of) == []


@given(st.sampled_from(SHIPPED), st.data(), st.dates(FIRST, LAST))
@settings(max_examples=60, deadline=None)
def test_on_every_shipped_schedule(schedule, data, as_of):
    someones = [generated.someone(Drawn(data.draw), schedule, FIRST, LAST, CHILDREN)]
    assert differences(schedule, someones, as_of) == []


@given(schedules_with_people(), st.dates(date(2020, 6, 1), date(2021, 12, 31)))
@settings(max_examples=100, deadline=None)
def test_on_generated_schedules(both, as_of):
    assert differences(*both, as_of) == []


def _agree(count: int, seed: int) -> None:
    """Half of the histories on shipped schedules, half on generated ones."""
    draw = Seeded(seed)
    done = 0
    while done < count:
        schedule = draw.one_of(SHIPPED) if draw.number(0, 1) else generated.schedule(draw)
        births = draw.one_of([BIRTHS, CHILDREN])
        someones = [generated.someone(draw, schedule, FIRST, LAST, births) for _ in range(100)]
        as_of = FIRST + timedelta(days=draw.number(100, (LAST - FIRST).days))
        assert differences(schedule, someones, as_of) == []
        done += 100


def test_on_two_thousand_histories():
    _agree(2_000, seed=2021)


@pytest.mark.long
def test_on_a_million_histories():
    _agree(1_000_000, seed=610)
