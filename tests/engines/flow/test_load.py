"""A site's file: what stands in the shipped ones, and every mistake at once by key."""

import math
from pathlib import Path

import pytest

import seawall
from seawall.engines.flow import load_site
from seawall.engines.flow.site import average
from seawall.engines.tables import Mistakes

from .sites import example, mistakes

PUBLISHED = Path(seawall.__file__).parents[3] / "shared/data/queue/hanly2022_parameters.csv"

GOOD = """
[site]
site = "a"
opens = 0
closes = 480
[[appointments]]
first = 0
last = 450
every = 30
persons = 9
[[station]]
station = "desk"
servers = 2
service = { law = "fixed", mean = 2 }
"""


def test_the_hub_is_the_published_one():
    hub = example("hub")
    moments, persons = hub.slots()
    assert moments.tolist() == [120, 180, 240, 300, 360, 420, 480, 540]
    assert set(persons) == {120}
    assert [s.servers for s in hub.stations] == [4, 8, 12, 8, 10, 50]
    assert [round(average(s.service), 4) for s in hub.stations[:5]] == [1.3333, 3, 4.4286, 3, 4]
    assert average(hub.stations[5].service) == pytest.approx(0.98 * 20 + 0.02 * 30)
    assert hub.releases().tolist() == [60.0 * k for k in range(8) for _ in range(120)]


def test_the_practice_is_the_published_one():
    gp = example("gp")
    moments, persons = gp.slots()
    assert (len(moments), moments[0], moments[-1], set(persons)) == (48, 120, 590, {4})
    assert [s.servers for s in gp.stations] == [2, 2, 4, 10]
    assert [round(average(s.service), 4) for s in gp.stations[:3]] == [1.3333, 4, 7]


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published parameter table is not on this machine")
def test_every_published_number_of_staff_stands_in_the_files():
    table = PUBLISHED.read_text(encoding="utf-8")
    hub, gp = example("hub"), example("gp")
    words = ("prep", "entrance", "registration", "assessment", "vaccination", "observation chairs")
    assert ", ".join(f"{w} {s.servers}" for w, s in zip(words, hub.stations, strict=True)) in table
    words = ("prep", "registration", "vaccination", "chairs")
    assert ", ".join(f"{w} {s.servers}" for w, s in zip(words, gp.stations, strict=True)) in table


def test_a_right_file_has_no_mistake():
    assert mistakes(GOOD) == {}


@pytest.mark.parametrize(
    ("old", "new", "key", "rule"),
    [
        ("servers = 2", "servers = 0", "station.1.servers", "positive"),
        ("servers = 2", "", "station.1.servers", "key_missing"),
        ("mean = 2", "mean = -2", "station.1.service.mean", "law_negative"),
        ('law = "fixed", mean = 2', 'law = "normal", mean = 2, sd = 1', "station.1.service.mean", "law_negative"),
        ('law = "fixed", mean = 2', 'law = "uniform", low = -1, high = 2', "station.1.service.low", "law_negative"),
        ('law = "fixed", mean = 2', 'law = "measured", values = [1, -3]', "station.1.service.values", "law_negative"),
        ('law = "fixed", mean = 2', 'law = "gamma", mean = 2', "station.1.service.sd", "law_needs"),
        ('law = "fixed", mean = 2', 'law = "fixed", mean = 2, sd = 1', "station.1.service.sd", "law_unused"),
        ('law = "fixed", mean = 2', 'law = "weibull", mean = 2', "station.1.service.law", "one_of"),
        ('{ law = "fixed", mean = 2 }', "2", "station.1.service", "law"),
        ('{ law = "fixed", mean = 2 }', '[{ law = "fixed", mean = 2, share = 0.9 }]', "station.1.service", "law_shares"),
        ("last = 450", "last = 480", "appointments.1.last", "after_closing"),
        ("last = 450", "last = -1", "appointments.1.last", "not_negative"),
        ("closes = 480", "closes = 0", "site.closes", "positive"),
        ("closes = 480", "closes = 2000", "site.closes", "within_day"),
        ("opens = 0", "opens = 30", "appointments.1.first", "before_opening"),
        ("persons = 9", "persons = 90000000", "appointments", "too_many"),
        ("every = 30", "evry = 30", "appointments.1.evry", "key_unknown"),
        ("[[appointments]]", "[[apointments]]", "apointments", "section_unknown"),
        ("[[appointments]]", "[appointments]", "appointments", "rows"),
        ("servers = 2", 'servers = 2\nkind = "preparation"', "station", "no_person"),
        ("servers = 2", "servers = 2\nabsences = [{ servers = 3, start = 9 }]", "station.1.absences.1.servers",
         "more_than_staff"),
        ("servers = 2", "servers = 2\nabsences = [{ servers = 1, start = 9, end = 9 }]", "station.1.absences.1.end",
         "later_than"),
        ("[[station]]", '[[what_if]]\nwhat_if = "w"\n[[station]]', "what_if.1.what_if", "nothing_happens"),
        ("[[station]]", "[bounds]\nshare = 1\n[[station]]", "bounds.share", "share_sure"),
        ("[[station]]", "[[doses]]\nfirst = 0\ndoses = 5\n[[station]]", "doses", "doses_unused"),
        ("[[station]]", "[arrivals]\nno_show = 1.5\n[[station]]", "arrivals.no_show", "share"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_its_key(old, new, key, rule):
    assert old in GOOD
    assert rule in mistakes(GOOD.replace(old, new, 1)).get(key, [])


def test_all_mistakes_come_at_once(tmp_path):
    bad = (
        GOOD.replace("servers = 2", "servers = 0").replace("mean = 2", "mean = -2").replace("last = 450", "last = 999")
    )
    path = tmp_path / "bad.toml"
    path.write_text(bad, encoding="utf-8")
    with pytest.raises(Mistakes) as refused:
        load_site(path)
    assert {m.column for m in refused.value.found} == {
        "station.1.servers", "station.1.service.mean", "appointments.1.last",
    }  # fmt: skip
    assert all(m.file == "bad.toml" for m in refused.value.found)


def test_observation_is_last_and_alone():
    chairs = '[[station]]\nstation = "{}"\nkind = "observation"\nservers = 2\nservice = {{ law = "fixed", mean = 2 }}\n'
    first = GOOD.replace("[[station]]", chairs.format("seats") + "[[station]]")
    assert mistakes(first) == {"station.1.kind": ["seats_last"]}
    assert mistakes(GOOD + chairs.format("a") + chairs.format("b"))["station.3.kind"] == ["kind_again"]


def test_a_preparation_needs_doses_and_an_injection():
    text = (
        GOOD + '[[station]]\nstation = "p"\nkind = "preparation"\nservers = 1\nservice = { law = "fixed", mean = 1 }\n'
    )
    assert mistakes(text) == {"station.2.kind": ["no_injection"], "doses": ["no_doses"]}


def test_a_file_that_is_not_there_or_not_toml(tmp_path):
    with pytest.raises(Mistakes, match="not there"):
        load_site(tmp_path / "none.toml")
    (tmp_path / "x.toml").write_text("[site\n")
    with pytest.raises(Mistakes, match="Not valid TOML"):
        load_site(tmp_path / "x.toml")


@pytest.mark.parametrize("name", ["hub", "gp", "temporary"])
def test_the_shipped_sites_are_right(name):
    assert example(name).bounds.share == 0.95


def test_a_break_without_end_lasts_all_day():
    site = GOOD.replace("servers = 2", "servers = 2\nabsences = [{ servers = 1, start = 9 }]")
    assert mistakes(site) == {}
    assert math.isinf(example("hub").what_ifs[1].absences[0][1].end)
