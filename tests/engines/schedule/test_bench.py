"""What the benches measure is the real work: every kind of answer, and what they print and draw."""

import numpy as np

from seawall.engines.schedule import load, shipped
from seawall.engines.schedule.judging import run
from seawall.engines.schedule.kernel import layout as at
from seawall.engines.schedule.synthetic import CARD, children, synthetic
from tests.bench.schedule import AS_OF, draw, filed, plain_person, plainly


def test_the_people_get_every_kind_of_answer():
    schedule = load(shipped("covid19-cn"))
    people = synthetic(schedule, 20_000, np.random.default_rng(1))
    _, answers = run(schedule.compiled[0], people, AS_OF)
    assert {at.DUE, at.NOT_YET, at.OVERDUE, at.COMPLETE, at.INELIGIBLE} <= set(answers[:, at.D_STATUS])
    assert len(plain_person(schedule, people, 3).doses) == people.starts[4, 0] - people.starts[3, 0]


def test_the_children_have_live_vaccines_too_close_together():
    schedule = load(shipped("childhood-example"))
    people = children(schedule, 500, np.random.default_rng(1), AS_OF)
    assert len(people.doses) == 500 * len(CARD) and len(CARD) >= 14
    reasons = np.concatenate([run(target, people, AS_OF)[0][:, 1] for target in schedule.compiled])
    assert {at.DOSE_SPACING, at.DOSE_VALID, at.DOSE_OTHER_VACCINE} <= set(reasons)


def test_the_reference_engine_is_measured_on_the_same_histories():
    line = plainly(load(shipped("covid19-cn")), 50)
    assert line.ratio.endswith("×") and "reference engine" in line.bare


def test_files_are_judged_whole(tmp_path):
    assert "2,000 persons" in filed(2_000).what


def test_the_picture_is_drawn_from_what_was_measured(tmp_path):
    spent = draw([1_000, 2_000], tmp_path / "linear.svg")
    assert [size for size, _ in spent] == [1_000, 2_000]
    assert "persons with 0 to 4 doses" in (tmp_path / "linear.svg").read_text(encoding="utf-8")
