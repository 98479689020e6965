"""What would take hours or gigabytes is answered in words, at once."""

import time
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from seawall.engines.flow import Present, door_advice, simulate, slot_sizes, staff_for
from seawall.engines.flow.simulate import MOST_DAYS, chunks
from seawall.engines.flow.site import Appointments
from seawall.engines.flow.what_if import what_ifs
from seawall.engines.tables import Mistakes
from seawall.interfaces.cli.flow import app

from .sites import EXAMPLES, example, mistakes
from .test_load import GOOD

AWAY = "\nabsences = [{ servers = 1, start = 60 }]\n"
CROWD = '[[what_if]]\nwhat_if = "all"\ncrowds = [{ at = 60, persons = 1000000 }]\n'


@pytest.fixture(autouse=True)
def at_once():
    began = time.process_time()
    yield
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (GOOD.replace("servers = 2", "servers = 1000000"), "too_many_servers"),
        (GOOD.replace("servers = 2", "servers = 1000000") + AWAY, "too_many_servers"),
        (GOOD.replace("persons = 9", "persons = 1000000"), "too_many"),
        (GOOD + CROWD, "too_many"),
    ],
    ids=["stations", "stations with somebody away", "persons", "a crowd of a what-if"],
)
def test_a_site_of_a_million_is_refused_by_its_key(text, rule):
    assert [rule] in mistakes(text).values()


@pytest.mark.parametrize("days", [MOST_DAYS + 1, 10**6, 10**12])
def test_more_days_than_can_be_lived_are_refused(days):
    for ask in (simulate, what_ifs):
        with pytest.raises(Mistakes, match="--replications"):
            ask(example("hub"), days)


def test_many_days_of_many_persons_are_refused_together():
    crowded = replace(example("hub"), appointments=(Appointments(120, 540, 60, 20_000),))
    with pytest.raises(Mistakes, match=r"156,800 persons"):
        simulate(crowded, 1_000)


def test_staff_and_slots_are_not_looked_for_in_a_day_of_hundreds_of_thousands():
    with pytest.raises(Mistakes, match="50,000"):
        staff_for(example("hub"), 200_000)
    with pytest.raises(Mistakes, match="50,000"):
        slot_sizes(example("hub").staffed({s.station: 20_000 for s in example("hub").stations}))


def test_a_crowded_day_is_drawn_in_smaller_chunks():
    crowded = replace(example("hub"), appointments=(Appointments(120, 540, 60, 8_000),))
    assert len(next(chunks(crowded, 64, 0)).arrive) == 31


def test_a_queue_of_a_million_at_the_door_is_refused():
    with pytest.raises(Mistakes, match="more than 5,000"):
        door_advice(example("hub"), Present(60, waiting={"entrance": 10**6}), 10)


@pytest.mark.parametrize(
    "words",
    [
        ["SITE", "--out", "OUT", "--replications", "1000000"],
        ["what-if", "SITE", "--out", "OUT", "--replications", "1000000"],
        ["door", "SITE", "--at", "60", "--coming", "1000000"],
    ],
    ids=["day", "what-if", "door"],
)
def test_the_command_says_so_and_ends(tmp_path, words):
    named = {"SITE": str(EXAMPLES / "hub.toml"), "OUT": str(tmp_path)}
    result = CliRunner().invoke(app, [named.get(word, word) for word in words])
    assert result.exit_code == 2
    assert "more than" in result.output
    assert not list(tmp_path.iterdir())
