"""The bench runs, and what it measures is the real work."""

import numpy as np

from seawall.engines.schedule import load, shipped
from seawall.engines.schedule.bench import AS_OF, bench, plain_person, synthetic
from seawall.engines.schedule.judging import run
from seawall.engines.schedule.kernel import layout as at


def test_the_bench_prints_three_ratios():
    found = bench(count=20_000, plain=50)
    assert set(found) == {"people_per_second", "kernel_to_scan", "plain_to_kernel"}
    assert found["plain_to_kernel"] > 20


def test_the_benched_people_get_every_kind_of_answer():
    schedule = load(shipped("covid19-cn"))
    people = synthetic(schedule, 20_000, np.random.default_rng(1))
    _, answers = run(schedule.compiled[0], people, AS_OF)
    assert {at.DUE, at.NOT_YET, at.OVERDUE, at.COMPLETE, at.INELIGIBLE} <= set(answers[:, at.D_STATUS])
    assert len(plain_person(schedule, people, 3).doses) == people.starts[4, 0] - people.starts[3, 0]
